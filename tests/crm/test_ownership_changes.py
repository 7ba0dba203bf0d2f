"""Seats change hands: instants, plans, refusals."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from psycopg2.extras import DateTimeTZRange

from accounts.models import Membership, TrailEntry
from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from crm.selectors import ownership as ask
from crm.services import ownership, seats
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict, Refused
from tests.cast import START

MANAGER, BACKUP, LINE, KEY = Seat


def periods(customer, seat=MANAGER):
    return list(Assignment.objects.filter(customer=customer, seat=seat).order_by("period"))


def soon(**units):
    return database_now() + timedelta(**units)


def give(cast, person, seat=MANAGER, actor="he", customer="huadong", **more):
    return ownership.assign(
        actor=cast[actor], customer=getattr(cast, customer), seat=seat, person=cast[person], **more
    )


def test_five_changes_within_a_second_leave_five_ordered_periods(cast):
    for name in ("chen", "li", "chen", "li", "chen"):
        give(cast, name)
    rows = periods(cast.huadong)
    assert [row.person.name for row in rows] == ["李伟", "陈洁", "李伟", "陈洁", "李伟", "陈洁"]
    for before, after in pairwise(rows):
        assert before.period.lower < before.period.upper == after.period.lower
    assert rows[-1].period.upper is None


def test_changes_at_the_same_instant_of_the_clock_still_follow_each_other(cast, monkeypatch):
    frozen = database_now() + timedelta(milliseconds=1)
    monkeypatch.setattr(seats, "database_now", lambda: frozen)
    for name in ("chen", "li", "chen"):
        give(cast, name)
    rows = periods(cast.huadong)
    assert [row.period.lower for row in rows[1:]] == [
        frozen, frozen + seats.TICK, frozen + 2 * seats.TICK
    ]  # fmt: skip


@pytest.mark.parametrize(
    "back", [timedelta(milliseconds=200), timedelta(hours=1), timedelta(days=1)]
)
def test_a_clock_that_was_set_back_leaves_no_gap_and_no_empty_period(cast, monkeypatch, back):
    monkeypatch.setattr(seats, "database_now", lambda: soon() - back)
    give(cast, "chen")
    give(cast, "li")
    rows = periods(cast.huadong)
    for before, after in pairwise(rows):
        assert before.period.lower < before.period.upper == after.period.lower


def test_a_planned_start_takes_effect_by_itself_and_the_present_holder_stays_until_then(cast):
    at = soon(days=3)
    give(cast, "chen", starts_at=at)
    assert ask.holder(cast.huadong) == cast.li
    assert ask.holder(cast.huadong, at=at - seats.TICK) == cast.li
    assert ask.holder(cast.huadong, at=at) == cast.chen


def test_nothing_can_be_slipped_in_before_a_plan(cast):
    give(cast, "chen", starts_at=soon(days=3))
    for attempt in (
        lambda: give(cast, "he"),
        lambda: give(cast, "he", starts_at=soon(days=1)),
        lambda: ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER),
    ):
        with pytest.raises(Conflict, match="already planned"):
            attempt()
    assert len(periods(cast.huadong)) == 2


def test_a_plan_beyond_a_year_is_refused(cast):
    with pytest.raises(Refused, match="within a year"):
        give(cast, "chen", starts_at=soon(days=500))
    assert len(periods(cast.huadong)) == 1


def test_cancelling_a_plan_leaves_the_present_holder_and_the_backup_as_they_were(cast):
    plan = give(cast, "chen", starts_at=soon(days=3))
    assert periods(cast.huadong, BACKUP)[0].period.upper == plan.period.lower
    ownership.cancel_planned(actor=cast.he, customer=cast.huadong, assignment=plan)
    assert [row.period.upper for row in periods(cast.huadong)] == [None]
    assert [row.period.upper for row in periods(cast.huadong, BACKUP)] == [None]
    with pytest.raises(Conflict):
        ownership.cancel_planned(actor=cast.he, customer=cast.huadong, assignment=plan)


def test_cancelling_a_planned_end_keeps_the_holder(cast):
    row = ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER, ends_at=soon(days=3))[0]
    assert ask.holder(cast.huadong, at=soon(days=4)) is None
    ownership.cancel_planned(actor=cast.he, customer=cast.huadong, assignment=row)
    assert ask.holder(cast.huadong, at=soon(days=4)) == cast.li


def test_what_has_begun_cannot_be_cancelled(cast):
    row = give(cast, "chen")
    with pytest.raises(Conflict, match="already begun"):
        ownership.cancel_planned(actor=cast.he, customer=cast.huadong, assignment=row)


def test_a_plan_of_another_customer_cannot_be_cancelled_through_this_one(cast):
    plan = give(cast, "qian", actor="zhao", customer="nanqiao", starts_at=soon(days=3))
    with pytest.raises(Conflict):
        ownership.cancel_planned(actor=cast.zhao, customer=cast.huadong, assignment=plan)
    assert Assignment.objects.filter(pk=plan.pk).exists()


def test_the_backup_who_becomes_account_manager_leaves_the_backup_seat_at_that_instant(cast):
    row = give(cast, "chen")
    assert periods(cast.huadong, BACKUP)[0].period.upper == row.period.lower
    assert ask.holder(cast.huadong, BACKUP) is None
    verbs = TrailEntry.objects.filter(customer_id=cast.huadong.pk, verb="ownership.assign")
    assert [set(entry.changes) for entry in verbs] == [{"account_manager", "from"}, {"backup"}]


def test_the_account_manager_cannot_slip_into_a_smaller_seat(cast):
    with pytest.raises(Refused, match="account manager"):
        give(cast, "li", seat=BACKUP)
    assert ask.holder(cast.huadong) == cast.li and ask.holder(cast.huadong, BACKUP) == cast.chen


def test_the_key_account_team_has_several_members_each_once(cast):
    give(cast, "he", seat=KEY)
    give(cast, "qian", seat=KEY)
    with pytest.raises(Refused, match="already holds"):
        give(cast, "qian", seat=KEY)
    ownership.end(actor=cast.he, customer=cast.huadong, seat=KEY, person=cast.qian)
    assert [row.person for row in Assignment.objects.current().filter(seat=KEY)] == [cast.he]


@pytest.mark.parametrize("name", ["mo", "bai", "ren"])
def test_who_is_going_or_gone_receives_nothing(cast, name):
    with pytest.raises(Refused, match="cannot receive"):
        give(cast, name)
    assert ask.holder(cast.huadong) == cast.li


def test_a_role_that_does_not_fit_the_seat_is_refused(cast):
    for name, seat in (("tang", MANAGER), ("gao", BACKUP), ("chen", LINE), ("fang", KEY)):
        with pytest.raises(Refused, match="role"):
            give(cast, name, seat=seat, actor="sun")


def test_a_lead_gives_only_to_people_of_the_own_team_a_head_to_the_whole_department(cast):
    with pytest.raises(Refused, match="not in your part"):
        give(cast, "wu")
    give(cast, "wu", actor="zhao")
    assert ask.holder(cast.huadong) == cast.wu


def test_an_ended_seat_is_vacant_and_its_team_answers(cast):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER)
    assert ask.holder(cast.huadong) is None
    assert list(ask.vacant(Customer.objects.all())) == [cast.huadong]
    assert ask.acting_for(cast.huadong) == cast.chen
    ownership.end(actor=cast.he, customer=cast.huadong, seat=BACKUP)
    assert ask.acting_for(cast.huadong) == cast.he
    with pytest.raises(Conflict, match="Nobody holds"):
        ownership.end(actor=cast.he, customer=cast.huadong, seat=BACKUP)


def test_the_unit_follows_the_account_manager_to_another_team(cast):
    give(cast, "wu", actor="zhao")
    cast.huadong.refresh_from_db()
    assert cast.huadong.home_unit == cast.units["south"]


def test_a_plan_for_a_vacant_customer_leaves_it_with_its_unit_until_somebody_has_held_it(cast):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER)
    give(cast, "wu", actor="zhao", starts_at=soon(days=2))
    cast.huadong.refresh_from_db()
    assert cast.huadong.home_unit == cast.units["east"]
    assert ask.acting_for(cast.huadong) == cast.chen


def test_acting_climbs_from_the_backup_to_the_team_to_the_department(cast, absent):
    assert ask.acting_for(cast.huadong) is None
    absent(cast.li)
    assert ask.acting_for(cast.huadong) == cast.chen
    absent(cast.chen)
    assert ask.acting_for(cast.huadong) == cast.he
    absent(cast.he)
    assert ask.acting_for(cast.huadong) == cast.zhao
    assert ask.answers_for(cast.nanqiao) == cast.wu


def test_who_has_left_since_still_answered_then(cast):
    before = database_now()
    cast.li.state = "left"
    cast.li.save()
    assert ask.answers_for(cast.huadong) == cast.chen
    assert ask.answers_for(cast.huadong, before) == cast.li


def test_nobody_acts_for_themselves(cast, absent):
    give(cast, "he")
    absent(cast.he)
    ownership.end(actor=cast.zhao, customer=cast.huadong, seat=BACKUP)
    assert ask.acting_for(cast.huadong) == cast.zhao


def test_who_answered_on_a_day_is_who_held_the_seat_at_its_end_in_the_company_zone(cast):
    zone, customer = ZoneInfo("Asia/Shanghai"), cast.nanqiao
    Assignment.objects.filter(customer=customer).delete()
    turn = datetime(2026, 3, 9, 20, tzinfo=UTC)  # four in the morning of the 10th in Shanghai
    for name, lower, upper in (("wu", START, turn), ("qian", turn, None)):
        Assignment.objects.create(
            customer=customer, person=cast[name], seat=MANAGER, made_by=cast.system,
            period=DateTimeTZRange(lower, upper, "[)"),
        )  # fmt: skip
    rows = Assignment.objects.filter(customer=customer)
    assert rows.on(date(2026, 3, 9), zone).get().person == cast.wu
    assert rows.on(date(2026, 3, 10), zone).get().person == cast.qian
    assert {row.person for row in rows.during(date(2026, 3, 10), zone)} == {cast.wu, cast.qian}
    assert {row.person for row in rows.during(date(2026, 3, 9), zone)} == {cast.wu}


def test_history_shows_every_gap(cast):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER)
    give(cast, "chen")
    steps = ask.history(cast.huadong, MANAGER)
    assert [step.person and step.person.name for step in steps] == ["李伟", None, "陈洁"]


def test_the_constraints_refuse_what_a_race_would_leave(cast):
    from django.db import IntegrityError, transaction

    for seat, person, name in (
        (MANAGER, cast.qian, "one_holder_per_seat"),
        (BACKUP, cast.wu, "seats_are_different_people"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Assignment.objects.create(
                customer=cast.nanqiao, person=person, seat=seat, made_by=cast.system,
                period=DateTimeTZRange(database_now(), None, "[)"), reason=Reason.OTHER,
            )  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_notice_reaches_whoever_holds_the_seat_when_it_is_sent(cast):
    outbox.Effect.objects.all().delete()
    plan = give(cast, "chen", starts_at=soon(milliseconds=400))
    ownership.cancel_planned(actor=cast.he, customer=cast.huadong, assignment=plan)
    give(cast, "chen", seat=KEY)
    outbox.Effect.objects.update(due_at=database_now() - timedelta(seconds=1))
    outbox.relay()
    assert cast.chen.notices.count() == 1


def test_home_unit_of_a_head_is_the_unit_they_lead(cast):
    Membership.objects.filter(person=cast.qian, post="member").delete()
    give(cast, "qian", actor="zhao")
    cast.huadong.refresh_from_db()
    assert cast.huadong.home_unit == cast.units["south"]


def test_before_the_first_record_nobody_answered(cast):
    early = datetime(2025, 5, 1, tzinfo=UTC)  # the teams had their heads already
    assert ask.answers_for(cast.nanqiao, early) is None
    assert ask.acting_for(cast.nanqiao, early) is None


def test_a_customer_vacant_since_it_was_made_has_somebody_who_answers(cast):
    vacant = Customer.objects.create(
        name="Vacant Works", legal_name="Vacant Works", tier="C", status="active",
        home_unit=cast.units["east"], origin="referral",
    )  # fmt: skip
    assert ask.answers_for(vacant, database_now()) == cast.he
