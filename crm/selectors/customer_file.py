"""The file of one customer as a page shows it: five parts, each value with who confirmed it, when,
and from what source. What the viewer may not see is not in it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.models import Person
from crm.access import sight_of
from crm.models import ContactChannel, Customer, Fact, Link, Order
from crm.models.customer_file import Guard
from crm.selectors import completeness, contacts, file_fields
from crm.selectors.file_fields import COMPUTED, KEY_PERSONS, OF_CUSTOMER, OF_PERSON
from kit.clock import database_now
from kit.templatetags.words import (
    chinese,
    day_words,
    grouped,
    percent_words,
    shown_name,
    with_sign,
)

PAID = 6  # paid orders of which the days to pay are the median


@dataclass
class Cell:
    """One field of one subject: what is known, how sure, and where it is changed."""

    field: object
    required: bool
    fact: Fact | None = None
    value: object = None
    note: str = ""
    words: list = field(default_factory=list)  # the value, one text a line
    elsewhere: str = ""  # where a value is changed that another model keeps
    at: object = None
    credit: float = 0

    @property
    def is_filled(self):
        return bool(self.words)

    @property
    def state(self):
        """missing, fresh, old (counts half) or stale (counts nothing)."""
        if not self.is_filled:
            return "missing"
        return {1: "fresh", 0.5: "old"}.get(self.credit, "stale")

    @property
    def by(self):
        return self.fact and self.fact.confirmed_by

    @property
    def version(self):
        return self.fact.version if self.fact else 0

    @property
    def is_computed(self):
        return self.field.id in COMPUTED


@dataclass
class Subject:
    """Whom a part speaks of: the customer itself, or one person there."""

    cells: list
    place: object = None

    @property
    def contact(self):
        return self.place and self.place.contact

    @property
    def confirmed(self):
        """The cell that was confirmed last by somebody, or None."""
        return max((one for one in self.cells if one.fact and one.at), key=lambda one: one.at,
                   default=None)  # fmt: skip

    @property
    def missing(self):
        """Required fields without a value."""
        return [one.field for one in self.cells if one.required and not one.is_filled]

    @property
    def wanting(self):
        """Required cells that do not count in full, the weightiest first."""
        rest = [one for one in self.cells if one.required and one.credit < 1]
        return sorted(rest, key=lambda one: (one.credit - 1) * one.field.weight)


@dataclass
class PartShown:
    """One part: its percentage and its subjects, neither where it is hidden from the viewer."""

    part: object
    percent: int | None
    subjects: list = field(default_factory=list)
    hidden: bool = False
    url: str = ""
    functions_missing: int = 0

    @property
    def is_low(self):
        return self.percent is not None and self.percent < LOW

    @property
    def confirmed(self):
        """The cell of the part that was confirmed last, or None."""
        found = [one.confirmed for one in self.subjects if one.confirmed]
        return max(found, key=lambda one: one.at, default=None)

    @property
    def missing(self):
        """Labels of required fields that no subject has."""
        return [one.label for subject in self.subjects for one in subject.missing]

    @property
    def missing_words(self):
        """The same as one text."""
        return ("、" if chinese() else ", ").join(self.missing)


LOW = 75  # per cent; below, the bar of a part is shown as low


@dataclass
class File:
    """The whole file of a customer; its total is that of the parts that the viewer sees."""

    customer: Customer
    total: int
    target: int
    parts: list

    def part(self, name):
        """The part of this id, or None."""
        return next((one for one in self.parts if one.part.id == name), None)


def of_customer(viewer, customer):
    """The File of an organisation that `viewer` sees."""
    now, known = database_now(), completeness.read([customer.pk])
    parts = file_fields.parts()
    score = completeness.score(known, known.customers[customer.pk], parts, now)
    gathered = Gathered(viewer, customer, known, now)
    score = completeness.seen_score(score, gathered.guarded)
    shown = [gathered.part(part, percent) for part, percent in zip(parts, score.parts, strict=True)]
    return File(customer, score.total, file_fields.target(customer.tier), shown)


class Gathered:
    """All that the parts of one file are made of, asked for once."""

    def __init__(self, viewer, customer, known, now):
        self.viewer, self.customer, self.known, self.now = viewer, customer, known, now
        sight = sight_of(viewer, Action.SETTLEMENT_VIEW)
        rows = Fact.objects.visible_to(viewer).filter(customer=customer)
        self.facts = {
            (row.contact_id, row.field): row
            for row in rows.select_related("confirmed_by", "contact__key")
        }
        seen = Customer.objects.filter(pk=customer.pk).visible_to(viewer, Action.SETTLEMENT_VIEW)
        self.guarded = not sight.nothing and (sight.everything or seen.exists())
        self.places = list(contacts.at_customer(viewer, customer))
        self.ours = ours(viewer, self.places)
        sees = Customer.objects.filter(pk=customer.pk).visible_to(viewer, Action.CHANNEL_VIEW)
        self.channels = channels(self.places, sees.exists())

    def part(self, part, percent):
        """One PartShown."""
        url = reverse("crm:customer-file-part", args=[self.customer.pk, part.id])
        if part.guard != Guard.OPEN and not self.guarded:
            return PartShown(part, percent, hidden=True, url=url)
        if not part.repeats:
            return PartShown(part, percent, [self.subject(part)], url=url)
        subjects = [self.subject(part, place) for place in self.persons(part)]
        return PartShown(part, percent, subjects, url=url)

    def persons(self, part):
        """Places of the persons of a part; who may not know the key persons sees all as staff."""
        wanted = part.id == KEY_PERSONS
        return [one for one in self.places if bool(one.is_key) == wanted]

    def subject(self, part, place=None):
        """The cells of one subject of a part."""
        return Subject([self.cell(one, place) for one in part.fields], place)

    def cell(self, one, place):
        """One Cell."""
        contact = place and place.contact_id
        fact = self.facts.get((contact, one.id))
        cell = Cell(one, self.customer.tier in one.required, fact)
        cell.at = self.known.at.get((self.customer.pk, contact, one.id))
        if one.is_kept_elsewhere:
            cell.words, cell.elsewhere = self.kept(one, place)
        if fact and fact.is_filled:
            cell.value, cell.note = fact.said
        if not one.is_kept_elsewhere:
            cell.words = words_of(one, cell.value)
        cell.credit = completeness.credit(cell.at, one.refresh_days, self.now) if cell.words else 0
        return cell

    def kept(self, one, place):
        """(words, address) of a value that another model keeps."""
        if one.id in COMPUTED:
            days = days_to_pay(self.viewer, self.customer)
            return ([] if days is None else [grouped(days)]), ""
        if one.id in OF_CUSTOMER:
            column = OF_CUSTOMER[one.id]
            text = self.customer.get_origin_display() if column == "origin" else getattr(
                self.customer, column)  # fmt: skip
            url = (
                "" if column == "origin" else reverse("crm:customer-edit", args=[self.customer.pk])
            )
            return ([text] if text else []), url
        return self.of_person(OF_PERSON[one.id], place), place.contact.get_absolute_url()

    def of_person(self, column, place):
        """What other models say of a person, as lines of words."""
        if column == "channels":
            return self.channels[place.contact_id]
        if column == "links":
            return self.ours[place.contact_id]
        if column == "status":
            return [_("In post")]
        text = {
            "name": shown_name(place.contact), "form_of_address": place.contact.form_of_address,
            "title": place.title, "function": place.get_function_display(),
        }[column]  # fmt: skip
        return [str(text)] if text else []


def ours(viewer, places):
    """Contact id → names of our people who know them, by the links on record."""
    found = defaultdict(list)
    rows = Link.objects.visible_to(viewer).filter(
        contact__in=[one.contact_id for one in places], ended_on__isnull=True
    )
    for link in rows.select_related("person"):
        text = f"{shown_name(link.person)} · {link.get_through_display()}"
        if text not in found[link.contact_id]:
            found[link.contact_id].append(text)
    return found


def channels(places, seen):
    """Contact id → channels in masked words; nothing of them for who may not see channels."""
    found = defaultdict(list)
    if seen:
        rows = ContactChannel.objects.filter(
            contact__in=[one.contact_id for one in places], ended_at__isnull=True
        ).select_related("contact__key")
        for row in rows:
            found[row.contact_id].append(f"{row.get_kind_display()} {row.masked}")
    return found


def days_to_pay(viewer, customer):
    """Median of the days from order to first payment of the last paid orders; None without one."""
    rows = (
        Order.objects.visible_to(viewer, Action.TRADE_VIEW)
        .filter(customer=customer, payments__isnull=False)
        .annotate(paid_on=Min("payments__paid_on"))
        .order_by("-paid_on")
    )
    days = [
        (paid - ordered).days for ordered, paid in rows.values_list("ordered_on", "paid_on")[:PAID]
    ]
    return median(days) if days else None


def words_of(one, value):
    """A value as lines of text in the reader's language."""
    if value in (None, "", []):
        return []
    if one.kind == "list":
        return [str(line) for line in value]
    if one.kind == "choice":
        return [dict(one.choices).get(value, str(value))]
    if one.kind == "money":
        return [with_sign(1, grouped(value["amount"]), value["currency"])]
    if one.kind == "percent":
        return [percent_words(value)]
    if one.kind == "number":
        return [grouped(value)]
    if one.kind == "date":
        return [day_words(date.fromisoformat(value))]
    return [str(value)]


@dataclass
class Step:
    """What a field said from an instant on."""

    at: object
    by: object
    source: str
    words: list
    note: str


def steps(cell):
    """What the fact of a cell said, the latest first. The viewer sees the fact already."""
    if cell.fact is None:
        return []
    events = list(cell.fact.events.order_by("-pgh_id"))
    people = Person.objects.in_bulk({event.confirmed_by_id for event in events})
    return [step(cell, event, people.get(event.confirmed_by_id)) for event in events]


def step(cell, event, person):
    """One Step out of an event of the field history."""
    then = Fact(contact=cell.fact.contact, value=event.value, sealed=event.sealed, note=event.note)
    value, note = then.said if event.is_filled else (None, "")
    words = words_of(cell.field, value)
    if cell.field.is_kept_elsewhere:  # what it was then stands in the history of where it is kept
        words = [_("Confirmed as still correct")]
    label = Fact.Source(event.source).label
    return Step(event.confirmed_at, person, label, words, note)
