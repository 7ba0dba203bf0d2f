"""Who of ours knows whom of theirs, how well, and who else could call.

How well is said by `strength`: by what was confirmed, of the activities that the viewer may see.
On how many people a customer hangs is said as in `threads`: by what was confirmed within 90 days,
calls of the service line for their side only.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.models import Person
from crm.models import Activity, Contact, Link, Position
from crm.seats import Seat
from crm.selectors import contacts as contact_rows
from crm.selectors import file_fields, ownership, strength
from crm.selectors.threads import Threads, named

REACHED = (Position.Function.DECISION, Position.Function.PURCHASE, Position.Function.TECHNICAL,
           Position.Function.FINANCE, Position.Function.USE)  # fmt: skip


@dataclass
class Thread:
    """One of ours and one of theirs: what was recorded and what happened.

    count, last_at, kinds: of what was confirmed; logged: of everything.
    """

    person: Person
    contact: Contact
    tier: str = strength.NONE
    count: int = 0
    last_at: object = None
    logged: int = 0
    kinds: dict = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    leaving: bool = False
    order: float = field(default=0, repr=False)  # for sorting, never for showing

    @property
    def evidence(self):
        """What the tier rests on, in words."""
        return _(", ").join(strength.evidence(self.kinds))


@dataclass
class Gap:
    """A function that nobody reaches: nobody is known there, or nobody is in touch with who is."""

    function: Position.Function
    is_known: bool

    @property
    def label(self):
        return self.function.label


@dataclass
class Network:
    """The two sides of a customer and the threads between them, the strongest first.

    ours, theirs: who is in touch, by contact that was confirmed within 90 days.
    """

    places: list[Position]
    seats: list
    threads: list[Thread]
    leaving: set[int]
    ours: list[Person] = field(default_factory=list)
    theirs: list[Contact] = field(default_factory=list)
    reached: tuple = REACHED  # functions to know somebody in; none at a private person

    def of(self, contact_id):
        """Threads of one contact, the strongest first."""
        return [thread for thread in self.threads if thread.contact.pk == contact_id]

    @property
    def live(self):
        """How many are in touch on both sides, as Threads."""
        return Threads(len(self.ours), len(self.theirs))

    @property
    def people(self):
        """Our people: who holds a seat first, then whoever knows somebody, each once."""
        found = [row.person for row in self.seats]
        return once([*found, *(thread.person for thread in self.threads)])

    def others(self, contact_id):
        """Who else could call this contact: everybody but the account manager, best first.

        Whoever is leaving comes last; who cannot sign in at all is not among them.
        """
        held = {row.person_id for row in self.seats if row.seat == Seat.ACCOUNT_MANAGER}
        rest = [thread for thread in self.of(contact_id)
                if thread.person.pk not in held and thread.person.has_access]  # fmt: skip
        return sorted(rest, key=lambda thread: thread.leaving)

    def between(self, person_id, contact_id):
        """The thread of one of ours and one of theirs, or None."""
        return next((t for t in self.of(contact_id) if t.person.pk == person_id), None)

    def unreached(self):
        """Functions at the customer in which nobody is known."""
        have = {place.function for place in self.places}
        return [one for one in self.reached if one not in have] if self.places else []

    def gaps(self):
        """The functions without a thread that counts, as Gaps; nothing while nobody is known."""
        near = {t.contact.pk for t in self.threads if t.tier != strength.NONE}
        have = {place.function for place in self.places}
        reached = {place.function for place in self.places if place.contact_id in near}
        missing = [function for function in self.reached if function not in reached]
        return [Gap(function, function in have) for function in missing] if self.places else []

    def functions(self, tier):
        """(functions in which somebody is known, how many a customer of this tier should have)."""
        return len(self.reached) - len(self.unreached()), file_fields.functions_wanted()[tier]


def once(rows):
    """Some people or contacts, each once."""
    return list({row.pk: row for row in rows}.values())


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
    wanted = REACHED if customer.kind == customer.Kind.ORGANISATION else ()
    return Network(places, seats, known, going, *in_touch(customer, contacts, known), wanted)


def in_touch(customer, contacts, known):
    """(our people, their contacts) in touch with each other at a customer."""
    ours, theirs = named(customer.pk)
    people = {thread.person.pk: thread.person for thread in known}
    if unknown := ours - set(people):
        people |= Person.objects.in_bulk(unknown)
    return [people[pk] for pk in ours], [contacts[pk] for pk in theirs if pk in contacts]


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
    ids = {met.by[0] for met in happened} | {link.person_id for link in links}
    people = Person.objects.exclude(state=Person.State.LEFT).in_bulk(ids)
    found = {met.by: thread_of(met, people, contacts) for met in happened if met.by[0] in people}
    for link in links:
        if link.person_id in people:
            empty = Thread(people[link.person_id], contacts[link.contact_id])
            found.setdefault((link.person_id, link.contact_id), empty).links.append(link)
    return sorted(found.values(), key=lambda thread: (-thread.order, thread.person.sort_key))


def thread_of(met, people, contacts):
    """The Thread of a Met grouped by person and contact."""
    who, whom = met.by
    return Thread(
        people[who], contacts[whom], met.tier, met.times, met.last, met.logged, met.kinds,
        order=met.order,
    )  # fmt: skip


def evidence(viewer, contacts):
    """Who met whom, by what the viewer sees: one grouped query."""
    seen = Activity.objects.visible_to(viewer).filter(contacts__in=list(contacts))
    return strength.met(seen, "who", "whom")


def met_at(customers, contacts):
    """The same of what happened at these customers (ids)."""
    seen = Activity.objects.filter(customer__in=list(customers), contacts__in=list(contacts))
    return strength.met(seen, "who", "whom")


def best_at(customers):
    """(customer, person) → tier of the strongest thread of that person there, in one statement.

    customers: ids of customers that the reader sees.
    """
    found = {}
    seen = Activity.objects.filter(customer__in=list(customers), contacts__isnull=False)
    for met in strength.met(seen, "customer", "who", "whom"):
        found.setdefault(met.by[:2], []).append(met)
    return {key: strength.best(mets).tier for key, mets in found.items()}


def leaving(viewer, people):
    """Of these people (ids), those on notice whose state of employment the viewer may see."""
    shown = Person.objects.visible_to(viewer, Action.EMPLOYMENT_VIEW)
    return set(
        shown.filter(pk__in=people, state=Person.State.ON_NOTICE).values_list("pk", flat=True)
    )
