"""Whether a handover will be finished in time, beside a plain count."""

from datetime import UTC, datetime, timedelta
from statistics import median
from types import SimpleNamespace

import pytest

from accounts.selectors.calendar import add_working_days, working_calendar
from handover.selectors import burndown
from kit.dates import company_zone, today


def a_task(departure, weight_of="", closed=None, due=None, made=None):
    handover = SimpleNamespace(tier=weight_of) if weight_of else None
    return SimpleNamespace(
        departure=departure, handover=handover, handover_id=1 if handover else None,
        made_at=made and datetime(made.year, made.month, made.day, 5, tzinfo=UTC),
        due_on=due or departure.last_day, is_open=closed is None,
        closed_at=closed and datetime(closed.year, closed.month, closed.day, 4, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def departure(db):
    opened = add_working_days(today(company_zone()), -8)
    return SimpleNamespace(
        last_day=add_working_days(today(company_zone()), 10), closed_at=None,
        opened_at=datetime(opened.year, opened.month, opened.day, 2, tzinfo=UTC),
    )  # fmt: skip


def test_what_is_left_is_weighted_by_tier_and_leaves_out_what_comes_later(departure):
    later = departure.last_day + timedelta(days=30)
    rows = [a_task(departure, tier) for tier in ("A", "B", "C", "")]
    found = burndown.of(departure, [*rows, a_task(departure, "A", due=later)])
    assert (found.total, found.left) == (5 + 3 + 1 + 1, 10)
    assert found.finish is None and "Nothing was finished" in found.sentence


def test_the_forecast_is_the_median_of_the_last_five_working_days(departure):
    now, calendar = today(company_zone()), working_calendar()
    done = {back: calendar.add_working_days(now, -back) for back in (1, 2, 3, 4)}
    rows = [a_task(departure, "A", closed=day) for day in done.values()]
    rows += [a_task(departure, "A") for _more in range(30)]
    found = burndown.of(departure, rows)
    by_day = dict.fromkeys(done.values(), 5)
    working = [now - timedelta(days=back) for back in range(40)]
    working = [day for day in working if calendar.is_working_day(day)][:5]
    plain = median(by_day.get(day, 0) for day in working)
    assert found.pace == plain and found.left == 150
    ahead = -(-150 // plain)
    assert found.finish == calendar.add_working_days(now, int(ahead))
    assert found.late == calendar.working_days_between(departure.last_day, found.finish)
    assert f"{found.late} working days late" in found.sentence


def test_what_is_added_is_a_step_up_and_does_not_slow_the_pace(departure):
    day, calendar = today(company_zone()), working_calendar()
    before = calendar.add_working_days(day, -2)
    plain = [a_task(departure, "A") for _more in range(4)] + [a_task(departure, "A", closed=before)]
    added = [a_task(departure, "B", made=before), a_task(departure, made=day)]
    found, without = burndown.of(departure, plain + added), burndown.of(departure, plain)
    left, other = dict(found.days), dict(without.days)
    assert found.total == without.total == 25 and found.scope == 4
    assert all(left[one] == other[one] for one in left if one < before)
    assert (left[before], left[day]) == (other[before] + 3, other[day] + 4)
    assert found.pace == without.pace and found.most == 25
    assert sum(more for *_rest, more in found.rows) == 4
    assert "<svg" in burndown.picture(found)


def test_all_done_says_so_and_the_picture_has_its_numbers(departure):
    day = today(company_zone())
    found = burndown.of(departure, [a_task(departure, "A", closed=day)])
    assert found.left == 0 and "done" in found.sentence
    assert "<svg" in burndown.picture(found) and found.rows[-1][0] == day


def test_a_plan_without_an_opening_has_no_picture(departure):
    departure.opened_at = None
    assert burndown.of(departure, []) is None
