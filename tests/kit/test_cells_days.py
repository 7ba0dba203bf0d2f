"""Days and instants are read in the order that their column proves."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kit import cells

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "text",
    [
        "2019-05-12", "2019/5/12", "2019.05.12", "20190512", "2019年5月12日", "２０１９－０５－１２",
        "\u202d2019-05-12\u00a0", "12.05.2019", "12 May 2019", "May 12, 2019", "12-May-19",
        "Sun, 12 May 2019", "2019-05-12T00:00:00.000Z", "2019-05-12 00:00:00.000", "2019-05-12 17:30",
        "2019-05-12T09:00:00+08:00",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_common_form(text):
    assert cells.day(text) == date(2019, 5, 12)


@pytest.mark.parametrize(
    "text", ["", " ", "0", "0000-00-00", "1900-01-00", "9999-12-31", "N/A", "无"]
)
def test_a_cell_that_says_none_is_none(text):
    assert cells.day(text) is None
    assert cells.says_none(text) == bool(text.strip())


def test_a_value_that_may_be_two_days_waits_for_the_order():
    with pytest.raises(cells.Fault) as fault:
        cells.day("3/4/2016")
    assert fault.value.code == "ambiguous_day"
    assert cells.day("3/4/2016", "mdy") == date(2016, 3, 4)
    assert cells.day("3/4/2016", "dmy") == date(2016, 4, 3)
    assert cells.day("10/20/2016") == date(2016, 10, 20)
    assert cells.day("5/5/2016") == date(2016, 5, 5)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["3/4/2016", "", "10/20/2016"], "mdy"), (["3/4/2016", "20/10/2016"], "dmy"),
        (["3/4/2016"], None), (["13/1/2016", "1/13/2016"], None), (["2016-01-02", "20160103"], "ymd"),
        (["03.04.2016"], "dmy"), (["x", ""], None),
    ],
)  # fmt: skip
def test_a_column_proves_its_order_or_does_not(texts, order):
    assert cells.day_order(texts) == order


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("2019-02-30", None, "impossible_day"), ("19563509", "ymd", "impossible_day"),
        ("20/10/2016", "mdy", "other_order"), ("yesterday", None, "no_day"),
        ("1066-10-14", None, "far_year"), ("2019-5-12 25:00", None, "impossible_day"),
        ("1" * 5_000, None, "no_day"), ("12 Foo 2019", None, "no_day"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_a_fault_with_its_text(text, order, code):
    with pytest.raises(cells.Fault) as fault:
        cells.day(text, order)
    assert fault.value.code == code
    assert text[:10] in fault.value.message


def test_days_as_spreadsheets_count_them_only_where_asked():
    assert cells.day("43597", serial=True) == date(2019, 5, 12)
    assert cells.instant("43597.5", zone=SHANGHAI, serial=True) == datetime(
        2019, 5, 12, 4, tzinfo=UTC
    )
    with pytest.raises(cells.Fault):
        cells.day("43597")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-03-01T00:00:00.000Z", datetime(2024, 2, 29, 16, tzinfo=UTC)),  # the day, not 08:00 of it
        ("2024-03-01", datetime(2024, 2, 29, 16, tzinfo=UTC)),
        ("2024-01-23T03:54:57.000+0000", datetime(2024, 1, 23, 3, 54, 57, tzinfo=UTC)),
        ("2024-01-23 11:54", datetime(2024, 1, 23, 3, 54, tzinfo=UTC)),
        ("3/1/2017 5:04 PM", datetime(2017, 3, 1, 9, 4, tzinfo=UTC)),
        ("1550838571", datetime(2019, 2, 22, 12, 29, 31, tzinfo=UTC)),
        ("1550838571000", datetime(2019, 2, 22, 12, 29, 31, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_an_instant_is_meant_in_the_zone_unless_it_says_otherwise(text, instant):
    assert cells.instant(text, "mdy", SHANGHAI) == instant


def test_the_day_of_an_instant_is_that_of_the_zone():
    assert cells.day("2024-01-23T23:30:00Z", zone=SHANGHAI) == date(2024, 1, 24)
    assert cells.day("2024-01-23T00:00:00Z", zone=ZoneInfo("America/New_York")) == date(2024, 1, 23)
