"""One file of another system: its headers, which column is which, and what could not be matched."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.selectors.exposure_columns import FILES, candidates
from kit import cells, names, rows
from kit.errors import Refused

SAMPLE = 2_000  # rows that are looked at to tell what a column holds
EXAMPLES = 5
ENOUGH = 0.5  # the share of a column's values that must be known for the column to be a reference

# Why something is left out, or kept with a reservation.
REASONS = {
    "deleted": gettext_lazy("deleted in the other system"),
    "nameless": gettext_lazy("customers without name and number"),
    "twice": gettext_lazy("the same customer number again"),
    "same_name": gettext_lazy("customers that share their name with another"),
    "faulty": gettext_lazy("rows with a fault, read as far as they go"),
    "no_customer": gettext_lazy("activities that name no customer"),
    "unknown": gettext_lazy("activities of customers that are not in the account file"),
    "several": gettext_lazy("activities whose customer name fits several customers"),
    "no_day": gettext_lazy("activities without a day"),
    "bad_day": gettext_lazy("activities whose day cannot be read"),
    "two_days": gettext_lazy("activities whose day may be read in two ways"),
    "planned": gettext_lazy("activities after the last day of the report"),
    "bad_amount": gettext_lazy("amounts that cannot be read; the activity counts"),
    "bad_value": gettext_lazy("values that cannot be read; the customer counts"),
    "stranger": gettext_lazy("people who are not in the people file"),
    "no_holder": gettext_lazy("rows of the people file without customer or person known here"),
}


class Unclear(Refused):
    """Columns that only a person can tell. `fields`: file → message."""

    code = "unclear"

    def __init__(self, columns):
        super().__init__(_("Some columns are not clear"))
        self.fields = columns


class Sheet:
    """One file: its headers, its first rows, and which column is which."""

    def __init__(self, kind, path, given=None, shape=None):
        self.kind = kind
        try:
            self.table = rows.read(path)
            self.sample = [row.values for row in islice(self.table, SAMPLE)]
        except rows.Unreadable as fault:
            raise Refused(fault.message, field=kind) from None
        self.headers = list(self.table.headers)
        self.shape = hashlib.sha256("\n".join(self.headers).encode()).hexdigest()[:16]
        self.given = dict(given or {}) if shape in (None, self.shape) else {}
        self.columns = None  # until chosen: column → header
        self.check_given()

    def check_given(self):
        """A column that somebody chose must be one that the file has."""
        known = {column.name for column in FILES[self.kind]}
        for name, header in self.given.items():
            if name not in known:
                text = _("“%(name)s” is nothing that this file could tell.") % {"name": name}
                raise Refused(text, field=self.kind)
            if header and header not in self.headers:
                text = _("The file has no column “%(name)s”.") % {"name": header}
                raise Refused(text, field=self.kind)

    def filled(self, header):
        """The share of the first rows in which a column holds something."""
        return sum(bool(row.get(header)) for row in self.sample) / (len(self.sample) or 1)

    def values(self, header):
        return [text for row in self.sample if (text := row.get(header))]

    def distinct(self, header):
        values = self.values(header)
        return len(set(values)) / (len(values) or 1)

    def choose(self, fits=lambda column, header: 1.0):
        """Give every column its header: what was chosen by hand, else the best fitting one.

        fits(column, header): how well the content agrees, 0 (never) to 1.
        """
        self.columns = {name: header for name, header in self.given.items() if header}
        offers = []
        for place, column in enumerate(FILES[self.kind]):
            if column.name in self.given:
                continue
            for header, rank in candidates(self.kind, column, self.headers):
                if share := fits(column, header):
                    offers.append((rank * share, -place, column.name, header))
        taken = set(self.columns.values())
        for _score, _place, name, header in sorted(offers, reverse=True):
            if name not in self.columns and header not in taken:
                self.columns[name] = header
                taken.add(header)

    def rows(self, remarks):
        """(row number, values) from the first row on; rows with a fault are read as far as they go."""
        for row in self.table:
            if row.faults:
                remarks.add("faulty", self.kind, row.number, row.faults[0].message)
            yield row.number, row.values

    def get(self, values, name):
        header = self.columns.get(name)
        return values.get(header, "") if header else ""


@dataclass
class Remarks:
    """What could not be matched: how often, and the first rows of each kind."""

    counts: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)

    def add(self, kind, file, number, text=""):
        key = (file, kind)
        self.counts[key] += 1
        found = self.examples.setdefault(key, [])
        if len(found) < EXAMPLES:
            found.append((number, text[:80]))


class Directory:
    """Things found by their number, else by their name if only one has it."""

    def __init__(self):
        self.by_key, self.by_name, self.found = {}, {}, {}

    def add(self, place, key, name):
        if key:
            self.by_key.setdefault(cells.code(key), place)
        if folded := names.fold(name):
            self.by_name[folded] = place if folded not in self.by_name else None

    def find(self, text):
        """The place of what a cell means; None if nothing, or several, have that name."""
        place = self.found.get(text)
        if place is None:
            place = self.by_key.get(cells.code(text))
            place = place if place is not None else self.by_name.get(names.fold(text))
            if place is not None:
                self.found[text] = place
        return place

    def several(self, text):
        return self.find(text) is None and names.fold(text) in self.by_name

    def known(self, texts):
        """The share of texts that mean something here."""
        return sum(self.find(text) is not None for text in texts) / (len(texts) or 1)


def full_name(sheet, values):
    """The name of a row: its own, else given and family name in the order of their script."""
    if name := sheet.get(values, "name"):
        return name
    first, last = sheet.get(values, "first"), sheet.get(values, "last")
    return f"{last}{first}" if names.HAN.search(last) else f"{first} {last}".strip()


def is_deleted(sheet, values):
    """Whether the other system says that this row is no more."""
    if "deleted" not in sheet.columns:
        return False
    try:
        return bool(cells.flag(sheet.get(values, "deleted")))
    except cells.Fault:
        return False


def days_of(texts, order):
    """(text → day, text → code of what is wrong with it)."""
    days, faults = {}, {}
    for text in texts:
        try:
            days[text] = cells.day(text, order)
        except cells.Fault as fault:
            faults[text] = fault.code
    return days, faults


def share_of_days(texts):
    """The share of texts that are days; which of two days is told by the whole column later."""
    _days, faults = days_of(texts, cells.day_order(texts))
    wrong = {text for text, code in faults.items() if code != "ambiguous_day"}
    return sum(text not in wrong for text in texts) / len(texts)
