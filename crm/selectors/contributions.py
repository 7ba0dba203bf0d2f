"""Who made this customer: the ledger of who brought, introduced, served, sold and collected.

Most of it is read from what is recorded anyway; the rest was noted by hand, with evidence. Each line is
of what the viewer may see. The ledger tells who did what; it computes nobody's share.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Coalesce, TruncDate

from accounts.access import Action
from accounts.models import Person, Unit
from crm.models import Activity, ActivityVisitor, Contribution, Link, Order, Payment
from crm.selectors import trade
from crm.selectors.transfers import units_of
from kit.dates import company_zone

Kind = Contribution.Kind


@dataclass
class Line:
    """What one person or department did: how often, from when to when, worth how much.

    `amount` is in the company's currency, None where nothing was bought. `noted` is the row that was
    noted by hand. `words` says of what kind it is where the kind alone does not.
    """

    kind: Kind
    person: Person | None = None
    unit: Unit | None = None
    first: date | None = None
    last: date | None = None
    count: int = 0
    amount: Decimal | None = None
    noted: Contribution | None = None


def ledger(viewer, customer):
    """[(kind, its lines)] of a customer that the viewer sees, in the order of the kinds."""
    lines = [*origin(customer), *introduced(viewer, customer), *served(viewer, customer),
             *sold(viewer, customer), *collected(viewer, customer), *noted(viewer, customer)]  # fmt: skip
    with_people(lines)
    return [
        (kind, sorted((line for line in lines if line.kind == kind), key=in_order)) for kind in Kind
    ]


def in_order(line):
    """The most first, what was noted by hand last."""
    return line.noted is not None, -(line.amount or 0), -line.count


def origin(customer):
    """Who brought the customer, as it was recorded once."""
    if customer.origin_person_id is None:
        return []
    day = customer.created_at.astimezone(company_zone()).date()
    return [Line(Kind.BROUGHT, person=customer.origin_person_id, first=day, last=day, count=1)]


def introduced(viewer, customer):
    """Who of ours knew each of their people first."""
    known = Link.objects.visible_to(viewer).filter(contact__positions__customer=customer).annotate(
        day=Coalesce("since_on", TruncDate("recorded_at", tzinfo=company_zone()))
    )  # fmt: skip
    first = (
        known.order_by("contact_id", "day", "pk")
        .distinct("contact_id")
        .values_list("person", "day")
    )
    by_person = {}
    for person, day in first:
        by_person.setdefault(person, []).append(day)
    return [
        Line(Kind.INTRODUCED, person=person, first=min(days), last=max(days), count=len(days))
        for person, days in by_person.items()
    ]


def served(viewer, customer):
    """Who visited and called, or came along and confirmed it."""
    made = Activity.objects.visible_to(viewer).filter(customer=customer, author__isnull=False)
    along = ActivityVisitor.objects.visible_to(viewer).filter(
        activity__customer=customer, confirmed_at__isnull=False
    )
    found = {}
    for rows, who, when in (
        (made, "author", "happened_at"),
        (along, "person", "activity__happened_at"),
    ):
        day = TruncDate(when, tzinfo=company_zone())
        for person, first, last, count in (
            rows.order_by().values(who)
            .annotate(first=Min(day), last=Max(day), count=Count("pk"))
            .values_list(who, "first", "last", "count")
        ):  # fmt: skip
            line = found.setdefault(
                person, Line(Kind.SERVED, person=person, first=first, last=last)
            )
            line.first, line.last = min(line.first, first), max(line.last, last)
            line.count += count
    return list(found.values())


def sold(viewer, customer):
    """Who took the orders that were not cancelled."""
    rows = Order.objects.visible_to(viewer, Action.TRADE_VIEW).filter(trade.KEPT, customer=customer)
    return traded(Kind.SOLD, rows, "ordered_on")


def collected(viewer, customer):
    """Who collected the payments."""
    rows = Payment.objects.visible_to(viewer, Action.TRADE_VIEW).filter(customer=customer)
    return traded(Kind.COLLECTED, rows, "paid_on")


def traded(kind, rows, day):
    """The lines of rows with amounts, by the person of each."""
    worth = rows.filter(person__isnull=False).annotate(
        worth=F("amount") * trade.rate("currency", day)
    )
    found = worth.order_by().values("person").annotate(
        first=Min(day), last=Max(day), count=Count("pk"), total=Sum("worth")
    )  # fmt: skip
    return [
        Line(kind, person=row["person"], first=row["first"], last=row["last"], count=row["count"],
             amount=row["total"])
        for row in found
    ]  # fmt: skip


def noted(viewer, customer):
    """What was noted by hand and not taken back."""
    rows = Contribution.objects.visible_to(viewer).filter(customer=customer, taken_back_at=None)
    return [
        Line(Kind(row.kind), person=row.person_id, unit=row.unit, first=row.happened_on,
             last=row.happened_on, count=1, noted=row)
        for row in rows.select_related("unit", "noted_by")
    ]  # fmt: skip


def with_people(lines):
    """Put people in place of their keys, with the department each belongs to now."""
    ids = {line.person for line in lines if line.person}
    people = Person.objects.in_bulk(ids)
    ids_of = units_of(people.values())
    units = Unit.objects.in_bulk(min(one) for one in ids_of.values())
    for line in lines:
        if line.person:
            line.unit = units.get(min(ids_of[line.person], default=None))
            line.person = people[line.person]
