"""Closing a case: everything is safe or waived by name, everybody has signed."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.access import Action
from accounts.audit import record, record_many
from accounts.models import Person
from accounts.service import service
from accounts.services import people
from handover import gates
from handover.models import Departure, HandoverTask
from handover.selectors import sign_offs as signed
from handover.services import follow_ups
from kit.clock import database_now
from kit.errors import Refused
from kit.state import move

OF_CLOSING = ("sign_offs", "certificate")  # tasks that closing itself completes


@gates.gate("sign_offs", gettext_lazy("not everybody has signed"))
def not_signed(departure):
    """A signature of the order is missing, and HR has not noted why."""
    return [None] if any(slot.row is None for slot in signed.slots(departure)) else []


@service(Action.DEPARTURE_RUN, on="departure", people=("person",))
def close(*, actor, departure, person):
    """Close a case that everything of which is safe. Returns it.

    person: the leaver. Who stays in the company keeps the account; anybody else has left from now
    on, which is refused while they hold anything. Raises Refused with all that is missing.
    """
    unmet = still(departure)
    if unmet:
        text = _("%(number)s things are missing before this case can close.")
        raise Refused(text % {"number": len(unmet)}, code="unmet")
    before = departure.state
    finish(actor, departure, OF_CLOSING)
    move(departure, "state", Departure.State.CLOSED, Departure.MOVES)
    departure.closed_at, departure.closed_by = database_now(), actor
    departure.version += 1
    departure.save()
    follow_ups.plan(departure)
    record(departure, {"state": (before, departure.state)})
    leave(actor, departure, person)
    return departure


def still(departure):
    """What keeps a case open, without the tasks that closing completes."""
    return [one for one in gates.unmet(departure)
            if one.task is None or one.task.key not in OF_CLOSING]  # fmt: skip


def leave(actor, departure, person):
    """The account ends with the case, unless the person stays in the company."""
    if departure.kind in Departure.STAYS or person.state == Person.State.LEFT:
        return
    reason = audit.current.get().reason or _("The departure case is closed")
    people.set_state(actor=actor, person=person, state=Person.State.LEFT, reason=reason)


def finish(actor, departure, keys):
    """Inside a running verb: open tasks of the case with these keys are done."""
    rows = list(
        HandoverTask.objects.select_for_update().filter(
            departure=departure, key__in=keys, handover=None, state__in=HandoverTask.OPEN
        )
    )
    if not rows:
        return
    now = database_now()
    for row in rows:
        row.state, row.closed_at, row.closed_by, row.touched_at = "done", now, actor, now
        row.version += 1
        row.save()
    record_many([{"subject": row, "changes": {"state": (None, "done")}} for row in rows])
