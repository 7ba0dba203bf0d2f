"""Dates, numbers and names read as agreed, in both languages."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from kit.templatetags import formats, words

LI = SimpleNamespace(name="李伟", latin_name="Li Wei")


@pytest.fixture(params=["en", "zh-hans"])
def language(request):
    with translation.override(request.param):
        yield request.param


def both(english, chinese):
    return chinese if words.chinese() else english


def test_a_day_is_never_only_digits(language):
    assert formats.dated(words.day_words)(date(2026, 11, 22)) == (
        '<time datetime="2026-11-22">' + both("22 Nov 2026", "2026年11月22日") + "</time>"
    )


def test_the_year_shows_only_if_it_is_not_this_one(language):
    this = timezone.localdate().replace(month=3, day=4)
    assert words.short_day_words(this) == both("4 Mar", "3月4日")
    assert words.short_day_words(date(2019, 3, 4)) == both("4 Mar 2019", "2019年3月4日")


def test_a_deadline_names_its_weekday(language):
    assert words.weekday_words(date(2019, 3, 4)) == both("Mon 4 Mar 2019", "2019年3月4日（周一）")


def test_an_instant_is_shown_in_the_readers_zone(language):
    with timezone.override("Asia/Shanghai"):
        shown = words.moment_words(words.local(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)))
    assert shown == both("23 Nov 2026, 02:05", "2026年11月23日 02:05")


def test_a_calendar_day_stays_the_day_it_is():
    with timezone.override("Pacific/Midway"):
        assert formats.dated(words.day_words)(date(2026, 11, 22), "text") == "22 Nov 2026"


@pytest.mark.parametrize(
    ("days", "shown"), [(1, "yesterday"), (3, "3 days ago"), (7, "7 days ago")]
)
def test_relative_for_a_week(days, shown):
    assert formats.since(timezone.localdate() - timedelta(days=days), "text") == shown


def test_after_a_week_the_day_itself():
    day = timezone.localdate() - timedelta(days=8)
    assert formats.since(day, "text") == words.short_day_words(day)


def test_what_is_to_come_is_not_ago():
    day = timezone.localdate() + timedelta(days=2)
    assert formats.since(day, "text") == words.short_day_words(day)


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (1_230_000, "¥1.23M", "¥123万"),
        (1_234_000, "¥1.23M", "¥123.4万"),
        (120_000_000, "¥120M", "¥1.2亿"),
        (999_960, "¥1M", "¥100万"),
        (986, "¥986", "¥986"),
        (-18_200_000, "−¥18.2M", "−¥1,820万"),
    ],
)
def test_short_money_keeps_to_the_units_of_its_language(language, amount, english, chinese):
    assert formats.short_money(amount) == both(english, chinese)


def test_tables_show_money_in_full(language):
    assert formats.money("3120400.00", "CNY") == "¥3,120,400"
    assert formats.money("1234567.89", "CNY") == "¥1,234,567.89"
    assert formats.money("5", "SGD") == "SGD\N{NO-BREAK SPACE}5"


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing(nothing):
    assert formats.money(nothing) == formats.percent(nothing) == formats.since(nothing) == ""


def test_what_is_no_number_is_shown_as_it_is():
    assert formats.money("unknown") == "unknown"


@pytest.mark.parametrize(
    ("channel", "english", "chinese"),
    [
        ("+8613812345678", "+86 138 **** 5678", "138****5678"),
        ("138 1234 5678", "+86 138 **** 5678", "138****5678"),
        ("+442071234567", "+44 **** 4567", "+44****4567"),
        ("wang.fang@example.com", "w***@example.com", "w***@example.com"),
        ("wxid_fang", "wx****", "wx****"),
        ("fang", "****", "****"),
        ("138****5678", "138****5678", "138****5678"),
    ],
)
def test_channels_are_masked(language, channel, english, chinese):
    assert words.masked_words(channel) == both(english, chinese)


def test_people_are_named_in_the_language_of_the_page(language):
    assert words.shown_name(LI) == both("Li Wei", "李伟")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Li Wei", "LW"), ("李伟", "伟"), ("Madonna", "MA"), ("欧阳 娜娜", "娜"), ("", "")],
)
def test_initials(name, letters):
    assert words.initials(name) == letters


def test_percent_has_one_decimal_only_below_ten():
    assert (words.percent_words(14.4), words.percent_words(9.25), words.percent_words(9)) == (
        "14%",
        "9.3%",
        "9%",
    )
