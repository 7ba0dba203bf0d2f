"""Saved views and selections over the API."""

import uuid

import pytest

from crm.models import SavedView, Selection


def kept(api, who="li", **more):
    body = {"name": "A only", "filters": {"tier": ["A"]}, **more}
    return api(who).post("saved-views", body)


def test_rep_keeps_a_view_and_changes_it_from_what_was_seen(api):
    made = kept(api, columns=["manager"], sort="-activity").data
    assert made["query"].startswith("tier=A&sort=-activity&column=manager")
    assert made["is_mine"] and made["shared_with"] is None
    client = api("li")
    path = f"saved-views/{made['id']}"
    assert client.patch(path, {"name": "B"}).status_code == 428
    changed = client.patch(path, {"name": "B", "version": made["version"]})
    assert changed.status_code == 200 and changed.data["name"] == "B"
    assert client.patch(path, {"name": "C", "version": made["version"]}).status_code == 409
    assert [one["name"] for one in client.get("saved-views").data["results"]] == ["B"]


def test_a_view_that_is_sent_twice_is_kept_once(api):
    number = str(uuid.uuid4())
    assert kept(api, client_uuid=number).status_code == 201
    assert kept(api, client_uuid=number).status_code == 200
    assert SavedView.objects.count() == 1
    assert kept(api).status_code == 409  # the name is taken


@pytest.mark.parametrize(
    "more",
    [{"filters": {"tier": ["Z"]}}, {"filters": {"made_by": ["1"]}}, {"filters": []},
     {"filters": {"tier": "A"}}, {"columns": ["password"]}, {"sort": "password"}, {"name": ""},
     {"made_by": 3}, {"shared_with": 10**9}],
)  # fmt: skip
def test_what_the_list_cannot_read_is_refused(api, more):
    assert kept(api, **more).status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_is_shared_opened_first_and_taken_back(api, cast):
    east = cast.units["east"].pk
    made = kept(api, shared_with=east).data
    path = f"saved-views/{made['id']}"
    seen = api("chen").get(path).data
    assert seen["is_mine"] is False and seen["made_by"]["name"] == "李伟"
    assert api("chen").post(f"{path}/start", {}).data["is_start"] is True
    assert api("chen").post(f"{path}/remove", {}).status_code == 403
    assert api("he").post(f"{path}/unshare", {}).status_code == 200
    assert api("wu").get(path).status_code == 404
    assert api("li").post(f"{path}/remove", {}).data == {"removed": made["id"]}
    assert api("li").get(path).status_code == 404


def test_lead_freezes_customers_and_takes_one_out(api):
    client = api("he")
    made = client.post("selections", {"filters": {"tier": ["A"]}})
    assert made.status_code == 201 and made.data["count"] == 1
    path = f"selections/{made.data['id']}"
    assert client.get(path).data["ids"] == made.data["ids"]
    assert client.post(f"{path}/take-out", {"ids": made.data["ids"]}).data["count"] == 0
    assert client.post(f"{path}/clear", {}).status_code == 200
    assert client.get(path).status_code == 409


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [10**9]}, {"ids": ["x"]},
                                  {"ids": [1], "filters": {}}, {"filters": {"tier": 5}}])  # fmt: skip
def test_nothing_is_not_selected(api, body):
    assert api("he").post("selections", body).status_code == 422
    assert not Selection.objects.exists()


def test_rep_selects_nothing(api):
    assert api("li").post("selections", {"filters": {}}).status_code == 403
    assert not Selection.objects.exists()
