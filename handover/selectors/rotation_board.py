"""The board of rotation: one page of clocks with what a row or its picture shows."""

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.access import Action, Reach, Role, reach
from accounts.models import Person
from accounts.selectors.org import people_led_by
from crm.models import Assignment, Customer
from crm.seats import Seat
from crm.selectors import capacity
from crm.selectors import changesets as ask
from handover.selectors import rotation
from handover.selectors.rotation_proposals import Proposal, proposals
from kit.dates import company_zone, today

ROWS = 25
MOST = 5_000  # customers of one plan
PLANNABLE = ("overdue", "30", "90")
BACK, AHEAD = timedelta(days=400), timedelta(days=130)  # what a timeline shows at least


@dataclass
class Row:
    """A clock, who could be next, and where its bars lie (percent of the width)."""

    clock: rotation.Clock
    proposal: Proposal | None = None
    bars: dict = field(default_factory=dict)


@dataclass
class Page:
    """One page of the board."""

    rows: list
    counts: dict
    more: bool
    marks: list = field(default_factory=list)  # of the axis: (percent, day)
    now: float = 0


def page(viewer, asked, number=0, *, proposing=False):
    """One page of what was asked for. proposing: with who could be next, for who may plan it."""
    among = asked.among(viewer)
    clocks, counts = rotation.page_of(*among, show=asked.show, limit=ROWS + 1, offset=number * ROWS)
    more, clocks = len(clocks) > ROWS, rotation.with_names(clocks[:ROWS])
    rows = [Row(clock) for clock in clocks]
    if proposing and asked.view == "list":
        offers = proposals(viewer, [one.customer for one in clocks if wanted(one)])
        for row in rows:
            row.proposal = offers.get(row.clock.customer_id)
    found = Page(rows, counts, more)
    return drawn(found) if asked.view == "timeline" else found


def wanted(clock):
    """Whether somebody is to be proposed for a clock: it ends soon, and nothing is on its way."""
    return clock.state in ("overdue", "running") and clock.days <= rotation.LATER and not clock.change_set  # fmt: skip


def plannable(viewer, asked):
    """Ids of the customers of what was asked for that can be planned now."""
    if asked.show not in PLANNABLE:
        return []
    rows = rotation.found(*asked.among(viewer), show=asked.show, limit=MOST)
    given = ask.proposable(viewer).filter(pk__in=[one.customer_id for one in rows if wanted(one)])
    seen = set(given.values_list("pk", flat=True))
    return [one.customer_id for one in rows if one.customer_id in seen]


# -- the picture -----------------------------------------------------------------------------------
def drawn(page):
    """The page with the places of its bars: tenure, what is over, exempt until, the due day."""
    day = today(company_zone())
    starts = [row.clock.started_on for row in page.rows]
    ends = [max(row.clock.due_on, row.clock.exempt_until or day) for row in page.rows]
    first = max(min([day - BACK, *starts]), day - 3 * BACK)
    last = min(max([day + AHEAD, *ends]), day + 3 * AHEAD)

    def place(when):
        return round(100 * max(0, (min(when, last) - first).days) / (last - first).days, 2)

    for row in page.rows:
        row.bars = bars(row.clock, place, day)
    page.now, page.marks = place(day), [(place(one), one) for one in quarters(first, last)]
    return page


def bars(clock, place, day):
    """Where the parts of one clock lie: x and width in percent."""
    start, due = place(clock.started_on), place(clock.due_on)
    exempt = clock.exempt_until is not None and clock.exempt_until >= day
    until = min(due, place(day)) if not exempt else place(day)
    found = {"x": start, "width": max(0.4, round(until - start, 2)), "due": due, "late": None,
             "dotted": None, "ahead": None}  # fmt: skip
    if clock.over:
        found["late"] = {"x": due, "width": max(0.4, round(place(day) - due, 2))}
    if exempt:
        found["dotted"] = {"x": place(day), "width": max(0.4, round(place(clock.exempt_until) - place(day), 2))}  # fmt: skip
    elif due > place(day):
        found["ahead"] = {"x": place(day), "width": round(due - place(day), 2)}
    return found


def quarters(first, last):
    """The first days of quarters between two days, with room between the marks."""
    found, year = [], first.year
    while year <= last.year:
        found += [first.replace(year=year, month=month, day=1) for month in (1, 4, 7, 10)]
        year += 1
    found = [one for one in found if first <= one <= last]
    step = max(1, len(found) // 5 + 1)
    return found[::step]


# -- swapping two books ----------------------------------------------------------------------------
@dataclass
class Book:
    """What goes from one person to the other: customers by tier, and the loads of who receives."""

    giver: Person
    taker: Person
    customers: int
    tiers: dict
    before: float
    after: float
    limit: int

    @property
    def points(self):
        return capacity.plain(self.before), capacity.plain(self.after)


def swappable(viewer):
    """People whose books the viewer may give away and who can receive one, by name."""
    people = ask.takers(Seat.ACCOUNT_MANAGER).exclude(pk=viewer.pk).filter(roles__contains=[Role.REP])  # fmt: skip
    if reach(viewer, Action.SEAT_ASSIGN) < Reach.ALL:
        people = people.filter(pk__in=people_led_by(viewer))
    return people.order_by("sort_key", "pk")


def swapped(viewer, one, other):
    """The two Books of a swap, as far as the viewer may give them."""
    held = Assignment.objects.at().filter(person__in=[one, other], seat=Seat.ACCOUNT_MANAGER)
    held = held.exclude(customer__status=Customer.Status.CLOSED)
    held = held.filter(customer__in=ask.proposable(viewer).values("pk"))
    tiers = {one.pk: dict.fromkeys(capacity.TIERS, 0), other.pk: dict.fromkeys(capacity.TIERS, 0)}
    for person, tier in held.values_list("person", "customer__tier"):
        tiers[person][tier] += 1
    worth = capacity.weights()
    loads, limits = capacity.loads(tiers, viewer), capacity.limits(tiers)
    moved = {pk: capacity.points(counts, worth) for pk, counts in tiers.items()}
    return [
        Book(giver, taker, sum(tiers[giver.pk].values()), tiers[giver.pk], loads[taker.pk],
             loads[taker.pk] + moved[giver.pk] - moved[taker.pk], limits[taker.pk])
        for giver, taker in ((one, other), (other, one))
    ]  # fmt: skip
