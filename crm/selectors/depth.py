"""How deep relations are, as they read today: five levels, evidence within a year, counted per customer."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.content import content, said
from accounts.selectors.org import people_led_by
from crm.models import Contact, Customer, Depth, Position
from crm.selectors import contacts, trade
from kit.dates import company_zone, today

DOCUMENT = "relationship"
COUNTS_FROM = 2  # the level from which one of ours counts at a customer
CONFIRMED_AT = Customer.Tier.A  # where a supervisor confirms levels


@dataclass(frozen=True)
class Level:
    """The definition of a level."""

    level: int
    pair: dict
    meaning_pair: dict
    evidence_pairs: list
    steps_pairs: list
    caution_pair: dict

    @property
    def label(self):
        return said(self.pair)

    @property
    def meaning(self):
        return said(self.meaning_pair)

    @property
    def evidence(self):
        return [said(pair) for pair in self.evidence_pairs]

    @property
    def next_steps(self):
        return [said(pair) for pair in self.steps_pairs]

    @property
    def caution(self):
        return said(self.caution_pair)


@dataclass
class Shown:
    """One of ours and one of theirs, with the level as it counts today."""

    depth: Depth
    now: int  # 0: none any more
    waits: bool = False  # tier A, and no supervisor has confirmed it yet
    may_confirm: bool = False
    definition: Level | None = None

    @property
    def is_lowered(self):
        return self.now < self.depth.level

    @property
    def counts(self):
        """The level that counts at the customer."""
        return 0 if self.waits else self.now


@dataclass
class Summary:
    """A customer: the best level, and who of ours holds level 2 or more."""

    rows: list
    best: Level | None
    ours: int


def document():
    return content(DOCUMENT)


def levels():
    """The five definitions, the lowest first."""
    return [level_of(row) for row in document()["levels"]]


def level_of(row):
    return Level(
        row["level"], row["label"], row["meaning"], row["evidence_needed"], row["next_steps"],
        row["caution"],
    )  # fmt: skip


def level(number):
    """The definition of a level, or None."""
    return next((one for one in levels() if one.level == number), None)


def cautions():
    """What is never done, wherever a level is set."""
    return [said(row["text"]) for row in document()["cautions"]]


def rules():
    return [said(row) for row in document()["level_rules"]]


def year_ago():
    """The oldest day whose evidence still counts."""
    return trade.year_before(today(company_zone())) - timedelta(days=1)


def current(depth):
    """The level that counts today: evidence older than a year lowers it by one."""
    return depth.level - (depth.oldest_on < year_ago())


# -- one contact, one customer -----------------------------------------------------------------------
def rows_of(viewer, found):
    """Levels that `viewer` sees, of people who are still with us, the deepest first."""
    rows = Depth.objects.visible_to(viewer).filter(contact__in=found)
    rows = rows.exclude(person__state=Person.State.LEFT)
    return rows.select_related("person", "contact", "confirmed_by")


def of_contact(viewer, contact):
    """[Shown] of a contact. Where the contact is at a customer of tier A, levels want confirming."""
    places = Position.objects.visible_to(viewer).filter(contact=contact).open()
    strict = places.filter(customer__tier=CONFIRMED_AT).exists()
    return shown(viewer, rows_of(viewer, [contact.pk]), strict)


def of_customer(viewer, customer):
    """The Summary of a customer over its contacts of today."""
    keys = [place.contact_id for place in contacts.at_customer(viewer, customer)]
    rows = shown(viewer, rows_of(viewer, keys), customer.tier == CONFIRMED_AT)
    best = max((one.counts for one in rows), default=0)
    ours = {one.depth.person_id for one in rows if one.counts >= COUNTS_FROM}
    return Summary(rows, level(best), len(ours))


def shown(viewer, rows, strict):
    """Shown out of rows, the deepest first."""
    led, known = people_led_by(viewer) - {viewer.pk}, {one.level: one for one in levels()}
    found = []
    for row in rows:
        waits = strict and row.confirmed_at is None
        one = Shown(row, current(row), waits, waits and row.person_id in led)
        one.definition = known.get(max(one.now, 1))
        found.append(one)
    return sorted(found, key=lambda one: (-one.now, one.depth.person.sort_key, one.depth.pk))


def own(person, contact):
    """The level that a person has set for a contact, or None."""
    return Depth.objects.visible_to(person).filter(person=person, contact=contact).first()


def through(person, contact):
    """The customer through which a person may set a level for a contact: one where they log, of tier
    A first; None where there is none.
    """
    return seen_through(person, contact, Action.ACTIVITY_LOG)


def seen_through(person, contact, action=None):
    """A customer of a contact at which a person may do this, of tier A first, or None."""
    places = Position.objects.filter(contact=contact, customer=OuterRef("pk")).open()
    rows = Customer.objects.visible_to(person, action).filter(Exists(places))
    return rows.order_by("tier", "pk").first()


def seen_at(person, contact):
    """Keys of the customers through which a person sees a contact."""
    rows = Position.objects.visible_to(person).filter(contact=contact).open()
    return list(rows.values_list("customer", flat=True))


def needs_confirming(contact: Contact):
    """Whether the contact is at a customer of tier A."""
    return Position.objects.filter(contact=contact, customer__tier=CONFIRMED_AT).open().exists()
