"""What is known of the customers that some people look after, each figure by one statement for all.

Customers are given by their ids, already narrowed to what the viewer may count. Money is narrowed
once more: a sum is given only where the viewer may see the orders of the customer.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.access import Action, Reach, reach
from accounts.models import Membership
from accounts.selectors.org import home_unit, people_led_by, units_below
from crm.models import Activity, Assignment, Completeness, Customer, Order, Position, Task
from crm.seats import Seat
from crm.selectors import completeness, key_accounts
from crm.selectors.trade import aged, ordered_between, rate, with_payments, year_before
from kit.dates import company_zone, today

NOTHING = Decimal(0)
OLD = 60  # days since delivery, else since the order, after which what is owed counts as late


def counts_all(viewer):
    """Whether the power of the viewer over exposure covers everybody: counts then need no sight."""
    return reach(viewer, Action.EXPOSURE_VIEW) == Reach.ALL


def seats(viewer, people):
    """Seats that some people (ids) hold now, as far as the viewer may count them."""
    rows = Assignment.objects.at().filter(person__in=people)
    return list(rows if counts_all(viewer) else rows.visible_to(viewer))


def customers(viewer, ids):
    """Customer id → Customer with its region, `is_seen`, `is_priced` and `is_trusted`: whether the
    viewer may see it, what it bought, and its settlement traits and key persons."""
    rows = Customer.objects.filter(pk__in=ids).select_related("region").defer("grams", "search_key")
    rows = rows.annotate(is_seen=seen(viewer), is_priced=seen(viewer, Action.TRADE_VIEW))
    rows = rows.annotate(is_trusted=seen(viewer, Action.SETTLEMENT_VIEW))
    return {row.pk: row for row in rows}


def seen(viewer, action=None):
    """Whether the viewer may see the customer of a row for an action, as a column."""
    return Exists(Customer.objects.visible_to(viewer, action).filter(pk=OuterRef("pk")))


def backups(ids):
    """Customer → who is its backup now."""
    rows = Assignment.objects.at().filter(customer__in=ids, seat=Seat.BACKUP)
    return {row.customer_id: row.person_id for row in rows}


def files(ids, trusted):
    """Customer → how complete its file is, in percent, as far as it was counted and may be known.

    trusted: those (ids) whose guarded parts the viewer may see.
    """
    rest = RawSQL(completeness.open_sql(), (), IntegerField())  # noqa: S611
    rows = Completeness.objects.filter(customer__in=ids).annotate(rest=rest)
    found = rows.values_list("customer", "total", "rest")
    return {pk: total if pk in trusted else rest for pk, total, rest in found}


# -- money -----------------------------------------------------------------------------------------
@dataclass
class Money:
    """What a customer bought and owes, in the company's currency."""

    year: Decimal = NOTHING  # the trailing twelve months
    owed: Decimal = NOTHING
    old: Decimal = NOTHING  # of it, owed for longer than OLD days
    left_out: int = 0  # orders without a rate


def money(ids):
    """Customer → Money, of those that have orders."""
    day = today(company_zone())
    year = ordered_between(year_before(day), day)
    rows = with_payments(Order.objects.filter(customer__in=ids)).annotate(
        worth=F("amount") * rate("currency", "ordered_on"), owed=F("due") * rate("currency", day),
        since=Coalesce("delivered_on", "ordered_on"),
    )  # fmt: skip
    sums = {
        "year": Sum("worth", filter=year), "owes": Sum("owed", filter=Q(due__gt=0)),
        "old": Sum("owed", filter=Q(due__gt=0) & aged(day, OLD + 1, None)),
        "left_out": Count("pk", filter=year & Q(worth__isnull=True) | Q(due__gt=0, owed__isnull=True)),
    }  # fmt: skip
    found = rows.order_by().values("customer").annotate(**sums)
    return {
        row["customer"]: Money(row["year"] or NOTHING, row["owes"] or NOTHING,
                               row["old"] or NOTHING, row["left_out"])
        for row in found
    }  # fmt: skip


def team_value(viewer, people):
    """What the teams of some people bought in twelve months, or None where the viewer does not lead
    all of them: no share tells what a colleague sells."""
    units = [home_unit(person) for person in people]
    inside = {pk for unit in units if unit for pk in units_below(unit)}
    team = set(Membership.objects.at().filter(unit__in=inside).values_list("person", flat=True))
    everything = counts_all(viewer) and reach(viewer, Action.TRADE_VIEW) == Reach.ALL
    led = reach(viewer, Action.TRADE_VIEW) >= Reach.TEAM and team <= people_led_by(viewer)
    if not team or not (everything or led):
        return None
    day = today(company_zone())
    held = Assignment.objects.at().filter(person__in=team, seat=Seat.ACCOUNT_MANAGER)
    rows = Order.objects.filter(ordered_between(year_before(day), day))
    rows = rows.filter(customer__in=held.values("customer"))
    worth = F("amount") * rate("currency", "ordered_on")
    return rows.aggregate(total=Sum(worth))["total"] or NOTHING


# -- their people ----------------------------------------------------------------------------------
@dataclass
class Key:
    """A key person at a customer. `known`: ids of those of ours who know them."""

    contact_id: int
    customer_id: int
    known: set


def places(ids):
    """(customers with any contact, customer → its Keys)."""
    there = Q(ended_on__isnull=True) | Q(ended_on__gte=today(company_zone()))
    rows = Position.objects.filter(there, customer__in=ids).order_by()
    rows = list(rows.values_list("customer", "contact", "is_key_person"))
    keys = sorted({(customer, contact) for customer, contact, is_key in rows if is_key})
    known = key_accounts.known_to({contact for _customer, contact in keys}) if keys else {}
    found = defaultdict(list)
    for customer, contact in keys:
        found[customer].append(Key(contact, customer, set(known.get(contact, ()))))
    return {row[0] for row in rows}, found


# -- what is open ----------------------------------------------------------------------------------
@dataclass
class Step:
    """Something promised to a customer or to be done there: `on` may be None for a promise."""

    customer_id: int
    text: str
    on: object
    is_task: bool
    pk: int


def promises(viewer, ids, people):
    """Open next steps at these customers, and those that the people noted at others."""
    rows = Activity.objects.filter(Q(customer__in=ids) | Q(author__in=people))
    rows = rows.filter(next_step_done_at__isnull=True)
    rows = rows.exclude(next_step="", next_step_on__isnull=True)
    rows = rows if counts_all(viewer) else rows.visible_to(viewer)
    found = rows.order_by().values_list("customer", "next_step", "next_step_on", "pk")
    return [Step(customer, text, on, False, pk) for customer, text, on, pk in found]


def tasks(viewer, people):
    """Open tasks of some people."""
    rows = Task.objects.open().filter(person__in=people)
    rows = rows if counts_all(viewer) else rows.visible_to(viewer)
    found = rows.order_by().values_list("customer", "title", "due_on", "pk")
    return [Step(customer, text, on, True, pk) for customer, text, on, pk in found]


def by_customer(steps):
    """Customer → its steps, the nearest first; a promise without a day comes last."""
    found = defaultdict(list)
    for step in sorted(steps, key=lambda one: (one.on is None, str(one.on), one.pk)):
        found[step.customer_id].append(step)
    return found


def roles(held):
    """Seat → how many customers, of the seats besides that of account manager."""
    counts = Counter(row.seat for row in held if row.seat != Seat.ACCOUNT_MANAGER)
    return [(Seat(seat), counts[seat]) for seat in Seat.values if counts[seat]]
