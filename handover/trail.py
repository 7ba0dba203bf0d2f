"""How the trail of handovers reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, NOUNS, SENTENCES

NOUNS.update(
    {
        "handover.departure": _("a departure case"),
        "handover.customerhandover": _("a customer handed over"),
        "handover.handovertask": _("a handover task"),
        "handover.briefanswer": _("an answer in a handover brief"),
        "handover.waiver": _("a waiver"),
    }
)
AREAS.update({"departures": _("Departures")})
SENTENCES.update(
    {
        "departures.prepare": _("%(who)s made a departure plan for %(person)s"),
        "departures.edit": _("%(who)s changed %(fields)s of a departure case"),
        "departures.give": _("%(who)s chose who takes over customers of a departure case"),
        "departures.edit_task": _("%(who)s changed %(fields)s of a handover task"),
        "departures.drop_task": _("%(who)s left a task out of a departure plan"),
        "departures.open": _("%(who)s opened a departure case"),
        "departures.withdraw": _("%(who)s withdrew a departure case"),
        "departures.reopen": _("%(who)s opened a departure case again"),
        "departures.replace_successor": _(
            "%(who)s chose somebody else to take over customers of a departure case"
        ),
        "departure_opening.end_secret": _("the confidential time of a departure case ended"),
        "company_changes.propose": _("%(who)s proposed who takes over customers of a leaver"),
        "company_changes.leave_out": _("%(who)s took customers out of a proposal"),
        "company_changes.cancel": _("%(who)s took a proposal back"),
    }
)
