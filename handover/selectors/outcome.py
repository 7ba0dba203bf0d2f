"""What came of a handover: who was in touch, what was ordered, who was kept."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Min, Sum

from accounts.access import Action
from crm.models import Activity, Customer, Order
from crm.selectors.trade import MONEY, months_before, ordered_between, rate
from handover.models import CustomerHandover, FollowUp
from kit.dates import company_zone, start_of_day, today

WITHIN = (7, 30, 90)  # days after the last one


@dataclass
class Result:
    """One customer: days until somebody was in touch, orders before and after, calls, kept or not.

    first: days until the first contact, None where nobody was in touch yet. before, after: orders
    of six months in the company's currency, None where the viewer may not see them. kept: None
    while it is too early to say.
    """

    handover: CustomerHandover
    first: int | None = None
    before: Decimal | None = None
    after: Decimal | None = None
    kept: bool | None = None
    calls: list = field(default_factory=list)


@dataclass
class Outcome:
    """The results of a case and what they come to; sums over the customers whose orders one sees."""

    rows: list
    days: int  # since the last working day
    within: list  # (days, customers with contact by then, None while that lies ahead)
    before: Decimal
    after: Decimal
    kept: int
    lost: int


def outcome(person, departure):
    """The Outcome of a case for a viewer, in five statements."""
    rows = CustomerHandover.objects.visible_to(person).filter(departure=departure)
    rows = list(rows.select_related("customer", "successor").order_by("place", "pk"))
    ids, last = [row.customer_id for row in rows], departure.last_day
    first, calls = first_contact(ids, departure), answered(person, departure)
    seen = set(Customer.objects.visible_to(person, Action.TRADE_VIEW)
               .filter(pk__in=ids).values_list("pk", flat=True))  # fmt: skip
    before = ordered(seen, months_before(last, 6) + timedelta(days=1), last)
    after = ordered(seen, last + timedelta(days=1), months_before(last, -6))
    days = (today(company_zone()) - last).days
    found = [
        Result(
            row, first.get(row.customer_id),
            before.get(row.customer_id, Decimal(0)) if row.customer_id in seen else None,
            after.get(row.customer_id, Decimal(0)) if row.customer_id in seen else None,
            kept(row, first.get(row.customer_id), days), calls.get(row.pk, []),
        )
        for row in rows
    ]  # fmt: skip
    return Outcome(
        found, days,
        [(limit, sum(one.first is not None and one.first <= limit for one in found)
          if days >= 0 else None) for limit in WITHIN],
        sum(before.values(), Decimal(0)), sum(after.values(), Decimal(0)),
        sum(one.kept is True for one in found), sum(one.kept is False for one in found),
    )  # fmt: skip


def kept(row, first, days):
    """Whether a customer stayed: active with contact within 90 days; None before that is known."""
    if row.customer.status == Customer.Status.CLOSED:
        return False
    if first is not None and first <= WITHIN[-1]:
        return True
    return None if days <= WITHIN[-1] else False


def first_contact(ids, departure):
    """{customer: days from the last working day to the first contact by somebody who stays}."""
    begin = start_of_day(departure.last_day + timedelta(days=1), company_zone())
    acts = Activity.objects.filter(customer__in=ids, happened_at__gte=begin)
    acts = acts.exclude(author=departure.person_id).order_by()
    found = acts.values_list("customer").annotate(first=Min("happened_at"))
    zone = company_zone()
    return {pk: (at.astimezone(zone).date() - departure.last_day).days for pk, at in found}


def ordered(ids, first: date, last: date):
    """{customer: orders from a day to a day in the company's currency}; no rate leaves a row out."""
    rows = Order.objects.filter(ordered_between(first, last), customer__in=ids).order_by()
    worth = F("amount") * rate("currency", "ordered_on")
    sums = rows.values_list("customer").annotate(sum=Sum(worth, output_field=MONEY))
    return {pk: total for pk, total in sums if total is not None}


def answered(person, departure):
    """{handover: calls made after it, as far as the viewer reads their results}."""
    rows = FollowUp.objects.visible_to(person).filter(
        handover__departure=departure, called_at__isnull=False
    )
    found = {}
    for row in rows.order_by("days"):
        found.setdefault(row.handover_id, []).append(row)
    return found


def spoke(departure):
    """Keys of handovers where the service line spoke with the customer more than 30 days ago."""
    limit = start_of_day(today(company_zone()) - timedelta(days=30), company_zone())
    rows = FollowUp.objects.filter(handover__departure=departure, called_at__lt=limit)
    return set(rows.filter(result="answered").values_list("handover", flat=True))
