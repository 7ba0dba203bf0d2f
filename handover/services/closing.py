"""Closing a case: everything is safe or waived by name, everybody has signed."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.access import Action
from accounts.audit import record
from accounts.models import Person
from accounts.service import service
from accounts.services import people
from handover import gates
from handover.models import Departure, HandoverTask
from handover.selectors import sign_offs as signed
from handover.services import follow_ups
from handover.services import handover_tasks as tasks
from kit.clock import database_now
from kit.errors import Refused
from kit.state import move

OF_CLOSING = ("sign_offs", "certificate")  # tasks that closing itself completes


@gates.gate("sign_offs", gettext_lazy("not everybody has signed the case as it stands"))
def not_signed(departure):
    """A signature of the order is missing or stands for a better case, and HR has not noted why."""
    return [] if all(slot.is_given for slot in signed.slots(departure)) else [None]


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
    departure.closed_at, departure.closed_by = database_now(), actor  # what is let go comes after
    tasks.settle(actor, departure.tasks.filter(key__in=OF_CLOSING, handover=None))
    tasks.settle(actor, too_late(departure), state=HandoverTask.State.WAIVED)
    move(departure, "state", Departure.State.CLOSED, Departure.MOVES)
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


def too_late(departure):
    """Tasks that keep no case from closing, and that nobody can do any more once it is closed."""
    over = Q(due_on__lte=departure.last_day) | Q(person=departure.person_id)
    return departure.tasks.filter(over, blocking=False)
