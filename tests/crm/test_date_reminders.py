"""Reminders of important dates equal a count by fingers, wherever the company is and whenever it asks."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.models import CalendarDay, Company
from crm.models import DateReminder, ImportantDate
from crm.services import date_reminders
from kit import bulk
from kit.outbox import Effect

ZONES = ["Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "America/New_York",
         "America/Santiago", "Africa/Cairo"]  # fmt: skip
MARKS, DAY, MORNING = (10, 3), timedelta(days=1), (8, 30)
# Around days on which clocks are turned both ways, the end of February, and the turn of a year.
FIRSTS = [date(2027, 2, 10), date(2028, 2, 10), date(2027, 3, 1), date(2027, 4, 1), date(2027, 4, 20),
          date(2027, 8, 25), date(2027, 9, 20), date(2027, 10, 20), date(2027, 12, 20)]  # fmt: skip
HOURS = st.lists(st.integers(0, 30 * 24 * 4), min_size=1, max_size=5)  # quarters of an hour on


class Fingers:
    """What is to be told, worked out with dates alone."""

    def __init__(self, zone, odd):
        self.zone, self.odd, self.told = ZoneInfo(zone), odd, set()

    def works(self, day):
        return self.odd.get(day, day.weekday() < 5)

    def mark(self, on, count):
        while count:
            on -= DAY
            count -= self.works(on)
        return on

    def occurrences(self, month, day, year, near):
        for one in (near, near + 1):
            if year in (None, one):
                last = 28 if (month, day) == (2, 29) and not isleap(one) else day
                yield date(one, month, last)

    def asked(self, at, row):
        """[(the day that comes, marks claimed, the day and hour of the notice)] at an instant."""
        here = at.astimezone(self.zone)
        for on in self.occurrences(*row[:3], here.year):
            new = [n for n in MARKS if self.mark(on, n) <= here.date() < on
                   and row[3] <= self.mark(on, n) and (on, n) not in self.told]  # fmt: skip
            if new:
                self.told |= {(on, n) for n in new}
                day = self.mark(on, min(new))
                at_eight = datetime(day.year, day.month, day.day, *MORNING, tzinfo=self.zone)
                yield on, min(new), max(at_eight.astimezone(UTC), at)


@settings(max_examples=20)
@example("Europe/Berlin", date(2027, 2, 10), 18, True, False, 0, {}, [0, 900, 901, 1800])
@example("Africa/Cairo", date(2028, 2, 10), 19, True, False, 0, {}, [0, 96, 97, 1500, 1900])
@given(
    st.sampled_from(ZONES), st.sampled_from(FIRSTS), st.integers(0, 40), st.booleans(), st.booleans(),
    st.integers(-20, 30), st.dictionaries(st.integers(0, 40), st.booleans(), max_size=6), HOURS,
)  # fmt: skip
def test_marks_are_told_as_one_counts_them_by_fingers(cast, zone, first, after, leap, once, said, odd, quarters):  # fmt: skip
    on = date(first.year, 2, 29) if leap and isleap(first.year) else first + after * DAY
    month, day = (2, 29) if leap and first.month == 2 else (on.month, on.day)
    row = (month, day, first.year if once and not leap else None, first + said * DAY)
    odd = {first + number * DAY: works for number, works in odd.items()}
    start = datetime.combine(first, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    instants = [start + quarter * timedelta(minutes=15) for quarter in sorted(quarters)]
    fingers, wanted = Fingers(zone, odd), []
    with transaction.atomic():
        entered = arranged(cast, zone, odd, row)
        for at in instants:
            wanted += fingers.asked(at, row)
            with (
                time_machine.travel(at, tick=False),
                mock.patch.object(date_reminders, "database_now", timezone.now),
            ):
                date_reminders.remind()
        claims = set(
            DateReminder.objects.filter(important_date=entered).values_list("occurs_on", "days")
        )
        assert (claims, told(entered)) == (fingers.told, wanted)
        transaction.set_rollback(True)


def arranged(cast, zone, odd, row):
    """The company in a zone with its odd days, and one date that was entered on a day."""
    Company.objects.filter(pk=1).update(time_zone=zone)
    CalendarDay.objects.all().delete()
    CalendarDay.objects.bulk_create(CalendarDay(day=day, is_working=works) for day, works in odd.items())  # fmt: skip
    month, day, year, said_on = row
    return bulk.insert([
        ImportantDate(customer=cast.huadong, kind="founding_day", month=month, day=day, year=year,
                      said_on=said_on, said_by=cast.li)
    ])[0]  # fmt: skip


def told(row):
    """(the day that comes, working days before, when it is sent) of every notice that was posted."""
    sent = Effect.objects.filter(payload__code="date.due", payload__about__date=row.pk).order_by(
        "pk"
    )
    return [(date.fromisoformat(one.payload["values"]["on"]), one.payload["values"]["days"], one.due_at)
            for one in sent]  # fmt: skip


@pytest.mark.parametrize("year, on", [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))])
def test_the_29th_of_february_comes_once_in_every_year(cast, year, on):
    row = arranged(cast, "Europe/Berlin", {}, (2, 29, None, date(2026, 1, 1)))
    for number in range(0, 60, 2):
        at = datetime(year, 1, 20, 12, tzinfo=UTC) + number * DAY
        with time_machine.travel(at, tick=False):
            date_reminders.remind()
    assert sorted(row.reminders.values_list("occurs_on", "days")) == [(on, 3), (on, 10)]
