"""The API writes through the services: once, from a version that was seen, what one's own is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Company, TrailEntry
from crm.models import Activity, Contact, Customer, Link
from kit.dates import company_zone, today
from kit.disclosure import Disclosure
from tests.crm.contacts_world import phone_of, wang


def visit(cast, **more):
    return {"client_uuid": str(uuid4()), "customer": cast.huadong.pk} | more


def test_rep_creates_a_customer_and_becomes_its_account_manager(cast, api):
    answer = api("li").post(
        "customers", {"name": "新城", "legal_name": "新城有限公司", "tier": "C", "region": None}
    )
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert answer.data["account_manager"] == {"id": cast.li.pk, "name": "李伟"}
    customer = Customer.objects.get(pk=answer.data["id"])
    assert (customer.name, customer.tier, customer.home_unit) == ("新城", "C", cast.units["east"])
    assert TrailEntry.objects.filter(verb="customers.create", actor_id=cast.li.pk).exists()


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("customers", {"name": "新城"}, Customer),
        ("customers/{}/contacts", {"name": "周敏", "channels": [{"kind": "mail", "value": "a@b.cn"}]}, Contact),
        ("visits", {"customer": "{}", "note": "Met."}, Activity),
    ],
)  # fmt: skip
def test_the_same_body_sent_twice_creates_one(cast, api, path, body, model):
    path = path.format(cast.huadong.pk)
    body = body | {"client_uuid": str(uuid4())}
    if "customer" in body:
        body["customer"] = cast.huadong.pk
    before = model.objects.count()
    first, second = api("li").post(path, body), api("li").post(path, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.data == second.data
    assert model.objects.count() == before + 1


def test_visit_sent_again_with_another_text_keeps_the_first(cast, api):
    body = visit(cast, note="First")
    api("li").post("visits", body)
    again = api("li").post("visits", body | {"note": "Second"})
    assert (again.status_code, again.data["code"]) == (422, "first_kept")
    assert Activity.objects.get(client_uuid=body["client_uuid"]).note == "First"


def test_visit_sent_again_after_the_customer_moved_on_is_received_without_its_names(cast, api):
    from crm.services import ownership

    body = visit(cast, note="Met.")
    api("li").post("visits", body)
    for person, seat in ((cast.chen, "account_manager"),):
        ownership.end(actor=cast.he, customer=cast.huadong, seat="backup")
        ownership.assign(actor=cast.he, customer=cast.huadong, seat=seat, person=person)
    again = api("li").post("visits", body)
    assert again.status_code == 200
    assert again.data["note"] == "Met."
    assert "华东机电" not in again.content.decode()
    assert api("li").get(f"visits/{again.data['id']}").status_code == 404


def test_visit_with_everything_is_stored_as_said(cast, api):
    contact = wang(cast)
    when = (timezone.now() - timedelta(hours=2)).replace(microsecond=0)
    due = today(company_zone()) + timedelta(days=3)
    answer = api("li").post(
        "visits",
        visit(cast, kind="meeting", happened_at=when.isoformat(), note=" Met. ",
              contacts=[contact.pk], visitors=[cast.chen.pk], next_step="Quote",
              next_step_on=due.isoformat()),
    )  # fmt: skip
    assert answer.status_code == 201
    data = answer.data
    assert data["happened_at"] == when.isoformat().replace("+00:00", "Z")
    assert data["contacts"] == [{"id": contact.pk, "name": "王芳"}]
    assert data["visitors"] == [{"id": cast.chen.pk, "name": "陈洁", "confirmed_at": None}]
    assert (data["author"]["id"], data["note"], data["kind"]) == (cast.li.pk, "Met.", "meeting")
    assert api("chen").get("visits", author=cast.li.pk, kind="meeting").data["results"] == [data]
    since = (when + timedelta(seconds=1)).isoformat()
    assert api("chen").get("visits", since=since).data["results"] == []
    assert len(api("chen").get("visits", until=since).data["results"]) == 1


def test_correction_needs_the_version_and_keeps_both(cast, api):
    pk = api("li").post("visits", visit(cast, note="First")).data["id"]
    li = api("li")
    assert li.patch(f"visits/{pk}", {"note": "Second"}).status_code == 428
    right = li.patch(f"visits/{pk}", {"note": "Second"}, headers={"If-Match": '"1"'})
    assert (right.status_code, right.data["version"], right["ETag"]) == (200, 2, '"2"')
    late = li.patch(f"visits/{pk}", {"note": "Third", "version": 1})
    assert (late.status_code, late.data["code"]) == (409, "conflict")
    assert api("chen").patch(f"visits/{pk}", {"note": "x", "version": 2}).status_code == 403
    assert Activity.objects.get(pk=pk).note == "Second"


def test_customer_is_changed_from_the_version_that_was_seen(cast, api):
    li, path = api("li"), f"customers/{cast.huadong.pk}"
    assert li.patch(path, {"address": "Shanghai"}).status_code == 428
    assert li.patch(path, {"address": "Shanghai", "version": 7}).status_code == 409
    right = li.patch(path, {"address": "Shanghai", "version": 1})
    assert (right.status_code, right.data["address"], right.data["version"]) == (200, "Shanghai", 2)
    assert li.get(path).data == right.data
    assert li.client.put(f"/api/v1/{path}", {}, content_type="application/json").status_code == 405
    assert li.client.delete(f"/api/v1/{path}").status_code == 405


def test_lead_sets_the_tier_with_a_reason(cast, api):
    path = f"customers/{cast.huadong.pk}/tier"
    until = {"until": (today() + timedelta(days=9)).isoformat()}
    assert api("he").post(path, {"tier": "B"}).data["errors"].keys() == {"reason", "until"}
    assert api("he").post(path, {"tier": "Z", "reason": "x"} | until).status_code == 422
    set_by_hand = api("he").post(path, {"tier": "B", "reason": "Smaller now"} | until).data
    assert (set_by_hand["tier"], set_by_hand["by_hand"], set_by_hand["until"]) == (
        "B",
        "B",
        until["until"],
    )
    assert TrailEntry.objects.filter(verb="tiers.override", reason="Smaller now").exists()
    assert api("li").get(path).data["reason"] == "Smaller now"
    assert api("he").post(f"{path}/end").data["by_hand"] is None
    assert api("he").post(f"{path}/end").status_code == 409


def test_a_known_legal_name_is_answered_by_its_code_whoever_holds_it(cast, api):
    body = {"name": "Other", "legal_name": "Nanqiao Hardware Ltd"}
    assert api("li").post("customers", body).data["code"] == "known"
    assert api("wu").post("customers", body).data["code"] == "yours"
    for who in (cast.li, cast.wu):
        assert Disclosure.objects.filter(person_id=who.pk).latest("pk").customer_ids == [
            cast.nanqiao.pk
        ]
    path, renamed = f"customers/{cast.huadong.pk}", {"legal_name": "NANQIAO Hardware, Ltd"}
    answer = api("li").patch(path, renamed | {"version": cast.huadong.version})
    assert (answer.status_code, answer.data["code"]) == (422, "known")
    answer = api("li").patch(path, renamed | {"version": cast.huadong.version, "anyway": True})
    assert answer.status_code == 200


def test_rep_sets_no_tier_of_a_new_customer(cast, api):
    refused = api("li").post("customers", {"name": "Big", "tier": "A"})
    assert refused.status_code == 422 and refused.data["errors"].keys() == {"tier"}
    body = {"name": "Big", "tier": "A", "manager": cast.li.pk}
    assert api("he").post("customers", body).data["tier"] == "A"


def test_contact_is_made_and_changed_through_a_customer(cast, api):
    li = api("li")
    made = li.post(
        f"customers/{cast.huadong.pk}/contacts",
        {"name": "周敏", "place": {"title": "采购", "function": "purchase", "is_key_person": True},
         "channels": [{"kind": "phone", "value": "138 1234 5678"}]},
    )  # fmt: skip
    assert made.status_code == 201
    assert made.data["places"][0]["customer"] == {"id": cast.huadong.pk, "name": "华东机电"}
    assert "5678" in made.data["channels"][0]["masked"]
    assert "12345678" not in made.content.decode()
    path = f"contacts/{made.data['id']}"
    assert li.patch(path, {"note": "x"}).status_code == 428
    foreign = li.patch(path, {"note": "x", "version": 1, "customer": cast.nanqiao.pk})
    assert foreign.status_code == 404
    right = li.patch(path, {"note": "Kind", "version": 1, "customer": cast.huadong.pk})
    assert (right.status_code, right.data["note"], right.data["version"]) == (200, "Kind", 2)


def test_link_is_recorded_for_oneself_and_ended(cast, api):
    contact, li = wang(cast), api("li")
    made = li.post("links", {"contact": contact.pk})
    assert made.status_code == 201
    assert made.data["person"] == {"id": cast.li.pk, "name": "李伟"}
    assert li.post("links", {"contact": contact.pk}).status_code == 409
    ended = li.post(f"links/{made.data['id']}/end", {})
    assert ended.data["ended_on"]
    assert li.post(f"links/{made.data['id']}/end", {}).status_code == 409
    assert li.get("links", open="true").data["results"] == []
    assert len(li.get("links", open="false", contact=contact.pk).data["results"]) == 1
    assert Link.objects.count() == 1


def test_reveal_has_the_budget_trail_and_reason_of_the_page(cast, api):
    Company.objects.filter(pk=1).update(reveal_budget=1)
    contact = wang(cast)
    path = f"channels/{phone_of(contact).pk}/reveal"
    shown = api("li").post(path)
    assert shown.data == {"value": "+8613812345678", "left": 0}
    assert TrailEntry.objects.filter(verb="channels.reveal", actor_id=cast.li.pk).count() == 1
    assert Disclosure.objects.filter(kind="reveal", person_id=cast.li.pk).count() == 1
    mail = contact.channels.get(kind="mail")
    spent = api("li").post(f"channels/{mail.pk}/reveal")
    assert (spent.status_code, spent.data["code"]) == (429, "over_budget")
    assert 0 < int(spent["Retry-After"]) <= 86_400
    silent = api("fang").post(path)
    assert (silent.status_code, list(silent.data["errors"])) == (422, ["reason"])
    assert api("fang").post(path, {"reason": "Case 12"}).status_code == 200
    assert api("gao").post(path).status_code == 404
    assert api("li").get(path).status_code == 405


def test_seats_answer_for_any_instant(cast, api):
    from crm.services import ownership

    before = timezone.now()
    ownership.assign(actor=cast.sun, customer=cast.nanqiao, seat="account_manager", person=cast.li)
    path = f"customers/{cast.nanqiao.pk}/seats"
    now, then = api("sun").get(path).data, api("sun").get(path, at=before.isoformat()).data
    assert [row["person"]["name"] for row in now["seats"]] == ["李伟"]
    assert [row["person"]["name"] for row in then["seats"]] == ["吴昊"]
    assert (now["answers"]["id"], then["answers"]["id"]) == (cast.li.pk, cast.wu.pk)
    assert [row["person"]["name"] for row in now["history"]] == ["吴昊", "李伟"]
    assert now["history"][0]["until"] == now["history"][1]["since"]


def test_timeline_holds_visits_and_changes_of_seats(cast, api):
    api("li").post("visits", visit(cast, note="Met."))
    path = f"customers/{cast.huadong.pk}/timeline"
    events = api("li").every(path, limit=1)
    assert [event["kind"] for event in events] == ["visit", "seat", "seat", "seat"]
    assert events[0]["visit"]["note"] == "Met."
    assert {event["seat"]["came"]["name"] for event in events[1:]} == {"李伟", "陈洁", "高云"}
    assert [e["kind"] for e in api("li").every(path, kind="visit")] == ["visit"]
