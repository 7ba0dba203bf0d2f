"""One's own profile, sessions and tokens: nobody else's."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Person, TrailEntry
from accounts.services import profile, sessions
from kit.errors import NotAllowed, Refused
from tests.cast import PASSWORD

GOOD = {"latin_name": "Hu R.", "language": "zh-hans", "theme": "dark", "time_zone": "Europe/Berlin"}


def signed_in(login="hr", agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140.0"):
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    return client


def text(response):
    return response.content.decode()


def test_the_profile_is_changed_and_dresses_the_browser(cast):
    client = signed_in()
    response = client.post("/profile", GOOD)
    assert (response.status_code, response.url) == (303, "/profile")
    assert (client.cookies["language"].value, client.cookies["theme"].value) == ("zh-hans", "dark")
    hu = Person.objects.get(pk=cast.hu.pk)
    assert (hu.latin_name, hu.language, hu.theme, hu.time_zone, hu.shortcuts) == (
        "Hu R.", "zh-hans", "dark", "Europe/Berlin", False,
    )  # fmt: skip
    page = text(client.get("/profile"))
    assert 'lang="zh-Hans" data-theme="dark"' in page
    assert TrailEntry.objects.filter(verb="profile.update", actor_id=hu.pk).exists()


@pytest.mark.parametrize(
    "change",
    [{"language": "de"}, {"theme": "pink"}, {"time_zone": "Mars/Base"}, {"latin_name": "x" * 90},
     {"language": ""}, {"time_zone": ""}],
)  # fmt: skip
def test_bad_settings_change_nothing(cast, change):
    assert signed_in().post("/profile", GOOD | change).status_code == 422
    assert Person.objects.get(pk=cast.hu.pk).language == "en"


def test_fields_that_are_not_ones_own_to_set_are_ignored_by_the_page_and_refused_by_the_verb(cast):
    before = Person.objects.filter(pk=cast.hu.pk).values("roles", "state", "name", "email").get()
    more = {"roles": "director", "state": "left", "name": "X", "email": "x@y.example", "pk": 1}
    assert signed_in().post("/profile", GOOD | more).status_code == 303
    assert (
        Person.objects.filter(pk=cast.hu.pk).values("roles", "state", "name", "email").get()
        == before
    )
    for field in more:
        with pytest.raises(Refused):
            profile.update(actor=cast.hu, person=cast.hu, values={field: "x"})


@pytest.mark.parametrize("name", ["hu", "yu", "he", "chen"])
def test_nobody_changes_the_profile_of_another(cast, name):
    with pytest.raises(NotAllowed):
        profile.update(actor=cast[name], person=cast.li, values={"language": "zh-hans"})
    cast.li.refresh_from_db()
    assert cast.li.language == "en"


# -- sessions -------------------------------------------------------------------------------------


def test_the_list_names_devices_and_ends_one_or_all_others(cast):
    here = signed_in()
    phone = signed_in(agent="Mozilla/5.0 (iPhone) Safari/605")
    third = signed_in(agent="")
    page = text(here.get("/profile/sessions"))
    assert "Chrome on Windows" in page
    assert "Safari on iPhone" in page
    assert "This device" in page
    row = UserSession.objects.get(session_key=phone.session.session_key)
    assert here.post("/profile/sessions/end", {"session": row.pk}).status_code == 303
    assert phone.get("/profile").status_code == 302
    assert third.get("/profile").status_code == 200
    assert here.post("/profile/sessions/end").status_code == 303
    assert third.get("/profile").status_code == 302
    assert here.get("/profile").status_code == 200
    assert here.post("/profile/sessions/end").status_code == 409


def test_a_session_of_somebody_else_is_unknown(cast):
    other = signed_in("admin")
    row = UserSession.objects.get(user=cast.yu)
    client = signed_in()
    for session in (row.pk, "x", "", "9" * 30):
        assert client.post("/profile/sessions/end", {"session": session}).status_code == 404
    assert other.get("/profile").status_code == 200


# -- tokens ---------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_works_until_it_is_revoked(cast):
    client = signed_in()
    made = client.post("/profile/tokens", {"name": "Report", "days": 30})
    assert made.status_code == 201
    secret = made.context["secret"]
    assert secret in text(made)
    assert secret not in text(client.get("/profile/tokens"))
    row = ApiToken.objects.get(user=cast.hu)
    assert row.epoch == cast.hu.auth_epoch
    assert timedelta(days=29) < row.expiry - timezone.now() < timedelta(days=31)
    assert secret not in str(TrailEntry.objects.values_list("changes", flat=True))
    assert client.post("/profile/tokens", {"name": "Report", "days": 30}).status_code == 422
    assert client.post(f"/profile/tokens/{row.pk}/revoke").status_code == 303
    assert client.post(f"/profile/tokens/{row.pk}/revoke").status_code == 404
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    "given",
    [{}, {"name": "x"}, {"name": "x", "days": 0}, {"name": "x", "days": 91}, {"name": "x", "days": "9" * 30},
     {"name": "x" * 81, "days": 3}, {"name": " ", "days": 3}, {"name": "x", "days": -1}],
)  # fmt: skip
def test_bad_tokens_are_refused(cast, given):
    assert signed_in().post("/profile/tokens", given).status_code == 422
    assert not ApiToken.objects.exists()


def test_twenty_tokens_are_enough(cast):
    for number in range(20):
        sessions.issue_token(actor=cast.hu, name=f"token {number}", days=1)
    with pytest.raises(Refused):
        sessions.issue_token(actor=cast.hu, name="one more", days=1)


def test_who_is_on_notice_or_out_gets_no_token(cast):
    for name in ("mo", "bai", "ren"):
        with pytest.raises(NotAllowed):
            sessions.issue_token(actor=cast[name], name="keep", days=90)
    assert not ApiToken.objects.exists()


def test_a_token_asked_for_with_an_old_epoch_is_refused(cast):
    Person.objects.filter(pk=cast.li.pk).update(auth_epoch=1)
    with pytest.raises(Refused):
        sessions.issue_token(actor=cast.li, name="late", days=1)


def test_tokens_of_others_are_unknown(cast):
    row, _secret = sessions.issue_token(actor=cast.li, name="mine", days=1)
    for login in ("hr", "admin"):
        client = signed_in(login)
        assert client.post(f"/profile/tokens/{row.pk}/revoke").status_code == 404
        assert "mine" not in text(client.get("/profile/tokens")).split("<main")[1]
    assert ApiToken.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("path", ["", "/sessions", "/tokens"])
def test_visitors_are_asked_to_sign_in(db, path):
    assert Client().get(f"/profile{path}").status_code == 302
