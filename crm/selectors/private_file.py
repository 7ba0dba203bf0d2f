"""The file of a private customer as a page shows it. What the viewer may not see is not in it, and
what is past its days is not there for anybody.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.models import Person
from crm.models import Customer, Fact, PrivateFact
from crm.models.private_file import Sight
from crm.selectors import channels, customer_page, private_fields
from crm.selectors.private_fields import NAME, PHONE, SECTIONS, WISH
from kit.clock import database_now
from kit.templatetags.words import grouped

NEEDS = {
    Sight.OPEN: Action.CUSTOMER_VIEW,
    Sight.MASKED: Action.CHANNEL_REVEAL,
    Sight.HOUSEHOLD: Action.PRIVATE_VIEW,
}
NO_WISH = "none"


@dataclass
class Cell:
    """One field: what is known, masked where it has to be, and until when it is kept."""

    field: object
    fact: PrivateFact | None = None
    words: tuple = ()  # the value, or its mask, one text a line
    until: object = None
    shown: bool = False  # in the clear

    @property
    def is_filled(self):
        return bool(self.words)

    @property
    def version(self):
        return self.fact.version if self.fact else 0

    @property
    def can_reveal(self):
        return self.fact is not None and not self.shown

    @property
    def is_elsewhere(self):
        return self.field.id in private_fields.KEPT_ELSEWHERE


@dataclass
class Section:
    """Fields of one purpose. `off`: nothing of it may be kept; `hidden`: some are not for the viewer."""

    id: str
    cells: list
    hidden: bool = False
    off: bool = False

    @property
    def label(self):
        return SECTIONS[self.id]

    @property
    def typed(self):
        """Cells whose value is typed here."""
        return [one for one in self.cells if not one.is_elsewhere]


def kept(facts, fields=None):
    """Those of `facts` that may still be kept: their field is on and its days are not over.

    They are counted from the last contact with the customer, or from when the value was given if
    that is later. Each has `contact_at`, the instant of that.
    """
    now = database_now()
    alive = Q(pk__in=[])
    for one in fields or private_fields.fields():
        if one.is_on:
            alive |= Q(field=one.id, contact_at__gt=now - timedelta(days=one.days))
    last = Greatest("customer__last_activity_at", "confirmed_at")  # what is null does not count
    return facts.annotate(contact_at=last).filter(alive, key__isnull=False)


def past(facts):
    """Those of `facts` that may not be kept any longer and are there still."""
    return facts.filter(key__isnull=False).exclude(pk__in=kept(facts).values("pk"))


def of_customer(viewer, customer):
    """The Sections of a private customer that `viewer` sees."""
    fields = private_fields.fields()
    powers = customer_page.powers(viewer, customer, tuple({*NEEDS.values(), Action.CHANNEL_VIEW}))
    rows = kept(PrivateFact.objects.visible_to(viewer).filter(customer=customer), fields)
    facts = {row.field: row for row in rows.select_related("confirmed_by", "key")}
    return [section(name, fields, facts, powers, customer) for name in SECTIONS]


def section(name, fields, facts, powers, customer):
    """One Section."""
    own = [one for one in fields if one.section == name]
    seen = {Sight.OPEN: True, Sight.MASKED: Action.CHANNEL_VIEW in powers,
            Sight.HOUSEHOLD: Action.PRIVATE_VIEW in powers}  # fmt: skip
    cells = [cell(one, facts.get(one.id), customer) for one in own if one.is_on and seen[one.guard]]
    return Section(name, cells, any(one.is_on and not seen[one.guard] for one in own),
                   off=not any(one.is_on for one in own))  # fmt: skip


def cell(one, fact, customer):
    """One Cell; what has to be revealed first stands masked."""
    if one.id == NAME:
        return Cell(one, words=(customer.legal_name or customer.name,), shown=True)
    if fact is None:
        return Cell(one)
    until = fact.contact_at + timedelta(days=one.days)
    if one.guard == Sight.OPEN:
        return Cell(one, fact, tuple(words_of(one, fact.value)), until, shown=True)
    return Cell(one, fact, (mask(one, fact.value),), until)


def mask(one, value):
    """What stands for a value before it is revealed: of phones the last digits, else nothing of it."""
    return channels.mask("phone", value) if one.id == PHONE else _("Recorded, hidden")


def words_of(one, value):
    """A value as lines of text in the reader's language."""
    if value in (None, "", [], {}):
        return []
    if one.id == PHONE:
        return [channels.shown("phone", value)]
    if one.kind == "list":
        return [str(line) for line in value]
    if one.kind == "choice":
        return [dict(one.choices).get(value, str(value))]
    if one.kind == "number":
        return [grouped(value)]
    if one.kind == "bands":
        return [f"{label} · {grouped(value[band])}" for band, label in one.choices if band in value]
    if one.kind == "days":
        return [occasion(label, *value[name]) for name, label in one.choices if name in value]
    return [str(value)]


def occasion(label, day, greet):
    """A day of the year with its name, and whether a greeting is welcome."""
    month, number = map(int, day.split("-"))
    text = f"{label} · {month}-{number:02d}"
    return f"{text} · {_('greeting welcome')}" if greet else text


def fact_of(viewer, customer, name):
    """The value of this field that is kept and that `viewer` may know of, or None."""
    rows = PrivateFact.objects.visible_to(viewer).filter(customer=customer, field=name)
    return kept(rows).select_related("confirmed_by", "key", "customer").first()


def wish(customer):
    """How the customer does not want to be contacted: "service_only", "nothing", or "" for no limit.

    Whoever sees the customer is to know.
    """
    return wishes([customer]).get(customer.pk, "")


def wishes(customers):
    """Customer's key → the same, for those of `customers` who said so, in one statement."""
    people = [one.pk for one in customers if one.kind == Customer.Kind.PERSON]
    if not people:
        return {}
    rows = kept(PrivateFact.objects.filter(customer__in=people, field=WISH)).select_related("key")
    return {row.customer_id: row.value for row in rows if row.value not in (None, NO_WISH)}


@dataclass
class Step:
    """What a field said from an instant on; without words where that is nobody's to read again."""

    at: object
    by: object
    source: str
    words: list
    erased: bool


def steps(one, fact):
    """What a value was, the latest first: the values themselves only of plain fields."""
    events = list(fact.events.order_by("-pgh_id"))
    people = Person.objects.in_bulk({event.confirmed_by_id for event in events})
    return [step(one, fact, event, people.get(event.confirmed_by_id)) for event in events]


def step(one, fact, event, person):
    then = PrivateFact(key=fact.key, sealed=event.sealed)
    value = then.value if event.key_id == fact.key_id else None
    words = words_of(one, value) if one.guard == Sight.OPEN else []
    source = Fact.Source(event.source).label
    return Step(event.confirmed_at, person, source, words, value is None)
