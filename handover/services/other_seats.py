"""The other seats of a leaver: proposed with the plan, chosen by whoever runs the case."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.models import Assignment
from crm.seats import SINGLE_SEATS, Seat
from handover.models import Departure, SeatHandover
from handover.selectors import plan, successors
from handover.services import departure_opening
from kit import bulk
from kit.errors import Conflict, Refused


def write(actor, departure):
    """Inside a running verb: a row for each other seat that the leaver holds now, with a proposal.

    Rows that are there stay as they were chosen; those of seats no longer held go.
    """
    have = {(row.seat, row.customer_id): row for row in departure.seats.all()}
    held = plan.other_seats(departure.person)
    now = {(seat.value, pk) for seat, customers in held.items() for pk in customers}
    departure.seats.filter(pk__in=[row.pk for key, row in have.items() if key not in now]).delete()
    rows = [
        row for seat, customers in held.items()
        for row in made(actor, departure, seat, [pk for pk in customers if (seat, pk) not in have])
    ]  # fmt: skip
    if rows:
        bulk.write(rows)


def made(actor, departure, seat, customers):
    """Unsaved rows of one seat; in a key-account team only a duty is proposed to somebody."""
    needed = customers if seat in SINGLE_SEATS else plan.on_duty(departure.person, customers)
    found = {}
    if needed:
        rising = dict(departure.customers.values_list("customer", "successor"))
        found = successors.for_seat(departure, seat, needed, plan.ends_at(departure),
                                    without=successors.leavers(actor), rising=rising)  # fmt: skip
    rows = ((pk, *found.get(pk, (None, {}))) for pk in customers)
    return [
        SeatHandover(departure=departure, customer_id=pk, seat=seat, successor=person, why=why)
        for pk, person, why in rows
    ]  # fmt: skip


@service(Action.DEPARTURE_RUN, on="departure", people=("successor",))
def give(*, actor, departure, seats, successor):
    """Let somebody take other seats of a plan or an open case; None is nobody. Returns how many.

    seats: ids of SeatHandovers of one kind of seat. What had been proposed for them in an open case
    is taken back and proposed anew.
    """
    if departure.state not in successors.LIVE:
        raise Conflict(_("This case has ended."))
    rows = chosen(departure, seats)
    seat = Seat(rows[0].seat)
    check(actor, departure, rows, seat, successor)
    departure_opening.refuse_moved(rows)
    for row in rows:
        row.successor, row.why = successor, {"code": "chosen" if successor else "nobody"}
        row.version += 1
    bulk.update(rows, ["successor", "why", "version"])
    record(departure, {"seats": (None, len(rows)), "successor": (None, successor)})
    if departure.state == Departure.State.OPEN and departure.revealed_at:
        departure_opening.propose_again(actor, departure, rows, seat)
    return len(rows)


def chosen(departure, seats):
    """The rows of these ids under their lock: some, and all of one kind of seat."""
    rows = departure.seats.filter(pk__in=set(seats)).select_related(
        "customer", "change__change_set"
    )
    rows = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not rows or len({row.seat for row in rows}) > 1:
        raise Refused(_("Choose seats of this plan."), field="seats")
    return rows


def check(actor, departure, rows, seat, successor):
    """Somebody who can take the seat, and who sits on no other single seat at these customers then."""
    if successor is None:
        return
    if text := successors.stops(actor, departure, successor, seat):
        raise Refused(text, field="successor")
    customers = {row.customer_id: row.customer for row in rows}
    held = Assignment.objects.at().filter(customer__in=customers, person=successor)
    held = held.filter(seat__in=SINGLE_SEATS) if seat in SINGLE_SEATS else held.filter(seat=seat)
    taken = set(held.values_list("customer", flat=True))
    if seat in SINGLE_SEATS:
        rising = departure.customers.filter(customer__in=customers, successor=successor)
        rising = rising.values_list("customer", flat=True)
        others = departure.seats.filter(customer__in=customers, successor=successor)
        others = others.filter(seat__in=SINGLE_SEATS).exclude(seat=seat)
        taken |= {*rising, *others.values_list("customer", flat=True)}
    if taken:
        text = _("%(person)s has another seat at %(customer)s already.")
        names = {"person": successor.name, "customer": customers[min(taken)].name}
        raise Refused(text % names, field="successor")
