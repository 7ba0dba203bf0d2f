"""Signing in: by user name or mail, five failures and no more, nothing said about who exists."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate as real
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from accounts.adapter import STEP, WINDOW
from accounts.services import people
from kit import limits
from kit.errors import OverBudget
from kit.models import Counter
from tests.cast import PASSWORD

LOGIN = "/accounts/login/"


def attempt(login, password=PASSWORD, client=None, **more):
    return (client or Client()).post(LOGIN, {"login": login, "password": password} | more)


def fail(login, times):
    return [attempt(login, "wrong").status_code for _ in range(times)]


def age(minutes):
    """Let time pass for the failures counted so far."""
    for row in Counter.objects.filter(name__startswith="sign-in"):
        Counter.objects.filter(pk=row.pk).update(
            window_start=row.window_start - timedelta(minutes=minutes)
        )


@pytest.mark.parametrize("login", ["rep.east", "REP.East", "rep.east@example.com", " rep.east "])
def test_a_person_signs_in_by_user_name_or_mail(cast, login):
    response = attempt(login)
    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.parametrize(("name", "home"), [("hr", "/people"), ("director", "/customers")])
def test_each_lands_where_their_work_begins(cast, name, home):
    assert attempt(name).url == home


def test_the_page_asked_for_comes_after_signing_in(cast):
    client = Client()
    response = client.get("/people?q=li")
    assert response.url == "/accounts/login/?next=/people%3Fq%3Dli"
    assert attempt("hr", client=client, next="/people?q=li").url == "/people?q=li"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_other_host_comes_after_signing_in(cast, target):
    assert attempt("hr", next=target).url == "/people"


def test_unknown_and_wrong_look_the_same(cast):
    def body(login, password):
        response = attempt(login, password)
        assert response.status_code == 200
        text = response.content.decode().replace(login, "")
        return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]

    known, unknown = body("rep.east", "wrong"), body("rep.nobody", "wrong")
    known = [line for line in known if "X-CSRFToken" not in line]
    unknown = [line for line in unknown if "X-CSRFToken" not in line]
    assert known == unknown


@pytest.mark.parametrize("login", ["rep.frozen", "rep.left", "system"])
def test_frozen_left_and_the_company_itself_do_not_sign_in(cast, login):
    client = Client()
    assert attempt(login, client=client).status_code == 200
    assert client.get("/people").status_code == 302


def test_after_five_failures_even_the_right_password_waits(cast):
    assert fail("rep.east", 5) == [200] * 5
    assert attempt("rep.east").status_code == 429
    assert attempt("rep.south").status_code == 302


def test_failures_by_name_and_by_mail_are_counted_together(cast):
    fail("rep.east", 3)
    fail("rep.east@example.com", 2)
    assert attempt("REP.EAST").status_code == 429


def test_an_unknown_name_is_locked_just_the_same(cast):
    assert fail("rep.nobody", 6) == [200] * 5 + [429]


def test_the_lock_opens_after_five_minutes(cast):
    fail("rep.east", 5)
    age(minutes=4)
    assert attempt("rep.east").status_code == 429
    age(minutes=2)
    assert attempt("rep.east").status_code == 302


def test_a_right_password_costs_no_try(cast):
    for _ in range(8):
        assert attempt("rep.east").status_code == 302
    assert sum(Counter.objects.values_list("used", flat=True)) == 0


def test_fifty_parallel_tries_reach_the_password_five_times(committed, monkeypatch):
    tried = []

    def counted(request, **credentials):
        tried.append(1)
        return real(request, **credentials)

    monkeypatch.setattr("accounts.adapter.authenticate", counted)
    gate, outcomes = threading.Semaphore(12), []

    def one():
        with gate:
            close_old_connections()
            try:
                outcomes.append(attempt("rep.east", "wrong").status_code)
            finally:
                connection.close()

    threads = [threading.Thread(target=one) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 5
    assert sorted(outcomes) == [200] * 5 + [429] * 45


def test_no_two_take_the_last_try(committed):
    start, outcomes = threading.Barrier(20), []

    def take():
        connection.ensure_connection()
        start.wait()
        try:
            limits.spend_recent("race", limit=5, window=WINDOW, step=STEP)
            outcomes.append("taken")
        except OverBudget:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 15 + ["taken"] * 5


@pytest.mark.parametrize(
    "page",
    ["signup/", "email/", "confirm-email/", "password/set/", "sessions/", "login/code/confirm/",
     "2fa/webauthn/", "signup/passkey/", "social/signup/"],
)  # fmt: skip
def test_pages_of_the_library_that_we_do_not_use_are_closed(cast, page):
    for client in (Client(), signed_in(cast.hu)):
        assert client.get(f"/accounts/{page}").status_code == 404
        assert client.post(f"/accounts/{page}", {"username": "x"}).status_code == 404


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    "body",
    [{}, {"login": "x" * 5000, "password": "y" * 5000}, {"login": "a\x00b", "password": "x"},
     {"login": ["a", "b"]}, {"login": "rep.east", "password": "", "next": "x" * 3000}],
)  # fmt: skip
def test_damaged_sign_ins_are_answered_not_crashed(cast, body):
    assert Client().post(LOGIN, body).status_code in (200, 400)


def test_a_forgotten_password_is_set_by_mail_and_unknown_addresses_get_none(cast, mailoutbox):
    for address in ("hr@example.com", "nobody@example.com", "rep.left@example.com"):
        response = Client().post("/accounts/password/reset/", {"email": address})
        assert (response.status_code, response.url) == (302, "/accounts/password/reset/done/")
    assert [mail.to for mail in mailoutbox] == [["hr@example.com"]]
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    client = Client()
    form = client.get("/accounts/" + link.split("/accounts/")[1], follow=True)
    address = form.redirect_chain[-1][0]
    new = {"password1": "a-good-long-one", "password2": "a-good-long-one"}
    assert client.post(address, new).status_code == 302
    assert attempt("hr", "a-good-long-one").status_code == 302


def test_somebody_taken_on_chooses_a_password_by_mail(cast, mailoutbox):
    values = {"username": "new", "name": "新人", "email": "new@example.com", "roles": ["hr"]}
    people.create(actor=cast.hu, values=values)
    Client().post("/accounts/password/reset/", {"email": "new@example.com"})
    assert len(mailoutbox) == 1


def test_failures_of_yesterday_do_not_count(cast):
    yesterday = timezone.now() - timedelta(days=1)
    Counter.objects.create(name=f"sign-in:{cast.li.pk}", window_start=yesterday, used=99)
    assert attempt("rep.east").status_code == 302
