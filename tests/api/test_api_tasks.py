"""Tasks over the API: planned once, changed by version, given on, closed; the sight of the pages."""

import uuid

from crm.models import Task
from tests.crm.test_tasks_service import day, plan


def body(cast, **more):
    return {"customer": cast.huadong.pk, "title": "送样品", "due_on": day().isoformat()} | more


def test_a_task_sent_twice_is_made_once(cast, api):
    sent = body(cast, client_uuid=str(uuid.uuid4()))
    made, again = api("li").post("tasks", sent), api("li").post("tasks", sent)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.data == again.data and made.data["person"]["id"] == cast.li.pk
    assert api("li").post("tasks", sent | {"title": "x"}).status_code == 422
    assert Task.objects.count() == 1


def test_tasks_follow_the_sight_of_their_customer(cast, api):
    task = plan(cast.li, cast.huadong)
    codes = {"li": 200, "chen": 200, "he": 200, "fang": 200, "wu": 404, "hu": 404}
    for name, code in codes.items():
        assert api(name).get(f"tasks/{task.pk}").status_code == code, name
        seen = [row["id"] for row in api(name).every("tasks")]
        assert seen == ([task.pk] if code == 200 else []), name
    assert api("wu").post("tasks", body(cast)).status_code == 404
    assert api("fang").post("tasks", body(cast)).status_code == 403


def test_a_task_is_changed_by_version_given_on_finished_dropped_and_opened_again(cast, api):
    path = f"tasks/{plan(cast.li, cast.huadong).pk}"
    changed = api("li").patch(path, {"title": "二", "version": 1})
    assert (changed.status_code, changed.data["version"]) == (200, 2)
    assert api("chen").patch(path, {"title": "三", "version": 1}).status_code == 409
    assert api("li").patch(path, {"title": "三"}).status_code == 428
    assert api("li").post(f"{path}/give", {"person": cast.wu.pk}).status_code == 422
    assert api("li").post(f"{path}/give", {"person": cast.chen.pk}).data["person"]["id"] == (
        cast.chen.pk
    )
    for _twice in range(2):
        assert api("chen").post(f"{path}/finish", {"outcome": "好"}).data["state"] == "done"
    assert api("chen").post(f"{path}/drop", {"why": "x"}).status_code == 409
    assert api("chen").post(f"{path}/reopen", {}).data["state"] == "open"
    assert api("chen").post(f"{path}/drop", {}).status_code == 422
    assert api("chen").post(f"{path}/drop", {"why": "x"}).data["outcome"] == "x"


def test_the_list_is_narrowed_and_refuses_what_it_does_not_know(cast, api):
    plan(cast.li, cast.huadong, due_on=day(9))
    soon = plan(cast.li, cast.huadong, kind="visit", due_on=day(1))
    ids = lambda **query: [row["id"] for row in api("li").every("tasks", **query)]  # noqa: E731
    assert ids(kind="visit") == ids(due_until=day(2).isoformat()) == [soon.pk]
    assert ids(state="done") == ids(person=cast.chen.pk) == []
    assert api("li").get("tasks", owner=1).status_code == 400


def test_a_visit_posted_with_its_task_closes_it(cast, api):
    task = plan(cast.li, cast.huadong, kind="visit")
    visit = {"customer": cast.huadong.pk, "client_uuid": str(uuid.uuid4()), "task": task.pk}
    made = api("li").post("visits", visit)
    assert made.status_code == 201
    assert api("li").get(f"tasks/{task.pk}").data["activity"] == made.data["id"]
