"""What is due is said on its morning and when it is overdue, once, to whoever answers then."""

from datetime import timedelta

import pytest

from accounts import audit
from accounts.models import Notice
from accounts.selectors.calendar import add_working_days
from accounts.selectors.notifications import with_lines
from crm.services.task_reminders import morning
from handover.models import Departure, HandoverTask
from handover.services import handover_reminders, handover_tasks
from kit import outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.outbox import Effect
from tests.handover.world import case, task


@pytest.fixture
def planned(cast):
    """Two tasks of li and one of finance, all due on the same day next week."""
    departure = case(cast)
    day = add_working_days(today(company_zone()), 5)
    made = [task(cast, departure, person, key=key, due_on=day)
            for person, key in ((cast.li, "a"), (cast.li, "b"), (cast.tang, "c"))]  # fmt: skip
    with audit.verb("tests", cast.hu):
        handover_reminders.plan(departure)
    return departure, day, made


def run_all():
    """Carry out every reminder that waits, as if its time had come. Returns the new notices."""
    before = set(Notice.objects.values_list("pk", flat=True))
    waiting = Effect.objects.filter(kind=handover_reminders.KIND, done_at=None)
    waiting.update(due_at=database_now())
    outbox.relay()
    rows = (
        Notice.objects.filter(code__startswith="handover.")
        .exclude(pk__in=before)
        .order_by("person__username")
    )
    return [(row.code, row.person.username, len(row.values["tasks"])) for row in rows]


def test_there_is_one_reminder_per_day_however_often_it_is_planned(cast, planned):
    departure, day, _made = planned
    with audit.verb("tests", cast.hu):
        handover_reminders.plan(departure)
    row = Effect.objects.get(kind=handover_reminders.KIND)
    assert (row.due_at, row.payload["mark"]) == (morning(day), 0)


def test_each_is_told_once_of_all_that_is_due_then_the_heads_then_hr(cast, planned):
    assert run_all() == [("handover.due", "finance", 1), ("handover.due", "rep.east", 2)]
    late = run_all()
    assert ("handover.late", "lead.east", 2) in late and len(late) == 2
    last = run_all()
    assert ("handover.late", "hr", 3) in last
    assert run_all() == []


def test_what_is_done_brings_no_reminder_and_who_is_away_is_stood_in_for(cast, planned, absent):
    _departure, _day, made = planned
    absent(cast.li)
    with audit.verb("tests", cast.tang):
        HandoverTask.objects.filter(pk=made[2].pk).update(
            state="done", closed_at=database_now(), closed_by=cast.tang
        )
    assert run_all() == [("handover.due", "lead.east", 2)]


def test_nobody_is_reminded_of_a_confidential_case(cast, planned):
    departure, _day, _made = planned
    until = database_now() + timedelta(days=9)
    with audit.verb("tests", cast.hu):
        Departure.objects.filter(pk=departure.pk).update(confidential_until=until)
    assert run_all() == []
    row = Effect.objects.get(kind=handover_reminders.KIND, done_at=None)
    assert row.due_at == until


def test_a_case_that_has_ended_reminds_nobody(cast, planned):
    departure, _day, _made = planned
    with audit.verb("tests", cast.hu):
        Departure.objects.filter(pk=departure.pk).update(state="withdrawn")
    assert run_all() == []


def test_a_notice_names_the_day_and_the_leaver(cast, planned):
    run_all()
    notice = Notice.objects.get(person=cast.li, code="handover.due")
    [shown] = with_lines(cast.li, [notice])
    text = str(shown.line.text)
    assert "2 handover tasks are due" in text and "Li Wei" in text


def test_what_is_opened_again_after_its_marks_is_reminded_of_from_the_next_morning(cast, planned):
    departure, _day, made = planned
    for _mark in range(3):
        run_all()
    with audit.verb("tests", cast.li):
        past = add_working_days(today(company_zone()), -9)
        Departure.objects.filter(pk=departure.pk).update(opened_at=database_now())
        HandoverTask.objects.filter(departure=departure).update(
            due_on=past, state="done", closed_at=database_now(), closed_by=cast.li
        )
    made[0].refresh_from_db()
    handover_tasks.reopen(actor=cast.hu, task=made[0])
    row = Effect.objects.get(kind=handover_reminders.KIND, done_at=None)
    assert row.due_at == morning(add_working_days(today(company_zone()), 1))
    assert run_all() == [("handover.due", "rep.east", 1)]
    assert run_all() == [("handover.late", "lead.east", 1)]
    assert ("handover.late", "hr", 1) in run_all()
    assert run_all() == []


def test_what_is_opened_again_on_a_day_that_was_told_of_is_told_of_again(cast, planned):
    _departure, day, made = planned
    for _mark in range(3):
        run_all()
    handover_tasks.finish(actor=cast.li, task=made[0], proof="All back")
    assert not Effect.objects.filter(kind=handover_reminders.KIND, done_at=None).exists()
    handover_tasks.reopen(actor=cast.hu, task=made[0])
    row = Effect.objects.get(kind=handover_reminders.KIND, done_at=None)
    assert row.due_at == morning(day)


def test_what_comes_after_the_last_day_is_reminded_of_when_the_case_is_closed(cast):
    departure = case(cast, days=3)
    late = task(cast, departure, cast.chen, key="solo_contact", step=7, blocking=False,
                due_on=departure.last_day + timedelta(days=9))  # fmt: skip
    task(cast, departure, cast.tang, key="x", blocking=False)
    with audit.verb("tests", cast.hu):
        handover_reminders.plan(departure)
        Departure.objects.filter(pk=departure.pk).update(
            state="closed", closed_at=database_now(), closed_by=cast.hu
        )
    assert run_all() == [("handover.due", "rep.east2", 1)]
    late.refresh_from_db()
    assert handover_tasks.finish(actor=cast.chen, task=late).state == "done"
