"""What customers order and pay: worth in the company's currency, what is late, what is owed.

Amounts keep their own currency. A sum is in the company's: each row by the rate of its day, what is
owed by the rate of today. A row without a rate is left out of sums and counted.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.access import Action
from accounts.models import Company
from crm.models import Customer, Order, Payment, Rate
from kit.dates import today, zone_known
from kit.memo import remembered

MONEY = DecimalField(max_digits=40, decimal_places=12)
ZERO = Value(Decimal(0), output_field=MONEY)
AGES = ((0, 30), (31, 60), (61, 90), (91, None))  # days since delivery, else since the order
OPEN = Q(state=Order.State.OPEN)
KEPT = ~Q(state=Order.State.CANCELLED)


def company_currency():
    """The currency of the company, in three letters; its zone comes along."""
    return remembered("company currency", _company_currency)


def _company_currency():
    row = Company.objects.filter(pk=1).values_list("currency", "time_zone").first()
    if row is None:
        return "CNY"
    zone_known(row[1])
    return row[0]


# -- expressions -----------------------------------------------------------------------------------
def rate(currency, on):
    """The worth of one unit of a currency (a lookup) on a day (a lookup or a date); null: unknown."""
    day = on if isinstance(on, date) else OuterRef(on)
    known = Rate.objects.filter(currency=OuterRef(currency), since__lte=day).order_by("-since")
    ours = Subquery(Company.objects.filter(pk=1).values("currency"))
    own = When(**{currency: ours}, then=Value(Decimal(1), output_field=MONEY))
    return Case(own, default=Subquery(known.values("rate")[:1]), output_field=MONEY)


def late(day=None):
    """The condition of open orders past their promised day."""
    return OPEN & Q(promised_on__lt=day or today())


def unpaid():
    """The condition of orders with payments that are not paid in full."""
    return Q(due__gt=0)


def with_payments(orders):
    """Orders with `paid` and `due`, in the order's currency; nothing is due for a cancelled one."""
    same = Case(
        When(currency=F("order__currency"), then=F("amount")),
        default=F("amount") * rate("currency", "paid_on") / rate("order__currency", "paid_on"),
        output_field=MONEY,
    )
    paid = (
        Payment.objects.filter(order=OuterRef("pk")).order_by().values("order")
        .annotate(total=Sum(same)).values("total")
    )  # fmt: skip
    owed = Case(When(KEPT, then=F("amount")), default=ZERO, output_field=MONEY)
    return orders.annotate(
        paid=Coalesce(Subquery(paid, output_field=MONEY), ZERO, output_field=MONEY)
    ).annotate(due=owed - F("paid"))


def ordered_between(first, last, path=""):
    """A condition: an order that was not cancelled, from a day to a day, both included."""
    return Q(**{f"{path}ordered_on__gte": first, f"{path}ordered_on__lte": last}) & KEPT


def year_before(day):
    """The day after the same day of the year before: the first of the trailing twelve months."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year - 1, 3, 1)


def with_names(orders):
    """Orders with all that a list or the page of one shows."""
    return with_payments(orders).select_related("customer", "person")


def orders():
    """Every order with its names and payments, before anybody's sight."""
    return with_names(Order.objects.all())


def payments():
    """Every payment with its names, before anybody's sight."""
    return Payment.objects.select_related("customer", "order", "person")


# -- one customer ----------------------------------------------------------------------------------
@dataclass
class Age:
    """What is owed for a time: `first` to `last` days; last is None without an end."""

    first: int
    last: int | None
    amount: Decimal = Decimal(0)
    share: int = 0


@dataclass
class Standing:
    """A customer's trade in the company's currency."""

    currency: str
    year: Decimal = Decimal(0)  # the trailing twelve months
    last: date | None = None  # the day of the last order
    orders: int = 0
    open: int = 0
    late: int = 0
    receivable: Decimal = Decimal(0)
    ages: list[Age] = field(default_factory=list)
    on_account: Decimal = Decimal(0)  # paid for no order
    left_out: int = 0  # rows without a rate
    payments: int = 0

    @property
    def oldest(self):
        """The highest age at which something is owed, or None."""
        return next((age for age in reversed(self.ages) if age.amount > 0), None)


def standing(customer):
    """The Standing of a customer, in two statements. Whose it is has been asked before."""
    day = today()
    found = _orders(customer, day)
    money = _payments(customer)
    ages = [Age(*span, found[f"age_{span[0]}"] or Decimal(0)) for span in AGES]
    total = sum(age.amount for age in ages)
    for age in ages:
        age.share = round(100 * age.amount / total) if total else 0
    return Standing(
        company_currency(), found["year"] or Decimal(0), found["last"], found["orders"],
        found["open"], found["late"], total, ages, money["on_account"] or Decimal(0),
        found["unrated"] + found["owed_unrated"] + money["unrated"], money["payments"],
    )  # fmt: skip


def _orders(customer, day):
    """Sums and counts of the orders of a customer."""
    since = Coalesce("delivered_on", "ordered_on")
    rows = with_payments(Order.objects.filter(customer=customer)).annotate(
        worth=F("amount") * rate("currency", "ordered_on"),
        owed=F("due") * rate("currency", day),
        since=since,
    )
    year = ordered_between(year_before(day), day)
    ages = {
        f"age_{first}": Sum("owed", filter=Q(due__gt=0) & aged(day, first, last))
        for first, last in AGES
    }
    return rows.aggregate(
        year=Sum("worth", filter=year), unrated=Count("pk", filter=year & Q(worth__isnull=True)),
        last=Max("ordered_on", filter=KEPT & Q(ordered_on__lte=day)), orders=Count("pk"),
        open=Count("pk", filter=OPEN), late=Count("pk", filter=late(day)),
        owed_unrated=Count("pk", filter=Q(due__gt=0, owed__isnull=True) & ~year), **ages,
    )  # fmt: skip


def aged(day, first, last):
    """Rows whose `since` lies so many days back; what lies ahead counts as new."""
    young = Q(since__lte=day - timedelta(days=first)) if first else Q()
    return young if last is None else young & Q(since__gte=day - timedelta(days=last))


def _payments(customer):
    """What was paid for no order, and how many payments there are."""
    rows = Payment.objects.filter(customer=customer).annotate(
        worth=F("amount") * rate("currency", "paid_on")
    )
    alone = Q(order__isnull=True)
    return rows.aggregate(
        on_account=Sum("worth", filter=alone), payments=Count("pk"),
        unrated=Count("pk", filter=(alone | ~Q(currency=F("order__currency"))) & Q(worth__isnull=True)),
    )  # fmt: skip


def last_orders(customer, most):
    """The latest orders of a customer with their lines and what was paid."""
    rows = with_payments(Order.objects.filter(customer=customer))
    return list(rows.select_related("person").prefetch_related("lines")[:most])


def last_payments(customer, most):
    """The latest payments of a customer."""
    rows = Payment.objects.filter(customer=customer)
    return list(rows.select_related("person", "order")[:most])


# -- several customers -----------------------------------------------------------------------------
def ordered_within(person, months, reverse=False):
    """A condition on customers: ordered something within so many months, or with `reverse` nothing.

    Only customers whose orders `person` may see: a filter must not tell what a page would not.
    """
    day = today()
    first = months_before(day, months)
    bought = Order.objects.filter(ordered_between(first, day), customer=OuterRef("pk"))
    seen = Customer.objects.visible_to(person, Action.TRADE_VIEW).filter(pk=OuterRef("pk"))
    return Q(Exists(seen)) & (~Q(Exists(bought)) if reverse else Q(Exists(bought)))


def months_before(day, months):
    """The same day so many months ago, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)
