"""The working calendar: holidays, make-up days, working time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import CalendarDay, Company, TrailEntry
from accounts.selectors import calendar as selectors
from accounts.selectors.calendar import Calendar
from accounts.services import calendar
from kit.errors import NotAllowed, Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from([SHANGHAI, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")]),
    starts=st.just(time(9)),
    ends=st.just(time(18)),
    days=st.dictionaries(DAYS, st.booleans(), max_size=40),
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))


@given(CALENDARS, DAYS, st.integers(1, 60))
def test_subtracting_what_was_added_comes_back(calendar, day, count):
    start = calendar.add_working_days(day, 0)
    there = calendar.add_working_days(start, count)
    assert calendar.is_working_day(there)
    assert calendar.add_working_days(there, -count) == start
    assert calendar.working_days_between(start, there) == count


@given(CALENDARS, DAYS, DAYS)
def test_counting_days_agrees_with_looking_at_each(calendar, one, other):
    first, last = min(one, other), max(one, other)
    each = (first + timedelta(days=i) for i in range((last - first).days))
    expected = sum(calendar.is_working_day(day) for day in each)
    assert calendar.working_days_between(first, last) == expected
    assert calendar.working_days_between(last, first) == -expected


@settings(max_examples=60)
@given(CALENDARS, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.floats(0, 1))
def test_working_time_adds_up_over_any_instant_between(calendar, start, length, share):
    end, middle = start + length, start + length * share
    whole = calendar.working_time_between(start, end)
    parts = calendar.working_time_between(start, middle), calendar.working_time_between(middle, end)
    assert sum(parts, timedelta()) == whole
    assert timedelta() <= whole <= length + timedelta(hours=1) * (length > timedelta(days=1))


@given(CALENDARS, INSTANTS)
def test_work_begins_at_an_instant_when_people_work_and_none_is_skipped(calendar, at):
    start = calendar.next_working_start(at)
    assert start >= at
    assert calendar.working_time_between(at, start) == timedelta()
    assert calendar.working_time_between(start, start + timedelta(minutes=1)) > timedelta()


def test_friday_evening_to_monday_morning_is_two_hours_of_work():
    plain = Calendar(SHANGHAI)
    friday = datetime(2026, 11, 20, 17, tzinfo=SHANGHAI)
    assert plain.working_time_between(friday, datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)) == (
        timedelta(hours=2)
    )
    late = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)
    assert plain.next_working_start(late) == datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def test_a_count_without_end_is_refused():
    with pytest.raises(ValueError, match="working days"):
        Calendar(SHANGHAI).add_working_days(date(2026, 1, 1), 10**9)


def test_holidays_of_china_with_make_up_days_in_both_languages(cast):
    call_command("load_holidays", "--year", "2026", verbosity=0)
    new_year = CalendarDay.objects.get(pk=date(2026, 1, 1))
    assert (new_year.is_working, new_year.name, new_year.name_zh) == (
        False,
        "New Year's Day",
        "元旦",
    )
    assert CalendarDay.objects.get(pk=date(2026, 2, 14)).is_working  # a Saturday that is worked
    assert selectors.is_working_day(date(2026, 2, 14))
    assert not selectors.is_working_day(date(2026, 2, 18))
    # before the festival: Saturday 14 February is worked, the next day of work is the 24th
    assert selectors.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert TrailEntry.objects.filter(verb="calendar.load_days").exists()


def test_loading_again_keeps_what_people_have_set(cast):
    calendar.set_day(actor=cast.hu, day=date(2026, 1, 1), is_working=True, name="Stocktaking")
    call_command("load_holidays", "--year", "2026", verbosity=0)
    count = CalendarDay.objects.count()
    call_command("load_holidays", "--year", "2026", verbosity=0)
    assert CalendarDay.objects.count() == count
    assert CalendarDay.objects.get(pk=date(2026, 1, 1)).is_working


def test_a_country_without_a_calendar_loads_nothing(cast):
    calendar.edit_company(actor=cast.yu, values={"country": "XX"})
    call_command("load_holidays", verbosity=0)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("name", ["li", "he", "sun", "fang", "ming"])
def test_others_set_no_day_and_no_company(cast, name):
    actor = cast[name]
    for act in (
        lambda: calendar.set_day(actor=actor, day=date(2026, 5, 6), is_working=False),
        lambda: calendar.clear_day(actor=actor, day=date(2026, 5, 6)),
        lambda: calendar.edit_company(actor=actor, values={"name": "Mine"}),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not CalendarDay.objects.exists()


def test_a_day_is_set_again_and_cleared(cast):
    day = date(2026, 5, 6)
    for is_working in (False, True):
        calendar.set_day(actor=cast.hu, day=day, is_working=is_working)
    assert selectors.is_working_day(day)
    calendar.clear_day(actor=cast.hu, day=day)
    with pytest.raises(Refused):
        calendar.clear_day(actor=cast.hu, day=day)


@pytest.mark.parametrize(
    "values", [{"time_zone": "Mars/Base"}, {"day_ends": time(8)}, {"id": 2}, {"pk": 2}]
)
def test_bad_settings_of_the_company_are_refused(cast, values):
    with pytest.raises(Refused):
        calendar.edit_company(actor=cast.hu, values=values)
    assert Company.objects.get(pk=1).time_zone == "Asia/Shanghai"
