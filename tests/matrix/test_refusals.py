"""What a view raises becomes the right page, in full and as a fragment."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.errors import Refusals
from kit.errors import Conflict, NotAllowed, OverBudget, Refused


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    return client


ERRORS = [(NotAllowed("not yours"), 403), (Conflict("too late"), 409), (OverBudget("enough"), 429),
          (Refused("no way"), 422)]  # fmt: skip


@pytest.fixture
def raising(monkeypatch, signed_in):
    """Make the list of customers raise."""
    from config import urls  # noqa: F401
    from crm.urls import customers

    def answer(error, **headers):
        def view(request, **kwargs):
            raise error

        pattern = next(p for p in customers.urlpatterns if p.name == "customers")
        monkeypatch.setattr(pattern, "callback", view)
        return signed_in.get("/customers", headers=headers)

    return answer


@pytest.mark.parametrize(("error", "status"), ERRORS)
def test_a_refusal_is_a_page_with_its_reason(raising, error, status):
    response = raising(error)
    assert response.status_code == status
    assert str(error.message) in response.content.decode() and b"<html" in response.content


@pytest.mark.parametrize(("error", "status"), ERRORS)
def test_for_htmx_it_is_a_fragment(raising, error, status):
    response = raising(error, **{"HX-Request": "true"})
    assert response.status_code == status
    assert str(error.message) in response.content.decode() and b"<html" not in response.content


@pytest.mark.parametrize("path", ["/customers?q=%00", "/customers/%00", "/people?q=a%00b"])
def test_a_nul_character_is_a_bad_request(signed_in, path):
    assert signed_in.get(path).status_code == 400


def test_other_errors_stay_what_they_are():
    middleware = Refusals(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), KeyError("x")) is None


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_foreign_missing_and_unresolved_are_one_answer(client, cast, method, headers):
    client.force_login(cast.wu, backend="accounts.backends.SignIn")
    paths = [
        f"/customers/{cast.huadong.pk}",
        "/customers/987654321",
        "/nothing",
        f"/customers/{9**30}",
    ]
    if method in ("put", "delete", "post"):  # a page that is only read says 405 to all of them
        paths = [paths[0], paths[1], paths[3]]
    answers = set()
    for path in paths:
        response = getattr(client, method)(path, headers=headers)
        seen = sorted((k, v) for k, v in response.headers.items() if k != "Date")
        answers.add((response.status_code, str(seen), response.content, response.cookies.output()))
    assert len(answers) == 1


def test_strangers_are_asked_to_sign_in_whatever_they_look_for(client, cast):
    answers = {
        (client.get(path).status_code, client.get(path).headers["Location"].partition("?")[0])
        for path in (f"/customers/{cast.huadong.pk}", "/customers/987654321", "/nothing")
    }
    assert len(answers) == 1


def test_strangers_get_one_404_where_no_sign_in_is_asked(client, db):
    paths = ("/accounts/signup/", "/accounts/nothing/", "/accounts/email/")
    answers = {
        (
            client.get(p).status_code,
            client.get(p).content,
            str(sorted(client.get(p).headers.items())),
        )
        for p in paths
    }
    assert len(answers) == 1
