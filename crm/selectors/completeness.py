"""How complete a file is, by the formula of the content pack.

The sum over parts of the part's weight × the share of the weights of the required fields that are
filled and confirmed within their refresh interval. A value older than the interval counts half,
older than twice the interval nothing. A part with several persons is the mean over those in post;
functions that are missing among the staff count as an empty person each.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from accounts.access import Action
from crm.access import Reaches, sight_of
from crm.models import (
    Completeness,
    ContactChannel,
    Customer,
    Fact,
    Link,
    Order,
    Position,
)
from crm.models.customer_file import Guard
from crm.selectors import cadence, file_fields
from crm.selectors.file_fields import COMPUTED, KEY_PERSONS, OF_CUSTOMER, OF_PERSON, STAFF
from kit.clock import database_now

DAY = timedelta(days=1)
ALWAYS = Q(pk__isnull=False)
ELSEWHERE = {*OF_CUSTOMER, *OF_PERSON, *COMPUTED}


# -- as somebody may know it (docs/adr/0012) ----------------------------------------------------------
def incomplete(viewer):
    """Organisations in service whose file is below the target of their tier, as far as `viewer` sees
    it; a Q without joins.
    """
    below, guarded = Q(pk__in=[]), sees_guarded(viewer, "customer")
    targets = file_fields.targets()
    counted = Completeness.objects.filter(customer=OuterRef("pk"))
    counted = counted.annotate(open_total=RawSQL(open_sql(), (), IntegerField()))  # noqa: S611
    for tier in Customer.Tier.values:
        whole, rest = Q(total__gte=targets[tier]), Q(open_total__gte=targets[tier])
        reached = counted.filter(guarded & whole | ~guarded & rest)
        below |= Q(tier=tier) & ~Q(Exists(reached))
    return Q(kind=Customer.Kind.ORGANISATION, status__in=cadence.OPEN) & below


def sees_guarded(viewer, customer="pk"):
    """The condition that `viewer` sees the guarded parts. customer: the lookup to the customer's key."""
    sight = sight_of(viewer, Action.SETTLEMENT_VIEW)
    if sight.everything:
        return ALWAYS
    return ~ALWAYS if sight.nothing else Q(Reaches(F(customer), sight))


def open_parts():
    """(place among the parts, weight) of those whose figure is open to whoever sees the customer.

    That of the staff is not: who is a key person is not counted there, so it would tell of the mark.
    """
    parts = enumerate(file_fields.parts())
    open_ones = [(place, part) for place, part in parts if part.guard == Guard.OPEN]
    return [(place, part.weight) for place, part in open_ones if part.id != STAFF]


def open_sql():
    """The percentage of the open parts out of the column `parts`, as a piece of SQL."""
    weights = open_parts()
    whole = sum(weight for _place, weight in weights) or 1
    points = " + ".join(f"(parts->>{place})::int * {weight}" for place, weight in weights) or "0"
    return f"((({points}) * 2 + {whole}) / {2 * whole})"


def total_seen_by(viewer):
    """How complete the file of a customer is as `viewer` may know it, as an expression.

    0 where it has not been counted yet, None where there is none.
    """
    counted = Completeness.objects.filter(customer=OuterRef("pk"))
    rest = counted.annotate(open_total=RawSQL(open_sql(), (), IntegerField()))  # noqa: S611
    firm, guarded = Q(kind=Customer.Kind.ORGANISATION), sees_guarded(viewer)
    return Case(
        When(firm & guarded, then=Coalesce(Subquery(counted.values("total")), 0)),
        When(firm, then=Coalesce(Subquery(rest.values("open_total")), 0)),
    )


def seen_score(score, guarded):
    """A Score or kept figure as somebody may know it: without the guarded parts where not `guarded`.

    Their percentages are None then, and the total is that of the others.
    """
    if guarded:
        return Score(score.total, score.parts)
    weights = dict(open_parts())
    whole = sum(weights.values()) or 1
    parts = [one if place in weights else None for place, one in enumerate(score.parts)]
    points = sum(weight * score.parts[place] for place, weight in weights.items())
    return Score((points * 2 + whole) // (2 * whole), parts)


@dataclass
class Score:
    """Percentages: the whole file, and each part in order."""

    total: int
    parts: list


@dataclass
class Known:
    """What is filled in the files of some customers, and when it was confirmed last.

    `at`: (customer, contact or None, field) → instant.
    """

    customers: dict
    persons: dict = field(default_factory=lambda: defaultdict(list))  # customer → open positions
    at: dict = field(default_factory=dict)
    functions_wanted: dict = field(default_factory=dict)  # by tier

    def put(self, customer, contact, name, at):
        """Take note that this was filled at an instant; a later confirmation stands."""
        key = (customer, contact, name)
        if at is not None and (key not in self.at or at > self.at[key]):
            self.at[key] = at


def scores(customers, now=None):
    """customer id → Score, for those of these customers (ids) that are organisations."""
    known, now = read(customers), now or database_now()
    parts = file_fields.parts()
    return {pk: score(known, customer, parts, now) for pk, customer in known.customers.items()}


def score(known, customer, parts, now):
    """The Score of one customer."""
    shares = [share_of(known, customer, part, now) for part in parts]
    weights = sum(part.weight for part in parts) or 1
    total = sum(part.weight * share for part, share in zip(parts, shares, strict=True)) / weights
    return Score(percent(total), [percent(share) for share in shares])


def percent(share):
    return int(share * 100 + 0.5)


def missing(customers, guarded=()):
    """customer id → required fields without a value, what counts most first; each field once.

    customers: ids. guarded: those of which the guarded parts may be named as well.
    """
    known, parts = read(customers), file_fields.parts()
    return {
        pk: [one for _points, one in sorted(gaps(known, customer, parts, pk in guarded),
                                           key=lambda pair: -pair[0])]
        for pk, customer in known.customers.items()
    }  # fmt: skip


def gaps(known, customer, parts, guarded):
    """Yield (points of the whole file, field) of what nobody has filled of one customer.

    Who may not know the key persons is not told what the others lack either: it would change when
    somebody is marked (ADR 0012).
    """
    for part in parts:
        if not guarded and (part.guard != Guard.OPEN or part.id == STAFF):
            continue
        asked = [one for one in part.fields if customer.tier in one.required]
        whole = sum(one.weight for one in asked) or 1
        people = [one.contact_id for one in persons_of(known, customer.pk, part.id)]
        whom = people if part.repeats else [None]
        for one in asked:
            if not whom or any((customer.pk, who, one.id) not in known.at for who in whom):
                yield part.weight * one.weight / whole, one


def share_of(known, customer, part, now):
    """The share of a part, 0 to 1."""
    fields = [one for one in part.fields if customer.tier in one.required]
    if not part.repeats:
        return share(fields, known, customer.pk, None, now)
    people = persons_of(known, customer.pk, part.id)
    shares = [share(fields, known, customer.pk, one.contact_id, now) for one in people]
    missing = 0 if people else 1
    if part.id == STAFF:
        functions = {one.function for one in people} - {Position.Function.OTHER}
        missing = max(missing, known.functions_wanted[customer.tier] - len(functions))
    return sum(shares) / ((len(shares) + missing) or 1)


def persons_of(known, customer, part):
    """The persons whom a part is asked for: key persons, or all the others."""
    return [one for one in known.persons[customer] if one.is_key_person == (part == KEY_PERSONS)]


def share(fields, known, customer, contact, now):
    """The share of these fields that is filled and fresh; nothing asked for is complete."""
    weights = sum(one.weight for one in fields)
    if not weights:
        return 1
    got = sum(
        one.weight * credit(known.at.get((customer, contact, one.id)), one.refresh_days, now)
        for one in fields
    )
    return got / weights


def credit(at, refresh_days, now):
    """1 within the interval, a half within twice of it, else 0."""
    if at is None:
        return 0
    age = now - at
    if age <= refresh_days * DAY:
        return 1
    return 0.5 if age <= 2 * refresh_days * DAY else 0


def read(customers):
    """The Known of these customers (ids): one statement for each kind of row."""
    rows = Customer.objects.filter(pk__in=list(customers), kind=Customer.Kind.ORGANISATION)
    known = Known({row.pk: row for row in rows}, functions_wanted=file_fields.functions_wanted())
    ids = list(known.customers)
    for row in known.customers.values():
        for name, column in OF_CUSTOMER.items():
            known.put(row.pk, None, name, row.created_at if getattr(row, column) else None)
    positions = Position.objects.filter(customer__in=ids).open().select_related("contact")
    for place in positions:
        known.persons[place.customer_id].append(place)
    of_persons(known, positions)
    facts = Fact.objects.filter(customer__in=ids, is_filled=True)
    paid = Order.objects.filter(customer__in=ids, payments__isnull=False).order_by()
    now = database_now()
    for customer in paid.values_list("customer", flat=True).distinct():
        known.put(customer, None, "actual_days", now)
    for *key, at in facts.values_list("customer", "contact", "field", "confirmed_at"):
        if key[2] not in ELSEWHERE or tuple(key) in known.at:  # what is gone needs no confirming
            known.put(*key, at)
    return known


def of_persons(known, positions):
    """Take in what other models say of the persons in post."""
    contacts = {place.contact_id for place in positions}
    channels, links = defaultdict(list), defaultdict(list)
    live = ContactChannel.objects.filter(contact__in=contacts, ended_at__isnull=True)
    for contact, at in live.values_list("contact", "added_at"):
        channels[contact].append(at)
    open_links = Link.objects.filter(contact__in=contacts, ended_on__isnull=True)
    for contact, at in open_links.values_list("contact", "recorded_at"):
        links[contact].append(at)
    for place in positions:
        since = place.contact.created_at
        filled = {
            "name": since, "form_of_address": place.contact.form_of_address and since,
            "title": place.title and since, "status": since,
            "function": place.function != Position.Function.OTHER and since,
            "channels": max(channels[place.contact_id], default=None),
            "links": max(links[place.contact_id], default=None),
        }  # fmt: skip
        for name, column in OF_PERSON.items():
            known.put(place.customer_id, place.contact_id, name, filled[column] or None)
