"""The pages of tasks: lists, the panel, forms, one tap, Today; and the visit that closes its plan."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import TrailEntry
from crm.models import Activity, Task
from crm.services import tasks
from tests.crm.test_tasks_service import away, day, plan


@pytest.fixture
def page(client, cast):
    """page(who, name, *arguments): the answer to who reads an address."""

    def read(who, name, *arguments, **query):
        client.force_login(cast[who])
        return client.get(reverse(name, args=arguments), query)

    return read


@pytest.fixture
def send(client, cast):
    """send(who, name, body, *arguments): the answer to what who posts."""

    def post(who, name, body, *arguments, **headers):
        client.force_login(cast[who])
        return client.post(reverse(name, args=arguments), body, **headers)

    return post


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def typed(cast, **values):
    return {
        "kind": "todo", "title": "送样品", "due_on": day().isoformat(), "person": cast.li.pk,
        "client_uuid": str(uuid.uuid4()),
    } | values  # fmt: skip


def late(task, days=2):
    """Make a task overdue, as time does."""
    Task.objects.filter(pk=task.pk).update(due_on=day(-days), starts_at=None)


def test_a_rep_plans_a_visit_by_the_form_and_finds_it_on_the_page(cast, send, page):
    body = typed(cast, kind="visit", starts_at="14:30", note="带样品")
    answer = send("li", "crm:task-new", body, cast.huadong.pk)
    task = Task.objects.get()
    assert (answer.status_code, answer.url) == (303, task.get_absolute_url())
    assert (task.kind, task.person, task.due_on) == ("visit", cast.li, day())
    shown = text(page("li", "crm:task", task.pk))
    assert "送样品" in shown and "14:30" in shown and "带样品" in shown
    assert "送样品" in text(page("li", "crm:customer-tasks", cast.huadong.pk))


def test_a_form_posted_twice_is_one_task(cast, send):
    body = typed(cast)
    places = {send("li", "crm:task-new", body, cast.huadong.pk).url for _again in range(2)}
    assert len(places) == Task.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"title": ""}, {"title": "x" * 201}, {"due_on": ""}, {"due_on": "tomorrow"},
        {"due_on": "2001-01-01"}, {"due_on": "9999-12-31"}, {"kind": "party"},
        {"person": "wu"}, {"person": "99999999999999999999"}, {"person": "\0"}, {"contact": "-1"},
        {"contact": "x"}, {"starts_at": "25:00"}, {"starts_at": "14:30"}, {"note": "x" * 2_001},
        {"client_uuid": "no"},
    ],
)  # fmt: skip
def test_bad_input_is_422_at_its_field_and_writes_nothing(cast, send, bad):
    before = TrailEntry.objects.count()
    answer = send("li", "crm:task-new", typed(cast, **bad), cast.huadong.pk)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert (Task.objects.count(), TrailEntry.objects.count()) == (0, before)


def test_nobody_is_offered_a_task_who_cannot_see_the_customer(cast, page, send):
    offered = text(page("he", "crm:task-new", cast.huadong.pk))
    for name in ("li", "chen", "gao", "he"):
        assert f'value="{cast[name].pk}"' in offered, name
    assert f'<option value="{cast.wu.pk}"' not in offered
    answer = send("he", "crm:task-new", typed(cast, person=cast.wu.pk), cast.huadong.pk)
    assert answer.status_code == 422 and not Task.objects.exists()


def test_one_tap_finishes_a_task_and_goes_back(cast, send):
    task = plan(cast.li, cast.huadong)
    for _twice in range(2):
        answer = send("li", "crm:task-finish", {"next": "/tasks"}, task.pk)
        assert (answer.status_code, answer.url) == (303, "/tasks")
    assert Task.objects.get().state == "done"
    assert send("li", "crm:task-finish", {"next": "https://evil.example"}, task.pk).url == (
        task.get_absolute_url()
    )


def test_an_outcome_that_is_too_long_is_422_and_the_task_stays_open(cast, send):
    task = plan(cast.li, cast.huadong)
    answer = send("li", "crm:task-finish", {"outcome": "x" * 2_001}, task.pk)
    assert answer.status_code == 422 and Task.objects.get().state == "open"


def test_a_task_is_changed_given_on_dropped_and_opened_again_by_its_pages(cast, send, page):
    task = plan(cast.li, cast.huadong)
    body = typed(cast, title="寄样品", version="1")
    assert send("li", "crm:task-edit", body, task.pk).status_code == 303
    assert send("li", "crm:task-edit", body | {"title": "三"}, task.pk).status_code == 409
    assert send("li", "crm:task-give", {"person": cast.chen.pk}, task.pk).status_code == 303
    assert send("li", "crm:task-give", {"person": cast.wu.pk}, task.pk).status_code == 422
    assert send("chen", "crm:task-drop", {"why": ""}, task.pk).status_code == 422
    assert send("chen", "crm:task-drop", {"why": "客户取消了"}, task.pk).status_code == 303
    shown = text(page("li", "crm:task", task.pk))
    assert "客户取消了" in shown and "寄样品" in shown and "first with" in shown
    assert send("chen", "crm:task-reopen", {}, task.pk).status_code == 303
    task.refresh_from_db()
    assert (task.state, task.person, task.title) == ("open", cast.chen, "寄样品")


def test_a_409_offers_the_new_version_so_that_the_next_save_keeps_mine(cast, send):
    task = plan(cast.li, cast.huadong)
    tasks.change(actor=cast.chen, task=task, values={"title": "二"}, version=1)
    answer = send("li", "crm:task-edit", typed(cast, title="三", version="1"), task.pk)
    assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.content.decode()


@pytest.mark.parametrize("who", ["wu", "qian", "lin", "hu", "yu", "ming"])
def test_strangers_get_the_one_404(cast, page, send, who):
    task = plan(cast.li, cast.huadong)
    for name in ("crm:task", "crm:task-edit", "crm:task-give", "crm:task-drop"):
        assert page(who, name, task.pk).status_code == 404
    for name in ("crm:task-finish", "crm:task-reopen"):
        assert send(who, name, {}, task.pk).status_code == 404
    assert Task.objects.get().state == "open"


def test_a_specialist_sees_that_something_is_planned_but_not_what_the_rep_wrote(cast, page):
    task = plan(cast.li, cast.huadong, title="secret title", note="secret note")
    for answer in (
        page("gao", "crm:task", task.pk), page("gao", "crm:customer-tasks", cast.huadong.pk),
        page("gao", "crm:customer-tasks", cast.huadong.pk, panel="1"),
    ):  # fmt: skip
        assert "secret" not in text(answer)
    assert reverse("crm:task-finish", args=[task.pk]) not in text(
        page("gao", "crm:customer-tasks", cast.huadong.pk)
    )
    own = plan(cast.li, cast.huadong, person=cast.gao, title="call them back")
    assert "call them back" in text(page("gao", "crm:task", own.pk))


# -- lists -----------------------------------------------------------------------------------------


def test_the_list_holds_mine_then_my_teams_and_the_overdue_ones(cast, page):
    plan(cast.li, cast.huadong, title="of li")
    plan(cast.wu, cast.nanqiao, title="of wu")
    late(plan(cast.he, cast.huadong, title="of he"))
    assert "of li" in text(page("li", "crm:tasks"))
    mine, team = text(page("he", "crm:tasks")), text(page("he", "crm:tasks", whose="team"))
    assert "of he" in mine and "of li" not in mine
    assert "of he" in team and "of li" in team and "of wu" not in team
    overdue = text(page("he", "crm:tasks", whose="team", state="overdue"))
    assert "of he" in overdue and "of li" not in overdue
    assert "of wu" not in text(page("li", "crm:tasks", whose="team", customer=cast.nanqiao.pk))


def test_the_list_shows_closed_tasks_and_those_of_a_customer(cast, page):
    tasks.finish(actor=cast.li, task=plan(cast.li, cast.huadong, title="was done"))
    plan(cast.chen, cast.huadong, title="of chen")
    closed = text(page("li", "crm:tasks", state="closed"))
    assert "was done" in closed and "of chen" not in closed
    assert "of chen" in text(page("li", "crm:tasks", customer=cast.huadong.pk))


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_list_pages_through_everything_once_there_and_back(cast, page, state):
    from crm.selectors import task_list

    made = [plan(cast.li, cast.huadong, title=f"task {n}", due_on=day(n % 3)) for n in range(7)]
    if state == "closed":
        for task in made:
            tasks.finish(actor=cast.li, task=task)
    rows = Task.objects.filter(customer=cast.huadong)
    found, after = [], ""
    while True:
        one = task_list.page(cast.li, rows, closed=state == "closed", after=after, limit=3)
        found.append([row.pk for row in one.rows])
        assert one.total == (7 if not after else one.total)
        if not one.next:
            break
        after = one.next
    everything = sorted(pk for part in found for pk in part)
    assert everything == sorted(task.pk for task in made) and len(found) == 3
    back = task_list.page(cast.li, rows, closed=state == "closed", before=one.previous, limit=3)
    assert [row.pk for row in back.rows] == found[1]


@pytest.mark.parametrize("cursor", ["x", "2026-01-01~", "2026-01-01~x", "~3", "9999-99-99~1"])
def test_a_cursor_that_is_none_shows_the_first_page(cast, page, cursor):
    plan(cast.li, cast.huadong)
    for state in ("open", "closed"):
        assert page("li", "crm:tasks", after=cursor, state=state).status_code == 200


def test_a_list_and_a_panel_cost_the_same_for_one_task_and_for_twenty(cast, page):
    counts = []
    for number in (1, 20):
        for n in range(number):
            plan(cast.li, cast.huadong, title=f"{n}")
        asked = []
        for name, arguments, query in (
            ("crm:tasks", [], {}), ("crm:customer-tasks", [cast.huadong.pk], {"panel": "1"}),
            ("crm:customer-tasks", [cast.huadong.pk], {}),
        ):  # fmt: skip
            page("li", name, *arguments, **query)
            with CaptureQueriesContext(connection) as captured:
                page("li", name, *arguments, **query)
            asked.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
        counts.append(asked)
    assert [after <= before + 1 for before, after in zip(*counts, strict=True)] == [True] * 3


# -- Today and the sheet ---------------------------------------------------------------------------


def test_today_holds_what_is_due_and_overdue_from_tasks_as_well(cast, page):
    late(plan(cast.li, cast.huadong, title="overdue task"))
    plan(cast.li, cast.huadong, title="task of today", due_on=day(0))
    plan(cast.li, cast.huadong, title="task of next month", due_on=day(30))
    shown = text(page("li", "crm:today"))
    assert shown.index("overdue task") < shown.index("task of today")
    assert "overdue since" in shown and "task of next month" not in shown
    assert "overdue task" not in text(page("wu", "crm:today"))


def test_the_tasks_of_somebody_away_stand_on_the_page_of_who_stands_in(cast, page):
    plan(cast.li, cast.huadong, title="of li", due_on=day(0))
    assert "of li" not in text(page("chen", "crm:today"))
    away(cast.li)
    assert "of li" in text(page("chen", "crm:today"))
    assert "of li" in text(page("chen", "crm:tasks"))
    assert "of li" not in text(page("wu", "crm:today"))


def test_a_visit_logged_from_its_plan_closes_it(cast, send, page):
    task = plan(cast.li, cast.huadong, kind="visit")
    sheet = text(page("li", "crm:log", customer=cast.huadong.pk, task=task.pk))
    assert f'name="task" value="{task.pk}"' in sheet
    body = {
        "customer": cast.huadong.pk, "client_uuid": str(uuid.uuid4()), "kind": "visit",
        "note": "谈好了", "task": task.pk,
    }  # fmt: skip
    for _twice in range(2):
        assert send("li", "crm:log", body).status_code == 303
    task.refresh_from_db()
    assert (task.state, task.activity) == ("done", Activity.objects.get())
    assert "What was logged" in text(page("li", "crm:task", task.pk))


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "99999999999999999999", "１２", "987654"])
def test_a_visit_with_a_strange_task_is_logged_all_the_same(cast, send, key):
    body = {"customer": cast.huadong.pk, "client_uuid": str(uuid.uuid4()), "note": "n", "task": key}
    assert send("li", "crm:log", body).status_code == 303
    assert Activity.objects.count() == 1


def test_nobody_closes_the_task_of_a_customer_they_cannot_see(cast, send):
    task = plan(cast.wu, cast.nanqiao, kind="visit")
    body = {"customer": cast.huadong.pk, "client_uuid": str(uuid.uuid4()), "note": "n"}
    assert send("li", "crm:log", body | {"task": task.pk}).status_code == 303
    assert Task.objects.get().state == "open"


def test_strange_addresses_break_no_page(cast, page):
    task = plan(cast.li, cast.huadong, due_on=day(0) + timedelta(days=1))
    for query in ({"state": "x"}, {"whose": "x"}, {"customer": "x"}, {"customer": "9" * 30}):
        assert page("li", "crm:tasks", **query).status_code == 200
    assert page("li", "crm:task", 2**63 - 1).status_code == 404
    assert page("li", "crm:task", task.pk).status_code == 200


def test_a_lead_lists_the_tasks_of_one_person_and_a_rep_only_the_own(cast, as_):
    mine, other = (
        plan(cast.li, cast.huadong, title="Of Li"),
        plan(cast.chen, cast.huadong, title="Of Chen"),
    )
    page = as_(cast.he).get(reverse("crm:tasks"), {"person": cast.li.pk}).content.decode()
    assert mine.title in page and other.title not in page
    page = as_(cast.chen).get(reverse("crm:tasks"), {"person": cast.li.pk}).content.decode()
    assert other.title in page and mine.title not in page
