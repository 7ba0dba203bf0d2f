"""A small company by chance, and the figures of an exposure counted over it by plain loops."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts import audit
from accounts.models import Company, Membership
from accounts.selectors.content import shipped
from crm.models import (
    Activity,
    ActivityVisitor,
    Assignment,
    Contact,
    Customer,
    Fact,
    Link,
    Order,
    Payment,
    Position,
    Rate,
    Task,
)
from crm.seats import Reason, Seat
from crm.selectors.completeness import ELSEWHERE
from crm.services import completeness, seats
from kit.dates import company_zone, today

EAST = ("li", "chen", "he", "mo")
OTHERS = ("wu", "gao", "qian")


# -- the world -------------------------------------------------------------------------------------
def build(cast, seed, count=6):
    """`count` customers of Li and Chen with contacts, visits, orders and open work, by chance."""
    chance = random.Random(seed)
    with audit.verb("tests.build", cast.system):
        made = [customer(cast, chance, number) for number in range(count)]
        wishes = [wish for one in made for wish in wishes_of(cast, chance, one)]
        seats.move(cast.system, wishes)
        Rate.objects.create(
            currency="USD", since=today() - timedelta(days=200), rate=Decimal("7.1")
        )
        for one in made:
            people = contacts(cast, chance, one)
            for _ in range(chance.randrange(6)):
                happened(cast, chance, one, people)
            for number in range(chance.randrange(4)):
                ordered(cast, chance, one, number)
            if chance.random() < 0.5:
                task(cast, chance, one)
            written(cast, chance, one)
        completeness.count([one.pk for one in made])
    return made


def customer(cast, chance, number):
    return Customer.objects.create(
        name=f"客户 {number}", kind=chance.choice(Customer.Kind.values), origin="referral",
        legal_name=chance.choice(["", f"客户{number}有限公司"]), address=chance.choice(["", "Road 1"]),
        tier=chance.choice("ABC"), status=chance.choice(["active", "active", "prospect", "closed"]),
        home_unit=cast.units["east"],
    )  # fmt: skip


def wishes_of(cast, chance, one):
    manager = chance.choice(["li", "li", "chen"])
    yield seats.Wish(one.pk, Seat.ACCOUNT_MANAGER, cast[manager], Reason.FIRST)
    if chance.random() < 0.6:
        second = chance.choice([name for name in EAST if name != manager])
        yield seats.Wish(one.pk, Seat.BACKUP, cast[second], Reason.FIRST)
    if chance.random() < 0.5:
        yield seats.Wish(one.pk, Seat.SERVICE_LINE, cast.gao, Reason.FIRST)


def contacts(cast, chance, one):
    found = []
    for number in range(chance.randrange(3)):
        who = Contact.objects.create(name=f"{one.name} {number}")
        ended = chance.choice([None, None, None, today() - timedelta(days=3), today()])
        Position.objects.create(
            contact=who, customer=one, is_key_person=chance.random() < 0.5, ended_on=ended
        )
        if chance.random() < 0.4:
            Link.objects.create(
                contact=who, person=cast[chance.choice(EAST + OTHERS)],
                ended_on=chance.choice([None, None, today() - timedelta(days=1)]),
            )  # fmt: skip
        found.append(who)
    return found


def happened(cast, chance, one, people):
    """A visit or call of somebody, with or without contacts, company and proof."""
    proof = chance.choice(["", "", "location", "service"])
    days = chance.choice([1, 30, 89, 91, 120, 179, 181, 400])
    row = Activity.objects.create(
        customer=one, author=chance.choice([None, *(cast[name] for name in EAST + OTHERS)]),
        kind=chance.choice(Activity.Kind.values), proof=proof,
        happened_at=timezone.now() - timedelta(days=days),
        confirmed_at=timezone.now() if proof else None,
        next_step=chance.choice(["", "", "Send the offer"]),
        next_step_on=chance.choice([None, None, today() - timedelta(days=2), today()]),
        next_step_done_at=chance.choice([None, None, timezone.now()]),
    )  # fmt: skip
    row.contacts.set(chance.sample(people, chance.randrange(len(people) + 1)))
    if chance.random() < 0.4:
        ActivityVisitor.objects.create(
            activity=row, person=cast[chance.choice(EAST + OTHERS)],
            confirmed_at=chance.choice([None, timezone.now()]),
        )  # fmt: skip


def ordered(cast, chance, one, number):
    """An order, paid in part, in one of three currencies; one of them has no rate."""
    day = today() - timedelta(days=chance.choice([5, 100, 364, 366, 500]))
    row = Order.objects.create(
        customer=one, number=f"SO-{number}", ordered_on=day, state=chance.choice(Order.State.values),
        currency=chance.choice(["CNY", "CNY", "USD", "XAU"]), amount=Decimal(chance.randrange(1, 900)),
        delivered_on=chance.choice([None, day + timedelta(days=3)]),
    )  # fmt: skip
    if chance.random() < 0.5:
        Payment.objects.create(
            customer=one, order=row, paid_on=day + timedelta(days=4), currency=row.currency,
            amount=Decimal(chance.randrange(1, 900)),
        )  # fmt: skip


def task(cast, chance, one):
    who = cast[chance.choice(EAST)]
    Task.objects.create(
        customer=one, person=who, first_person=who, made_by=who, title="Send the samples",
        due_on=today() + timedelta(days=chance.choice([-3, 0, 5])),
    )  # fmt: skip


def written(cast, chance, one):
    """Values of today in a file: of nearly all fields, of some, or of none."""
    filled = chance.choice([0, 0.5, 0.95])
    people = [place.contact for place in Position.objects.filter(customer=one)]
    for part in shipped("customer_file")["parts"]:
        for row in part["fields"]:
            if row["id"] in ELSEWHERE:
                continue
            for who in people if part["repeats"] else [None]:
                if chance.random() < filled:
                    Fact.objects.create(
                        customer=one, contact=who, field=row["id"], confirmed_by=cast.li,
                        value=None if who else "x", sealed=b"x" if who else None,
                    )  # fmt: skip


# -- the oracle ------------------------------------------------------------------------------------
@dataclass
class Figures:
    """What the page must say, counted by loops over all rows."""

    customers: set = field(default_factory=set)
    alone: set = field(default_factory=set)
    single: set = field(default_factory=set)
    no_backup: set = field(default_factory=set)
    lacking: set = field(default_factory=set)
    thin: set = field(default_factory=set)
    keys: set = field(default_factory=set)  # (customer, contact)
    others: dict = field(default_factory=dict)
    value: Decimal = Decimal(0)
    team: Decimal = Decimal(0)
    owed: Decimal = Decimal(0)
    old: Decimal = Decimal(0)
    left_out: int = 0
    promises: int = 0
    tasks: int = 0
    overdue: int = 0


def figures(leaving):
    """The Figures of some people (a list), by plain loops."""
    found, gone = Figures(), {person.pk for person in leaving}
    held = [row for row in Assignment.objects.all() if row.period.upper is None]
    managers = {r.customer_id: r.person_id for r in held if r.seat == Seat.ACCOUNT_MANAGER}
    backups = {r.customer_id: r.person_id for r in held if r.seat == Seat.BACKUP}
    for one in Customer.objects.all():
        worth = money(one)
        if in_east(managers.get(one.pk)):
            found.team += worth[0]
        if managers.get(one.pk) not in gone:
            continue
        found.customers.add(one.pk)
        for name, part in zip(("value", "owed", "old", "left_out"), worth, strict=True):
            setattr(found, name, getattr(found, name) + part)
        found.others[one.pk] = known_at(one) - gone
        keys = [
            p.contact for p in Position.objects.filter(customer=one) if p.is_key_person and still(p)
        ]
        found.keys |= {(one.pk, who.pk) for who in keys if not known_to(who) - gone}
        if one.status == "closed":
            continue
        if not found.others[one.pk]:
            found.alone.add(one.pk)
        if min(threads(one)) <= 1:
            found.single.add(one.pk)
        if backups.get(one.pk) is None or backups[one.pk] in gone:
            found.no_backup.add(one.pk)
        if lacks(one):
            found.lacking.add(one.pk)
        if one.kind == "organisation" and fullness(one) < TARGET[one.tier]:
            found.thin.add(one.pk)
    count_open(found, gone)
    return found


def in_east(person):
    rows = Membership.objects.filter(person=person, unit__name="East team") if person else []
    return any(row.period.upper is None for row in rows)


def still(row):
    return row.ended_on is None or row.ended_on >= today(company_zone())


def counts(person):
    return person.state in ("active", "on_notice") and "service" not in person.roles


def met(activities, days):
    """Everybody of ours who was at one of these activities within so many days, with contacts."""
    since, found = timezone.now() - timedelta(days=days), set()
    for row in activities:
        if row.happened_at > since and row.contacts.exists():
            found |= {row.author} | {v.person for v in ActivityVisitor.objects.filter(activity=row)}
    return {person.pk for person in found - {None} if counts(person)}


def known_at(one):
    linked = set()
    for place in Position.objects.filter(customer=one):
        links = [link for link in place.contact.links.all() if link.ended_on is None]
        linked |= {link.person.pk for link in links if still(place) and counts(link.person)}
    return linked | met(Activity.objects.filter(customer=one), 180)


def known_to(who):
    linked = {link.person for link in Link.objects.filter(contact=who) if link.ended_on is None}
    return {p.pk for p in linked if counts(p)} | met(Activity.objects.filter(contacts=who), 180)


def threads(one):
    """(ours, theirs) with confirmed contact within 90 days, without contacts who have gone."""
    ours, theirs = set(), set()
    places = Position.objects.filter(customer=one)
    gone = {p.contact for p in places} - {p.contact for p in places if still(p)}
    for row in Activity.objects.filter(customer=one, confirmed_at__isnull=False):
        whom = set(row.contacts.all()) - gone
        if row.happened_at <= timezone.now() - timedelta(days=90) or not whom:
            continue
        theirs |= whom
        came = [v.person for v in ActivityVisitor.objects.filter(activity=row) if v.confirmed_at]
        ours |= {p.pk for p in [row.author, *came] if p is not None and counts(p)}
    return len(ours), len(theirs)


TARGET = {"A": 90, "B": 80, "C": 60}


def fullness(one):
    """Percent of the weight of the required fields that is filled today, by the shipped document."""
    total = 0
    for part in shipped("customer_file")["parts"]:
        asked = [row for row in part["fields"] if row["required"].get(one.tier)]
        weights = sum(row["weight"] for row in asked)
        whom = persons(one, part["id"]) if part["repeats"] else [None]
        shares = [
            sum(row["weight"] for row in asked if has(one, who, row["id"])) / weights
            for who in whom
        ]
        empty = 0 if shares else 1
        if part["id"] == "customer_staff":
            functions = {who.function for who in whom} - {"other"}
            empty = max(empty, {"A": 3, "B": 2, "C": 1}[one.tier] - len(functions))
        total += part["weight"] * sum(shares) / ((len(shares) + empty) or 1)
    return int(total + 0.5)


def persons(one, part):
    places = [place for place in Position.objects.filter(customer=one) if still(place)]
    return [place for place in places if place.is_key_person == (part == "key_persons")]


def has(one, place, name):
    """Whether a field of a customer, or of somebody there, has a value; all of them are of today."""
    if place is None and name in ("legal_name", "short_name", "registered_address", "origin"):
        columns = {"short_name": "name", "registered_address": "address"}
        return bool(getattr(one, columns.get(name, name)))
    if name == "actual_days":
        return any(row.payments.exists() for row in Order.objects.filter(customer=one))
    if name in ("name", "staff_name", "status"):
        return True
    if name in ("known_by", "staff_known_by"):
        return any(link.ended_on is None for link in place.contact.links.all())
    if name == "form_of_address":
        return bool(place.contact.form_of_address)
    if name in ("position", "staff_position"):
        return bool(place.title)
    if name == "function":
        return place.function != "other"
    who = place and place.contact
    return Fact.objects.filter(customer=one, contact=who, field=name, is_filled=True).exists()


def lacks(one):
    reached = any(still(place) for place in Position.objects.filter(customer=one))
    return not reached or not one.address or (one.kind == "organisation" and not one.legal_name)


def rate_on(currency, day):
    if currency == Company.objects.get(pk=1).currency:
        return Decimal(1)
    rates = [r for r in Rate.objects.filter(currency=currency) if r.since <= day]
    return max(rates, key=lambda r: r.since).rate if rates else None


def money(one):
    """(bought in 12 months, owed, of it longer than 60 days, orders without a rate)."""
    day = today(company_zone())
    since = date(day.year - 1, day.month, day.day) + timedelta(days=1)
    value = owed = old = Decimal(0)
    unrated = 0
    for row in Order.objects.filter(customer=one):
        if row.state == "cancelled":
            continue
        in_year, then, now = row.ordered_on >= since, rate_on(row.currency, row.ordered_on), rate_on(row.currency, day)  # fmt: skip
        due = row.amount - sum(payment.amount for payment in row.payments.all())
        value += row.amount * then if in_year and then else 0
        unrated += (in_year and then is None) or (due > 0 and now is None)
        if due > 0 and now:
            owed += due * now
            old += due * now if (day - (row.delivered_on or row.ordered_on)).days > 60 else 0
    return value, owed, old, int(unrated)


def count_open(found, gone):
    """Promises at these customers or noted by the leavers, and the leavers' tasks."""
    day = today(company_zone())
    for row in Activity.objects.filter(next_step_done_at__isnull=True):
        said = row.next_step or row.next_step_on
        if said and (row.customer_id in found.customers or row.author_id in gone):
            found.promises += 1
            found.overdue += bool(row.next_step_on and row.next_step_on < day)
    for row in Task.objects.filter(state="open"):
        if row.person_id in gone:
            found.tasks += 1
            found.overdue += row.due_on < day
