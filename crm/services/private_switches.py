"""What may be kept of households is decided here: one person says why, another agrees."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.access import Action
from accounts.audit import record
from accounts.service import CONSTRAINTS, clean, only, service
from crm.models import PrivateSwitch
from crm.models.private_file import LONGEST, Sight
from crm.selectors import private_fields
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused

FIELDS = {"purpose", "basis", "retention_days"}
CONSTRAINTS["private_switch_once"] = _lazy("This has been asked for already.")


@service(Action.PRIVATE_SWITCH)
def ask(*, actor, field, values):
    """Ask that a field of households may be kept. values: purpose, basis, retention_days.

    Nothing is kept before somebody else has agreed. Returns the switch.
    """
    one = private_fields.field(field)
    if one is None or one.guard != Sight.HOUSEHOLD:
        raise Refused(_("This field needs no decision."))
    if one.switch is not None:
        raise Conflict(CONSTRAINTS["private_switch_once"], code="private_switch_once")
    values = only(values, FIELDS)
    values["purpose"] = (values.get("purpose") or "").strip()
    if not values["purpose"]:
        raise Refused(_("Say what it is needed for."), field="purpose")
    days = values.get("retention_days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST:
        raise Refused(_("Choose from 1 to %(most)s days.") % {"most": LONGEST},
                      field="retention_days")  # fmt: skip
    switch = PrivateSwitch(field=field, asked_by=actor, **values)
    clean(switch, FIELDS)
    switch.save()
    record(
        switch, {name: (None, values[name]) for name in sorted(FIELDS)} | {"field": (None, field)}
    )
    return switch


@service(Action.PRIVATE_SWITCH, on="switch")
def agree(*, actor, switch):
    """Agree, as somebody else than who asked: from now on the field may be kept."""
    if switch.ended_at is not None or switch.agreed_at is not None:
        raise Conflict(_("This has been decided meanwhile. Load the page again."))
    if switch.asked_by_id == actor.pk:
        raise NotAllowed(_("Somebody else than who asked has to agree."))
    switch.agreed_by, switch.agreed_at = actor, database_now()
    switch.save()
    record(switch, {"field": (None, switch.field)})
    return switch


@service(Action.PRIVATE_SWITCH, on="switch")
def end(*, actor, switch):
    """Take it back: the field is off at once, and what was kept by it is erased within a day."""
    if switch.ended_at is not None:
        raise Conflict(_("This has been decided meanwhile. Load the page again."))
    switch.ended_by, switch.ended_at = actor, database_now()
    switch.save()
    record(switch, {"field": (switch.field, None)})
    return switch
