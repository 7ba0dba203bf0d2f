"""Read the account, people and activity files of any other system into the facts of an exposure.

Nothing is kept. What cannot be matched is counted, with the first rows of each kind as examples.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.selectors import exposure
from crm.selectors.exposure_columns import FILES, names_customer
from crm.selectors.exposure_sheets import (
    ENOUGH,
    Directory,
    Remarks,
    Sheet,
    Unclear,
    days_of,
    full_name,
    is_deleted,
    share_of_days,
)
from kit import cells, names
from kit.errors import Refused


@dataclass
class Reading:
    """Facts, and how they were read: files with their columns, and what was left out."""

    facts: exposure.Facts
    sheets: dict[str, Sheet]
    counts: dict[str, int]
    remarks: Remarks
    value_from: tuple[str, str] | None  # (file, header) of the value, if there is one

    @property
    def seats_given(self):
        return self.facts.seats is not None


def read(paths, *, columns=None, shapes=None, as_of=None, day_order=None):
    """Facts from files.

    paths: file kind (accounts, owners, activities) → path; owners may be missing. columns: file
    kind → {column: header or "" for none}, as far as somebody chose; shapes: file kind →
    fingerprint of the headers it was chosen for, another file is read as if nothing was. as_of: the last day that
    counts; by default the last day of the activities that is not in the future. day_order: "dmy"
    or "mdy" where the files prove neither. Raises Refused with the kind of file as its field, Unclear with the kinds whose columns must be chosen.
    """
    sheets: dict[str, Sheet] = {}
    try:
        for kind, path in paths.items():
            given = (columns or {}).get(kind)
            sheets[kind] = Sheet(kind, path, given, (shapes or {}).get(kind))
        return Reader(sheets, as_of, day_order).reading()
    except Refused as refused:
        refused.sheets = sheets  # what could be read, so that a page can ask
        raise


class Reader:
    """Reads the three files one after the other; each helps to understand the next."""

    def __init__(self, sheets, as_of=None, day_order=None):
        self.sheets, self.as_of, self.day_order = sheets, as_of, day_order
        self.remarks, self.counts = Remarks(), Counter()
        self.customers, self.people = [], []
        self.accounts, self.staff = Directory(), Directory()
        self.touches, self.seats, self.listed = [], [], 0
        self.marks: dict[str, str | None] = {}  # file → what parts whole and fraction

    def reading(self):
        self.read_accounts()
        if "owners" in self.sheets:
            self.read_owners()
        self.name_holders()
        self.read_activities()
        self.value_customers()
        held = any(one.holder is not None for one in self.customers)
        facts = exposure.Facts(
            self.customers, self.people, self.touches, self.as_of, derived=not held,
            seats=self.seats or None,
        )  # fmt: skip
        return Reading(facts, self.sheets, dict(self.counts), self.remarks, self.value_from)

    # ---- customers -----------------------------------------------------------------------------
    def read_accounts(self):
        sheet = self.sheets["accounts"]
        sheet.choose(lambda column, header: self.fits_account(sheet, column, header))
        if not {"key", "name", "last"} & set(sheet.columns):
            raise Unclear({"accounts": _("Which column names the customer?")})
        self.marks["accounts"] = cells.decimal_mark(sheet.values(sheet.columns.get("value")))
        self.holders, self.values = [], []
        for number, values in sheet.rows(self.remarks):
            self.counts["accounts"] += 1
            self.read_account(sheet, number, values)
        self.mark_namesakes()
        if not self.customers:
            raise Refused(_("There is no customer in this file."), field="accounts")
        again = self.remarks.counts["accounts", "twice"]
        if again > len(self.customers):
            text = _(
                "This looks like a list of activities: %(rows)s rows for %(count)s customers."
            ) % {"rows": self.counts["accounts"], "count": len(self.customers)}
            raise Refused(text, field="accounts")

    def mark_namesakes(self):
        """Customers of one name are told apart by their numbers wherever they are shown."""
        for customer, (number, _text) in zip(self.customers, self.values, strict=True):
            if self.accounts.by_name.get(names.fold(customer.name), 0) is None:
                customer.shared = True
                self.remarks.add("same_name", "accounts", number, customer.name)

    def fits_account(self, sheet, column, header):
        """A number or a name tells customers apart; nothing else is asked of a column."""
        if column.name == "key":
            return 1.0 if sheet.distinct(header) > 0.9 and sheet.filled(header) > ENOUGH else 0.0
        return 0.2 + 0.8 * (sheet.filled(header) > 0) if sheet.sample else 1.0

    def read_account(self, sheet, number, values):
        key, name = sheet.get(values, "key"), full_name(sheet, values)
        if is_deleted(sheet, values):
            self.remarks.add("deleted", "accounts", number, name or key)
        elif not key and not name:
            self.remarks.add("nameless", "accounts", number)
        elif cells.code(key or name) in self.accounts.by_key:
            self.remarks.add("twice", "accounts", number, name or key)
        else:
            self.accounts.add(len(self.customers), key or name, name)
            self.customers.append(exposure.Customer(key, name or key))
            self.holders.append(sheet.get(values, "person"))
            self.values.append((number, sheet.get(values, "value")))

    def name_holders(self):
        """Who holds a customer by the account file, once the people are known."""
        for customer, text in zip(self.customers, self.holders, strict=True):
            if text:
                customer.holder = self.person(text, "accounts", 0)

    # ---- our people ----------------------------------------------------------------------------
    def person(self, text, file, number):
        """The place of one of ours; somebody new if nobody is known by this."""
        place = self.staff.find(text)
        if place is None:
            place = len(self.people)
            self.people.append(text)
            self.staff.by_key[cells.code(text)] = place
            if self.listed:
                self.remarks.add("stranger", file, number, text)
        return place

    def read_owners(self):
        sheet = self.sheets["owners"]
        sheet.choose(lambda column, header: self.fits_owner(sheet, column, header))
        if not {"person", "name", "last"} & set(sheet.columns):
            raise Unclear({"owners": _("Which column names the person?")})
        for number, values in sheet.rows(self.remarks):
            self.counts["owners"] += 1
            if is_deleted(sheet, values):
                self.remarks.add("deleted", "owners", number)
                continue
            place = self.read_person(sheet, values)
            if "account" in sheet.columns:
                self.read_seat(sheet, number, values, place)
        self.listed = len(self.people)
        self.seat_holders()

    def fits_owner(self, sheet, column, header):
        if column.name == "account":
            texts = sheet.values(header)
            return float(bool(texts) and self.accounts.known(texts) >= ENOUGH)
        if column.name in ("person", "name") and self.is_account(sheet, header):
            return 0.1
        return 1.0 if sheet.filled(header) else 0.0

    def is_account(self, sheet, header):
        """Whether a column, by its header and its content, rather names customers than people."""
        named = names_customer(sheet.kind, header)
        return named and self.accounts.known(sheet.values(header)) > ENOUGH

    def read_person(self, sheet, values):
        key, name = sheet.get(values, "person"), full_name(sheet, values)
        if not key and not name:
            return None
        place = self.staff.find(key or name)
        if place is None:
            place = len(self.people)
            self.people.append(name or key)
            self.staff.add(place, key or name, name)
        return place

    def read_seat(self, sheet, number, values, person):
        customer = self.accounts.find(sheet.get(values, "account"))
        if customer is None or person is None:
            self.remarks.add("no_holder", "owners", number, sheet.get(values, "account"))
            return
        since, until = (self.owner_day(sheet, values, name) for name in ("since", "until"))
        self.seats.append(exposure.Seat(customer, person, since, until))

    def owner_day(self, sheet, values, name):
        """A day of the people file; what cannot be read counts as not given."""
        text = sheet.get(values, name)
        try:
            return cells.day(text, self.order(sheet, name)) if text else None
        except cells.Fault:
            return None

    def order(self, sheet, name):
        orders = sheet.__dict__.setdefault("orders", {})
        if name not in orders:
            texts = sheet.values(sheet.columns.get(name))
            orders[name] = self.day_order or cells.day_order(texts)
        return orders[name]

    def seat_holders(self):
        """Seats without an end say who holds a customer now; the latest start wins."""
        self.seats.sort(key=lambda seat: (seat.customer, seat.start or date.min))
        now = timezone.localdate()
        for seat in self.seats:
            if seat.end is None or seat.end > now:
                self.customers[seat.customer].holder = seat.person

    # ---- activities ----------------------------------------------------------------------------
    def read_activities(self):
        sheet = self.sheets["activities"]
        sheet.choose(lambda column, header: self.fits_activity(sheet, column, header))
        self.ask_or_find(sheet)
        self.marks["activities"] = cells.decimal_mark(sheet.values(sheet.columns.get("amount")))
        found = [
            self.read_activity(sheet, number, values) for number, values in self.counted(sheet)
        ]
        self.check_matched(sheet)
        self.date_touches([one for one in found if one])

    def counted(self, sheet):
        for number, values in sheet.rows(self.remarks):
            self.counts["activities"] += 1
            yield number, values

    def fits_activity(self, sheet, column, header):
        """How well a column's content agrees with what is known already."""
        texts = sheet.values(header)
        if not texts:
            return 0.0
        if column.name == "account":
            return self.accounts.known(texts)
        if column.name == "person":
            known = self.staff.known(texts) if self.people else 1.0
            return 0.1 if self.is_account(sheet, header) else 0.3 + 0.7 * known
        if column.name == "day":
            return share_of_days(texts) * (0.5 + 0.5 * sheet.filled(header))
        return 1.0

    def ask_or_find(self, sheet):
        """What no header told is looked for in the content; what stays open is asked."""
        if "account" not in sheet.columns and "account" not in sheet.given:
            free = [h for h in sheet.headers if h not in sheet.columns.values()]
            best = max(free, key=lambda h: self.accounts.known(sheet.values(h)), default=None)
            if best and self.accounts.known(sheet.values(best)) >= ENOUGH:
                sheet.columns["account"] = best
            elif named := [h for h in free if names_customer(sheet.kind, h)]:
                sheet.columns["account"] = named[0]  # it will be told that it fits nothing
        missing = [
            column
            for column in FILES["activities"]
            if column.needed and column.name not in sheet.columns
        ]
        if missing:
            what = ", ".join(str(column.label) for column in missing)
            text = _("Which column tells: %(what)s? If none does, this may be another file.")
            raise Unclear({"activities": text % {"what": what}})

    def read_activity(self, sheet, number, values):
        """(number, customer, person, day as written, amount, contact), or None with a remark."""
        text, day = sheet.get(values, "account"), sheet.get(values, "day")
        customer = self.accounts.find(text) if text else None
        if is_deleted(sheet, values):
            return self.remarks.add("deleted", "activities", number, text)
        if not text:
            return self.remarks.add("no_customer", "activities", number)
        if customer is None:
            kind = "several" if self.accounts.several(text) else "unknown"
            return self.remarks.add(kind, "activities", number, text)
        if not day:
            return self.remarks.add("no_day", "activities", number, text)
        who = sheet.get(values, "person")
        person = self.person(who, "activities", number) if who else None
        amount = self.amount(sheet.get(values, "amount"), "bad_amount", "activities", number)
        return number, customer, person, day, amount, sheet.get(values, "contact")

    def amount(self, text, kind, file, number):
        if not text:
            return None
        try:
            return cells.number(text, self.marks.get(file))
        except cells.Fault:
            self.remarks.add(kind, file, number, text)
            return None

    def check_matched(self, sheet):
        """An activity file none of whose rows fits the account file is the wrong file."""
        read, unknown = self.counts["activities"], self.remarks.counts["activities", "unknown"]
        if not read:
            raise Refused(_("There is no activity in this file."), field="activities")
        if unknown == read:
            text = ngettext(
                "The %(count)s row in column “%(header)s” names no customer of the account file.",
                "None of the %(count)s rows in column “%(header)s” names a customer of the account file.",
                read,
            ) % {"count": read, "header": sheet.columns["account"]}
            raise Refused(text, field="activities")

    def date_touches(self, found):
        """Days in the order that the column proves, then the activities in the order of time."""
        texts = {one[3] for one in found}
        order = self.day_order or cells.day_order(texts)
        days, faults = days_of(texts, order)
        self.check_order(faults, texts)
        now = self.as_of or timezone.localdate()
        known = [day for day in days.values() if day and day <= now]
        self.as_of = self.as_of or max(known, default=now)
        for number, customer, person, text, amount, contact in found:
            day = days.get(text)
            if day is None:
                kind = "two_days" if faults.get(text) == "ambiguous_day" else "bad_day"
                self.remarks.add(kind, "activities", number, text)
            elif day > self.as_of:
                self.remarks.add("planned", "activities", number, text)
            else:
                touch = exposure.Touch(customer, person, day.toordinal(), amount, contact)
                self.touches.append(touch)
        self.touches.sort(key=lambda touch: touch.day)

    def check_order(self, faults, texts):
        """Where most days could be meant in two ways, somebody must say which comes first."""
        if sum(code == "ambiguous_day" for code in faults.values()) * 2 > len(texts):
            text = _(
                "Nothing in this file proves whether the day or the month comes first. Choose it below."
            )
            raise Refused(text, field="day_order")

    # ---- values --------------------------------------------------------------------------------
    @property
    def value_from(self):
        """(file, header): the amounts of the activities, unless only the other was chosen by hand."""
        sources = [("activities", "amount"), ("accounts", "value")]
        chosen = [one for one in sources if self.sheets[one[0]].given.get(one[1])]
        for file, name in chosen or sources:
            if header := self.sheets[file].columns.get(name):
                return file, header
        return None

    def value_customers(self):
        """What a customer is worth: the amounts of the last year, else the account file's own value."""
        source = self.value_from
        if source is None:
            return
        if source[0] == "accounts":
            for customer, (number, text) in zip(self.customers, self.values, strict=True):
                customer.value = self.amount(text, "bad_value", "accounts", number)
            return
        since = self.as_of.toordinal() - exposure.YEAR
        for touch in self.touches:
            if touch.day > since and touch.amount is not None:
                customer = self.customers[touch.customer]
                customer.value = (customer.value or Decimal(0)) + touch.amount
