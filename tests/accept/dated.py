"""Part three of D06: each mark of an important date is told once, on its local day.

Around the turning of the clock in each zone, on 29 February, after a day without a worker, and with
three sweepers that have all looked before one of them claims. Whole life here has the travelled time:
the clock of the database is replaced where reminders read it.
"""

import threading
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

import time_machine
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit
from accounts.models import CalendarDay, Company, Notice
from crm.models import DateReminder, ImportantDate
from crm.models.important_dates import index_of
from crm.selectors import important_dates as shapes
from crm.services import date_reminders, task_reminders
from kit import bulk, outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.outbox import Effect
from tests.accept import frame
from tests.crm.changesets_world import held

MARKS, LONG_AGO = (10, 3), date(2020, 1, 1)
ASKED = [time(0, 1), time(2, 30), time(9), time(23, 59)]
SWEEPERS, ROWS = 3, frame.size(60, 600)
DAY = timedelta(days=1)


def around(cast, zone, turnings, hours):
    """Important dates of one zone: the ten-day mark lies on a day on which the clock is turned."""
    found = dict.fromkeys(
        ["dates on another day", "dates at another hour", "dates lost or twice"], 0
    )
    for number, day in enumerate(turnings):
        with frame.undone(), mornings(hours[number % len(hours)]) as hour:
            Company.objects.filter(pk=1).update(time_zone=zone)
            CalendarDay.objects.update_or_create(day=day, defaults={"is_working": True})
            row = entered(cast.huadong, cast.li, back(day, -MARKS[0]))
            claimed = asked(row, [day + one * DAY for one in (-1, 0, 1)])
            told = [one for one in claimed if one[1] == MARKS[0]]
            found["dates lost or twice"] += len(told) != 1 or notices(row, day) != 1
            found["dates on another day"] += any(local.date() != day for local, _days in told)
            there = datetime.combine(day, hour, company_zone())
            there = there.astimezone(UTC).astimezone(company_zone()).time() == hour
            found["dates at another hour"] += there and any(
                one.time() != hour for one, _days in told
            )
    return found


def leap(cast):
    """29 February in a common year and in a leap year, asked twice a day from three weeks before."""
    lost = 0
    for year, last in ((2027, 28), (2028, 29)):
        with frame.undone(), mornings(time(8, 30)):
            row = entered(cast.huadong, cast.li, date(2000, 2, 29))
            on = date(year, 2, last)
            claimed = asked(row, [on + one * DAY for one in range(-21, 2)], [time(0, 1), time(12)])
            wanted = [(back(on, days), days) for days in MARKS]
            lost += [(local.date(), days) for local, days in claimed] != wanted
            lost += set(row.reminders.values_list("occurs_on", flat=True)) != {on}
    return {"29 February missed or elsewhere": lost}


def away(cast):
    """Nobody asks on the day of the mark: it is told on the next one, once."""
    with frame.undone(), mornings(time(8, 30)):
        on = date(2027, 6, 30)
        row, mark = entered(cast.huadong, cast.li, on), back(on, MARKS[0])
        claimed = asked(row, [mark - 2 * DAY, mark + DAY, mark + 2 * DAY])
        told = [local.date() for local, _days in claimed]
        return {
            "lost while no worker ran": int(told != [mark + DAY])
            + abs(notices(row, mark + DAY) - 1)
        }


# -- one date ----------------------------------------------------------------------------------------
@contextmanager
def mornings(hour):
    """People are told at this hour, and the database's clock travels with the process."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(task_reminders, "MORNING", hour))
        stack.enter_context(mock.patch.object(date_reminders, "database_now", timezone.now))
        yield hour


def back(day, count):
    """The day so many working days before, counted by fingers; negative: after."""
    step = -DAY if count > 0 else DAY
    odd = dict(CalendarDay.objects.values_list("day", "is_working"))
    for _number in range(abs(count)):
        day += step
        while not odd.get(day, day.weekday() < 5):
            day += step
    return day


def entered(customer, person, on):
    """A founding day that was entered long ago."""
    with audit.verb("tests.dates", person):
        return bulk.insert([founding(customer.pk, person, on)])[0]


def founding(customer, person, on):
    return ImportantDate(customer_id=customer, kind="founding_day", month=on.month, day=on.day,
                         said_on=LONG_AGO, said_by=person)  # fmt: skip


def asked(row, days, hours=ASKED):
    """[(when it is told there, working days before)] in the order in which marks were claimed."""
    zone, known, found = company_zone(), set(), []
    for at in sorted(
        datetime.combine(day, hour, zone).astimezone(UTC) for day in days for hour in hours
    ):
        with time_machine.travel(at, tick=False):
            date_reminders.remind()
        sent = Effect.objects.filter(payload__code="date.due", payload__about__date=row.pk)
        for effect in sent.exclude(pk__in=known).order_by("pk"):
            known.add(effect.pk)
            found.append((effect.due_at.astimezone(zone), effect.payload["values"]["days"]))
    return found


def notices(row, day):
    """How many notices of a date come when everything that waits is sent on a day."""
    Effect.objects.filter(done_at=None, payload__about__date=row.pk).update(due_at=Now())
    with time_machine.travel(datetime.combine(day, time(12), company_zone()).astimezone(UTC)):
        while outbox.relay():
            pass
    return Notice.objects.filter(code="date.due", values__date=row.pk).count()


# -- many at once ------------------------------------------------------------------------------------
def many(cast, jumps, jumped):
    """Sweepers that look at the same time, then some whose clocks are wrong. Commits."""
    on = shapes.working_calendar().add_working_days(today(company_zone()), MARKS[1])
    with transaction.atomic(), audit.verb("tests.dates", cast.system):
        rows = bulk.insert([founding(pk, cast.li, on) for pk in held(cast, ROWS)])
    failed = swept()
    for jump in jumps:
        with jumped(jump):
            date_reminders.remind()
    Effect.objects.filter(done_at=None, payload__code="date.due").update(due_at=database_now())
    while outbox.relay():
        pass
    ids = [row.pk for row in rows]
    told = list(Notice.objects.filter(code="date.due", values__date__in=ids).values_list("values__date", flat=True))  # fmt: skip
    claims = DateReminder.objects.filter(important_date__in=ids).count()
    return {
        "important dates lost": len(ids) - len(set(told)) + abs(len(MARKS) * len(ids) - claims),
        "important dates told twice": len(told) - len(set(told)), "sweepers that failed": failed,
    }  # fmt: skip


def swept():
    """Three ask at once, and none claims before all have looked. Returns how many failed."""
    due, together, failed = date_reminders.due, threading.Barrier(SWEEPERS), []

    def looked(day):
        rows = list(due(day))
        together.wait(60)
        return rows

    def sweep():
        try:
            date_reminders.remind()
        except Exception as error:
            failed.append(error)
            together.abort()
        finally:
            connection.close()

    with mock.patch.object(date_reminders, "due", looked):
        threads = [threading.Thread(target=sweep) for _number in range(SWEEPERS)]
        [one.start() for one in threads]
        [one.join() for one in threads]
    return len(failed)


# -- mutants -----------------------------------------------------------------------------------------
def of_its_own_day_only(day):
    """What is on its way by its day alone: 29 February comes in leap years only."""
    every = Q(year__isnull=True) | Q(year=day.year)
    return Q(month=day.month, day=day.day) & every | Q(day_index=index_of(day.month, day.day))


def on_the_day_only(day):
    """Only the marks of this very day, as if no day were ever missed."""
    one = {kind.id: kind for kind in shapes.kinds()}
    return [(on, {kind: [n for n in days if shapes.marks_of(one[kind], on)[n] == day]
                  for kind, days in came.items()}) for on, came in AHEAD(day)]  # fmt: skip


def told_and_forgotten(reminder, *about):
    """A mark is told, and not kept as told."""
    TELL(reminder, *about)
    DateReminder.objects.filter(pk=reminder).delete()


AHEAD, TELL = shapes.ahead, date_reminders.tell
ANYHOW = date_reminders.CLAIM.replace(
    "DO NOTHING", "(important_date_id, occurs_on, days) DO UPDATE SET days = EXCLUDED.days"
)
MUTANTS = [
    ("29 February is a day of leap years", shapes, "falling_on", of_its_own_day_only),
    ("a mark that was missed is over", shapes, "ahead", on_the_day_only),
    ("a date that was told is forgotten", date_reminders, "tell", told_and_forgotten),
    ("whoever claims second tells as well", date_reminders, "CLAIM", ANYHOW),
    ("days of dates are those of UTC", date_reminders, "today", lambda zone=None: timezone.now().astimezone(UTC).date()),
]  # fmt: skip
