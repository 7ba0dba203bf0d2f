"""What every kind of import has: its fields, and the four things it does with rows."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from accounts.access import Action
from crm.imports import fields
from crm.imports.countries import code_of
from crm.imports.fields import Cell, Incomplete, Reason, Word
from kit import cells, names


@dataclass
class Item:
    """One row at work."""

    number: int
    key: str
    cells: dict  # header → text
    given: dict = field(default_factory=dict)  # field → value, or list of them where many
    found: dict = field(default_factory=dict)  # field → id of the row of ours that it refers to
    remarks: list = field(default_factory=list)
    known: Any = None  # the SourceKey, where the source told of this before
    subject_id: int | None = None
    made: list = field(default_factory=list)  # (label of the model, id) of what the row made
    changed: list = field(default_factory=list)  # (label, id, field → (before, after))
    written: dict = field(default_factory=dict)  # field → what the row wrote

    def get(self, name, default=None):
        value = self.given.get(name)
        return default if value in (None, "", []) else value

    def became(self, row):
        """The row made this row of ours."""
        self.subject_id = row.pk
        self.made.append((row._meta.label_lower, row.pk))

    def changes(self, row, wanted):
        """Keep what stands in a row of ours before the row changes it. wanted: field → new value."""
        told = {
            name: (fields.plain(getattr(row, name)) or None, fields.plain(new))
            for name, new in wanted.items()
        }
        self.changed.append((row._meta.label_lower, row.pk, told))

    def remark(self, code, column="", **params):
        """Say something about a row that is taken all the same."""
        self.remarks.append(Reason(code, column, **params).told())


class Kind(ABC):
    """One kind of thing that can be imported. Subclasses declare, and write through the services."""

    name = ""
    label = ""
    action = (
        Action.IMPORT_RUN
    )  # what who imports it, but not for the whole company, must be allowed
    changes = Action.CUSTOMER_EDIT  # what is asked of a row that is known already
    entity: tuple = ()  # words for the thing itself, taken off its headers
    fields: tuple = ()
    natural: tuple = ()  # fields that make the key of a row without one; () is all cells
    natural_more: tuple = ()  # and those, where several rows have the same
    needs: tuple = ()  # fields without which there is nothing to import; of a tuple, one of them
    within = ""  # the field that refers to rows of the same kind

    def __init__(self):
        self.by_name = {spec.name: spec for spec in self.fields}

    def field(self, name):
        """The declaration of a field."""
        return self.by_name[name]

    def about(self, headers):
        """The words for the thing itself that are taken off the headers of this file."""
        return self.entity

    def missing(self, found):
        """Fields that need a column and have none."""
        some = [one if isinstance(one, tuple) else (one,) for one in self.needs]
        return [several[0] for several in some if not set(several) & found.taken.keys()]

    def instead(self, found):
        """The kind that these columns are really of, or ""."""
        return ""

    def read(self, item, run):
        """Understand the cells of a row: fills item.given, returns the reasons against it."""
        reasons, country = [], self.country(item, run)
        for name, headers in run.columns.taken.items():
            spec, values = self.field(name), []
            for header in headers:
                raw = item.cells.get(header, "")
                if not raw:
                    continue
                try:
                    value = fields.read(spec, Cell(header, raw), run.facts_of(header) | country)
                except Word as word:
                    item.remarks.append(word.told())
                    continue
                except Reason as reason:
                    reasons.append(reason)
                    continue
                if value not in (None, "", []):
                    values.append((header, value))
            if values:
                item.given[name] = values if spec.many else values[0][1]
        return reasons

    def country(self, item, run):
        """Where the phones of a row are, as far as it says."""
        header = run.column("country")
        text = item.cells.get(header, "") if header else ""
        return {"country": code_of(text, run.company.country)} if text else {}

    def judge(self, item, run):
        """Judge a row whose cells were understood. Raises Reason or Incomplete."""
        if item.get("deleted"):
            raise Incomplete("deleted")
        self.check(item, run)

    @abstractmethod
    def check(self, item, run):
        """What this kind asks of a row. Raises Reason or Incomplete."""

    def demand(self, item, run, *several):
        """Refuse a row in which one of these fields is empty."""
        for name in several:
            if item.get(name) is None:
                raise Reason("missing", run.column(name))

    def demand_customer(self, item, run):
        """Leave out a row that names no customer."""
        if not item.get("customer"):
            raise Incomplete("no_customer", run.column("customer"))

    def demand_name(self, name, run, longest):
        """Refuse a row whose name is empty, or longer than so many characters."""
        if not name:
            raise Reason("missing", run.column("name") or run.column("last_name"))
        if len(name) > longest:
            raise Reason("long", run.column("name"), longest=longest)

    def demand_order(self, item, run):
        """Refuse a row that ends before it starts."""
        start, end = item.get("started_on"), item.get("ended_on")
        if start and end and end < start:
            raise Reason("later_end", run.column("ended_on"))

    @abstractmethod
    def create(self, run, items):
        """Write new rows; sets subject_id, made and written of each item."""

    @abstractmethod
    def update(self, run, items):
        """Change known rows, as far as nobody has changed them here since."""

    def finish(self, run):  # noqa: B027 (most have nothing left to do)
        """After the last row."""


def known(rows, items):
    """Rows of ours of which the source told before, locked: id → row. rows: a queryset of them."""
    return rows.select_for_update().in_bulk([item.known.subject_id for item in items])


def name_of(item):
    """The name of the person of a row, in one column or in two."""
    return item.get("name") or joined(item.get("first_name", ""), item.get("last_name", ""))


def joined(first, last):
    """A name of two columns: Chinese with the family name in front, without a space."""
    if names.HAN.search(first + last):
        return cells.name(last + first)
    return " ".join(filter(None, (first, last)))
