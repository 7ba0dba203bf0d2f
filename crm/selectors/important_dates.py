"""Important dates as pages show them: five kinds, when each comes next, and when to be reminded.

Days are those of the company's zone. Marks count working days of the company's calendar back from
the day itself.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content, said
from accounts.selectors.org import able_at, able_head_above, people_led_by
from crm.models import Assignment, ImportantDate
from crm.models.customer_file import Guard
from crm.models.important_dates import index_of
from crm.seats import Seat
from crm.selectors import worklist
from crm.selectors.ownership import answers_for, holder
from kit.dates import company_zone, today

DOCUMENT = "relationship"
OF_PERSON = {"key_person_day"}  # kinds that speak of a contact: day and month, under the guard
YEARS = 5  # ahead, in which a next occurrence is looked for
COMPANY, SERVICE = "company", "service_specialist"


@dataclass(frozen=True)
class Kind:
    """The definition of a kind of date. marks: working days before it."""

    id: str
    pair: dict
    practice_pair: dict
    led_by: str
    marks: tuple
    only: str = ""  # the one kind of customer that has it

    @property
    def label(self):
        return said(self.pair)

    @property
    def practice(self):
        return said(self.practice_pair)

    @property
    def is_of_person(self):
        return self.id in OF_PERSON

    @property
    def guard(self):
        return Guard.SETTLEMENT if self.is_of_person else Guard.OPEN


@dataclass
class Coming:
    """A date and when it comes next; `on` is None where it is over."""

    row: ImportantDate
    kind: Kind
    on: date | None

    @property
    def customer_id(self):
        return self.row.customer_id

    @property
    def words(self):
        """What the day is called."""
        return self.row.name or self.kind.label


def kinds():
    """The five kinds, in their order."""
    return [kind_of(row) for row in content(DOCUMENT)["important_dates"]]


def kind_of(row):
    marks = tuple(sorted(row["remind_working_days_before"], reverse=True))
    only = row.get("only", "")
    return Kind(row["id"], row["label"], row["practice"], row["led_by"], marks, only)


def kind(name):
    """The kind of this id, or None."""
    return next((one for one in kinds() if one.id == name), None)


# -- when ------------------------------------------------------------------------------------------
def next_on(row, day):
    """The first day, from `day` on, on which a date comes; None where it does not come again."""
    years = (row.in_year(year) for year in range(day.year, day.year + YEARS))
    return next((one for one in years if one is not None and one >= day), None)


def marks_of(one, on):
    """{working days before: the day of the mark} of a kind's occurrence."""
    calendar = working_calendar()
    return {days: calendar.add_working_days(on, -days) for days in one.marks if days}


def ahead(day):
    """[(day that comes, its kinds' marks that have come by `day`)]: every day that is near enough."""
    known = kinds()
    furthest = max((days for one in known for days in one.marks), default=0)
    last, found = working_calendar().add_working_days(day, furthest + 1), []
    on = day + timedelta(days=1)
    while on <= last:
        came = {
            one.id: [days for days, mark in marks_of(one, on).items() if mark <= day]
            for one in known
        }
        if any(came.values()):
            found.append((on, came))
        on += timedelta(days=1)
    return found


def falling_on(day):
    """The condition of the dates that come on a day."""
    pairs = [(day.month, day.day)]
    if pairs == [(2, 28)] and (day + timedelta(days=1)).month == 3:
        pairs.append((2, 29))
    wanted = Q(pk__in=[])
    for month, number in pairs:
        wanted |= Q(month=month, day=number) & (Q(year__isnull=True) | Q(year=day.year))
        wanted |= Q(day_index=index_of(month, number))
    return wanted


# -- of one customer, of one's own -------------------------------------------------------------------
def of_customer(viewer, customer):
    """[(Kind, [Coming])] of a customer, as far as `viewer` sees its dates.

    A kind that its sort of customer does not have is there only while it has one.
    """
    rows = ImportantDate.objects.visible_to(viewer).filter(customer=customer)
    found = {}
    for one in comings(with_names(rows), today(company_zone())):
        found.setdefault(one.kind.id, []).append(one)
    return [(one, found.get(one.id, [])) for one in kinds()
            if one.id in found or one.only in ("", customer.kind)]  # fmt: skip


def with_names(rows):
    return rows.select_related("customer", "contact__key", "said_by")


def comings(rows, day):
    """Coming out of rows, the next first; what was erased with its contact is none."""
    known = {one.id: one for one in kinds()}
    found = [Coming(row, known[row.kind], next_on(row, day)) for row in rows
             if row.kind in known and row.month_day is not None]  # fmt: skip
    return sorted(found, key=lambda one: (one.on or date.max, one.row.pk))


def one(row):
    """One Coming, from today on."""
    return comings([row], today(company_zone()))[0]


def near(viewer, most=6):
    """What comes soon at the customers that a person answers for, and what the company leads at those
    of the people they lead: from the first mark on until the day itself.
    """
    day = today(company_zone())
    days = ahead(day)
    wanted = falling_on(day)
    for on, _came in days:
        wanted |= falling_on(on)
    answered = worklist.mine(viewer).all
    led = people_led_by(viewer) - {viewer.pk}
    seats = Assignment.objects.at().filter(person__in=led, seat=Seat.ACCOUNT_MANAGER)
    by_company = [one.id for one in kinds() if one.led_by == COMPANY]
    mine = Q(customer__in=answered) | Q(customer__in=seats.values("customer"), kind__in=by_company)
    rows = with_names(ImportantDate.objects.visible_to(viewer).filter(wanted, mine))
    came = dict(days) | {day: None}
    found = [one for one in comings(rows, day) if one.on in came]
    return [one for one in found if came[one.on] is None or came[one.on].get(one.kind.id)][:most]


# -- who -------------------------------------------------------------------------------------------
def leader(row):
    """Who leads a date now: by its kind, and never somebody who may not see it."""
    one = kind(row.kind)
    found = {COMPANY: above, SERVICE: specialist}.get(one.led_by, answers_for)(row.customer)
    seen = ImportantDate.objects.filter(pk=row.pk)
    if found and seen.visible_to(found).exists():
        return found
    other = answers_for(row.customer)
    return other if other and seen.visible_to(other).exists() else None


def above(customer):
    """The head above the account manager, who speaks for the company."""
    manager = holder(customer)
    return (manager and able_head_above(manager)) or answers_for(customer)


def specialist(customer):
    """Who holds the service line's seat, if they can answer now."""
    person = holder(customer, Seat.SERVICE_LINE)
    return person if able_at(person) else None
