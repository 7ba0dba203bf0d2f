"""The other seats of a departure plan as pages show them: how many of each kind, and who takes them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from crm.seats import SINGLE_SEATS, Seat
from handover.models import CustomerHandover
from handover.selectors.plan import ROWS, came_to_nothing, lost_on_the_way, why_words


@dataclass
class Kind:
    """The seats of one kind: how many, and of them how many with nobody to take them."""

    seat: Seat
    count: int
    nobody: int

    @property
    def is_team(self):
        """Whether the seat is one of several: it may end without anybody in its place."""
        return self.seat not in SINGLE_SEATS


def kinds(departure):
    """A Kind of each seat that the plan has, in the order of Seat."""
    rows = departure.seats.order_by().values("seat")
    rows = rows.annotate(n=Count("pk"), nobody=Count("pk", filter=Q(successor=None)))
    found = {row["seat"]: Kind(Seat(row["seat"]), row["n"], row["nobody"]) for row in rows}
    return [found[seat] for seat in Seat.values if seat in found]


def rows(departure, seat, page=0):
    """(rows of one page of the seats of one kind, how many there are), those with nobody first."""
    found = departure.seats.filter(seat=seat).select_related("customer", "successor")
    found = found.annotate(waits=Q(successor=None))
    found = found.order_by("-waits", "customer__sort_key", "pk")
    shown = list(found[page * ROWS : (page + 1) * ROWS])
    for row in shown:
        row.words = why_words(row.why)
    return shown, found.count()


def twice(departure):
    """How many customers would get one person in two single seats."""
    same = CustomerHandover.objects.filter(
        departure=departure, customer=OuterRef("customer"), successor=OuterRef("successor")
    )
    return departure.seats.filter(Exists(same), seat__in=SINGLE_SEATS).count()


def dead(departure):
    """How many of an open case's other seats have a proposal that came to nothing, also one to end it."""
    if not departure.revealed_at:
        return 0
    ended = Q(successor=None) & lost_on_the_way()
    return departure.seats.filter(came_to_nothing(departure, OuterRef("seat")) | ended).count()
