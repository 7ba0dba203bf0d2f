"""What the customer file asks for: parts and fields as the company has them, in both languages."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.selectors.content import content, said
from crm.models.customer_file import Fact, Guard
from crm.models.customers import Customer
from kit.digests import digest_of

DOCUMENT = "customer_file"
KINDS = {
    "text": _("Text"),
    "list": _("List, one per line"),
    "choice": _("Choice"),
    "number": _("Number"),
    "percent": _("Percentage"),
    "money": _("Amount"),
    "date": _("Day"),
}
KEY_PERSONS, STAFF, SETTLEMENT = "key_persons", "customer_staff", "settlement_traits"
GUARDED = {KEY_PERSONS, SETTLEMENT}
# Fields whose value another model keeps: here they are confirmed only.
OF_CUSTOMER = {"legal_name": "legal_name", "short_name": "name", "registered_address": "address",
               "origin": "origin"}  # fmt: skip
OF_PERSON = {
    "name": "name", "staff_name": "name", "form_of_address": "form_of_address",
    "position": "title", "staff_position": "title", "function": "function", "status": "status",
    "business_channel": "channels", "staff_channel": "channels",
    "known_by": "links", "staff_known_by": "links",
}  # fmt: skip
COMPUTED = {"actual_days"}


@dataclass(frozen=True)
class Field:
    """One definition. `required` names the tiers that ask for it; refresh_days is how long a
    confirmation counts in full.
    """

    id: str
    part: str
    pair: dict
    kind: str
    help_pair: dict
    required: tuple[str, ...]
    weight: int
    refresh_days: int
    options: tuple = ()  # (id, pair)
    removed: bool = False

    @property
    def label(self):
        return said(self.pair)

    @property
    def help(self):
        return said(self.help_pair) if self.help_pair.get("en") else ""

    @property
    def choices(self):
        return [(name, said(pair)) for name, pair in self.options]

    @property
    def is_kept_elsewhere(self):
        """Whether another model, or the orders, have the value."""
        return self.id in OF_CUSTOMER or self.id in OF_PERSON or self.id in COMPUTED


@dataclass(frozen=True)
class Part:
    """One of the five parts. A part that `repeats` is asked for every person of it."""

    id: str
    number: int
    pair: dict
    purpose_pair: dict
    weight: int
    repeats: bool
    everything: tuple[Field, ...] = field(repr=False, default=())

    @property
    def label(self):
        return said(self.pair)

    @property
    def purpose(self):
        return said(self.purpose_pair)

    @property
    def guard(self):
        return Guard.SETTLEMENT if self.id in GUARDED else Guard.OPEN

    @property
    def fields(self):
        """The fields in use."""
        return [one for one in self.everything if not one.removed]

    @property
    def fields_in_use(self):
        """The same under a name that serializers do not take for themselves."""
        return self.fields

    def field(self, name):
        """The field in use of this id, or None."""
        return next((one for one in self.fields if one.id == name), None)


def parts():
    """The five parts, in their order."""
    return [part_of(row, number) for number, row in enumerate(document()["parts"], 1)]


def part(name):
    """The part of this id, or None."""
    return next((one for one in parts() if one.id == name), None)


def document():
    """The whole document, as the company has it."""
    return content(DOCUMENT)


def digest(part_id, name):
    """The digest of a definition, by which a change knows that nobody else made one; None without it."""
    rows = (row for one in document()["parts"] if one["id"] == part_id for row in one["fields"])
    return next((digest_of(row) for row in rows if row["id"] == name), None)


def part_of(row, number):
    fields = tuple(field_of(one, row["id"]) for one in row["fields"])
    return Part(
        row["id"], number, row["label"], row["purpose"], row["weight"], row["repeats"], fields
    )


def field_of(row, part_id):
    return Field(
        row["id"], part_id, row["label"], row["type"], row.get("help") or {},
        tuple(tier for tier in Customer.Tier.values if row["required"].get(tier)),
        row["weight"], row["refresh_days"],
        tuple((one["id"], one["label"]) for one in row.get("options", ())),
        bool(row.get("removed")),
    )  # fmt: skip


def target(tier):
    """The percentage a file of this tier should reach."""
    return document()["completeness"]["target_percent"][tier]


def targets():
    """Tier → the same."""
    return document()["completeness"]["target_percent"]


def functions_wanted():
    """Tier → how many functions among the customer's staff its file should name."""
    return document()["required_functions"]


def filled_counts():
    """Field id → how many customers have a value of it: a figure of the company, about nobody."""
    rows = Fact.objects.filter(is_filled=True).values_list("field")
    return dict(rows.annotate(number=Count("customer", distinct=True)).order_by())
