"""Who holds what, and what each person's leaving would cost: figures from plain facts.

Pure functions. The facts may come from the files of any other system; nothing is read or kept.
"If X left tomorrow" asks of every customer that X holds: did anybody else of ours have an activity
there in the last year? Shares are shares of all customers, so books and vacancies add up to one.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

YEAR = 365  # days, back from the last day of the file
SILENT = 180  # days without activity that count as long
STREAK = 5  # so many activities in a row by one person
COMPARABLE = 5  # fewer people are not drawn as a curve
AGES = (30, 90, 180, 365)  # days since the last activity, upper ends


class Touch(NamedTuple):
    """One activity. customer, person: places in the lists of facts; day: date.toordinal()."""

    customer: int
    person: int | None
    day: int
    amount: Decimal | None = None
    contact: str = ""


@dataclass
class Customer:
    key: str
    name: str
    holder: int | None = None
    value: Decimal | None = None
    shared: bool = False  # another customer has the same name


@dataclass(slots=True)
class Seat:
    """Who held a customer from when to when; no start: not in the files; no end: holds it now."""

    customer: int
    person: int
    start: date | None
    end: date | None
    touches: int = 0


@dataclass
class Facts:
    """What the files say. touches in the order of time; derived: no file names who holds."""

    customers: list[Customer]
    people: list[str]
    touches: list[Touch]
    as_of: date
    derived: bool = False
    seats: list[Seat] | None = None

    @cached_property
    def valued(self):
        """Whether there is money to weigh by; else every customer weighs the same."""
        return any(one.value and one.value > 0 for one in self.customers)

    @cached_property
    def names_people(self):
        return any(touch.person is not None for touch in self.touches)

    @cached_property
    def names_contacts(self):
        return any(touch.contact for touch in self.touches)


@dataclass
class Line:
    """One customer as the report sees it."""

    place: int
    customer: Customer
    weight: Fraction
    last: int | None = None  # day of the last activity
    touches: int = 0
    ours: Counter = field(default_factory=Counter)  # person → activities in the last year
    before: Counter = field(default_factory=Counter)  # person → earlier activities
    theirs: set = field(default_factory=set)  # contacts in the last year
    streak: int | None = None  # who did the last several activities alone

    @property
    def holder(self):
        return self.customer.holder

    @property
    def single(self):
        """Hangs on one thread: one of ours, or one of theirs."""
        return len(self.ours) == 1 or (bool(self.ours) and len(self.theirs) == 1)

    def others(self, person):
        """Who else knows the customer, the most active first."""
        return [one for one, _n in self.ours.most_common() if one != person]

    def earlier(self, person):
        """Who knew it before the last year, the most active first."""
        known = [one for one, _n in self.before.most_common()]
        return [one for one in known if one != person and one not in self.ours]


@dataclass
class Book:
    """What hangs on one person."""

    person: int
    held: list[Line]
    weight: Fraction
    value: Decimal
    alone: list[
        Line
    ]  # held, and nobody else had an activity there in the last year, if that is known
    elsewhere: list[Line]  # not held, yet only this person had an activity there
    successors: list[tuple[int, int]]  # (person, how many of these customers they know)
    silent: int


@dataclass
class Concentration:
    """How unevenly the book is spread over those who hold something."""

    points: list[tuple[float, float]]  # share of people, share of value, both from 0 to 1
    gini: float
    effective: float  # as if so many people held equal books
    half: int  # so many people hold half


@dataclass
class Exposure:
    facts: Facts
    lines: list[Line]
    books: list[Book]  # the most exposed first
    concentration: Concentration | None
    ages: list[int]  # customers by AGES, then older, then never
    seats: list[Seat]

    @cached_property
    def vacant(self):
        return [line for line in self.lines if line.holder is None]

    @cached_property
    def single(self):
        return [line for line in self.lines if line.single]

    @cached_property
    def silent(self):
        return [line for line in self.lines if is_silent(line, self.facts)]

    @cached_property
    def streaks(self):
        return [line for line in self.lines if line.streak is not None]

    @cached_property
    def whole(self):
        """What all customers weigh together."""
        return sum(line.weight for line in self.lines) or Fraction(1)

    @cached_property
    def load(self):
        """person → how many customers they hold; None for those that nobody holds."""
        return Counter(line.holder for line in self.lines)

    @cached_property
    def changes(self):
        """How often a customer passed from one person to another."""
        return len(self.seats) - len({seat.customer for seat in self.seats})


def analyse(facts):
    """Everything the report says, from facts. Customers without a holder are vacant unless derived."""
    if facts.derived:
        derive_holders(facts)
    lines = lines_of(facts)
    books = books_of(facts, lines)
    return Exposure(
        facts, by_danger(lines), books, concentration([book.weight for book in books if book.held]),
        ages(lines, facts), facts.seats if facts.seats is not None else seats_of(facts),
    )  # fmt: skip


def derive_holders(facts):
    """Where no file names who holds a customer, it counts as held by the last who was active there."""
    for touch in facts.touches:
        if touch.person is not None:
            facts.customers[touch.customer].holder = touch.person


def lines_of(facts):
    """One line per customer, with who was in touch when."""
    today, lines = facts.as_of.toordinal(), []
    for place, customer in enumerate(facts.customers):
        lines.append(Line(place, customer, weight_of(customer, facts.valued)))
    runs: dict[int, tuple[int, int]] = {}
    for touch in facts.touches:
        line = lines[touch.customer]
        line.touches += 1
        line.last = touch.day
        recent = touch.day > today - YEAR
        if recent and touch.contact:
            line.theirs.add(touch.contact)
        if touch.person is None:
            runs.pop(touch.customer, None)
            continue
        (line.ours if recent else line.before)[touch.person] += 1
        who, length = runs.get(touch.customer, (touch.person, 0))
        runs[touch.customer] = (touch.person, length + 1 if who == touch.person else 1)
    for place, (person, length) in runs.items():
        lines[place].streak = person if length >= STREAK else None
    return lines


def weight_of(customer, valued):
    """What a customer counts: its value, never less than nothing; without any values all the same."""
    return max(Fraction(0), Fraction(customer.value or 0)) if valued else Fraction(1)


def books_of(facts, lines):
    """What hangs on each person, the most exposed first: by what nobody else knows, then by all."""
    held, only = defaultdict(list), defaultdict(list)
    for line in lines:
        if line.holder is not None:
            held[line.holder].append(line)
        if len(line.ours) == 1 and (person := next(iter(line.ours))) != line.holder:
            only[person].append(line)
    total = sum((line.weight for line in lines), Fraction(0)) or Fraction(1)
    books = [
        book(person, held[person], only[person], total, facts)
        for person in range(len(facts.people)) if held[person] or only[person]
    ]  # fmt: skip
    return sorted(books, key=lambda one: (-lost(one), -one.weight, -len(one.held), one.person))


def lost(one):
    """The part of the whole that nobody else knows."""
    return sum((line.weight for line in one.alone), Fraction(0))


def book(person, held, elsewhere, total, facts):
    known = Counter(other for line in held for other in line.others(person))
    return Book(
        person, by_danger(held, person), sum((line.weight for line in held), Fraction(0)) / total,
        sum((line.customer.value or Decimal(0) for line in held), Decimal(0)),
        [line for line in held if facts.names_people and not line.others(person)],
        by_danger(elsewhere), known.most_common(3),
        sum(is_silent(line, facts) for line in held),
    )  # fmt: skip


def by_danger(lines, person=None):
    """Those that nobody else knows first, then by what they are worth."""
    return sorted(lines, key=lambda one: (bool(one.others(person)), -one.weight, one.customer.name))


def is_silent(line, facts):
    return line.last is None or facts.as_of.toordinal() - line.last > SILENT


def ages(lines, facts):
    """How many customers by days since their last activity: AGES, older, never."""
    counts, today = [0] * (len(AGES) + 2), facts.as_of.toordinal()
    for line in lines:
        if line.last is None:
            counts[-1] += 1
        else:
            days = today - line.last
            counts[next((i for i, most in enumerate(AGES) if days <= most), len(AGES))] += 1
    return counts


def concentration(weights):
    """Lorenz curve, Gini and effective number over the weights of those who hold something."""
    weights = sorted(weights)
    total = sum(weights)
    if not weights or not total:
        return None
    shares = [weight / total for weight in weights]
    points, reached = [(0.0, 0.0)], Fraction(0)
    area = Fraction(0)
    for place, share in enumerate(shares, 1):
        area += 2 * reached + share
        reached += share
        points.append((place / len(shares), float(reached)))
    half, top = 0, Fraction(0)
    while top * 2 < 1:
        half, top = half + 1, top + shares[-1 - half]
    gini = 1 - area / len(shares)
    return Concentration(points, float(gini), float(1 / sum(s * s for s in shares)), half)


def seats_of(facts):
    """Dated seats out of who did the activities: a seat begins with the first of a run and ends when
    somebody else's begins. The last stays open for whoever holds the customer now.
    """
    runs: dict[int, list[Seat]] = defaultdict(list)
    latest: dict[int, int] = {}
    for touch in facts.touches:
        if touch.person is None:
            continue
        mine, latest[touch.customer] = runs[touch.customer], touch.day
        if not mine or mine[-1].person != touch.person:
            day = date.fromordinal(touch.day)
            if mine:
                mine[-1].end = day
            mine.append(Seat(touch.customer, touch.person, day, None))
        mine[-1].touches += 1
    for place, customer in enumerate(facts.customers):
        close(runs[place], place, customer.holder, latest.get(place))
    return [seat for place in sorted(runs) for seat in runs[place]]


def close(mine, place, holder, latest):
    """Let the last seat agree with who holds the customer now; `latest`: the day it ended if not."""
    if mine and mine[-1].person != holder:
        mine[-1].end = date.fromordinal(latest)
    if holder is not None and (not mine or mine[-1].person != holder):
        mine.append(Seat(place, holder, None, None))
