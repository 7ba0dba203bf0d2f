"""The customers of a departure plan: what each is worth, who else knows it, and in which order.

Pure reading. The figures are the company's, asked without anybody's sight: HR sees bands of them.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.selectors.calendar import end_of_work
from crm.models import Assignment, Change, ChangeSet, Customer, Order
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import trade
from crm.selectors.key_accounts import known_by
from kit.clock import StatementNow
from kit.dates import company_zone, today

ALONE = 2  # a customer whom nobody else of ours knows weighs so many times its value
BANDS = (  # up to so much in the company's currency within twelve months
    (Decimal(0), _("no orders")),
    (Decimal(50_000), _("small")),
    (Decimal(250_000), _("medium")),
    (Decimal(1_000_000), _("large")),
)
TOP = _("very large")
WHY = {
    "backup": _("backup of this customer"), "knows": _("known to the customer"),
    "region": _("looks after the region"), "team": _("same team"),
    "room": _("has room"), "ahead": _("becomes account manager anyway"), "chosen": _("chosen by hand"),
    "nobody": _("nobody fits who has room"),
}  # fmt: skip
ROWS = 50  # of one page


@dataclass
class Planned:
    """One customer of a plan, the most in danger first; the successor is filled in by `successors`."""

    customer: Customer
    value: Decimal = Decimal(0)
    alone: bool = False
    known: set = field(default_factory=set)  # ids of ours whom it knows
    successor: Person | None = None
    why: dict = field(default_factory=dict)

    @property
    def danger(self):
        """Sort key: value × danger, then the tier, then the oldest customer."""
        return (-self.value * (ALONE if self.alone else 1), not self.alone,
                self.customer.tier or "Z", self.customer.pk)  # fmt: skip


def customers_of(person):
    """A Planned for each customer whose account manager a person is, the most in danger first."""
    held = Assignment.objects.at().filter(person=person, seat=Seat.ACCOUNT_MANAGER)
    rows = list(Customer.objects.filter(pk__in=held.values("customer")))
    ids = [row.pk for row in rows]
    worth, known = values(ids), known_by(ids)
    found = [
        Planned(row, worth.get(row.pk, Decimal(0)), not known[row.pk] - {person.pk}, known[row.pk])
        for row in rows
    ]
    return sorted(found, key=lambda one: one.danger)


def ends_at(departure):
    """The end of work on the last day: the instant from which others look after the customers."""
    return end_of_work(departure.last_day)


def values(ids):
    """Customer id → its orders of twelve months in the company's currency; without a rate left out."""
    day = today(company_zone())
    rows = Order.objects.filter(
        trade.ordered_between(trade.year_before(day), day), customer__in=ids
    )
    rows = rows.annotate(worth=F("amount") * trade.rate("currency", "ordered_on")).order_by()
    sums = rows.values("customer").annotate(total=Sum("worth")).values_list("customer", "total")
    return {pk: round(total, 2) for pk, total in sums if total is not None}


def band(value):
    """The band of a customer's value, in words: all that HR learns of it."""
    return next((words for most, words in BANDS if value <= most), TOP)


def on_duty(person, customers):
    """Of some customers (ids) those in whose key-account team a person has a duty, in their order."""
    held = Assignment.objects.at().filter(person=person, customer__in=customers).exclude(duty="")
    return list(held.order_by("customer").values_list("customer", flat=True))


def came_to_nothing(departure, seat=Seat.ACCOUNT_MANAGER):
    """The condition of rows of a known case whose change of seats is not on its way any more, and
    whose successor does not get the seat without it. seat: see `in_the_seat`.
    """
    lost = Q(change=None) | lost_on_the_way()
    return Q(successor__isnull=False) & lost & ~in_the_seat(departure, seat)


def in_the_seat(departure, seat=Seat.ACCOUNT_MANAGER):
    """The condition of rows of a case whose successor has the seat once the last day is over, by what
    is planned now. seat: that of all rows, or an expression for that of each.
    """
    over = Greatest(Value(ends_at(departure), DateTimeField()), StatementNow())
    seats = Assignment.objects.at(over).filter(
        customer=OuterRef("customer"), person=OuterRef("successor"), seat=seat,
        seat__in=SINGLE_SEATS,
    )  # fmt: skip
    return Exists(seats)


def next_managers(customers, at):
    """Customer id → id of whoever becomes account manager by a plan of before, at the latest at `at`."""
    ahead = Assignment.objects.filter(
        customer__in=customers, seat=Seat.ACCOUNT_MANAGER, period__startswith__gt=StatementNow(),
        period__startswith__lte=at,
    )  # fmt: skip
    return dict(ahead.order_by("period").values_list("customer", "person"))


def lost_on_the_way():
    """The condition of rows of a case whose proposal was refused, taken back, left out or has failed."""
    row, whole = Change.State, ChangeSet.State
    gone = Q(change__state__in=[row.LEFT_OUT, row.DECLINED, row.FAILED, row.UNDONE])
    dead = Q(change__change_set__state__in=[whole.REFUSED, whole.CANCELLED, whole.STOPPED])
    return gone | dead


def why_words(why):
    """The reason of a proposal, with the load after it."""
    words = [str(WHY[code]) for code in why.get("codes") or [why.get("code")] if code in WHY]
    if why.get("after"):
        load = {"after": why["after"], "limit": why["limit"]}
        words.append(gettext("%(after)s of %(limit)s points after") % load)
    return " · ".join(words)


def other_seats(person):
    """Seat → its customers' ids, of the seats that a person holds besides account managers' ones."""
    held = Assignment.objects.at().filter(person=person).exclude(seat=Seat.ACCOUNT_MANAGER)
    found = {}
    for seat, customer in held.order_by("seat", "customer").values_list("seat", "customer"):
        found.setdefault(Seat(seat), []).append(customer)
    return found
