"""Shares: a right on one customer, for one person, until an instant, with a reason."""

import time
from datetime import timedelta

import pytest
from django.http import Http404

from accounts.access import Action, can
from crm.models import Share
from crm.services import shares
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused


def grant(cast, person="wu", right="read_customer", actor="he", why="Trade fair", **until):
    until = until or {"days": 7}
    return shares.grant(
        actor=cast[actor], customer=cast.huadong, person=cast[person], right=right, why=why,
        until=database_now() + timedelta(**until),
    )  # fmt: skip


def test_a_share_opens_exactly_its_right(cast):
    grant(cast, right="log_customer")
    assert can(cast.wu, Action.ACTIVITY_LOG, cast.huadong)
    assert can(cast.wu, Action.SEAT_HISTORY, cast.huadong)
    for action in (Action.CUSTOMER_EDIT, Action.SETTLEMENT_VIEW, Action.PRIVATE_VIEW):
        assert not can(cast.wu, action, cast.huadong)


def test_a_share_never_climbs_to_the_lead_of_whoever_has_it(cast):
    grant(cast)
    assert not can(cast.qian, None, cast.huadong)


def test_a_share_that_ends_in_a_second_is_gone_in_the_next(cast):
    share = grant(cast, seconds=1)
    assert can(cast.wu, None, cast.huadong)
    while database_now() < share.period.upper:
        time.sleep(0.05)
    assert not can(cast.wu, None, cast.huadong)
    grant(cast)  # an expired share does not block the next
    assert can(cast.wu, None, cast.huadong)


def test_a_share_that_is_still_planned_gives_nothing_yet(cast):
    shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer", why="Fair",
        starts_at=database_now() + timedelta(days=2), until=database_now() + timedelta(days=4),
    )  # fmt: skip
    assert not can(cast.wu, None, cast.huadong)


def test_revoking_ends_it_at_once_and_only_it(cast):
    read, log = grant(cast), grant(cast, right="log_customer")
    shares.revoke(actor=cast.he, customer=cast.huadong, share=log)
    assert can(cast.wu, None, cast.huadong) and not can(cast.wu, Action.ACTIVITY_LOG, cast.huadong)
    shares.revoke(actor=cast.he, customer=cast.huadong, share=read)
    assert not can(cast.wu, None, cast.huadong)
    with pytest.raises(Conflict):
        shares.revoke(actor=cast.he, customer=cast.huadong, share=read)


def test_the_same_right_twice_is_a_conflict_and_changes_nothing(cast):
    grant(cast)
    with pytest.raises(Conflict, match="already has this right"):
        grant(cast)
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"right": "delete_customer"}, "right"),
        ({"why": "  "}, "why"),
        ({"seconds": -1}, "until"),
        ({"days": 500}, "until"),
        ({"person": "mo"}, "person"),
        ({"person": "bai"}, "person"),
        ({"person": "tang"}, "person"),
        ({"person": "he"}, "person"),
        ({"person": "gao", "right": "edit_customer"}, "person"),
    ],
)
def test_what_cannot_be_shared_is_refused_at_its_field(cast, change, field):
    with pytest.raises(Refused) as refused:
        grant(cast, **change)
    assert list(refused.value.fields) == [field]
    assert not Share.objects.exists()


def test_a_rep_may_not_share_and_a_stranger_learns_nothing(cast):
    with pytest.raises(NotAllowed):
        grant(cast, actor="li")
    with pytest.raises(Http404):
        grant(cast, actor="qian")
    assert not Share.objects.exists()
