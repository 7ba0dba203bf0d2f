"""If somebody left tomorrow: what depends on one person, or on several at once.

Danger is value × nobody else knows the customer: those that only the leavers know come first, by what
they bought in twelve months. Nobody who would leave counts as one who else knows, as backup or as
somebody who could take over. All figures are narrowed to the sight of the viewer; whoever may see
what depends on everybody counts all rows, and reads a name only where they may see that customer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.access import Action, Reach, reach
from accounts.models import Person
from crm.models import Customer
from crm.seats import Seat
from crm.selectors import cadence, file_fields, key_accounts
from crm.selectors.threads import Threads, live
from crm.selectors.trade import company_currency
from handover.models import Departure
from handover.selectors import exposure_facts as facts
from kit.dates import company_zone, today

MOST_PEOPLE = 20  # who leave at once
LEGAL_NAME, ADDRESS, CONTACT = "legal_name", "address", "contact"


@dataclass
class Row:
    """One customer that would need a new account manager."""

    customer: Customer
    manager: int
    is_named: bool = False  # whether the viewer may know which one it is
    is_seen: bool = False  # whether they see the customer itself
    others: list = field(default_factory=list)  # ids of those who else know it
    backup: int | None = None
    threads: Threads = field(default_factory=Threads)
    lacks: list = field(default_factory=list)  # of LEGAL_NAME, ADDRESS, CONTACT
    percent: int | None = None  # how complete its file is; None before it was counted
    target: int = 0  # what its tier should reach
    keys: list = field(default_factory=list)  # key persons whom nobody else knows
    steps: list = field(default_factory=list)
    money: facts.Money | None = None  # None where the viewer may not see it

    @property
    def is_open(self):
        """Still a customer: nothing is missing of one that is closed."""
        return self.customer.status in cadence.OPEN

    @property
    def is_alone(self):
        """Nobody else of ours knows it."""
        return self.is_open and not self.others

    @property
    def is_single(self):
        """Live contact hangs on one person, here or there."""
        return self.is_open and self.threads.is_single

    @property
    def lacks_backup(self):
        return self.is_open and self.backup is None

    @property
    def lacks_file(self):
        return self.is_open and bool(self.lacks)

    @property
    def is_thin(self):
        """Its file is below what its tier should reach. Private customers have no such file."""
        kept = self.is_open and self.customer.kind == Customer.Kind.ORGANISATION
        return kept and (self.percent is None or self.percent < self.target)

    @property
    def value(self):
        return self.money.year if self.money else None

    @property
    def danger(self):
        """Sort key: value × nobody else knows, then value, tier and name."""
        return (not self.is_alone, -(self.value or 0), self.customer.tier, self.customer.sort_key,
                self.customer.pk)  # fmt: skip


@dataclass
class Exposure:
    """What some people would leave behind, as one viewer may know it."""

    people: list
    as_of: datetime
    rows: list = field(default_factory=list)  # most dangerous first
    roles: list = field(default_factory=list)  # (seat, how many customers)
    steps: list = field(default_factory=list)  # promises and tasks, of whatever customer
    team: Decimal | None = None  # what the team sold; None where that is beyond the viewer
    sees_money: bool = False
    currency: str = "CNY"
    known: dict = field(default_factory=dict)  # id → Person, of everybody a row names

    @property
    def total(self):
        return len(self.rows)

    @property
    def ids(self):
        return [row.customer.pk for row in self.rows]

    @property
    def leaving(self):
        return {person.pk for person in self.people}

    @property
    def value(self):
        return sum((row.value for row in self.rows if row.money), Decimal(0))

    @property
    def share(self):
        """Percent of what the team sold in the same twelve months, or None."""
        return 100 * self.value / self.team if self.team else None

    @property
    def left_out(self):
        """Orders without a rate, which are in no sum."""
        return sum(row.money.left_out for row in self.rows if row.money)

    def having(self, view):
        """The rows of one of VIEWS, most dangerous first."""
        return [row for row in self.rows if VIEWS[view](row)]

    def count(self, view):
        return len(self.having(view))

    @property
    def alone(self):
        return self.count("alone")

    @property
    def single(self):
        return self.count("single")

    @property
    def without_backup(self):
        return self.count("backup")

    @property
    def keys(self):
        """Key persons whom nobody else knows, by the danger of their customers."""
        return [key for row in self.rows for key in row.keys]

    @property
    def promises(self):
        return [step for step in self.steps if not step.is_task]

    @property
    def tasks(self):
        return [step for step in self.steps if step.is_task]

    @property
    def overdue(self):
        """Promises and tasks whose day has passed, by the day of the company."""
        day = today(company_zone())
        return [step for step in self.steps if step.on and step.on < day]

    @property
    def owed(self):
        return sum((row.money.owed for row in self.rows if row.money), Decimal(0))

    @property
    def owed_late(self):
        return sum((row.money.old for row in self.rows if row.money), Decimal(0))


VIEWS = {
    "": lambda row: True,
    "alone": lambda row: row.is_alone,
    "single": lambda row: row.is_single,
    "backup": lambda row: row.lacks_backup,
    "file": lambda row: row.lacks_file,
    "thin": lambda row: row.is_thin,
    "keys": lambda row: bool(row.keys),
    "open": lambda row: bool(row.steps),
    "owed": lambda row: bool(row.money and row.money.owed > 0),
}


def of(viewer, people):
    """The Exposure of some people (at most MOST_PEOPLE) as `viewer` may know it.

    Whether the viewer may ask about these people is the caller's question.
    """
    leaving, currency = {person.pk for person in people}, company_currency()
    held = facts.seats(viewer, leaving)
    managers = {row.customer_id: row.person_id for row in held if row.seat == Seat.ACCOUNT_MANAGER}
    steps = facts.promises(viewer, list(managers), leaving) + facts.tasks(viewer, leaving)
    rows = rows_of(viewer, managers, leaving, steps)
    sees_money = reach(viewer, Action.TRADE_VIEW) != Reach.NONE
    return Exposure(
        people, timezone.now(), sorted(rows, key=lambda row: row.danger), facts.roles(held), steps,
        facts.team_value(viewer, people) if sees_money and managers else None, sees_money,
        currency, named_in(rows),
    )  # fmt: skip


def rows_of(viewer, managers, leaving, steps):
    """The Rows of some customers. managers: customer → who would leave; steps: all that is open."""
    ids = list(managers)
    known, back, lively = key_accounts.known_by(ids), facts.backups(ids), live(ids)
    reached, keys = facts.places(ids)
    at, found = facts.by_customer(steps), facts.customers(viewer, ids)
    own = {pk for pk, customer in found.items() if customer.is_seen}
    named = own if own >= set(ids) else own | in_cases(viewer, managers)
    priced = {pk for pk, customer in found.items() if customer.is_priced}
    money = facts.money(priced) if priced else {}
    percents = facts.files(ids, {pk for pk, one in found.items() if one.is_trusted})
    targets = file_fields.targets()
    return [
        Row(
            customer, managers[pk], pk in named, pk in own, sorted(known[pk] - leaving),
            back.get(pk) if back.get(pk) not in leaving else None, lively.get(pk, Threads()),
            lacking(customer, reached), percents.get(pk), targets[customer.tier], [key for key in keys[pk] if not key.known - leaving],
            at[pk], money.get(pk, facts.Money()) if pk in priced else None,
        )
        for pk, customer in found.items()
    ]  # fmt: skip


def lacking(customer, reached):
    """What the file of a customer lacks before anything else can be handed over."""
    organisation = customer.kind == Customer.Kind.ORGANISATION
    missing = {
        CONTACT: customer.pk not in reached,
        LEGAL_NAME: organisation and not customer.legal_name,
        ADDRESS: not customer.address,
    }
    return [name for name, is_missing in missing.items() if is_missing]


def in_cases(viewer, managers):
    """Those customers whose account manager has an open case that the viewer runs."""
    cases = Departure.objects.visible_to(viewer, Action.DEPARTURE_RUN)
    cases = cases.filter(person__in=set(managers.values()), state=Departure.State.OPEN)
    going = set(cases.values_list("person", flat=True))
    return {pk for pk, person in managers.items() if person in going}


def named_in(rows):
    """id → Person of everybody whom the rows name."""
    return Person.objects.in_bulk({pk for row in rows for pk in [*row.others, row.backup] if pk})
