"""How the trail of erasures reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, LABELS, NOUNS, SENTENCES

AREAS.update(
    {"erasure": _("Erasures of personal data"), "subject_access": _("Access to one's own data")}
)
NOUNS.update({"crm.erasure": _("an erasure"), "crm.hold": _("a hold on erasing")})
LABELS.update(
    {"ground": _("reason"), "remains": _("rows found afterwards"), "until_on": _("until")}
)
SENTENCES.update(
    {
        "erasure.ask": _("%(who)s asked to erase a person"),
        "erasure.agree": _("%(who)s agreed to erase a person"),
        "erasure.refuse": _("%(who)s refused to erase a person"),
        "erasure.withdraw": _("%(who)s took back the request to erase a person"),
        "erasure.hold": _("%(who)s forbade to erase a person until %(until_on)s"),
        "erasure.release": _("%(who)s ended a hold on erasing a person"),
        "erasure.carry_out": _("a person was erased, history included"),
        "erasure.finish": _("the search for what remained of an erased person ended"),
        "erasure.again": _("what had been erased before was erased again after a restore"),
        "subject_access.take": _("%(who)s took out all that is kept of a person"),
    }
)
