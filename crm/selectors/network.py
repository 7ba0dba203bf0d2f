"""Who of ours knows whom of theirs, how well, and who else could call.

Strength comes from activities alone: the sum of w * 2^(-age / 45 days), a joint visit weighing 5, a
visit 4, a call or online meeting 2, a message 1. Pages show the tier and the evidence, never the
number. Only activities that the viewer may see count.
"""

from dataclasses import dataclass, field

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    OuterRef,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Greatest, Power

from accounts.access import Action, Role
from accounts.models import Person
from crm.models import Activity, ActivityVisitor, Contact, Link, Position
from crm.seats import Seat
from crm.selectors import contacts as contact_rows
from crm.selectors import ownership
from kit.clock import StatementNow

HALF_LIFE = 45  # days
TIERS = ((6, "strong"), (2, "moderate"), (0.25, "weak"))
JOINT = 5
WEIGHTS = {"visit": 4, "call": 2, "meeting": 2, "message": 1}
REACHED = [Position.Function.DECISION, Position.Function.PURCHASE, Position.Function.TECHNICAL,
           Position.Function.FINANCE]  # fmt: skip


@dataclass
class Thread:
    """One of ours and one of theirs: what was recorded and what happened."""

    person: Person
    contact: Contact
    tier: str = "none"
    count: int = 0
    last_at: object = None
    links: list[Link] = field(default_factory=list)
    leaving: bool = False
    order: float = field(default=0, repr=False)  # for sorting, never for showing


@dataclass
class Network:
    """The two sides of a customer and the threads between them, the strongest first."""

    places: list[Position]
    seats: list
    threads: list[Thread]
    leaving: set[int]

    def of(self, contact_id):
        """Threads of one contact, the strongest first."""
        return [thread for thread in self.threads if thread.contact.pk == contact_id]

    def live(self):
        """Threads of the account team with contact that still counts."""
        return [t for t in self.threads if t.tier != "none" and Role.SERVICE not in t.person.roles]

    @property
    def live_people(self):
        """How many of ours have contact that still counts."""
        return len({thread.person.pk for thread in self.live()})

    @property
    def people(self):
        """Our people: who holds a seat first, then whoever knows somebody, each once."""
        found = {row.person_id: row.person for row in self.seats}
        for thread in self.threads:
            found.setdefault(thread.person.pk, thread.person)
        return list(found.values())

    @property
    def alone(self):
        """The only one of ours with live contact, or None."""
        people = {thread.person.pk: thread.person for thread in self.live()}
        return next(iter(people.values())) if len(people) == 1 else None

    @property
    def gate(self):
        """The only one of theirs with live contact where there are several, or None."""
        theirs = {thread.contact.pk: thread.contact for thread in self.live()}
        return next(iter(theirs.values())) if len(theirs) == 1 < len(self.places) else None

    def others(self, contact_id):
        """Who else could call this contact: everybody but the account manager, best first.

        Whoever is leaving comes last.
        """
        held = {row.person_id for row in self.seats if row.seat == Seat.ACCOUNT_MANAGER}
        rest = [thread for thread in self.of(contact_id) if thread.person.pk not in held]
        return sorted(rest, key=lambda thread: thread.leaving)

    def unreached(self):
        """Functions at the customer in which nobody is known."""
        have = {place.function for place in self.places}
        return [function for function in REACHED if function not in have] if self.places else []


def of_customer(viewer, customer):
    """The network of a customer that `viewer` sees."""
    places = list(contact_rows.at_customer(viewer, customer))
    contacts = {place.contact_id: place.contact for place in places}
    seats = ownership.seats(customer)
    known = threads(viewer, contacts)
    people = {row.person_id for row in seats} | {thread.person.pk for thread in known}
    going = leaving(viewer, people)
    for thread in known:
        thread.leaving = thread.person.pk in going
    return Network(places, seats, known, going)


def of_contact(viewer, contact):
    """The threads of one contact, the strongest first."""
    known = threads(viewer, {contact.pk: contact})
    going = leaving(viewer, {thread.person.pk for thread in known})
    for thread in known:
        thread.leaving = thread.person.pk in going
    return known


def threads(viewer, contacts, customers=None):
    """Threads to `contacts` (key → contact) from links and activities, the strongest first.

    customers: ids of customers that the viewer sees, to count only what happened there.
    """
    if not contacts:
        return []
    recorded = Link.objects.visible_to(viewer).filter(contact__in=contacts)
    links = list(recorded.filter(ended_on__isnull=True))
    happened = evidence(viewer, contacts) if customers is None else met_at(customers, contacts)
    ids = {row["who"] for row in happened} | {link.person_id for link in links}
    people = Person.objects.exclude(state=Person.State.LEFT).in_bulk(ids)
    found = {}
    for row in happened:
        if row["who"] in people:
            found[row["who"], row["whom"]] = Thread(
                people[row["who"]], contacts[row["whom"]], tier_of(row["strength"]), row["times"],
                row["last"], order=row["strength"],
            )  # fmt: skip
    for link in links:
        if link.person_id in people:
            empty = Thread(people[link.person_id], contacts[link.contact_id])
            found.setdefault((link.person_id, link.contact_id), empty).links.append(link)
    return sorted(found.values(), key=lambda thread: (-thread.order, thread.person.sort_key))


def evidence(viewer, contacts):
    """One grouped query: who met whom how often, last when, and what it adds up to."""
    seen = Activity.objects.visible_to(viewer).filter(contacts__in=list(contacts))
    return met(seen, "who", "whom")


def met_at(customers, contacts):
    """The same of what happened at these customers (ids)."""
    seen = Activity.objects.filter(customer__in=list(customers), contacts__in=list(contacts))
    return met(seen, "who", "whom")


def best_at(customers):
    """(customer, person) → tier of the strongest thread of that person there, in one statement.

    customers: ids of customers that the reader sees.
    """
    best = {}
    seen = Activity.objects.filter(customer__in=list(customers), contacts__isnull=False)
    for row in met(seen, "customer", "who", "whom"):
        key = row["customer"], row["who"]
        best[key] = max(best.get(key, 0), row["strength"])
    return {key: tier_of(strength) for key, strength in best.items()}


def met(activities, *by):
    """Some activities grouped `by` who (ours), whom (theirs) and what else: times, last, strength."""
    joint = Exists(ActivityVisitor.objects.filter(activity=OuterRef("pk")))
    weight = Case(
        When(joint, kind=Activity.Kind.VISIT, then=Value(float(JOINT))),
        *(When(kind=kind, then=Value(float(worth))) for kind, worth in WEIGHTS.items()),
        output_field=FloatField(),
    )
    age = Func(StatementNow(), F("happened_at"), template="extract(epoch FROM %(expressions)s)",
               arg_joiner=" - ", output_field=FloatField())  # fmt: skip
    faded = Power(Value(2.0), -Greatest(age, Value(0.0)) / Value(86_400.0 * HALF_LIFE))
    seen = activities.order_by().annotate(whom=F("contacts"), worth=weight * faded)
    sums = {"strength": Sum("worth"), "times": Count("pk"), "last": Max("happened_at")}
    ours = seen.filter(author__isnull=False)  # whom somebody outside met, nobody here knows by that
    wrote = ours.annotate(who=F("author")).values(*by).annotate(**sums)
    joined = seen.filter(visitors__isnull=False).annotate(who=F("visitors__person"))
    return together(by, wrote, joined.values(*by).annotate(**sums))


def together(by, *parts):
    """Rows of both roles, author and joint visitor, added up per group."""
    found = {}
    for row in parts[0].union(*parts[1:], all=True):
        have = found.setdefault(tuple(row[name] for name in by), row)
        if have is not row:
            have["strength"] += row["strength"]
            have["times"] += row["times"]
            have["last"] = max(have["last"], row["last"])
    return found.values()


def tier_of(strength):
    """strong, moderate, weak or none."""
    return next((name for least, name in TIERS if strength >= least), "none")


def leaving(viewer, people):
    """Of these people (ids), those on notice whose state of employment the viewer may see."""
    shown = Person.objects.visible_to(viewer, Action.EMPLOYMENT_VIEW)
    return set(
        shown.filter(pk__in=people, state=Person.State.ON_NOTICE).values_list("pk", flat=True)
    )
