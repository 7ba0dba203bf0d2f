"""The reminder in the morning: once, to whoever is to do it then, and none for what is no more due."""

from datetime import UTC, datetime

import pytest
from django.db.models.functions import Now

from accounts.models import Notice
from accounts.selectors.notifications import inbox
from crm.models import Task
from crm.seats import Seat
from crm.services import ownership, task_reminders, tasks
from kit import outbox
from kit.outbox import Effect
from tests.crm.test_tasks_service import away, day, give, plan


def waiting():
    return Effect.objects.filter(done_at=None, payload__code="task.due")


def morning():
    """The mornings of all reminders have come."""
    waiting().update(due_at=Now())
    while outbox.relay():
        pass
    return list(Notice.objects.filter(code="task.due").order_by("pk"))


def line(person, code="task.due"):
    """What the one notice of this kind says in somebody's inbox."""
    [notice] = [one for one in inbox(person)[0] if one.code == code]
    return notice.line


def reminded():
    return [notice.person for notice in morning()]


def test_a_task_has_one_reminder_at_half_past_eight_where_the_company_is(cast):
    task = plan(cast.li, cast.huadong)
    [effect] = waiting()
    at = datetime.combine(task.due_on, datetime.min.time(), UTC).replace(hour=0, minute=30)
    assert effect.due_at == at  # 08:30 in Shanghai


def test_who_is_to_do_it_is_reminded_once_and_reads_what(cast):
    plan(cast.li, cast.huadong, title="送样品")
    assert reminded() == [cast.li] and reminded() == [cast.li]
    said = line(cast.li)
    assert "送样品" in said.text and "华东机电" in said.text
    assert said.customers == [cast.huadong.pk]


@pytest.mark.parametrize("end", ["finish", "drop"])
def test_what_is_closed_reminds_nobody_and_opened_again_it_does_once(cast, end):
    task = plan(cast.li, cast.huadong)
    why = {"why": "客户取消了"} if end == "drop" else {}
    getattr(tasks, end)(actor=cast.li, task=task, **why)
    tasks.reopen(actor=cast.li, customer=cast.huadong, task=task)
    assert waiting().count() == 1
    getattr(tasks, end)(actor=cast.li, task=task, **why)
    assert reminded() == []


def test_another_day_has_the_reminder_of_that_day_only_also_there_and_back(cast):
    task = plan(cast.li, cast.huadong)
    for version, ahead in enumerate((5, 3, 5), 1):
        tasks.change(actor=cast.li, task=task, values={"due_on": day(ahead)}, version=version)
    assert waiting().count() == 2
    assert reminded() == [cast.li]
    assert Notice.objects.get(code="task.due").due_on == day(5)


def test_a_change_of_words_brings_no_second_reminder(cast):
    task = plan(cast.li, cast.huadong)
    tasks.change(actor=cast.li, task=task, values={"title": "x"}, version=1)
    assert waiting().count() == 1


def test_a_morning_that_is_over_brings_none(cast, monkeypatch):
    monkeypatch.setattr(task_reminders, "database_now", lambda: task_reminders.morning(day(1)))
    plan(cast.li, cast.huadong, due_on=day(1))
    assert not waiting().exists()


def test_the_reminder_goes_to_whom_the_task_was_given_to(cast):
    task = plan(cast.li, cast.huadong)
    give(cast.li, task, cast.chen)
    assert reminded() == [cast.chen]


def test_the_reminder_of_somebody_away_goes_to_who_stands_in(cast):
    plan(cast.li, cast.huadong)
    away(cast.li)
    [notice] = morning()
    assert notice.person == cast.chen
    assert "who is not here" in line(cast.chen).text


def test_nobody_is_reminded_of_a_customer_they_cannot_see_any_more(cast):
    plan(cast.li, cast.huadong)
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    assert reminded() == [cast.wu]


def test_who_is_given_a_task_is_told_by_whom_and_who_plans_for_oneself_is_not(cast):
    task = plan(cast.he, cast.huadong, title="送样品")
    give(cast.he, task, cast.chen)
    while outbox.relay():
        pass
    [notice] = Notice.objects.filter(code="task.given")
    assert notice.person == cast.chen
    said = line(cast.chen, "task.given")
    assert "He Jun" in said.text and "送样品" in said.text
    Task.objects.filter(pk=task.pk).update(customer=cast.nanqiao)
    said = line(cast.chen, "task.given")
    assert "送样品" not in said.text and not said.leads
