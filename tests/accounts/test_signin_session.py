"""Sessions end when idle, when old, and with the epoch; language and theme follow the person."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Person
from tests.cast import PASSWORD

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def signed_in(login="hr"):
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/140.0")
    assert (
        client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
    )
    return client


def alive(client):
    return client.get("/profile").status_code == 200


def test_half_an_hour_without_a_request_ends_the_session(cast, clock):
    client = signed_in()
    clock.shift(timedelta(minutes=29))
    assert alive(client)
    clock.shift(timedelta(minutes=31))
    assert not alive(client)
    assert not Session.objects.exists()


def test_an_idle_session_changes_nothing_on_the_pages_of_the_library_either(cast, clock):
    client = signed_in()
    clock.shift(timedelta(minutes=31))
    assert client.get("/accounts/password/change/").status_code == 302
    assert client.post("/language", {"language": "zh-hans"}).status_code == 303
    assert Person.objects.get(pk=cast.hu.pk).language == "en"


def test_twelve_hours_end_a_session_in_use(cast, clock):
    client = signed_in()
    for _ in range(35):
        clock.shift(timedelta(minutes=20))
        assert alive(client)
    clock.shift(timedelta(minutes=21))
    assert not alive(client)


def test_the_session_is_written_once_in_five_minutes(cast, clock, django_assert_num_queries):
    client = signed_in()
    alive(client)
    clock.shift(timedelta(minutes=4))
    alive(client)
    assert client.session["seen_at"] == NOON.timestamp()
    clock.shift(timedelta(minutes=1))
    alive(client)
    assert client.session["seen_at"] == NOON.timestamp() + 300
    row = UserSession.objects.get(user=cast.hu)
    assert row.last_seen_at == NOON + timedelta(minutes=5)


def test_a_session_of_another_epoch_is_dead(cast):
    client = signed_in()
    assert alive(client)
    Person.objects.filter(pk=cast.hu.pk).update(auth_epoch=5)
    assert not alive(client)


def test_a_part_of_a_page_is_answered_with_401_when_the_session_is_over(cast, clock):
    client = signed_in()
    clock.shift(timedelta(hours=1))
    assert client.get("/people", headers={"HX-Request": "true"}).status_code == 401


def test_changing_the_password_signs_out_the_other_devices(cast):
    here, there = signed_in(), signed_in()
    new = {
        "oldpassword": PASSWORD,
        "password1": "another-long-one",
        "password2": "another-long-one",
    }
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert alive(here)
    assert not alive(there)


# -- language -------------------------------------------------------------------------------------


def test_the_switch_keeps_the_page_and_its_filters(cast):
    client = signed_in()
    given = {"language": "zh-hans", "next": "/people?q=li&role=rep"}
    response = client.post("/language", given)
    assert (response.status_code, response.url) == (303, "/people?q=li&role=rep")
    assert "人员" in client.get(response.url).content.decode()
    assert Person.objects.get(pk=cast.hu.pk).language == "zh-hans"


def test_a_visitor_takes_the_chosen_language_along_through_the_sign_in(cast):
    client = Client()
    client.post("/language", {"language": "zh-hans", "next": "/accounts/login/"})
    client.post("/accounts/login/", {"login": "hr", "password": PASSWORD})
    assert Person.objects.get(pk=cast.hu.pk).language == "zh-hans"
    assert client.cookies["language"].value == "zh-hans"


def test_a_cookie_left_by_somebody_else_does_not_change_my_language(cast):
    client = Client()
    client.cookies["language"] = "zh-hans"
    client.post("/accounts/login/", {"login": "hr", "password": PASSWORD})
    assert client.cookies["language"].value == "en"
    assert Person.objects.get(pk=cast.hu.pk).language == "en"


@pytest.mark.parametrize("language", ["", "xx", "de", "../../etc", "zh-hans\x00"])
def test_a_language_we_do_not_speak_changes_nothing(cast, language):
    client = signed_in()
    assert client.post("/language", {"language": language}).status_code in (303, 400)
    assert Person.objects.get(pk=cast.hu.pk).language == "en"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example/x", "javascript:1"])
def test_the_switch_leads_to_no_other_host(cast, target):
    assert Client().post("/language", {"language": "en", "next": target}).url == "/"
    assert Client().get("/language").status_code == 405


# -- second factor --------------------------------------------------------------------------------


def test_the_pages_of_the_second_factor_open_and_its_secret_is_encrypted(cast):
    client = signed_in()
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    assert client.get("/accounts/reauthenticate/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    stored = Authenticator.objects.get(user=cast.hu, type="totp")
    assert secret not in str(stored.data)
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    other = Client()
    step = other.post("/accounts/login/", {"login": "hr", "password": PASSWORD})
    assert step.url == "/accounts/2fa/authenticate/"
    assert other.get("/people").status_code == 302
    assert other.get(step.url).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_before_signing_in_speak_both_languages(cast, language):
    client = Client()
    client.cookies["language"] = language
    for page in ("login/", "password/reset/", "password/reset/done/"):
        assert client.get(f"/accounts/{page}").status_code == 200
