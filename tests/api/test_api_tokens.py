"""Only a personal token that is alive opens the API."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, Person
from accounts.services import sessions
from tests.crm.contacts_world import sign_in


def test_without_a_token_every_address_answers_401(cast):
    for path in ("customers", f"customers/{cast.huadong.pk}", "me", "people", "visits"):
        answer = Client().get(f"/api/v1/{path}")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
        assert answer["Content-Type"] == "application/problem+json"
    assert Client().post("/api/v1/visits", {}, content_type="application/json").status_code == 401
    assert Client().get("/api/v1/schema").status_code == 200
    assert Client().get("/api/v1/nothing").status_code == 404


def test_a_session_does_not_open_the_api(cast, client):
    sign_in(client, cast.li)
    assert client.get("/api/v1/customers").status_code == 401
    assert client.post("/api/v1/visits", {}, content_type="application/json").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Token", "Token x", "Token a b", "Bearer x", "Token " + "f" * 64, "Token " + "f" * 10_000,
     "Token ÿ", "Token \x00" + "f" * 20, "Basic eDp5", "Token é" + "f" * 40, " ", "Token %00"],
)  # fmt: skip
def test_a_token_that_is_none_is_401_and_never_breaks(cast, header):
    assert Client(headers={"Authorization": header}).get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("change", [{"state": "frozen"}, {"state": "left"}, {"auth_epoch": 1}])
def test_a_token_dies_with_the_next_request(cast, api, change):
    assert api("li").get("me").status_code == 200
    Person.objects.filter(pk=cast.li.pk).update(**change)
    assert api("li").get("me").status_code == 401


def test_a_token_dies_on_its_day_and_when_it_is_revoked(cast, api):
    row, token = sessions.issue_token(actor=cast.li, name="script", days=90)
    client = Client(headers={"Authorization": f"Token {token}"})
    me = client.get("/api/v1/me").json()
    assert me["username"] == "rep.east"
    assert row.expiry <= timezone.now() + timedelta(days=90)
    ApiToken.objects.filter(pk=row.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/me").status_code == 401
    assert api("li").get("me").status_code == 200
    sessions.revoke_token(actor=cast.li, person=cast.li, token=ApiToken.objects.get(user=cast.li))
    assert api("li").get("me").status_code == 401


def test_no_token_lives_without_an_end(cast):
    row, _token = ApiToken.objects.create(user=cast.li)
    assert row.expiry <= timezone.now() + timedelta(days=90)


def test_the_last_use_is_kept_by_the_day(cast, api):
    api("li").get("me")
    row = ApiToken.objects.get(user=cast.li)
    assert row.last_used_on == timezone.now().date()
    with CaptureQueriesContext(connection) as seen:
        api("li").get("me")
    assert not [query["sql"] for query in seen if query["sql"].startswith("UPDATE")]


def test_a_token_without_an_end_cannot_be(cast):
    row, _token = sessions.issue_token(actor=cast.li, name="mine", days=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=row.pk).update(expiry=None)
