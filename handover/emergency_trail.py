"""How the trail of sudden departures reads. See accounts.selectors.sentences."""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, LABELS, NOUNS, SENTENCES

NOUNS.update(
    {
        "handover.freeze": _("a freeze"),
        "handover.emergencycall": _("a call after a freeze"),
        "handover.incident": _("an incident"),
    }
)
AREAS.update({"emergency": _("Sudden departures"), "incidents": _("Incidents")})
LABELS.update(
    {
        ("handover.freeze", "trigger"): _("what happened"),
        ("handover.freeze", "sessions"): _("sessions ended"),
        ("handover.freeze", "tokens"): _("tokens revoked"),
        ("handover.freeze", "jobs"): _("background work stopped"),
        ("handover.freeze", "shares"): _("shares without effect"),
        ("handover.freeze", "customers"): _("customers with an acting person"),
        ("handover.freeze", "tasks"): _("open tasks"),
        ("handover.freeze", "decisions"): _("decisions put back"),
        ("handover.freeze", "by_head"): _("customers with a head"),
        ("handover.freeze", "nobody"): _("customers with nobody"),
    }
)
SENTENCES.update(
    {
        "emergency.freeze": _("%(who)s froze the access of %(person)s"),
        ("emergency.freeze", "accounts.person"): _("%(who)s froze the access of %(what)s"),
        "emergency.confirm": _("%(who)s confirmed the freeze of %(person)s"),
        "emergency.lift": _("%(who)s lifted the freeze of %(person)s"),
        ("emergency.lift", "accounts.person"): _("%(who)s gave %(what)s the access back"),
        ("emergency.lift", "handover.emergencycall"): _(
            "%(who)s lifted a freeze; the call to %(customer)s is no longer needed"
        ),
        ("emergency.lift", "handover.incident"): _(
            "%(who)s lifted a freeze; the incident at %(customer)s is over"
        ),
        ("emergency.lift", "crm.task"): _(
            "%(who)s lifted a freeze; a task at %(customer)s will not be done"
        ),
        "calls.attempt": _("%(who)s tried to call %(customer)s"),
        "calls.log": _("%(who)s called %(customer)s after a freeze"),
        "calls.take": _("%(who)s took over the call to %(customer)s"),
        "calls.meet": _("%(who)s planned meetings with customers of somebody who was frozen"),
        "incidents.begin": _("%(who)s opened an incident at %(customer)s"),
        "incidents.close": _("%(who)s closed the incident at %(customer)s"),
        ("incidents.close", "crm.task"): _(
            "%(who)s closed an incident; a task at %(customer)s will not be done"
        ),
    }
)
