"""The verbs of seats: assign, end, take back a plan. How a seat changes hands is in `seats`."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action, Reach, Role, reach
from accounts.audit import record, running
from accounts.models import Person
from accounts.selectors.org import people_led_by
from accounts.service import service
from accounts.services.notifications import addressee, notify
from crm.models import Assignment, Change
from crm.seats import FROM_THE_WHOLE_COMPANY, SINGLE_SEATS, Reason, Seat
from crm.selectors.capacity import rules
from crm.services import access_index, single_changes, task_moves
from crm.services.seats import (
    Moved,
    Wish,
    close,
    follow_units,
    in_force,
    instant,
    is_rival,
    leave_tasks,
    move,
)
from kit import guards, outbox
from kit.clock import StatementNow, database_now
from kit.errors import Conflict, Refused


@guards.guard("ownership.assign", gettext_lazy("This person cannot receive customers now."))
def receiver_is_not_active(*, person, **rest):
    return person.state != Person.State.ACTIVE


@guards.guard("ownership.assign", gettext_lazy("The role of this person does not fit this seat."))
def receiver_has_another_role(*, person, seat, **rest):
    if seat == Seat.SERVICE_LINE:
        return Role.SERVICE not in person.roles
    return reach(person, Action.ACTIVITY_LOG) == Reach.NONE


@guards.guard(
    "ownership.assign", gettext_lazy("This person is not in your part of the organisation.")
)
def receiver_is_beyond_reach(*, actor, person, seat, **rest):
    """Own people only; the service line and the key-account team are drawn from the whole company."""
    if seat in FROM_THE_WHOLE_COMPANY:
        return False
    return reach(actor, Action.SEAT_ASSIGN) < Reach.ALL and person.pk not in people_led_by(actor)


def somebody_else_decides(*, customer, seat, **rest):
    """Another account manager, or none, for a customer of the tier that the rules name; or any change."""
    asked = rules()
    if asked.approval_rows == 0:
        return True
    if (
        seat != Seat.ACCOUNT_MANAGER
        or not asked.approval_tier
        or customer.tier > asked.approval_tier
    ):
        return False
    return Assignment.objects.at().filter(customer=customer, seat=seat).exists()


for verb in ("ownership.assign", "ownership.end"):
    guards.guard(
        verb,
        gettext_lazy("The rules ask for somebody else's approval here. Propose a transfer."),
    )(somebody_else_decides)


@service(Action.SEAT_ASSIGN, on="customer", people=("person",))
def assign(*, actor, customer, seat, person, why=Reason.OTHER, note="", starts_at=None, duty=""):
    """Give `seat` of `customer` to `person`, now or from the instant `starts_at`.

    Whoever holds a single seat gives it up at the same instant; so does `person` any other single
    seat of this customer. duty: what a member of the key-account team is there for. Raises Conflict
    when a later change of the seat is already planned, and Refused when `person` may not receive it:
    for good, or unless a `reason` is given.
    """
    seat = Seat(seat)
    if duty and seat != Seat.KEY_ACCOUNT_MEMBER:
        raise Refused(_("Only members of the key-account team have a duty."), field="duty")
    guards.check("ownership.assign", because=running().reason, actor=actor, person=person,
                 customer=customer, seat=seat, at=starts_at)  # fmt: skip
    moved = take(actor, customer, Wish(customer.pk, seat, person, why, note, duty), starts_at)
    if starts_at is None:
        single_changes.note(actor, moved)
    return moved.assignment


def put(actor, customer, seat, person, why, note="", starts_at=None):
    """Change a seat inside a running verb, without asking again who may. Returns the assignment."""
    return take(actor, customer, Wish(customer.pk, seat, person, why, note), starts_at).assignment


def take(actor, customer, wish, starts_at):
    """Change one seat, and tell whoever has it now. Returns what became of it (seats.Moved)."""
    [moved] = move(actor, [wish], starts_at)
    refuse_pending(customer, {wish.seat} | {row.seat for row in moved.ended})
    if starts_at is not None and moved.followed:
        outbox.post("seat.begins", due_at=starts_at, assignment=moved.assignment.pk,
                    former=moved.followed[0][1])  # fmt: skip
    if wish.person.pk != actor.pk:
        notify("seat.assigned", to="seat.holder", url=customer.get_absolute_url(),
               due_at=starts_at, values={"customer": customer.pk, "seat": wish.seat},
               assignment=moved.assignment.pk)  # fmt: skip
    return moved


def refuse_pending(customer, seats):
    """A seat with a change on its way waits for it: take that back first."""
    if Change.objects.filter(customer=customer, seat__in=seats, reserved=True).exists():
        raise Conflict(
            _("A change of this seat is on its way. Take it back first."), code="reserved"
        )


@outbox.handler("seat.begins")
def tasks_go_along(effect):
    """A planned seat has begun: the open tasks of the former holder go along, if the plan still holds."""
    row = Assignment.objects.at().filter(pk=effect.payload["assignment"])
    row = row.select_related("customer").first()
    if row is not None:
        begun(actor=Person.objects.system(), customer=row.customer, row=row,
              former=effect.payload["former"])  # fmt: skip


@outbox.handler("seat.ends")
def tasks_are_left(effect):
    """A planned end has come: the open tasks go to whoever answers, if nobody holds the seat then."""
    over = Assignment.objects.filter(pk__in=effect.payload["assignments"])
    for row in over.filter(period__endswith__lte=StatementNow()).select_related("customer"):
        again = Assignment.objects.at().filter(customer=row.customer, person=row.person)
        if not again.exists():
            ended(actor=Person.objects.system(), customer=row.customer, row=row)


@service(Action.SEAT_ASSIGN, on="customer")
def ended(*, actor, customer, row):
    """Let open tasks of somebody whose seat has ended go to whoever answers now."""
    leave_tasks(customer, [row])
    record(row, {}, customer=customer)


@service(Action.SEAT_ASSIGN, on="customer")
def begun(*, actor, customer, row, former):
    """Let open tasks go from the former holder of a seat to the one who has it now."""
    task_moves.follow([(customer.pk, former, row.person_id)])
    record(row, {}, customer=customer)


@addressee("seat.holder")
def holder_when_sent(about):
    """Whoever holds the assignment when its notice is sent: a plan taken back tells nobody."""
    row = Assignment.objects.at().filter(pk=about["assignment"]).select_related("person").first()
    return row and row.person


@service(Action.SEAT_ASSIGN, on="customer")
def end(*, actor, customer, seat, person=None, why=Reason.OTHER, note="", ends_at=None):
    """End a seat now, or at `ends_at`: it is vacant from then on, and listed as such.

    person: whose seat, where several hold it. Raises Conflict when nobody holds it at that instant,
    or when a later change is already planned.
    """
    guards.check("ownership.end", customer=customer, seat=seat)
    rows = Assignment.objects.select_for_update().filter(customer=customer, seat=seat)
    rows = list(rows.filter(person=person) if person is not None else rows)
    refuse_pending(customer, {seat})
    at = instant(rows, ends_at)
    rows = in_force(rows, at)
    if not rows:
        raise Conflict(_("Nobody holds this seat now."))
    for row in rows:
        close(row, at)
        record(row, {seat: (row.person_id, None), "until": (None, at), "why": (None, why),
                     "note": (None, note)}, customer=customer)  # fmt: skip
    if seat == Seat.ACCOUNT_MANAGER:
        follow_units([customer.pk])
        customer.refresh_from_db(fields=["home_unit"])  # it says who answers now
    access_index.recompute([customer.pk])
    if ends_at is not None:
        outbox.post("seat.ends", due_at=ends_at, assignments=[row.pk for row in rows])
    else:
        moved = Moved(Wish(customer.pk, seat, None, why, note), at, rows)
        moved.tasks = leave_tasks(customer, rows)
        if seat in SINGLE_SEATS:
            single_changes.note(actor, moved)
    return rows


@service(Action.SEAT_ASSIGN, on="customer")
def cancel_planned(*, actor, customer, assignment):
    """Take back a start or an end that lies ahead; whoever would have gone stays.

    Raises Conflict when it has already taken effect, or another plan rests on it.
    """
    mine = list(Assignment.objects.select_for_update().filter(customer=customer))
    row = next((row for row in mine if row.pk == assignment.pk), None)
    now = database_now()
    begun = row is None or row.period.lower <= now
    if row is not None:
        refuse_pending(customer, {row.seat})
    if begun and (row is None or row.period.upper is None or row.period.upper <= now):
        raise Conflict(_("This change has already begun."))
    at = row.period.upper if begun else row.period.lower
    if begun and any(is_rival(other, row.seat, row.person) and other.period.lower >= at
                     for other in mine):  # fmt: skip
        raise Conflict(_("A later change of this seat is already planned. Cancel it first."))
    for other in [row] if begun else stopped_for(row, mine):
        other.period = DateTimeTZRange(other.period.lower, None, "[)")
        other.save()
    change = (None, row.person_id) if begun else (row.person_id, None)
    record(row, {row.seat: change, "planned for": (at, None)}, customer=customer)
    if not begun:
        row.delete()
    access_index.recompute([customer.pk])


def stopped_for(planned, rows):
    """The seats that were to end at the instant a planned one begins, because of it."""
    if planned.seat not in SINGLE_SEATS:
        return []
    at = planned.period.lower
    return [
        row
        for row in rows
        if row.period.upper == at and is_rival(row, planned.seat, planned.person)
    ]
