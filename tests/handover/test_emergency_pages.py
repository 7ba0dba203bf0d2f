"""The pages and the API of a sudden departure: counts in words, errors at the field, few clicks."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Person
from crm.models import Activity, Task
from handover.models import EmergencyCall, Freeze, Incident
from handover.selectors import meetings
from handover.services import emergency
from tests.accept.frame import api, browser
from tests.cast import PASSWORD
from tests.crm.changesets_world import held

GIVEN = {"trigger": "no_contact", "reason": "Nobody has seen him since Monday"}
SIGNED = GIVEN | {"password": PASSWORD}


def page(person):
    return reverse("handover:person-freeze", args=[person.pk])


def said(cast, **more):
    return GIVEN | {"name": "li wei", "password": PASSWORD} | more


@pytest.fixture
def frozen(cast):
    return emergency.freeze(actor=cast.he, person=cast.li, evidence="secret-evidence", **GIVEN)


def test_page_says_in_numbers_what_a_freeze_would_do(cast):
    held(cast, 2)
    browser(cast.li)
    text = browser(cast.he).get(page(cast.li)).content.decode()
    assert "<strong>3 customers</strong> go to acting persons" in text
    assert "2 have no backup who can" in text and "Chen Jie" in text
    assert not Freeze.objects.exists()


@pytest.mark.parametrize(
    ("field", "more"),
    [("trigger", {"trigger": ""}), ("reason", {"reason": ""}), ("name", {"name": "Chen Jie"}),
     ("password", {"password": "wrong"}), ("evidence", {"evidence": "x" * 4_001})],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nobody_is_frozen(cast, field, more):
    answer = browser(cast.he).post(page(cast.li), said(cast, **more))
    assert answer.status_code == 422 and f'id="id_{field}-error"' in answer.content.decode()
    assert Person.objects.get(pk=cast.li.pk).state == "active"


def test_lead_freezes_on_one_page_and_the_head_confirms_on_the_next(cast):
    answer = browser(cast.he).post(page(cast.li), said(cast))
    row = Freeze.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    head = browser(cast.zhao)
    assert "Confirm as second person" in head.get(row.get_absolute_url()).content.decode()
    head.post(reverse("handover:freeze-confirm", args=[row.pk]))
    row.refresh_from_db()
    assert row.confirmed_by == cast.zhao
    assert browser(cast.he).get(page(cast.li)).status_code == 303  # leads to the freeze


def test_the_only_one_of_a_name_is_chosen_at_once(cast):
    address, lead = reverse("handover:emergency"), browser(cast.he)
    assert lead.get(address, {"q": "li wei"})["Location"] == page(cast.li)
    assert "Li Wei" not in lead.get(address, {"q": "wu hao"}).content.decode()
    assert "Mo Fan" in lead.get(address, {"q": "e"}).content.decode()


def test_refusals_of_oneself_and_of_the_last_administrator_are_said(cast):
    assert browser(cast.he).get(page(cast.he)).status_code == 403
    answer = browser(cast.hu).post(page(cast.yu), said(cast, name=cast.yu.name))
    assert answer.status_code == 422 and "last administrator" in answer.content.decode()


def test_evidence_is_read_by_those_who_may_freeze_alone(cast, frozen):
    address = frozen.get_absolute_url()
    assert "secret-evidence" in browser(cast.hu).get(address).content.decode()
    assert "secret-evidence" not in browser(cast.fang).get(address).content.decode()
    for name in ("chen", "gao", "qian", "yu", "li"):
        assert browser(cast[name]).get(address).status_code in (302, 404), name


def test_access_is_restored_with_a_reason(cast, frozen):
    address, lead = reverse("handover:freeze-lift", args=[frozen.pk]), browser(cast.he)
    given = {"reason": "A mistake", "password": PASSWORD}
    for wrong in ({"reason": ""}, {"password": ""}, {"password": "holdfast"}):
        assert lead.post(address, given | wrong).status_code == 422
    assert Person.objects.get(pk=cast.li.pk).state == "frozen"
    assert lead.post(address, given).status_code == 303
    assert Person.objects.get(pk=cast.li.pk).state == "active"
    assert lead.post(address, given).status_code == 303


def test_call_is_logged_from_its_page_and_attempts_are_noted(cast, frozen):
    call, head = EmergencyCall.objects.get(), browser(cast.zhao)
    text = head.get(call.get_absolute_url()).content.decode()
    assert "this is Zhao Min, head of sales" in text
    tried = reverse("handover:freeze-call-attempt", args=[frozen.pk, call.pk])
    assert head.post(tried, {"channel": "", "version": "1"}).status_code == 422
    assert head.post(tried, {"channel": "call", "version": "1"}).status_code == 303
    given = {"outcome": "", "client_uuid": str(uuid4()), "note": "Fine"}
    assert head.post(call.get_absolute_url(), given).status_code == 422
    for _turn in range(2):
        assert head.post(call.get_absolute_url(), given | {"outcome": "stays"}).status_code == 303
    assert Activity.objects.get().note == "Fine"


def test_lists_cost_the_same_for_one_and_for_many(cast, frozen, django_assert_max_num_queries):
    head = browser(cast.zhao)
    head.get(reverse("handover:freeze-calls", args=[frozen.pk]))
    Freeze.objects.update(lifted_at=frozen.frozen_at, lifted_by=cast.he)
    held(cast, 12, by="chen", tier="B")
    row = emergency.freeze(actor=cast.he, person=cast.chen, **GIVEN)
    with django_assert_max_num_queries(24):
        answer = head.get(reverse("handover:freeze-calls", args=[row.pk]))
    assert answer.content.decode().count('scope="row"') == 12


def test_meetings_are_planned_from_the_page(cast, frozen):
    address = reverse("handover:freeze-meetings", args=[frozen.pk])
    head, (one,) = browser(cast.zhao), meetings.proposed(cast.zhao, frozen)
    for forged in ("x", "1@x", f"{one.call.pk}@2026-11-22", f"{2**70}@{one.at.isoformat()}", ""):
        assert head.post(address, {"call": forged}).status_code == 422
    assert head.post(address, {"call": one.value}).status_code == 303
    assert Task.objects.get().person == cast.chen
    assert browser(cast.hu).get(address).status_code == 200


def test_papers_stand_in_both_languages(cast, frozen):
    for name in ("freeze-briefing", "freeze-statement"):
        text = browser(cast.hu).get(reverse(f"handover:{name}", args=[frozen.pk])).content.decode()
        assert "Chen Jie" in text and "陈洁" in text


def test_incident_goes_from_the_form_to_its_end(cast, frozen):
    new, lead = reverse("handover:incident-new", args=[cast.huadong.pk]), browser(cast.he)
    assert lead.post(new, {"leaver": cast.wu.pk, "what": "x"}).status_code == 422  # is still here
    assert lead.post(new, {"leaver": cast.li.pk, "what": "Two orders less"}).status_code == 303
    row = Incident.objects.get()
    assert "Two orders less" in lead.get(row.get_absolute_url()).content.decode()
    assert "华东机电" in lead.get(reverse("handover:incidents")).content.decode()
    close = reverse("handover:incident-close", args=[row.pk])
    assert lead.post(close, {"state": "open"}).status_code == 422
    assert lead.post(close, {"state": "won_back"}).status_code == 303
    assert "1 won back" in lead.get(reverse("handover:incidents")).content.decode()


# -- over the API ------------------------------------------------------------------------------------


def post(client, address, **given):
    return client.post(f"/api/v1/{address}", given, content_type="application/json")


def test_whole_way_over_the_api(cast):
    lead, head = api(cast.he), api(cast.zhao)
    answer = post(lead, f"people/{cast.li.pk}/freeze", **SIGNED)
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    assert post(lead, f"people/{cast.li.pk}/freeze", **SIGNED).status_code == 200
    pk = answer.json()["id"]
    assert post(lead, f"freezes/{pk}/confirm").status_code == 403
    assert post(head, f"freezes/{pk}/confirm").json()["state"] == "confirmed"
    (call,) = head.get(f"/api/v1/freeze-calls?freeze={pk}").json()["results"]
    assert post(head, f"freeze-calls/{call['id']}/attempt", channel="call", version=1).json()["attempts"] == 1  # fmt: skip
    given = {"outcome": "follows", "client_uuid": str(uuid4()), "note": "They go"}
    assert post(head, f"freeze-calls/{call['id']}/log", **given).json()["state"] == "reached"
    (incident,) = head.get("/api/v1/incidents").json()["results"]
    assert (
        post(head, f"incidents/{incident['id']}/close", state="partly").json()["state"] == "partly"
    )
    given = {"reason": "A mistake", "password": PASSWORD}
    assert post(lead, f"freezes/{pk}/lift", **given).json()["state"] == "lifted"
    assert post(api(cast.chen), f"people/{cast.wu.pk}/freeze", **SIGNED).status_code == 403


@pytest.mark.parametrize("password", [None, "", "wrong", PASSWORD.upper()])
def test_a_token_alone_freezes_and_restores_nobody(cast, password):
    said = {} if password is None else {"password": password}
    lead = api(cast.he)
    answer = post(lead, f"people/{cast.li.pk}/freeze", **(GIVEN | said))
    assert answer.status_code == 422 and "password" in answer.content.decode()
    row = emergency.freeze(actor=cast.he, person=cast.li, **GIVEN)
    answer = post(lead, f"freezes/{row.pk}/lift", reason="A mistake", **said)
    assert answer.status_code == 422
    assert Person.objects.get(pk=cast.li.pk).state == "frozen"


def test_who_has_no_password_here_freezes_on_the_page_only(cast):
    cast.he.set_unusable_password()
    cast.he.save()
    assert post(api(cast.he), f"people/{cast.li.pk}/freeze", **SIGNED).status_code == 403
    assert not Freeze.objects.exists()
