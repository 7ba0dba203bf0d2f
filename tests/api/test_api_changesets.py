"""Change sets by the API: the same decisions as the pages, the same refusals."""

from datetime import datetime
from uuid import uuid4

import pytest

from crm.models import Assignment, ChangeSet, OwnershipRules
from crm.services.changeset_terms import next_working_morning
from tests.crm.changesets_world import MANAGER, held, run, task

PLACE = "changesets"


def drafted(cast, api, ids, to="chen", **more):
    body = {"customers": ids, "seat": "account_manager", "taker": cast[to].pk, "why": "workload",
            "former": "removed", "effective_at": None} | more  # fmt: skip
    return api("he").post(PLACE, body)


def holders(ids):
    rows = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER)
    return set(rows.values_list("person__name", flat=True))


def seen(api, pk, name="he"):
    return api(name).get(f"{PLACE}/{pk}/preview").json()["seen"]


def proposed(cast, api, ids, **more):
    pk = drafted(cast, api, ids, **more).json()["id"]
    answer = api("he").post(f"{PLACE}/{pk}/propose", {"seen": seen(api, pk), "because": "agreed"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_transfer_from_the_draft_to_the_undo(cast, api):
    ids = held(cast, 2)
    one = proposed(cast, api, ids)
    assert one["state"] == "approved" and one["rows"] == {"waiting": 2}
    assert api("chen").get(PLACE, waiting=True).json()["results"][0]["id"] == one["id"]
    assert api("chen").post(f"{PLACE}/{one['id']}/accept", {}).json()["state"] == "scheduled"
    run()
    assert holders(ids) == {"陈洁"}
    rows = api("he").get(f"{PLACE}/{one['id']}/changes").json()["results"]
    assert [row["state"] for row in rows] == ["applied", "applied"]
    back = api("he").post(f"{PLACE}/{one['id']}/undo", {"customers": ids[:1]})
    assert back.status_code == 201 and back.json()["undoes"] == one["id"]
    run()
    assert holders(ids[:1]) == {"李伟"} and holders(ids[1:]) == {"陈洁"}


def test_what_has_moved_since_the_preview_is_a_conflict(cast, api):
    ids = held(cast, 1)
    pk = drafted(cast, api, ids).json()["id"]
    before = seen(api, pk)
    task(cast, ids[0], "li")
    answer = api("he").post(f"{PLACE}/{pk}/propose", {"seen": before, "because": "agreed"})
    assert (answer.status_code, answer.json()["code"]) == (409, "moved")
    assert ChangeSet.objects.get(pk=pk).state == "draft" and holders(ids) == {"李伟"}


def test_the_preview_says_what_speaks_against_it(cast, api):
    pk = drafted(cast, api, [cast.huadong.pk], to="mo").json()["id"]
    told = api("he").get(f"{PLACE}/{pk}/preview").json()
    assert {one["level"] for one in told["warnings"]} == {"stop", "check"}
    assert told["warnings"][0]["customer"]["name"] == "华东机电"


def test_a_draft_sent_twice_is_one(cast, api):
    ids, number = held(cast, 1), str(uuid4())
    first = drafted(cast, api, ids, client_uuid=number)
    again = drafted(cast, api, ids, client_uuid=number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_many_customers_wait_for_somebody_else(cast, api):
    one = proposed(cast, api, held(cast, 21))
    assert one["state"] == "proposed"
    place = f"{PLACE}/{one['id']}"
    own = api("he").post(f"{place}/approve", {"seen": seen(api, one["id"])})
    assert own.status_code == 403
    mark = seen(api, one["id"], "zhao")
    assert api("zhao").post(f"{place}/approve", {"seen": mark}).json()["state"] == "approved"
    again = api("sun").post(f"{place}/refuse", {"note": "No"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("name", "status"), [("li", 403), ("wu", 404), ("qian", 404), ("hu", 404), ("yu", 404)]
)
def test_others_neither_preview_nor_cancel(cast, api, name, status):
    one = proposed(cast, api, [cast.huadong.pk])
    if status == 404:
        assert api(name).get(f"{PLACE}/{one['id']}").status_code == 404
        assert api(name).get(f"{PLACE}/{one['id']}/changes").status_code == 404
    for method, way in (("get", "preview"), ("post", "cancel")):
        client = api(name)
        place = f"{PLACE}/{one['id']}/{way}"
        answer = client.get(place) if method == "get" else client.post(place, {})
        assert answer.status_code == status
    assert ChangeSet.objects.get(pk=one["id"]).state == "approved"


@pytest.mark.parametrize(
    "wrong",
    [
        {"customers": []},
        {"customers": [2**70]},
        {"customers": "all"},
        {"customers": [999_999_999]},
        {"seat": "owner"},
        {"taker": 999_999_999},
        {"former": ""},
        {"why": "because"},
        {"effective_at": "2020-01-01T00:00:00Z"},
        {"former": "reads", "former_until": "2020-01-01T00:00:00Z"},
        {"color": "red"},
    ],
)
def test_a_wrong_draft_says_where_and_makes_nothing(cast, api, wrong):
    answer = drafted(cast, api, [cast.huadong.pk], **wrong)
    assert answer.status_code == 422 and answer.json()["errors"]
    assert not ChangeSet.objects.exists()


def test_whoever_sees_none_of_its_rows_does_not_see_a_change_set(cast, api):
    one = proposed(cast, api, held(cast, 2))
    for way in ("", "/changes", "/preview"):
        for name in ("wu", "qian", "hu"):
            answer = api(name).get(f"{PLACE}/{one['id']}{way}")
            assert answer.status_code == 404, (name, way)
    assert api("li").get(f"{PLACE}/{one['id']}").json()["rows"] == {"waiting": 2}
    assert api("he").get(f"{PLACE}/999999").status_code == 404


def test_a_draft_takes_effect_on_the_next_working_morning_unless_it_says_otherwise(cast, api):
    body = {"customers": held(cast, 1), "seat": "account_manager", "taker": cast.chen.pk,
            "why": "workload", "former": "removed"}  # fmt: skip
    told = api("he").post(PLACE, body).json()
    assert datetime.fromisoformat(told["effective_at"]) == next_working_morning()
    early = api("he").post(f"{PLACE}/{told['id']}/approve", {"seen": "x"})
    assert early.status_code == 409 and "not been proposed" in early.json()["title"]


def test_a_draft_is_put_together_over_the_api_step_by_step(cast, api):
    ids = held(cast, 2)
    pk = drafted(cast, api, ids).json()["id"]
    assert api("he").post(f"{PLACE}/{pk}/leave-out", {"customers": ids[:1]}).status_code == 200
    back = api("he").post(f"{PLACE}/{pk}/bring-back", {"customers": ids[:1]}).json()
    assert back["rows"] == {"waiting": 2}
    spread = api("he").post(f"{PLACE}/{pk}/spread", {"takers": [cast.chen.pk, cast.he.pk]})
    assert spread.status_code == 200
    rows = api("he").get(f"{PLACE}/{pk}/changes").json()["results"]
    assert {row["taker"]["id"] for row in rows} == {cast.chen.pk, cast.he.pk}
    terms = {"why": "region", "former": "removed", "note": "East grows"}
    told = api("he").post(f"{PLACE}/{pk}/terms", terms).json()
    assert (told["reason"], told["note"]) == ("region", "East grows")
    assert datetime.fromisoformat(told["effective_at"]) == next_working_morning()


def test_a_day_of_reading_without_reading_is_refused(cast, api):
    soon = next_working_morning().isoformat()
    answer = drafted(cast, api, held(cast, 1), former_until=soon)
    assert answer.status_code == 422 and list(answer.json()["errors"]) == ["former_until"]
    assert not ChangeSet.objects.exists()


def test_one_number_with_another_body_is_refused(cast, api):
    ids, number = held(cast, 2), str(uuid4())
    first = drafted(cast, api, ids, client_uuid=number)
    again = drafted(cast, api, ids, client_uuid=number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = drafted(cast, api, ids[:1], client_uuid=number)
    assert other.status_code == 422 and other.json()["code"] == "first_kept"
    assert ChangeSet.objects.count() == 1


def test_what_waits_for_a_decision_is_listed_for_who_decides(cast, api):
    OwnershipRules.objects.update_or_create(pk=1, defaults={"approval_rows": 0})
    one = proposed(cast, api, held(cast, 1))
    assert one["state"] == "proposed"
    found = api("zhao").get(PLACE, deciding=True).json()["results"]
    assert [row["id"] for row in found] == [one["id"]] and found[0]["rows"] == {"waiting": 1}
    assert api("he").get(PLACE, deciding=True).json()["results"] == []


def test_the_receiver_sees_what_was_accepted_until_it_begins(cast, api):
    ids = held(cast, 2)
    later = next_working_morning().isoformat()
    one = proposed(cast, api, ids, effective_at=later)
    assert api("chen").post(f"{PLACE}/{one['id']}/accept", {}).json()["rows"] == {"waiting": 2}
    again = api("chen").post(f"{PLACE}/{one['id']}/accept", {})
    assert again.status_code == 409


def test_a_set_that_is_not_stopped_cannot_be_resumed(cast, api):
    one = proposed(cast, api, held(cast, 1))
    assert api("he").post(f"{PLACE}/{one['id']}/resume", {}).status_code == 409
    assert api("wu").post(f"{PLACE}/{one['id']}/resume", {}).status_code == 404
    assert ChangeSet.objects.get(pk=one["id"]).state == "approved"
