"""MAN as pages show it: three letters as they read today, and what is recommended for the eight cases.

A finding without new evidence for longer than its letter stays valid reads unknown; so does a decider
who is not at the customer any more. Nothing of this is stored.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import DateField, Exists, ExpressionWrapper, IntegerField, OuterRef, Q
from django.db.models.expressions import RawSQL

from accounts.models import Person
from accounts.selectors.content import content, said, shipped
from accounts.selectors.org import able_head_above
from crm.models import Contact, Customer, Finding, Position
from crm.selectors.activities import hears_first
from crm.selectors.ownership import answers_for, holder
from kit.dates import CompanyToday, company_zone, today
from kit.digests import digest_of

DOCUMENT = "qualification"
LETTERS, VALUE = Finding.Letter, Finding.Value
SUPERVISOR = "supervisor"
# How long a finding of a letter stays valid: as the company has it, else as the product ships it.
VALID_DAYS = """
    coalesce((SELECT (one->>'valid_days')::int FROM accounts_content c, jsonb_array_elements(c.body->'letters') one
        WHERE c.name = 'qualification' AND one->>'id' = %s), %s)
"""


@dataclass(frozen=True)
class Letter:
    """The definition of a letter. evidence: value → {key: text in both languages}."""

    id: str
    mark: str
    pair: dict
    question_pair: dict
    not_enough_pair: dict
    evidence: dict
    valid_days: int

    @property
    def label(self):
        return said(self.pair)

    @property
    def question(self):
        return said(self.question_pair)

    @property
    def not_enough(self):
        return said(self.not_enough_pair)


@dataclass
class Reading:
    """One letter of a customer as it reads today."""

    letter: Letter
    finding: Finding | None = None
    value: str = VALUE.UNKNOWN
    expired_on: object = None  # the first day on which it read unknown
    gone: bool = False  # who decides is not there any more
    words: str = ""

    @property
    def label(self):
        return VALUE(self.value).label

    @property
    def evidence(self):
        """What it rests on, one text a line."""
        listed = self.finding and self.finding.evidence
        return [text for text in (listed and said(listed), self.words) if text]

    @property
    def last_day(self):
        """The last day on which it reads so."""
        return self.finding.found_on + timedelta(days=self.letter.valid_days)

    @property
    def version(self):
        return self.finding.version if self.finding else 0


@dataclass
class Man:
    """The three letters of a customer and what is recommended."""

    customer: Customer
    readings: list = field(default_factory=list)
    row: dict = field(default_factory=dict)  # of the eight combinations

    @property
    def unknown(self):
        """Readings that are asked for at the next visit, in the order of the letters."""
        return [one for one in self.readings if one.value == VALUE.UNKNOWN]

    @property
    def is_stopped(self):
        """All three are an evidenced no."""
        return all(one.value == VALUE.NO for one in self.readings)

    @property
    def is_begun(self):
        """Whether anything was ever found."""
        return any(one.finding for one in self.readings)

    @property
    def recommendation(self):
        return said(self.row["recommendation"])

    @property
    def why(self):
        return said(self.row["why"])

    @property
    def next_step(self):
        return said(self.row["next_step"])

    @property
    def role(self):
        return self.row["next_step_role"]

    @property
    def versions(self):
        return [one.version for one in self.readings]

    def reading(self, letter):
        """The Reading of a letter's id, or None."""
        return next((one for one in self.readings if one.letter.id == letter), None)


# -- what the company has it say -------------------------------------------------------------------
def document():
    return content(DOCUMENT)


def letters():
    """The three definitions, in their order."""
    return [letter_of(row) for row in document()["letters"]]


def letter_of(row):
    evidence = {
        value: {key_of(pair): pair for pair in row[f"evidence_{value}"]}
        for value in (VALUE.YES.value, VALUE.NO.value)
    }
    return Letter(
        row["id"], row["letter"], row["label"], row["question"], row["not_enough"], evidence,
        row["valid_days"],
    )  # fmt: skip


def key_of(pair):
    """A short word for an entry of the list, that changes when the entry does."""
    return digest_of(pair)[:12]


def key_in_english(letter, text):
    """The key of the entry that reads so in English; another text is the key of none."""
    one = next(one for one in letters() if one.id == letter)
    every = {key: pair for pairs in one.evidence.values() for key, pair in pairs.items()}
    return next((key for key, pair in every.items() if pair["en"] == text), text)


def combination(values):
    """The row of the eight for three values in the order of the letters; unknown counts as no.

    Where all three are unknown nothing can be concluded: the row that asks for them.
    """
    if set(values) == {VALUE.UNKNOWN} and "nothing_known" in document():
        return document()["nothing_known"]
    wanted = [one if one == VALUE.YES else VALUE.NO for one in values]
    rows = document()["combinations"]
    return next(row for row in rows if [row[letter] for letter in LETTERS.values] == wanted)


# -- of one customer -------------------------------------------------------------------------------
def of_customer(viewer, customer):
    """The Man of a customer that `viewer` sees."""
    rows = Finding.objects.visible_to(viewer).filter(customer=customer)
    return man(customer, rows.select_related("said_by", "contact"), hears_first(viewer))


def man(customer, findings, mute=False):
    """The Man out of findings. mute: without words of ours, for who hears the customer first."""
    found = {row.letter: row for row in findings}
    there = present(customer, [row.contact_id for row in found.values() if row.contact_id])
    readings = [reading(one, found.get(one.id), there) for one in letters()]
    for one in readings:
        one.words = one.finding.words if one.finding and not mute else ""
    return Man(customer, readings, combination([one.value for one in readings]))


def present(customer, contacts):
    """Of some contacts (ids) those who have a place at the customer now."""
    if not contacts:
        return set()
    rows = Position.objects.filter(customer=customer, contact__in=contacts).open()
    return set(rows.values_list("contact", flat=True))


def reading(letter, finding, there):
    """A letter as it reads today."""
    if finding is None or finding.value == VALUE.UNKNOWN:
        return Reading(letter, finding)
    one = Reading(letter, finding, finding.value)
    if one.last_day < today(company_zone()):
        one.value, one.expired_on = VALUE.UNKNOWN, one.last_day + timedelta(days=1)
    elif finding.value == VALUE.YES and finding.contact_id and finding.contact_id not in there:
        one.value, one.gone = VALUE.UNKNOWN, True
    return one


def question_for(viewer, customer):
    """What the next visit should find out: the question of the first unknown letter, or ""."""
    unknown = of_customer(viewer, customer).unknown
    return unknown[0].letter.question if unknown else ""


def who_is_next(one):
    """Who takes the next step: the head above the account manager where the pack says so, else
    whoever answers for the customer. Finance does not see customers: its part is asked for by them.
    """
    manager = holder(one.customer)
    above = able_head_above(manager) if manager and one.role == SUPERVISOR else None
    return above or answers_for(one.customer)


@dataclass
class Step:
    """What was found of a letter at an instant."""

    letter: Letter
    at: object
    by: Person | None
    value: str
    evidence: list
    found_on: object
    contact: Contact | None = None

    @property
    def label(self):
        return VALUE(self.value).label


def steps(viewer, one):
    """Everything that was ever found, the latest first. The viewer sees the findings already."""
    ids = [reading.finding.pk for reading in one.readings if reading.finding]
    events = list(
        Finding.events.rel.related_model.objects.filter(pgh_obj_id__in=ids).order_by("-pgh_id")
    )
    people = Person.objects.in_bulk({event.said_by_id for event in events})
    contacts = Contact.objects.in_bulk({event.contact_id for event in events} - {None})
    known, mute = (
        {reading.letter.id: reading.letter for reading in one.readings},
        hears_first(viewer),
    )
    return [
        Step(known[event.letter], event.said_at, people.get(event.said_by_id), event.value,
             [text for text in (event.evidence and said(event.evidence), "" if mute else event.words)
              if text], event.found_on, contacts.get(event.contact_id))
        for event in events
    ]  # fmt: skip


# -- of many ---------------------------------------------------------------------------------------
def stopped(path="pk"):
    """Customers of which all three letters are an evidenced no: nobody pursues them.

    path: the lookup from the row to the customer.
    """
    found = Q()
    for row in shipped(DOCUMENT)["letters"]:
        days = RawSQL(VALID_DAYS, (row["id"], row["valid_days"]), IntegerField())  # noqa: S611
        since = ExpressionWrapper(CompanyToday() - days, DateField())
        rows = Finding.objects.filter(
            customer=OuterRef(path), letter=row["id"], value=VALUE.NO, found_on__gte=since
        )
        found &= Q(Exists(rows))
    return found


def is_stopped(customer):
    """The same of a customer in hand, that may have been fetched with it."""
    known = getattr(customer, "is_stopped", None)
    return (
        known if known is not None else Customer.objects.filter(stopped(), pk=customer.pk).exists()
    )
