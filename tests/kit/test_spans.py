"""A period is said in words, whether its ends are days or instants, known or open."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from kit.templatetags import formats
from kit.templatetags.formats import span

DAY, LATER = date(2026, 3, 2), date(2026, 3, 9)


@pytest.fixture(autouse=True)
def in_shanghai(monkeypatch):
    """The company's zone, without its database."""
    monkeypatch.setattr(formats, "company_zone", lambda: ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("ends", "english", "chinese"),
    [
        ((DAY, LATER), "2 to 9 Mar 2026", "2026年3月2日至9日"),
        ((DAY, None), "since 2 Mar 2026", "自 2026年3月2日 起"),
        ((None, LATER), "until 9 Mar 2026", "至2026年3月9日"),
        ((None, None), "always", "一直"),
    ],
)
def test_days_are_said_also_where_an_end_is_open(ends, english, chinese):
    for language, expected in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert span(*ends) == expected


def test_the_day_on_which_a_period_of_instants_ends_is_said_with_its_last_day():
    with translation.override("en"):
        assert span(None, datetime(2026, 3, 9, 16, tzinfo=UTC)) == "until 9 Mar 2026"
