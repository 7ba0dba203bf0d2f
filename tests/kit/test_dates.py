"""Days at the ends of the calendar are days like others."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from kit import dates


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(2026, 11, 22), date.max])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
def test_every_day_there_is_has_a_start_and_an_end(day, zone):
    start, end = dates.day_range(day, ZoneInfo(zone))
    assert start < end
    assert start <= dates.end_of_day(day, ZoneInfo(zone)) < end


def test_a_day_is_plausible_from_1900_to_a_year_ahead():
    now = dates.today()
    assert dates.plausible(date(1900, 1, 1)) and dates.plausible(now + timedelta(days=366))
    for day in (date(1899, 12, 31), now + timedelta(days=367), date.min, date.max):
        assert not dates.plausible(day)
