"""What the overview counts: every customer in service that a viewer sees, as one line of plain facts.

Each fact is one statement for all customers; the figures are made of the lines (overview.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Case, Exists, F, FilteredRelation, Max, OuterRef, Q, Sum, When
from django.utils import timezone

from accounts.access import Action
from accounts.models import Person
from crm.models import Activity, Assignment, Customer, Order
from crm.seats import Seat
from crm.selectors import cadence, completeness, qualification, threads
from crm.selectors import ownership as seats
from crm.selectors.acting import OUT
from crm.selectors.trade import ordered_between, rate, year_before
from kit.clock import StatementNow
from kit.dates import company_zone, today

NOTHING = Decimal(0)


@dataclass(slots=True)
class Line:
    """One customer in service. Instants are aware; value is in the company's currency."""

    pk: int
    tier: str
    created: datetime
    since: datetime  # from when its cadence runs
    manager: int | None = None
    backup: bool = False
    ours: int = 0
    theirs: int = 0
    value: Decimal = NOTHING  # ordered within twelve months
    file: int | None = (
        None  # how complete its file is as the viewer may know it, in per cent; None: it has none
    )

    def ratio(self, now):
        """Time without a confirmed contact ÷ what the tier allows: beyond 1 it is stale."""
        return (now - self.since) / timedelta(days=cadence.DAYS[self.tier])

    @property
    def is_single(self):
        """Live contact hangs on one person, here or there."""
        return min(self.ours, self.theirs) <= 1


def lines(viewer):
    """Every customer in service that the viewer sees, as Lines."""
    found = [Line(*row, file=file) for *row, file in held(viewer)]
    ids = [line.pk for line in found]
    live, worth = threads.live(ids), values(viewer)
    for line in found:
        line.ours, line.theirs = live.get(line.pk, (0, 0))
        line.value = max(worth.get(line.pk) or NOTHING, NOTHING)
    return found


def held(viewer):
    """(customer, tier, entered, clock, account manager or None, whether there is a backup, file)."""
    seat = Q(assignments__seat=Seat.ACCOUNT_MANAGER, assignments__period__contains=StatementNow())
    second = Assignment.objects.at().filter(customer=OuterRef("pk"), seat=Seat.BACKUP)
    rows = Customer.objects.visible_to(viewer).filter(status__in=cadence.OPEN)
    rows = rows.annotate(held=FilteredRelation("assignments", condition=seat))
    since = Case(When(qualification.stopped(), then=StatementNow()), default=cadence.since())
    rows = rows.annotate(since=since, second=Exists(second)).order_by()
    rows = rows.annotate(file=completeness.total_seen_by(viewer))
    return rows.values_list("pk", "tier", "created_at", "since", "held__person", "second", "file")


def values(viewer):
    """Customer → what it ordered within twelve months, where the viewer may see its orders."""
    day = today(company_zone())
    rows = Order.objects.visible_to(viewer, Action.TRADE_VIEW)
    rows = rows.filter(ordered_between(year_before(day), day)).order_by().values("customer")
    worth = Sum(F("amount") * rate("currency", "ordered_on"))
    return dict(rows.annotate(worth=worth).values_list("customer", "worth"))


# -- people ----------------------------------------------------------------------------------------
def people(ids):
    """Person id → Person."""
    return Person.objects.in_bulk(ids)


def unavailable(people):
    """Ids of those of some people (id → Person) who cannot answer now."""
    out = {pk for pk, person in people.items() if person.state in OUT}
    return out | (seats.away(list(people)) if people else set())


def named(ids):
    """Customer id → Customer, for lists that name them."""
    return Customer.objects.select_related("region").in_bulk(list(ids))


# -- as it was -------------------------------------------------------------------------------------
def before(found, at):
    """The Lines of customers that were there at an instant, with what was true then.

    Seen by today's sight, of today's tier and status, by what is known today: only days are turned back.
    """
    then = [line for line in found if line.created <= at]
    ids = [line.pk for line in then]
    live, clocks, managers = threads.live(ids, at), clocks_at(then, at), managers_at(ids, at)
    return [
        Line(line.pk, line.tier, line.created, clocks.get(line.pk, line.created), managers.get(line.pk),
             False, *live.get(line.pk, (0, 0)))
        for line in then
    ]  # fmt: skip


def clocks_at(found, at):
    """Customer → from when its cadence ran at an instant. Only what was confirmed since is asked."""
    clocks = {line.pk: line.since for line in found if line.since <= at}
    later = [line.pk for line in found if line.pk not in clocks]
    rows = Activity.objects.filter(
        customer__in=later, happened_at__lte=at, confirmed_at__isnull=False
    )
    rows = rows.filter(contacts__isnull=False).exclude(kind=Activity.Kind.MESSAGE)
    rows = rows.order_by().values("customer").annotate(last=Max("happened_at"))
    return clocks | dict(rows.values_list("customer", "last"))


def managers_at(ids, at):
    """Customer → its account manager at an instant."""
    rows = Assignment.objects.at(at).filter(customer__in=ids, seat=Seat.ACCOUNT_MANAGER)
    return dict(rows.order_by().values_list("customer", "person"))


def now():
    """The instant that figures are as of."""
    return timezone.now()
