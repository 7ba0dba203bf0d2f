"""Pages of erasures: asking, deciding with the password, holds, and what a person is given to read."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import TrailEntry
from crm.models import Contact, Customer, Erasure, Hold
from crm.selectors import erasure as shapes
from crm.selectors import subject_access
from crm.services import activities, contacts, customers, erasure
from kit import jobs, subjects
from kit.dates import today
from kit.disclosure import Disclosure
from tests.api.conftest import Api

PASSWORD = "correct-horse-battery"


@pytest.fixture
def wang(cast):
    return contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "欧阳星河", "note": "likes jasmine"},
        place={"title": "采购经理"}, channels=[{"kind": "phone", "value": "+8613912345678"}],
    )  # fmt: skip


@pytest.fixture
def request_of(cast, wang):
    return erasure.ask(
        actor=cast.li, customer=cast.huadong, contact=wang, ground="asked", asked_on=today()
    )


def confirmed(client, person):
    """A browser of somebody who has just typed the password."""
    person.set_password(PASSWORD)
    person.save()
    client.force_login(person, backend="accounts.backends.SignIn")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_a_rep_asks_on_the_page_of_the_contact_and_sees_what_would_go(cast, client, wang):
    activities.log(actor=cast.li, customer=cast.huadong, client_uuid=uuid4(), contacts=[wang])
    client.force_login(cast.li)
    address = reverse("crm:contact-erase", args=[wang.pk])
    assert address in client.get(wang.get_absolute_url()).content.decode()
    page = client.get(address).content.decode()
    assert "Phones, mails and chats" in page and "is erased" in page
    fates = {str(row.label): str(row.fate) for row in shapes.plan(wang)}
    assert fates["Phones, mails and chats"] == "is erased"
    assert fates["Places of work"] == "stays without the texts"
    assert fates["Took part in"] == "stays as it is"
    answer = client.post(address, {"ground": "asked", "asked_on": today().isoformat()}, follow=True)
    assert "Waits for a second person" in answer.content.decode()
    assert Erasure.objects.get().asked_by == cast.li


@pytest.mark.parametrize(
    "given",
    [
        {}, {"ground": "asked"}, {"ground": "nonsense", "asked_on": "2026-01-05"},
        {"ground": "asked", "asked_on": "2999-01-05"}, {"ground": "asked", "asked_on": "x" * 10_000},
    ],
)  # fmt: skip
def test_bad_input_is_told_and_asks_for_nothing(cast, client, wang, given):
    client.force_login(cast.li)
    assert client.post(reverse("crm:contact-erase", args=[wang.pk]), given).status_code == 422
    assert not Erasure.objects.exists()


def test_agreeing_asks_for_the_password_and_for_a_tick(cast, client, request_of):
    client.force_login(cast.sun)
    address = reverse("crm:erasure-agree", args=[request_of.pk])
    assert client.get(address).url.startswith(reverse("account_reauthenticate"))
    assert client.post(address, {"sure": "on"}).url.startswith(reverse("account_reauthenticate"))
    assert Erasure.objects.get().state == "asked"
    confirmed(client, cast.sun)
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"sure": "on"}).status_code == 303
    jobs.sweep()
    page = client.get(request_of.get_absolute_url()).content.decode()
    assert "欧阳星河" not in page and "Nothing. All tables were searched" in page


def test_who_asked_finds_no_way_to_agree(cast, client, request_of):
    client.force_login(cast.li)
    assert (
        reverse("crm:erasure-agree", args=[request_of.pk])
        not in client.get(request_of.get_absolute_url()).content.decode()
    )
    assert client.get(reverse("crm:erasure-agree", args=[request_of.pk])).status_code == 404


def test_an_erased_contact_says_so_and_offers_nothing(cast, client, wang, request_of):
    erasure.agree(actor=cast.sun, erasure=request_of)
    jobs.sweep()
    client.force_login(cast.li)
    page = client.get(wang.get_absolute_url()).content.decode()
    assert "This person was erased on" in page and "likes jasmine" not in page
    for name in ("contact-edit", "contact-erase"):
        assert reverse(f"crm:{name}", args=[wang.pk]) not in page


def test_a_hold_is_set_shown_and_ended(cast, client, wang, request_of):
    client.force_login(cast.sun)
    day = (today() + timedelta(days=30)).isoformat()
    client.post(
        reverse("crm:contact-hold", args=[wang.pk]), {"ground": "Lawsuit 7", "until_on": day}
    )
    assert "Lawsuit 7" in client.get(reverse("crm:erasures")).content.decode()
    page = client.get(request_of.get_absolute_url()).content.decode()
    assert "Lawsuit 7" in page and reverse("crm:erasure-agree", args=[request_of.pk]) not in page
    client.post(reverse("crm:hold-end", args=[Hold.objects.get().pk]))
    assert Hold.objects.get().ended_by == cast.sun


def test_the_list_is_read_in_a_few_statements(
    cast, client, request_of, django_assert_max_num_queries
):
    for number in range(5):
        one = contacts.create(
            actor=cast.li, customer=cast.huadong, values={"name": f"Guest {number}"}
        )
        erasure.ask(
            actor=cast.li, customer=cast.huadong, contact=one, ground="needless", asked_on=today()
        )
        erasure.hold(actor=cast.sun, contact=one, ground="Lawsuit", until_on=today())
    client.force_login(cast.sun)
    with django_assert_max_num_queries(6):
        assert client.get(reverse("crm:erasures")).status_code == 200


def test_a_person_is_given_all_that_is_kept_as_a_page_and_as_a_file(cast, client, wang):
    confirmed(client, cast.sun)
    address = reverse("crm:contact-data", args=[wang.pk])
    page = client.post(address, {"reason": "By letter", "form": "page"}).content.decode()
    for said in ("欧阳星河", "likes jasmine", "采购经理", "+8613912345678"):
        assert said in page
    told = json.loads(client.post(address, {"reason": "By letter", "form": "json"}).content)
    assert told["Phones, mails and chats"][0]["value"] == "+8613912345678"
    entry = TrailEntry.objects.filter(verb="subject_access.take").first()
    assert entry.reason == "By letter" and entry.subject_id == str(wang.pk)
    assert Disclosure.objects.filter(kind="reveal", customer_ids=[cast.huadong.pk]).count() == 2


def test_without_a_reason_nothing_is_given_out(cast, client, wang):
    confirmed(client, cast.sun)
    answer = client.post(reverse("crm:contact-data", args=[wang.pk]), {"form": "json"})
    assert answer.status_code == 422 and "139" not in answer.content.decode()
    assert not TrailEntry.objects.filter(verb="subject_access.take").exists()


def test_every_model_with_rows_about_a_person_is_in_what_they_are_given(cast, monkeypatch):
    known = {one.label for one in subjects.tellings(Contact)}
    assert list(subjects.undeclared()) == [] and list(subjects.misnamed()) == []
    from crm.models import Link

    monkeypatch.delattr(Link, "tells")
    assert list(subjects.undeclared()) == ["crm.Link.contact"]
    assert known - {one.label for one in subjects.tellings(Contact)} == {"crm.Link.contact"}


def test_the_api_asks_refuses_and_holds(cast, db, wang):
    li, sun = Api(cast.li), Api(cast.sun)
    body = {
        "customer": cast.huadong.pk,
        "contact": wang.pk,
        "ground": "asked",
        "asked_on": today().isoformat(),
    }
    made = li.post("erasures", body)
    assert made.status_code == 201 and made.data["state"] == "asked"
    assert li.post("erasures", body).status_code == 409
    assert li.post(f"erasures/{made.data['id']}/refuse", {"because": "x"}).status_code == 404
    refused = sun.post(f"erasures/{made.data['id']}/refuse", {"because": "Contract runs"})
    assert refused.data["state"] == "refused"
    held = sun.post("holds", {"contact": wang.pk, "ground": "Lawsuit", "until_on": "2099-01-01"})
    assert held.status_code == 201 and li.post("erasures", body).status_code == 422
    assert sun.post(f"holds/{held.data['id']}/end", {}).data["ended_at"]
    assert (
        sun.post(
            "holds", {"customer": cast.huadong.pk, "ground": "x", "until_on": "2099-01-01"}
        ).status_code
        == 422
    )


def test_a_private_customer_is_asked_for_on_the_page_of_its_file(cast, client):
    family = customers.create(actor=cast.li, values={"name": "欧阳静之", "kind": "person"})
    client.force_login(cast.li)
    address = reverse("crm:customer-erase", args=[family.pk])
    assert address in client.get(reverse("crm:customer-private", args=[family.pk])).content.decode()
    client.post(address, {"ground": "consent", "asked_on": today().isoformat()})
    assert Erasure.objects.get().customer == family
    assert client.get(reverse("crm:customer-erase", args=[cast.huadong.pk])).status_code == 404


def test_every_column_that_is_given_out_is_named_in_chinese_too():
    with translation.override("zh-hans"):
        plain = [
            f"{one.label}.{field.name}"
            for model in (Contact, Customer) for one in subjects.tellings(model)
            for field in one.model._meta.local_fields
            if subject_access.said(field, one) and subject_access.named(field).isascii()
        ]  # fmt: skip
    assert plain == []
