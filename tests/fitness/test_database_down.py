"""A lost database is an honest 503: on pages, on the API, with a session and without."""

from contextlib import contextmanager
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client


@contextmanager
def lost():
    """Inside, the database does not answer."""
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("refused")):
        yield


@pytest.mark.parametrize("path", ["/", "/customers", "/accounts/login/", "/readyz"])
def test_pages_say_that_they_cannot_serve_now(cast, path):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.li)
    with lost():
        answer = browser.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_a_visit_that_cannot_be_stored_says_so(cast):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.li)
    with lost():
        answer = browser.post("/log", {"customer": cast.huadong.pk, "note": "x"})
    assert answer.status_code == 503


def test_the_api_answers_with_a_problem(cast):
    with lost():
        answer = Client(raise_request_exception=False).get(
            "/api/v1/customers", headers={"Authorization": "Token " + "a" * 64}
        )
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"


def test_the_process_still_answers_that_it_is_alive(cast):
    with lost():
        assert Client(raise_request_exception=False).get("/healthz").status_code == 200


def test_another_fault_is_the_500_page_and_tells_nothing(cast):
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.li)
    with mock.patch("kit.middleware.not_found_body", side_effect=RuntimeError("secret")):
        answer = browser.get("/customers/987654321")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
