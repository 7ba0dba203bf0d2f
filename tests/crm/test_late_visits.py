"""Visits that arrive after the end of access: kept apart, shown to the supervisor, never lost."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.db import transaction
from django.test import Client
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import Device, Notice, Person, TrailEntry
from accounts.selectors.devices import cut_at
from accounts.services import devices, people
from crm.models import Activity, Assignment, LateVisit
from crm.services import access_index, late_visits
from crm.tasks import forget_late_visits
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api

ADDRESS = "/api/v1/sync/late"
pytestmark = pytest.mark.django_db


class Phone:
    """A device with its key: writes and signs without a network, sends later."""

    def __init__(self, person):
        self.key = ec.generate_private_key(ec.SECP256R1())
        spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public = base64.b64encode(spki).decode()
        self.row = devices.register(actor=person, name="Phone", public_key=self.public)

    def wrote(self, place, **said):
        said = {"client_uuid": str(uuid4()), "customer": place.pk, "kind": "visit",
                "happened_at": (database_now() - timedelta(hours=2)).isoformat(),
                "note": "They want a quote"} | said  # fmt: skip
        return self.signed(json.dumps(said, ensure_ascii=False))

    def signed(self, written):
        message = (late_visits.PREFIX + written).encode()
        r, s = utils.decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {"written": written, "signature": base64.b64encode(raw).decode()}

    def sends(self, items):
        body = {"device": str(self.row.number), "items": items}
        return Client(raise_request_exception=False).post(ADDRESS, body, "application/json")


def frozen(cast, name="li"):
    """A person loses access."""
    people.set_state(actor=cast.system, person=cast[name], state="frozen", reason="Test")


@pytest.fixture
def later(monkeypatch):
    """later(hours): so much time has passed since access ended."""

    def pass_(hours):
        monkeypatch.setattr(
            late_visits, "database_now", lambda: database_now() + timedelta(hours=hours)
        )

    return pass_


def told(code):
    outbox.relay()
    return list(Notice.objects.filter(code=code).values_list("person__username", flat=True))


def test_visits_of_a_frozen_person_are_kept_apart_and_nobody_reads_anything_from_the_answer(cast):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.huadong, note=f"Visit {n}") for n in range(3)]
    frozen(cast)
    answer = phone.sends(items)
    ids = sorted(json.loads(one["written"])["client_uuid"] for one in items)
    assert answer.status_code == 202 and answer.json() == {"ids": ids}
    assert not Activity.objects.exists()
    assert {row.customer for row in LateVisit.objects.all()} == {cast.huadong}
    assert told("late_visits.waiting") == ["lead.east"]
    assert not TrailEntry.objects.filter(verb="late_visits.keep").exclude(customer_id=None).exists()


def test_sent_again_they_are_kept_once_and_acknowledged_again(cast):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.huadong)]
    frozen(cast)
    first, again = phone.sends(items), phone.sends(items)
    assert first.json() == again.json() and again.status_code == 202
    assert LateVisit.objects.count() == 1 and told("late_visits.waiting") == ["lead.east"]


def test_what_the_device_did_not_sign_is_not_taken(cast):
    phone, other = Phone(cast.li), Phone(cast.chen)
    genuine = phone.wrote(cast.huadong)
    frozen(cast)
    forged = genuine | {"written": genuine["written"].replace("quote", "refund")}
    unsigned = genuine | {"signature": ""}
    foreign = other.wrote(cast.huadong)
    for item in (forged, unsigned, foreign, genuine | {"signature": "A" * 88}):
        answer = phone.sends([item])
        assert (answer.status_code, answer.json()) == (401, {})
    assert len(phone.sends([forged, genuine, foreign]).json()["ids"]) == 1
    assert LateVisit.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", "null", '{"device": 1, "items": []}', '{"device": "x", "items": [1]}',
     '{"device": "x", "items": [{"written": 5, "signature": null}]}', "[" * 50_000, b"\xff\xfe"],
)  # fmt: skip
def test_nonsense_is_answered_in_a_word(cast, body):
    answer = Client(raise_request_exception=False).post(
        ADDRESS, data=body, content_type="application/json"
    )
    assert answer.status_code == 400 and answer.json() == {}
    assert Client().get(ADDRESS).status_code == 405


def test_strange_things_that_were_signed_are_kept_or_left_with_the_device(cast):
    phone = Phone(cast.li)
    kept = [phone.wrote(cast.huadong, **odd) for odd in (
        {"customer": "x"}, {"customer": 2**70}, {"customer": True}, {"happened_at": "yesterday"},
        {"happened_at": "9999-12-31T23:59:59-23:00"}, {"kind": 7, "contacts": {"a": 1}, "note": None},
        {"next_step_on": "2026-99-99"}, {"contacts": [True, -1, 2**80, "x", 10**9]},
    )]  # fmt: skip
    left = [phone.signed(text) for text in (
        "no json", "[1]", '{"client_uuid": 5}', '{"client_uuid": "x"}', "[" * 9_000,
        json.dumps({"client_uuid": str(uuid4()), "note": "x" * 30_000}),
    )]  # fmt: skip
    frozen(cast)
    answer = phone.sends([*kept, *left])
    assert answer.status_code == 202 and len(answer.json()["ids"]) == len(kept)
    for row in LateVisit.objects.filter(customer=cast.huadong):
        if not row.claims_too_late:
            late_visits.accept(actor=cast.he, late_visit=row) if row.said[
                "kind"
            ] == "visit" else None


@pytest.mark.parametrize("half", ["\\ud800", "\ud800"])
def test_a_text_that_no_page_can_show_stays_with_the_device(cast, client, half):
    """Half of a surrogate pair, written out or as it is: it would break the supervisor's list."""
    phone = Phone(cast.li)
    frozen(cast)
    broken = phone.signed(
        json.dumps({"client_uuid": str(uuid4()), "customer": cast.huadong.pk, "note": "\ud800"})
    )
    if half == "\ud800":
        broken["written"] = broken["written"].replace("\\ud800", half)
    answer = phone.sends([broken, phone.wrote(cast.huadong)])
    assert answer.status_code == 202 and len(answer.json()["ids"]) == 1
    client.force_login(cast.he)
    assert client.get(reverse("crm:late-visits")).status_code == 200


def test_where_the_head_does_not_see_them_all_a_director_is_told(cast):
    phone = Phone(cast.li)
    Assignment.objects.create(
        customer=cast.nanqiao, person=cast.li, seat="backup", made_by=cast.system,
        period=DateTimeTZRange(
            database_now() - timedelta(days=9), database_now() - timedelta(hours=1), "[)"
        ),
    )  # fmt: skip
    access_index.recompute([cast.nanqiao.pk])
    frozen(cast)
    phone.sends([phone.wrote(cast.huadong)])
    assert told("late_visits.waiting") == ["lead.east"]
    phone.sends([phone.wrote(cast.nanqiao)])
    assert sorted(told("late_visits.waiting")) == ["director", "lead.east"]


def test_a_full_batch_is_kept_in_a_few_statements(cast, django_assert_max_num_queries):
    phone = Phone(cast.li)
    frozen(cast)
    items = [phone.wrote(cast.huadong) for _ in range(60)]
    with django_assert_max_num_queries(25):
        answer = phone.sends(items)
    assert len(answer.json()["ids"]) == 60 == LateVisit.objects.count()


def test_who_has_access_sends_as_always_and_an_unknown_device_learns_nothing(cast):
    phone = Phone(cast.li)
    assert phone.sends([phone.wrote(cast.huadong)]).status_code == 409
    item = phone.wrote(cast.huadong)
    devices.revoke(actor=cast.li, device=phone.row)
    frozen(cast)
    assert phone.sends([item]).status_code == 401
    phone.row.number = uuid4()
    assert phone.sends([item]).status_code == 401
    assert not LateVisit.objects.exists()


def test_after_three_days_nothing_is_taken_and_the_supervisor_is_told_once_a_day(cast, later):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.huadong)]
    frozen(cast)
    later(73)
    for _twice in range(2):
        answer = phone.sends(items)
        assert (answer.status_code, answer.json()) == (410, {})
    assert not LateVisit.objects.exists() and told("late_visits.refused") == ["lead.east"]
    later(71)
    assert phone.sends(items).status_code == 202


def test_the_end_of_access_is_when_it_ended_first_not_when_the_person_left(cast):
    assert cut_at(cast.li) is None
    frozen(cast)
    first = cut_at(Person.objects.get(pk=cast.li.pk))
    with transaction.atomic(), audit.verb("tests.late", cast.system):
        people.put_state(Person.objects.get(pk=cast.li.pk), Person.State.LEFT)
    assert cut_at(Person.objects.get(pk=cast.li.pk)) == first


def test_a_customer_that_was_not_theirs_is_no_customer_here(cast):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.nanqiao)]
    frozen(cast)
    assert phone.sends(items).status_code == 202  # the answer does not tell
    row = LateVisit.objects.get()
    assert row.customer is None
    with pytest.raises(Refused):
        late_visits.accept(actor=cast.he, late_visit=row)
    assert late_visits.reject(actor=cast.he, late_visit=row, why="Not theirs").state == "rejected"


def waiting_row(cast, **said):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.huadong, **said)]
    frozen(cast)
    phone.sends(items)
    return LateVisit.objects.get()


def test_a_supervisor_takes_one_over_once_and_it_stays_marked(cast):
    row = waiting_row(cast)
    for _twice in range(2):
        late_visits.accept(actor=cast.he, late_visit=row)
    activity = Activity.objects.get()
    assert (activity.author, activity.customer, activity.is_late) == (cast.li, cast.huadong, True)
    assert activity.note == "They want a quote" and not activity.proof
    assert activity.happened_at == row.happened_at
    with pytest.raises(Conflict):
        late_visits.reject(actor=cast.he, late_visit=row, why="No")
    row.refresh_from_db()
    assert row.activity == activity and row.decided_by == cast.he


def test_what_claims_to_be_of_after_the_end_of_access_is_not_taken_over(cast):
    row = waiting_row(cast, happened_at=(database_now() + timedelta(hours=1)).isoformat())
    with pytest.raises(Refused):
        late_visits.accept(actor=cast.he, late_visit=row)
    assert not Activity.objects.exists()


@pytest.mark.parametrize("name", ["li", "chen", "wu", "qian", "gao", "hu", "fang", "yu", "ming"])
def test_nobody_but_who_leads_the_author_sees_or_decides(cast, client, name):
    row = waiting_row(cast)
    with pytest.raises((NotAllowed, Exception)) as raised:
        late_visits.accept(actor=Person.objects.get(pk=cast[name].pk), late_visit=row)
    assert raised.type.__name__ in ("NotAllowed", "Http404")
    assert not Activity.objects.exists()
    client.force_login(cast[name])
    page = client.get(reverse("crm:late-visits"))
    assert "They want a quote" not in page.content.decode()


def test_a_lead_decides_on_the_page(cast, client):
    row = waiting_row(cast)
    client.force_login(cast.he)
    page = client.get(reverse("crm:late-visits")).content.decode()
    assert "They want a quote" in page and "华东机电" in page
    reject = reverse("crm:late-visit-reject", args=[row.pk])
    assert client.post(reject, {"why": ""}).status_code == 422
    assert client.post(reject, {"why": "Never happened"}).status_code == 303
    assert "They want a quote" not in client.get(reverse("crm:late-visits")).content.decode()
    entry = TrailEntry.objects.get(verb="late_visits.reject")
    assert "Never happened" not in str(entry.changes)


def test_what_was_written_is_emptied_a_month_after_it_was_decided(cast, later):
    row, waiting = waiting_row(cast), LateVisit.objects.exclude(state="waiting")
    late_visits.reject(actor=cast.he, late_visit=row, why="Never happened")
    later(29 * 24)
    forget_late_visits()
    assert "They want a quote" in waiting.get().written
    later(31 * 24)
    forget_late_visits()
    gone = waiting.get()
    assert (gone.written, gone.signature, gone.said, gone.state) == ("", "", {}, "rejected")
    entries = TrailEntry.objects.filter(verb="late_visits.forget").count()
    forget_late_visits()
    assert TrailEntry.objects.filter(verb="late_visits.forget").count() == entries == 1


def test_a_device_is_registered_by_its_key_and_taken_back_by_the_api(cast):
    key = Phone(cast.chen).public
    client = api(cast.li)
    for wrong in ("", "x", "AAAA", base64.b64encode(b"\x30\x05hello").decode()):
        answer = client.post(
            "/api/v1/devices", {"name": "Phone", "public_key": wrong}, "application/json"
        )
        assert answer.status_code == 422, wrong
    made = client.post("/api/v1/devices", {"name": "Phone", "public_key": key}, "application/json")
    assert made.status_code == 201 and made.json()["number"]
    assert [one["id"] for one in client.get("/api/v1/devices").json()["results"]] == [
        made.json()["id"]
    ]
    back = f"/api/v1/devices/{made.json()['id']}/revoke"
    assert client.post(back, {}, "application/json").status_code == 200
    assert client.post(back, {}, "application/json").status_code == 409
    foreign = Device.objects.get(person=cast.chen).pk
    assert (
        client.post(f"/api/v1/devices/{foreign}/revoke", {}, "application/json").status_code == 404
    )


def test_by_the_api_a_lead_reads_takes_over_and_rejects(cast):
    phone = Phone(cast.li)
    items = [phone.wrote(cast.huadong), phone.wrote(cast.huadong)]
    frozen(cast)
    phone.sends(items)
    first, second = LateVisit.objects.order_by("received_at", "pk")
    there, lead = "/api/v1/late-visits", api(cast.he)
    listed = lead.get(there).json()["results"]
    assert [row["id"] for row in listed] == [first.pk, second.pk]
    assert listed[0]["note"] == "They want a quote" and not listed[0]["claims_too_late"]
    made = [lead.post(f"{there}/{first.pk}/accept", {}, "application/json") for _twice in range(2)]
    assert [answer.json()["activity"] for answer in made] == [Activity.objects.get().pk] * 2
    why = {"why": "Never happened"}
    assert lead.post(f"{there}/{second.pk}/reject", {}, "application/json").status_code == 422
    assert lead.post(f"{there}/{first.pk}/reject", why, "application/json").status_code == 409
    gone = lead.post(f"{there}/{second.pk}/reject", why, "application/json").json()
    assert (gone["state"], gone["decided_by"]["id"]) == ("rejected", cast.he.pk)
    assert lead.get(there).json()["results"] == []


@pytest.mark.parametrize("name", ["chen", "wu", "qian", "hu", "fang"])
def test_by_the_api_nobody_else_reads_or_decides(cast, name):
    row = waiting_row(cast)
    for way, body in (("accept", {}), ("reject", {"why": "x"})):
        address = f"/api/v1/late-visits/{row.pk}/{way}"
        assert api(cast[name]).post(address, body, "application/json").status_code == 404
    assert "quote" not in api(cast[name]).get("/api/v1/late-visits").content.decode()
    assert LateVisit.objects.get().state == "waiting" and not Activity.objects.exists()


def test_whoever_decides_about_late_visits_finds_them_from_every_page(cast, client):
    for name, found in {"he": True, "sun": True, "li": False, "hu": False}.items():
        client.force_login(cast[name])
        page = client.get(reverse("accounts:people")).content.decode()
        assert (f'href="{reverse("crm:late-visits")}"' in page) == found, name
