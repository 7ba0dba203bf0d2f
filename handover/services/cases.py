"""A departure case runs: opened from its plan, withdrawn, opened again, a successor replaced.

While it is confidential nothing of it leaves the circle of those named: no rights narrow, nobody is
told, no change set is proposed.
"""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from accounts.services import people
from handover.models import Departure, HandoverTask
from handover.selectors import successors
from handover.services import (
    departure_opening,
    departures,
    documents,
    handover_reminders,
    handover_tasks,
    introductions,
    other_seats,
)
from kit.clock import database_now
from kit.errors import Conflict, Refused
from kit.locks import hold_off
from kit.state import move
from kit.versions import same_version

State = Departure.State


@service(Action.DEPARTURE_RUN, on="departure")
def begin(*, actor, departure, version):
    """Open a case as its plan stands. Returns the departure.

    Rights narrow, change sets are proposed and people are told at once, or when the secret ends.
    """
    same_version(departure, version)
    departures.in_draft(departure)
    departures.check_terms(departure.last_day, departure.kind)
    move(departure, "state", State.OPEN, Departure.MOVES)
    departure.opened_at = database_now()
    record(departure, {"state": (State.DRAFT, State.OPEN)})
    departures.saved(departure)
    other_seats.write(actor, departure)
    documents.list_originals(actor, departure)
    if departure_opening.is_secret(departure):
        departure_opening.post_end_of_secret(departure)
    else:
        departure_opening.reveal(actor, departure)
    return departure


@service(Action.DEPARTURE_RUN, on="departure")
def withdraw(*, actor, departure):
    """The person stays: the case ends, what was proposed is taken back. Asks for a reason.

    Raises Conflict where customers have moved already. Returns the departure.
    """
    people.explained()
    before = departure.state
    move(departure, "state", State.WITHDRAWN, Departure.MOVES)
    departures.saved(departure)
    departure_opening.take_back(actor, departure)
    handover_tasks.settle(actor, departure.tasks.all(), state=HandoverTask.State.WAIVED)
    record(departure, {"state": (before, State.WITHDRAWN)})
    return departure


@service(Action.DEPARTURE_RUN, on="departure")
def reopen(*, actor, departure):
    """Open a closed case again, with a reason. What closing let go of is to be done again.

    Returns the departure.
    """
    people.explained()
    hold_off("departures.prepare")
    if Departure.objects.filter(person=departure.person_id, state__in=successors.LIVE).exists():
        raise Conflict(_("Another case of this person is open."))
    if departure.state != State.CLOSED:
        raise Conflict(_("This case is not closed."))
    move(departure, "state", State.OPEN, Departure.MOVES)
    let_go = departure.tasks.filter(closed_at__gte=departure.closed_at)
    handover_tasks.take_up(let_go)
    departure.closed_at = departure.closed_by = None
    departures.saved(departure)
    handover_reminders.plan(departure)
    record(departure, {"state": (State.CLOSED, State.OPEN)})
    return departure


@service(Action.DEPARTURE_RUN, on="departure", people=("successor",))
def replace_successor(*, actor, departure, customers, successor):
    """Propose somebody else for customers (ids) of an open case that have not moved yet.

    The former proposal is taken back for them; the new one is approved and accepted again. Returns
    how many.
    """
    if departure.state != State.OPEN:
        raise Conflict(_("This case is not open."))
    rows = departures.chosen_rows(departure, customers)
    if successor is None:
        raise Refused(_("Choose who takes over."), field="successor")
    departures.check_successor(actor, departure, successor)
    departure_opening.refuse_moved(rows)
    departures.hand_to(departure, rows, successor)
    introductions.start_again(rows)
    if departure.revealed_at:
        departure_opening.propose_again(actor, departure, rows)
    record(departure, {"customers": (None, len(rows)), "successor": (None, successor)})
    return len(rows)
