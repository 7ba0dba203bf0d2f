"""Changes of seats that the company itself proposes when somebody leaves.

HR runs departures and sees no customer file: it names who takes over, the head above the leaver
approves, the receivers accept. This is the one door by which it reaches change sets.
"""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Person
from accounts.service import lock, service
from accounts.services.notifications import notify
from crm.models import Assignment, Change, ChangeSet
from crm.seats import Reason, Seat
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.services.changesets import MOVES, chosen_nobody, page, save, schedule, stop
from kit.clock import database_now
from kit.errors import Conflict, Refused
from kit.state import move

State, RowState = ChangeSet.State, Change.State
ENDABLE = (State.DRAFT, State.PROPOSED, State.APPROVED, State.SCHEDULED)


@service(Action.DEPARTURE_RUN)
def propose(*, actor, giver, takers, seat, effective_at, note=""):
    """Propose that others take the customers of somebody who leaves, from an instant on.

    takers: customer id → Person or None; the giver has to hold the seat there now. effective_at: None
    or what has passed is as soon as it is decided. What something stops is left out. Somebody else
    approves it always. Returns the ChangeSet, None where nothing is left of it.
    """
    seat = Seat(seat)
    wrong = [
        one for one in takers.values() if one and (one.pk == giver.pk or not ask.fits(one, seat))
    ]
    if wrong:
        raise Refused(_("The role of this person does not fit this seat."), field="person")
    held = Assignment.objects.at().filter(customer__in=takers, seat=seat, person=giver)
    ids = sorted(held.values_list("customer", flat=True))
    if not ids:
        record(giver)
        return None
    change_set = ChangeSet(
        made_by=actor, origin=ChangeSet.Origin.DEPARTURE, reason=Reason.DEPARTURE, note=note[:300],
        former=ChangeSet.Former.REMOVED, effective_at=ahead(effective_at),
    )  # fmt: skip
    change_set.save()
    Change.objects.bulk_create([
        Change(change_set=change_set, customer_id=pk, seat=seat, giver=giver, taker=takers[pk],
               remark=chosen_nobody(takers[pk]))
        for pk in ids
    ])  # fmt: skip
    return proposed(change_set)


def ahead(at):
    """An instant that lies ahead, else None: now."""
    return at if at and at > database_now() else None


def proposed(change_set):
    """Leave out what something stops, and ask the head above the leaver to decide the rest."""
    stopped = preview.plan(Person.objects.system(), change_set).of(preview.STOP)
    for one in stopped:
        change_set.changes.filter(pk=one.change.pk).update(
            state=RowState.LEFT_OUT, remark={"code": "stopped", "why": one.code}
        )
    rows = ask.rows_of(change_set).count()
    if not rows:
        stop(change_set, State.CANCELLED)
        record(change_set, {"state": (State.DRAFT, State.CANCELLED)})
        return None
    change_set.seen, change_set.proposed_at = (
        ask.fingerprint(change_set, work=False),
        database_now(),
    )
    move(change_set, "state", State.PROPOSED, MOVES)
    save(change_set)
    record(change_set, {"state": (State.DRAFT, State.PROPOSED), "customers": (None, rows)})
    notify("changeset.proposed", to="changeset.approver", kind="decision", url=page(change_set),
           values={"change_set": change_set.pk}, change_set=change_set.pk)  # fmt: skip
    return change_set


@service(Action.DEPARTURE_RUN)
def leave_out(*, actor, change_set, customers):
    """Take customers (ids) out of what the company proposed, before it begins. Returns how many."""
    change_set = endable(change_set)
    rows = change_set.changes.filter(customer__in=customers, state=RowState.WAITING)
    count = rows.update(state=RowState.LEFT_OUT, reserved=False)
    if not count:
        return 0
    record(change_set, {"left out": (None, count)})
    if not ask.rows_of(change_set).exists():
        stop(change_set, State.CANCELLED)
    elif change_set.state == State.APPROVED and not ask.asks_acceptance(change_set).exists():
        schedule(change_set)
    return count


@service(Action.DEPARTURE_RUN)
def cancel(*, actor, change_set):
    """Take back what the company proposed, before it begins: the person stays. Returns the set."""
    change_set, before = endable(change_set), change_set.state
    stop(change_set, State.CANCELLED)
    record(change_set, {"state": (before, State.CANCELLED)})
    return change_set


def endable(change_set):
    """A set under its lock that the company proposed and that has not begun."""
    change_set = lock(change_set)
    if change_set.origin != ChangeSet.Origin.DEPARTURE or change_set.state not in ENDABLE:
        raise Conflict(_("This transfer has begun already."))
    return change_set
