"""Days at the ends of the calendar are days like others."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from kit import dates


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(2026, 11, 22), date.max])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
def test_every_day_there_is_has_a_start_and_an_end(day, zone):
    start, end = dates.day_range(day, ZoneInfo(zone))
    assert start < end
    assert start <= dates.end_of_day(day, ZoneInfo(zone)) < end
