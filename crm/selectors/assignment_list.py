"""One page of the assignments: customers with everybody in their seats, by account manager."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.access import Action
from accounts.models import Absence, Person
from crm.models import Assignment, ChangeSet, Customer, OwnershipRules
from crm.seats import Seat
from crm.selectors import assignments as of
from crm.selectors import capacity
from crm.selectors.acting import OUT
from crm.selectors.order_list import CountOf

ROWS = 25
COUNT_UP_TO = 1_000
RULES = ("weight_a", "weight_b", "weight_c", "default_capacity")


# -- rows ------------------------------------------------------------------------------------------
def holders():
    """Everybody in a seat of a customer now, as JSON."""
    absent = Absence.objects.at().filter(person=OuterRef("person"))
    said = JSONObject(
        seat="seat", since="period__startswith", id="person_id", name="person__name",
        latin_name="person__latin_name", state="person__state", away=Exists(absent),
        limit="person__capacity__limit",
    )  # fmt: skip
    rows = Assignment.objects.at().filter(customer=OuterRef("pk"))
    return ArraySubquery(rows.order_by("person__sort_key", "person").values_list(said, flat=True))


def coming():
    """What is on its way at a customer, as JSON."""
    said = JSONObject(
        seat="seat", change_set="change_set_id", state="change_set__state",
        effective_at="change_set__effective_at", id="taker_id", name="taker__name",
        latin_name="taker__latin_name",
    )  # fmt: skip
    return ArraySubquery(of.pending().order_by("seat").values_list(said, flat=True))


def listed(rows):
    """`rows` of `seen` with what a page shows of each."""
    return rows.annotate(seats_json=holders(), coming_json=coming())


@dataclass
class Holder:
    """Somebody in a seat; standing: why they cannot answer, as far as the viewer may know it."""

    person: Person
    since: datetime
    seat: str
    standing: str = ""
    limit: int | None = None

    @property
    def is_leaving(self):
        return self.standing in (Person.State.ON_NOTICE, Person.State.LEFT)


@dataclass
class Coming:
    """A change that is on its way; without a person the seat is left empty."""

    seat: str
    change_set: int
    state: str
    person: Person | None = None
    effective_at: datetime | None = None

    @property
    def seat_words(self):
        return Seat(self.seat).label

    @property
    def state_words(self):
        return ChangeSet.State(self.state).label


@dataclass
class Row:
    """A customer with its seats now."""

    customer: Customer
    holders: list = field(default_factory=list)
    coming: list = field(default_factory=list)

    def _in(self, seat):
        return [one for one in self.holders if one.seat == seat]

    @property
    def manager(self):
        return next(iter(self._in(Seat.ACCOUNT_MANAGER)), None)

    @property
    def backup(self):
        return next(iter(self._in(Seat.BACKUP)), None)

    @property
    def service(self):
        return next(iter(self._in(Seat.SERVICE_LINE)), None)

    @property
    def members(self):
        return self._in(Seat.KEY_ACCOUNT_MEMBER)

    @property
    def lacks_backup(self):
        """As `without_backup` counts it."""
        return self.backup is None and self.customer.status != Customer.Status.CLOSED


def told(viewer, customers):
    """The Row of each customer out of `listed`."""
    states, absences = (
        of.circle(viewer, Action.EMPLOYMENT_VIEW),
        of.circle(viewer, Action.ABSENCE_SET),
    )

    def knows(pk, known):
        return known is None or pk in known

    def standing(said):
        if knows(said["id"], states) and said["state"] != Person.State.ACTIVE:
            return said["state"]
        if said["away"] and said["state"] not in OUT and knows(said["id"], absences):
            return "absent"
        return "away" if said["away"] or said["state"] in OUT else ""

    def holder(said):
        since = datetime.fromisoformat(said["since"])
        return Holder(named(said), since, said["seat"], standing(said), said["limit"])

    return [
        Row(one, [holder(said) for said in one.seats_json], [change(s) for s in one.coming_json])
        for one in customers
    ]


def named(said):
    """A Person with what the JSON says, or None."""
    if said["id"] is None:
        return None
    return Person(**{name: said[name] for name in ("id", "name", "latin_name")})


def change(said):
    at = said["effective_at"]
    at = datetime.fromisoformat(at) if at else None
    return Coming(said["seat"], said["change_set"], said["state"], named(said), at)


# -- one page --------------------------------------------------------------------------------------
@dataclass
class Group:
    """The rows of one account manager, or of nobody. load: as the viewer sees it, or None."""

    holder: Holder | None
    rows: list = field(default_factory=list)
    load: capacity.Load | None = None


@dataclass
class Page:
    """One page. `total` stops at COUNT_UP_TO + 1; None where nothing is left so far behind.

    counts: of all one sees, whatever was asked for: `all`, and each name of `wrong`.
    """

    groups: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    total: int | None = 0
    counts: dict = field(default_factory=dict)
    number: int = 0
    more: bool = False


def page(viewer, condition, number=0):
    """One page of the customers with a condition (Q), by account manager, with figures: two
    statements for any number. number: counts from 0.
    """
    rows = of.seen(viewer).filter(condition)
    count = CountOf(rows.order_by().values("pk")[: COUNT_UP_TO + 1])
    rules = JSONObject(**{name: name for name in RULES})
    rows = listed(rows).annotate(
        page_total=count, counts_json=Subquery(figures(viewer)),
        rules_json=Subquery(OwnershipRules.objects.filter(pk=1).values(said=rules)),
    )  # fmt: skip
    found = list(rows.order_by(*of.ORDER)[number * ROWS : (number + 1) * ROWS + 1])
    if not found:
        return Page(
            counts=figures(viewer).get()["said"], total=None if number else 0, number=number
        )
    first, shown = found[0], told(viewer, found[:ROWS])
    groups = with_loads(viewer, grouped(shown), first.rules_json)
    return Page(groups, shown, first.page_total, first.counts_json, number, len(found) > ROWS)


def figures(viewer):
    """How many customers one sees here, and how many want attention: one row of JSON, `said`."""
    counts = {name: Count("pk", filter=which) for name, which in of.wrong(viewer).items()}
    seats = Customer.objects.visible_to(viewer, Action.SEAT_ASSIGN).order_by()
    every = seats.annotate(one=Value(1)).values("one")
    return every.annotate(said=JSONObject(all=Count("pk"), **counts)).values("said")


def grouped(rows):
    """The rows by account manager, in their order."""
    groups = []
    for row in rows:
        who = row.manager and row.manager.person
        if not groups or who != (groups[-1].holder and groups[-1].holder.person):
            groups.append(Group(row.manager))
        groups[-1].rows.append(row)
    return groups


def with_loads(viewer, groups, said):
    """Tell the groups what their person carries, where the viewer may know that.

    said: the rules of ownership as JSON.
    """
    rules = OwnershipRules(**{name: Decimal(str(said[name])) for name in RULES})
    known, worth = of.circle(viewer, Action.LOAD_VIEW), capacity.weights(rules)
    mine = [g for g in groups if g.holder and (known is None or g.holder.person.pk in known)]
    counted = capacity.tally([group.holder.person.pk for group in mine], viewer) if mine else {}
    for group in mine:
        who, own = group.holder.person, group.holder.limit
        counts = counted.get(who.pk) or dict.fromkeys(capacity.TIERS, 0)
        limit = int(rules.default_capacity if own is None else own)
        points = capacity.points(counts, worth)
        group.load = capacity.Load(who, points, limit, counts, is_own=own is not None)
    return groups
