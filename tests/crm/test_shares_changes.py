"""Shares: a right on one customer, for one person, until an instant, with a reason."""

import time
from datetime import timedelta

import pytest
from django.http import Http404

from accounts.access import Action, can
from accounts.models import TrailEntry
from accounts.selectors.sentences import Reader
from accounts.services import people
from crm.models import Share
from crm.seats import Seat
from crm.selectors.access_index import faults
from crm.services import ownership, shares
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from tests.leaving import holding_on


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


# -- an existing share -----------------------------------------------------------------------------


def change(cast, share, right="read_customer", actor="he", why="Takes longer", days=30):
    return shares.change(
        actor=cast[actor], customer=cast.huadong, share=share, person=share.user, right=right,
        until=database_now() + timedelta(days=days), why=why,
    )  # fmt: skip


def test_a_lead_extends_a_share_and_both_rows_tell_it(cast):
    first = grant(cast)
    second = change(cast, first)
    first.refresh_from_db()
    assert first.period.upper == second.period.lower
    assert second.period.upper - second.period.lower > timedelta(days=29)
    assert can(cast.wu, None, cast.huadong)
    told = TrailEntry.objects.filter(verb="shares.change").order_by("pk")
    assert [entry.subject_id for entry in told] == [str(first.pk), str(second.pk)]
    assert told[1].changes["replaces"] == [None, first.pk]


def test_a_lead_changes_the_right_of_a_share_and_the_old_right_is_gone(cast):
    first = grant(cast, right="log_customer")
    change(cast, first, right="read_customer")
    assert can(cast.wu, None, cast.huadong)
    assert not can(cast.wu, Action.ACTIVITY_LOG, cast.huadong)


def test_a_share_that_has_not_begun_is_replaced_from_its_own_start(cast):
    starts = database_now() + timedelta(days=2)
    plan = shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer", why="Fair",
        starts_at=starts, until=starts + timedelta(days=4),
    )  # fmt: skip
    assert change(cast, plan).period.lower == starts
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"right": "delete_customer"}, "right"),
        ({"why": " "}, "why"),
        ({"days": -1}, "until"),
        ({"days": 500}, "until"),
    ],
)
def test_a_bad_change_of_a_share_is_refused_at_its_field(cast, values, field):
    share = grant(cast)
    with pytest.raises(Refused) as refused:
        change(cast, share, **values)
    assert list(refused.value.fields) == [field]
    assert Share.objects.get().period == share.period


def test_a_share_that_is_over_or_of_somebody_else_cannot_be_changed(cast):
    share = grant(cast)
    shares.revoke(actor=cast.he, customer=cast.huadong, share=share)
    with pytest.raises(Conflict):
        change(cast, share)
    other = grant(cast)
    with pytest.raises(Conflict):
        shares.change(
            actor=cast.he, customer=cast.huadong, share=other, person=cast.chen, why="x",
            right="read_customer", until=database_now() + timedelta(days=3),
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        change(cast, other, actor="li")
    assert Share.objects.count() == 2


def test_nobody_on_notice_has_a_share_made_longer(cast):
    share = grant(cast)
    people.set_state(actor=cast.hu, person=cast.wu, state="on_notice", reason="Resigned")
    with pytest.raises(Refused, match="cannot receive"):
        change(cast, share)


# -- who sees it already ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "right"),
    [("li", "settlement_customer"), ("chen", "read_customer"), ("chen", "log_customer")],
)
def test_whom_a_seat_gives_the_right_already_needs_no_share(cast, person, right):
    with pytest.raises(Refused, match="seat") as refused:
        grant(cast, person=person, right=right)
    assert list(refused.value.fields) == ["person"]
    assert not Share.objects.exists()


def test_a_share_may_give_more_than_a_seat_and_last_longer_than_one(cast):
    grant(cast, person="chen", right="edit_customer")
    ownership.end(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER,
        ends_at=database_now() + timedelta(days=2),
    )  # fmt: skip
    grant(cast, person="li", right="read_customer")
    assert Share.objects.count() == 2


# -- the receiver is told --------------------------------------------------------------------------


def test_the_receiver_is_told_of_a_share_in_their_own_language(cast, client):
    grant(cast)
    outbox.relay()
    client.force_login(cast.wu)
    for language, words in (("en", "He Jun shared 华东机电 with you"), ("zh-hans", "何军")):
        client.cookies["language"] = language
        assert words in client.get("/inbox").content.decode()


def test_a_share_that_is_over_names_no_customer_in_the_inbox(cast, client):
    share = grant(cast)
    outbox.relay()
    shares.revoke(actor=cast.he, customer=cast.huadong, share=share)
    client.force_login(cast.wu)
    page = client.get("/inbox").content.decode()
    assert "华东机电" not in page
    assert not cast.wu.notices.filter(code="share.given", read_at=None).exists()


def test_nobody_is_told_of_a_share_taken_back_before_it_was_sent(cast):
    share = grant(cast)
    shares.revoke(actor=cast.he, customer=cast.huadong, share=share)
    outbox.relay()
    assert not cast.wu.notices.filter(code="share.given").exists()


# -- who leaves, who is frozen ---------------------------------------------------------------------


def plan(cast, person="wu"):
    starts = database_now() + timedelta(days=2)
    return shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast[person], right="log_customer",
        why="Fair", starts_at=starts, until=starts + timedelta(days=4),
    )  # fmt: skip


def become(cast, state, person="wu"):
    with holding_on():
        people.set_state(
            actor=cast.system, person=cast[person], state=state, reason="Personnel file"
        )
    cast[person].refresh_from_db()


def test_who_leaves_loses_every_share_in_the_same_act_and_the_trail_says_so(cast):
    running, ahead = grant(cast), plan(cast)
    become(cast, "left")
    running.refresh_from_db()
    assert running.period.upper <= database_now()
    assert not Share.objects.filter(pk=ahead.pk).exists()
    told = TrailEntry.objects.filter(verb="people.set_state", subject_type="crm.share")
    assert {entry.subject_id for entry in told} == {str(running.pk), str(ahead.pk)}
    assert {entry.customer_id for entry in told} == {cast.huadong.pk}
    assert {entry.reason for entry in told} == {"Personnel file"}
    sentence = Reader(cast.sun, told[:1]).told()[0].sentence
    assert "with <" in sentence and "Wu Hao" in sentence and "who has left" in sentence
    assert not list(faults([cast.huadong.pk]))


def test_who_comes_back_finds_no_share_of_before(cast):
    grant(cast)
    become(cast, "left")
    become(cast, "active")
    assert not can(cast.wu, None, cast.huadong)


def test_a_freeze_takes_the_rights_and_its_lifting_gives_back_exactly_them(cast):
    read, ahead = grant(cast), plan(cast)
    before = list(Share.objects.order_by("pk").values())
    become(cast, "frozen")
    assert not can(cast.wu, None, cast.huadong)
    become(cast, "active")
    assert list(Share.objects.order_by("pk").values()) == before
    assert can(cast.wu, None, cast.huadong) and {read.pk, ahead.pk} == {r["id"] for r in before}


def test_on_notice_a_share_still_shows_and_gives_nothing_more(cast):
    grant(cast, right="edit_customer")
    become(cast, "on_notice")
    assert can(cast.wu, None, cast.huadong)
    assert not can(cast.wu, Action.CUSTOMER_EDIT, cast.huadong)


def test_what_a_leaver_gave_to_others_runs_on_until_its_end(cast):
    share = grant(cast, actor="zhao")
    become(cast, "left", person="zhao")
    share.refresh_from_db()
    assert share.period.upper > database_now()
    assert can(cast.wu, None, cast.huadong)


# -- a refusal tells no secret ---------------------------------------------------------------------


def refusal(cast, person, right="read_customer", actor="he"):
    with pytest.raises(Refused) as refused:
        grant(cast, person=person, right=right, actor=actor)
    assert not Share.objects.exists()
    return list(refused.value.fields.items())


def test_on_notice_absent_and_unfit_look_alike_to_whoever_may_not_know(cast, absent):
    unfit = refusal(cast, "tang")
    become(cast, "on_notice")
    on_notice = refusal(cast, "wu")
    become(cast, "active")
    absent(cast.wu)
    assert refusal(cast, "wu") == on_notice == unfit
    assert "absence, role or employment" in str(unfit)


def test_who_may_know_the_state_is_told_what_it_is(cast, absent):
    assert "cannot receive customers now" in str(refusal(cast, "mo"))
    assert "role" in str(refusal(cast, "tang", actor="sun"))
    absent(cast.wu)
    assert "away" in str(refusal(cast, "wu", actor="zhao"))
