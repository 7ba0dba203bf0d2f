"""Control of ownership by the API: whatever is sent is answered with a problem, and breaks nothing."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from crm.models import Change, ChangeSet
from crm.services import saved_views
from tests.api.test_api_input import BROKEN, INJECTIONS, WRONG
from tests.crm.changesets_world import task

LISTS = ["changesets", "tasks", "shares", "saved-views", "load"]
UNKNOWN = [one for one in INJECTIONS if not {"cursor", "limit", "customer", "person"} & one.keys()]


@pytest.mark.parametrize("path", LISTS)
def test_unknown_or_wrong_parameters_are_400(cast, api, path):
    he = api("he")
    for query in INJECTIONS:
        answer = he.get(path, **query)
        assert answer.status_code == 400, (path, str(query)[:60], answer.content[:200])
        assert answer["Content-Type"] == "application/problem+json" and answer.data["errors"]


@pytest.mark.parametrize(
    "path", ["ownership-rules", "people/{}/load", "people/{}/holdings", "people/{}/seats"]
)
def test_what_is_no_list_takes_no_unknown_parameter_either(cast, api, path):
    for query in UNKNOWN:
        answer = api("he").get(path.format(cast.li.pk), **query)
        assert answer.status_code in (400, 403), (path, str(query)[:60])


KEYS = [
    "0",
    "-1",
    "x",
    "1.5",
    "9" * 30,
    "9" * 4000,
    "%00",
    "%F0%9F%92%A9",
    "1%0a",
    str(uuid4()),
    "1%20or%201=1",
]
SINGLE = ["changesets/{}", "changesets/{}/changes", "changesets/{}/preview", "tasks/{}",
          "saved-views/{}", "selections/{}", "people/{}/load", "people/{}/holdings", "people/{}/seats"]  # fmt: skip
ACTS = ["changesets/{}/accept", "changesets/{}/cancel", "changesets/{}/undo", "tasks/{}/finish",
        "shares/{}/revoke", "shares/{}/change", "saved-views/{}/remove", "selections/{}/clear"]  # fmt: skip


@pytest.mark.parametrize("path", SINGLE + ACTS)
def test_a_key_of_nothing_is_404(cast, api, path):
    client = api("he").client
    for key in KEYS:
        place = f"/api/v1/{path.format(key)}"
        answer = client.get(place) if path in SINGLE else client.post(place, {}, "application/json")
        expected = 400 if key == "%00" else 404  # no address holds such a byte
        assert answer.status_code == expected, (path, key[:40], answer.status_code)


def bodies(cast):
    """Every writing address of control with something of the head of sales, and a body that would do."""
    c = cast.huadong.pk
    soon = (timezone.now() + timedelta(days=3)).isoformat()
    draft = ChangeSet.objects.create(
        made_by=cast.zhao, origin="single", reason="workload", former="removed"
    )
    Change.objects.create(
        change_set=draft, customer=cast.huadong, seat="backup", giver=cast.chen, taker=cast.li
    )
    todo = task(cast, c, "li")
    view = saved_views.save(actor=cast.zhao, values={"name": "Mine", "filters": {}})
    return [
        ("post", "changesets", {
            "customers": [c], "seat": "backup", "taker": cast.he.pk, "why": "workload", "note": "x",
            "former": "reads", "former_until": soon, "effective_at": soon, "client_uuid": str(uuid4()),
        }),
        ("post", f"changesets/{draft.pk}/give", {"customers": [c], "taker": cast.li.pk}),
        ("post", f"changesets/{draft.pk}/leave-out", {"customers": [c]}),
        ("post", f"changesets/{draft.pk}/propose", {"seen": "x", "because": "x"}),
        ("post", f"changesets/{draft.pk}/approve", {"seen": "x", "note": "x"}),
        ("post", f"changesets/{draft.pk}/refuse", {"note": "x"}),
        ("post", f"changesets/{draft.pk}/decline", {"customers": [c], "note": "x"}),
        ("post", f"changesets/{draft.pk}/undo", {"customers": [c], "note": "x"}),
        ("post", f"changesets/{draft.pk}/cancel", {"note": "x"}),
        ("post", "tasks", {
            "customer": c, "kind": "visit", "title": "x", "note": "x", "due_on": "2026-12-01",
            "starts_at": soon, "contact": None, "person": cast.li.pk, "client_uuid": str(uuid4()),
        }),
        ("patch", f"tasks/{todo.pk}", {"title": "x", "due_on": "2026-12-01", "version": 1}),
        ("post", f"tasks/{todo.pk}/give", {"person": cast.chen.pk}),
        ("post", f"tasks/{todo.pk}/finish", {"outcome": "x"}),
        ("post", f"tasks/{todo.pk}/drop", {"why": "x"}),
        ("post", f"customers/{c}/shares", {
            "person": cast.wu.pk, "right": "read_customer", "until": soon, "why": "x",
            "client_uuid": str(uuid4()),
        }),
        ("patch", f"people/{cast.li.pk}/load", {"limit": 70}),
        ("patch", "ownership-rules", {"weight_a": "5", "default_capacity": 60, "approval_tier": "A",
                                      "approval_rows": 20, "acceptance_days": 3}),
        ("post", "saved-views", {"name": "x", "filters": {"tier": ["A"]}, "columns": ["tier"],
                                 "sort": "name", "shared_with": None, "client_uuid": str(uuid4())}),
        ("patch", f"saved-views/{view.pk}", {"name": "y", "filters": {}, "version": "0" * 16}),
        ("post", f"saved-views/{view.pk}/start", {"on": True}),
        ("post", "selections", {"filters": {"tier": ["A"]}}),
    ]  # fmt: skip


def test_a_body_that_cannot_be_read_is_400_and_one_of_another_kind_415(cast, api, unchanged):
    everything, zhao = bodies(cast), api("zhao")
    with unchanged():
        for method, path, _body in everything:
            for raw in BROKEN:
                assert getattr(zhao, method)(path, raw).status_code == 400, (path, raw[:20])
            answer = getattr(zhao, method)(path, b"name=x", content_type="text/plain")
            assert answer.status_code == 415, path


def test_wrong_shapes_are_refused_and_never_break(cast, api):
    zhao, answered = api("zhao"), set()
    for method, path, body in bodies(cast):
        for wrong in ([], None, "x", 5, True):
            sent = getattr(zhao, method)(path, json.dumps(wrong))
            assert sent.status_code == 422, (path, wrong, sent.status_code)
        for field in body:
            for wrong in WRONG:
                answer = getattr(zhao, method)(path, body | {field: wrong})
                assert answer.status_code < 500, (path, field, str(wrong)[:60])
                answered.add(answer.status_code)
    assert answered <= {200, 201, 403, 404, 409, 422, 428}


def test_a_field_that_is_not_offered_is_refused(cast, api):
    zhao = api("zhao")
    for method, path, body in bodies(cast):
        for name in (
            "id",
            "state",
            "made_by",
            "decided_by",
            "actor",
            "giver",
            "owner",
            "first_person",
        ):
            answer = getattr(zhao, method)(path, body | {name: cast.wu.pk})
            assert answer.status_code == 422, (path, name, answer.status_code)
            assert name in answer.data["errors"]
