"""Why can this person see it? The reasons, with their dates."""

from datetime import timedelta

import pytest

from accounts.access import Action
from crm.seats import Seat
from crm.selectors.explain import Way, as_of, explain, permits
from crm.services import ownership, seats, shares
from kit.clock import database_now


def ways(cast, name, at=None, customer="huadong"):
    return [path.way for path in explain(cast[name], getattr(cast, customer), at)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("li", [Way.SEAT]), ("chen", [Way.SEAT]), ("gao", [Way.SEAT]), ("pan", [Way.LINE]),
        ("he", [Way.LEADS, Way.LEADS]), ("zhao", [Way.LEADS, Way.LEADS]), ("sun", [Way.ROLE]),
        ("fang", [Way.ROLE]), ("wu", []), ("qian", []), ("hu", []), ("bai", []), ("ren", []),
    ],
)  # fmt: skip
def test_each_has_the_reasons_of_their_place(cast, name, expected):
    assert ways(cast, name) == expected


def test_a_share_names_right_giver_reason_and_end(cast):
    until = database_now() + timedelta(days=5)
    shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer",
        why="Joint tender", until=until,
    )  # fmt: skip
    (path,) = explain(cast.wu, cast.huadong)
    assert (path.way, path.right, path.given_by, path.reason, path.until) == (
        Way.SHARE, "read_customer", cast.he, "Joint tender", until
    )  # fmt: skip
    assert explain(cast.wu, cast.huadong, until) == []


def test_a_lead_is_told_through_whose_seat(cast):
    first, second = explain(cast.he, cast.huadong)
    assert {(first.through, first.seat), (second.through, second.seat)} == {
        (cast.li, "account_manager"), (cast.chen, "backup")
    }  # fmt: skip
    assert first.unit == cast.units["east"]


def test_acting_says_for_whom_and_until_when(cast, absent):
    away = absent(cast.li)
    path = next(p for p in explain(cast.chen, cast.huadong) if p.way == Way.ACTING)
    assert (path.through, path.until) == (cast.li, away.period.upper)
    assert Action.CUSTOMER_EDIT in path.actions


def test_a_vacancy_is_answered_by_the_heads_above_its_unit(cast):
    for seat in (Seat.ACCOUNT_MANAGER, Seat.BACKUP):
        ownership.end(actor=cast.he, customer=cast.huadong, seat=seat)
    assert ways(cast, "he") == ways(cast, "zhao") == [Way.VACANCY]
    assert ways(cast, "qian") == []


def test_yesterday_is_explained_with_the_state_of_yesterday(cast):
    before = database_now()
    cast.li.state = "frozen"
    cast.li.save()
    assert explain(cast.li, cast.huadong) == []
    assert as_of(cast.li, before).state == "active"
    assert permits(explain(cast.li, cast.huadong, before))


def test_after_a_move_the_old_holder_has_reasons_only_before_it(cast):
    row = ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    at = row.period.lower
    for name, before, after in (("li", True, False), ("wu", False, True), ("qian", False, True)):
        assert permits(explain(cast[name], cast.huadong, at - seats.TICK)) == before
        assert permits(explain(cast[name], cast.huadong, at)) == after
