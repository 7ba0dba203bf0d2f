"""The overview of who leads people: six numbers, what waits, and what depends on whom.

Everything is counted within the sight of the viewer; who leads nobody has none of it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from accounts.access import Action, Reach, reach
from accounts.models import Person
from crm.selectors import capacity, exposure
from crm.selectors.assignments import circle
from handover.selectors import overview_facts as facts
from handover.selectors import rotation

PERIODS = {"week": 7, "month": 30, "quarter": 91}  # days back
SIDES = range(4)  # 3 stands for three and more


def has_overview(person):
    """Whether the person looks after the work of others."""
    return reach(person, Action.LOAD_VIEW) >= Reach.TEAM and bool(
        reach(person, Action.CUSTOMER_VIEW)
    )


@dataclass
class Book:
    """What one person looks after."""

    person: Person
    customers: int = 0
    value: Decimal = facts.NOTHING
    single: int = 0  # of tiers A and B
    no_backup: int = 0  # of tiers A and B
    load: capacity.Load | None = None
    is_leaving: bool = False


@dataclass
class Figures:
    """The numbers of one instant."""

    customers: int = 0
    new: int = 0  # since the instant that is compared with
    single: int = 0  # of tiers A and B
    stale: int = 0
    vacant: int = 0
    acting: int = 0  # somebody else answers
    highest: Decimal | None = None  # load in points
    lowest: Decimal | None = None


@dataclass
class Overview:
    """All of it, for one viewer."""

    now: datetime
    lines: list = field(default_factory=list)
    then: list = field(default_factory=list)  # the same as it was at the instant compared with
    books: list = field(default_factory=list)  # the largest first
    loads: list = field(default_factory=list)  # the fullest first
    figures: Figures = field(default_factory=Figures)
    past: Figures = field(default_factory=Figures)
    overdue: list = field(default_factory=list)  # Clocks of rotations, the longest overdue first
    weighs: str = "value"  # or "customers", where nothing was ordered

    @property
    def holding(self):
        return [book for book in self.books if book.customers]

    @property
    def stale(self):
        """Lines past their cadence, the furthest first."""
        late = [line for line in self.lines if line.ratio(self.now) > 1]
        return sorted(late, key=lambda line: (-line.ratio(self.now), line.pk))

    @property
    def single(self):
        """Single-threaded Lines of tiers A and B, the most valuable first."""
        return sorted(single_ab(self.lines), key=lambda line: (-line.value, line.tier, line.pk))


def of(viewer, period=None):
    """The Overview of a viewer who has one. period: what the numbers are compared with, if anything."""
    now = facts.now()
    found = facts.lines(viewer)
    loads = capacity.team(viewer)
    people = those_of(viewer, found, loads)
    made = Overview(now, found, loads=loads)
    made.overdue = rotation.found(*rotation.within(viewer), show="overdue")
    made.weighs = "value" if any(line.value for line in found) else "customers"
    made.books = books(viewer, made, people)
    made.figures = figures(found, now, facts.unavailable(people), loads)
    if period:
        compare(made, now - timedelta(days=PERIODS[period]))
    return made


def compare(made, at):
    """Say how it was at an instant."""
    made.then = facts.before(made.lines, at)
    made.figures.new = len(made.lines) - len(made.then)
    made.past = figures(made.then, at)


def those_of(viewer, found, loads):
    """Id → Person of account managers whose load the viewer may see, and of who could be one."""
    led = circle(viewer, Action.LOAD_VIEW)
    managers = {line.manager for line in found if line.manager}
    known = {load.person.pk: load.person for load in loads}
    return known | facts.people((managers if led is None else managers & led) - set(known))


# -- figures: pure functions of lines --------------------------------------------------------------
def figures(lines, now, unavailable=(), loads=()):
    """The numbers out of Lines. unavailable: ids of people who cannot answer; loads: all Loads."""
    points = [load.points for load in loads]
    return Figures(
        customers=len(lines),
        single=len(single_ab(lines)),
        stale=sum(line.ratio(now) > 1 for line in lines),
        vacant=sum(line.manager is None for line in lines),
        acting=sum(line.manager in unavailable for line in lines),
        highest=max(points, default=None), lowest=min(points, default=None),
    )  # fmt: skip


def single_ab(lines):
    return [line for line in lines if line.tier in "AB" and line.is_single]


def grid(lines):
    """(ours, theirs) → (customers, value), each side 0 to 3."""
    count, value = Counter(), Counter()
    for line in lines:
        cell = min(line.ours, SIDES[-1]), min(line.theirs, SIDES[-1])
        count[cell] += 1
        value[cell] += line.value
    return {(a, b): (count[a, b], value[a, b] or facts.NOTHING) for a in SIDES for b in SIDES}


def books(viewer, made, people):
    """The Book of each of these people, the largest first."""
    loads = {load.person.pk: load for load in made.loads}
    told = circle(viewer, Action.EMPLOYMENT_VIEW)
    found = {pk: Book(person, load=loads.get(pk)) for pk, person in people.items()}
    for pk, book in found.items():
        book.is_leaving = book.person.is_on_notice and (told is None or pk in told)
    for line in made.lines:
        if book := found.get(line.manager):
            book.customers += 1
            book.value += line.value
            book.single += line.tier in "AB" and line.is_single
            book.no_backup += line.tier in "AB" and not line.backup
    return sorted(
        found.values(), key=lambda b: (-b.value, -b.customers, b.person.sort_key, b.person.pk)
    )


def spread(made):
    """How unevenly what the viewer sees is spread over those who hold something; None: nothing is."""
    return exposure.concentration([Fraction(weight(made, book)) for book in made.holding])


def weight(made, book):
    """What a book weighs in the picture."""
    return book.value if made.weighs == "value" else Decimal(book.customers)
