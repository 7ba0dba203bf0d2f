"""Reminders of rotation: each mark once, whoever asks how often, to whoever answers when it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Notice
from accounts.selectors.notifications import inbox
from crm.services import changesets, ownership
from handover.models import RotationExemption, RotationReminder
from handover.services import rotation_reminders as reminders
from kit import outbox
from kit.dates import company_zone, today
from kit.outbox import Effect
from tests.crm.changesets_world import approved, proposed
from tests.handover.rotation_world import MANAGER, away, since

TERM = 180
CODES = ("rotation.due", "rotation.overdue")


def sent():
    """Everything that waits is sent. Returns (who, code, days) of each notice about rotation."""
    while outbox.relay():
        pass
    rows = Notice.objects.filter(code__in=CODES).select_related("person").order_by("pk")
    return [(one.person.username, one.code, one.values["days"]) for one in rows]


def reminded(cast, left, customer=None):
    """What is sent when the clock of a customer has so many days left."""
    since(customer or cast.huadong, TERM - left)
    reminders.remind()
    return sent()


@pytest.mark.parametrize(
    ("left", "mark"), [(31, None), (30, -30), (14, -14), (7, -7), (1, -7), (0, -7)]
)
def test_the_account_manager_is_reminded_of_the_last_mark_that_has_come(cast, left, mark):
    found = reminded(cast, left)
    assert found == ([] if mark is None else [("rep.east", "rotation.due", mark)])


def test_a_mark_is_sent_once_however_often_beat_asks(cast):
    assert len(reminded(cast, 30)) == 1
    for _again in range(3):
        assert reminders.remind() == 0
    assert len(sent()) == 1


def test_each_mark_has_its_day_and_each_is_claimed_once(cast):
    since(cast.huadong, TERM - 30)
    for left in (30, 30, 20, 14, 14, 8, 7, 3, 0):
        reminders.remind(today(company_zone()) + timedelta(days=30 - left))
    assert [days for _who, _code, days in sent()] == [-30, -14, -7]


@pytest.mark.parametrize(("over", "who"), [(0, set()), (1, {"rep.east", "lead.east"}),
                         (10, {"rep.east", "lead.east", "head.sales"}),
                         (30, {"rep.east", "lead.east", "head.sales", "director"})])  # fmt: skip
def test_after_a_time_without_workers_all_overdue_marks_are_told_once(cast, over, who):
    found = reminded(cast, -over)
    assert {name for name, _code, days in found if days > 0} == who
    assert len(found) == len(set(found))


def test_many_clocks_of_one_person_are_one_notice_for_each_head(cast):
    from tests.crm.changesets_world import held

    customer = type(cast.huadong)
    for pk in held(cast, 5):
        since(customer(pk=pk), TERM + 5)
    reminders.remind()
    heads = [row for row in sent() if row[1] == "rotation.overdue"]
    assert heads == [("lead.east", "rotation.overdue", 1)]
    assert RotationReminder.objects.filter(who="supervisor").count() == 5
    [line] = [one.line.text for one in inbox(cast.he)[0] if one.code == "rotation.overdue"]
    assert line.startswith("5 rotations of Li Wei")


# -- whoever answers at the moment of sending ------------------------------------------------------
def test_who_stands_in_when_it_is_sent_is_told(cast, absent):
    since(cast.huadong, TERM - 30)
    reminders.remind()
    absent(cast.li)
    assert sent() == [("rep.east2", "rotation.due", -30)]


def test_the_next_head_is_told_while_the_lead_is_away(cast, absent):
    since(cast.huadong, TERM + 1)
    reminders.remind()
    absent(cast.he)
    assert ("head.sales", "rotation.overdue", 1) in sent()


def test_nobody_is_told_of_a_clock_that_has_stopped_meanwhile(cast):
    since(cast.huadong, TERM + 1)
    reminders.remind()
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=MANAGER, person=cast.wu)
    assert sent() == []


def exempted(cast, days):
    until = today(company_zone()) + timedelta(days=days)
    return RotationExemption.objects.create(
        customer=cast.huadong, person=cast.li, reason="customer_request", until=until, state="approved",
        asked_by=cast.li, second_contact=cast.chen,
    )  # fmt: skip


@pytest.mark.parametrize(("left", "mark"), [(60, None), (31, None), (30, -30), (14, -14), (7, -7), (0, -7)])  # fmt: skip
def test_an_exemption_brings_its_own_marks_before_its_end(cast, left, mark):
    since(cast.huadong, TERM + 40)
    exempted(cast, left)
    reminders.remind()
    assert sent() == ([] if mark is None else [("rep.east", "rotation.due", mark)])


def test_a_mark_that_reached_nobody_comes_again_with_its_clock(cast):
    since(cast.huadong, TERM - 30)
    reminders.remind()
    one = approved(cast, proposed(cast, [cast.huadong.pk], taker="wu"))
    assert sent() == []  # something is on its way: nobody is told
    changesets.cancel(actor=cast.he, change_set=one)
    reminders.remind()
    assert sent() == [("rep.east", "rotation.due", -30)]
    assert reminders.remind() == 0


def test_of_many_marks_only_those_that_reached_nobody_come_again(cast):
    from tests.crm.changesets_world import held

    ids = held(cast, 3)
    for pk in ids:
        since(type(cast.huadong)(pk=pk), TERM + 1)
    reminders.remind()
    one = approved(cast, proposed(cast, ids[:1], taker="wu"))
    assert [row for row in sent() if row[0] == "lead.east"] == [
        ("lead.east", "rotation.overdue", 1)
    ]
    changesets.cancel(actor=cast.he, change_set=one)
    assert reminders.remind() == 2  # of the one: its manager and the head
    assert len([row for row in sent() if row[0] == "lead.east"]) == 2


def test_nobody_is_reminded_while_the_clock_stands_still(cast):
    since(cast.huadong, 175)
    away(cast.li, 70, None)
    reminders.remind()
    assert sent() == []


def test_the_notice_is_read_in_words_and_gone_customers_are_not_named(cast):
    reminded(cast, -1)
    [line] = [one.line for one in inbox(cast.li)[0] if one.code == "rotation.due"]
    assert "华东机电" in line.text and line.customers == [cast.huadong.pk]
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=MANAGER, person=cast.wu)
    [line] = [one.line for one in inbox(cast.li)[0] if one.code == "rotation.due"]
    assert "华东机电" not in line.text and not line.leads


# -- two beats, three sweepers ---------------------------------------------------------------------
def test_two_beats_and_three_sweepers_send_each_mark_once(committed):
    from tests.crm.changesets_world import held

    customer = type(committed.huadong)
    with transaction.atomic():
        ids = held(committed, 40)
    for pk in ids:
        since(customer(pk=pk), TERM + 1)

    def closed(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        beats = [pool.submit(closed, reminders.remind) for _beat in range(2)]
        claimed = sorted(beat.result() for beat in beats)
        sweeps = [pool.submit(closed, outbox.relay) for _sweeper in range(3)]
        for sweep in sweeps:
            sweep.result()
    assert claimed[0] + claimed[1] == RotationReminder.objects.count()
    managers = RotationReminder.objects.filter(who="account_manager", days=1)
    assert managers.count() == Notice.objects.filter(code="rotation.due").count() == 40
    assert not Effect.objects.filter(done_at=None, payload__code__in=CODES).exists()
