"""How the trail of handovers reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import NOUNS

NOUNS.update(
    {
        "handover.departure": _("a departure case"),
        "handover.customerhandover": _("a customer handed over"),
        "handover.handovertask": _("a handover task"),
        "handover.briefanswer": _("an answer in a handover brief"),
        "handover.waiver": _("a waiver"),
    }
)
