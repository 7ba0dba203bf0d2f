"""The frame of every page: entries by role, one statement, nothing for visitors."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.backends import SignIn
from accounts.models import Notice
from config.shell import shell
from tests.cast import PASSWORD


def frame(person, path="/people"):
    request = RequestFactory().get(path)
    request.user = person
    return shell(request)


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        (
            "li",
            [
                "/",
                "/customers",
                "/contacts",
                "/tasks",
                "/exams",
                "/approvals",
                "/people",
                "/organisation",
                "/shares",
                "/trail",
            ],
        ),
        (
            "hu",
            [
                "/hr",
                "/departures",
                "/people",
                "/organisation",
                "/agreements",
                "/exposure",
                "/emergency",
                "/trail",
            ],
        ),
        ("yu", ["/organisation", "/people", "/imports", "/private-file", "/trail"]),
        (
            "fang",
            [
                "/trail",
                "/overview",
                "/customers",
                "/rotation",
                "/orders",
                "/contacts",
                "/tasks",
                "/exams",
                "/follow-ups",
                "/departures",
                "/people",
                "/agreements",
                "/organisation",
                "/exposure",
                "/risk",
                "/load",
                "/shares",
                "/erasures",
            ],
        ),
        (
            "gao",
            [
                "/customers",
                "/tasks",
                "/exams",
                "/follow-ups",
                "/approvals",
                "/people",
                "/organisation",
                "/shares",
            ],
        ),
        ("ming", ["/people", "/organisation"]),
    ],
)
def test_each_role_has_the_entries_it_has_a_use_for(cast, name, entries):
    assert [entry.url for entry in frame(cast[name])["nav"]] == entries


def test_at_most_five_entries_stand_at_the_bottom_and_the_act_in_the_middle(cast):
    for name, person in cast.people.items():
        places = frame(person).get("bottom_nav", [])
        assert len(places) <= 5, name
    assert frame(cast.li)["bottom_nav"][2].act
    assert not any(entry.act for entry in frame(cast.hu)["bottom_nav"])


def test_the_frame_counts_unread_notices_in_the_statement_that_reads_the_person(cast):
    Notice.objects.create(person=cast.li, code="x")
    Notice.objects.create(person=cast.li, code="x", read_at=timezone.now())
    Notice.objects.create(person=cast.chen, code="x")
    with CaptureQueriesContext(connection) as asked:
        assert frame(SignIn().get_user(cast.li.pk))["unread"] == 1
    assert len(asked) == 1
    assert frame(SignIn().get_user(cast.wu.pk))["unread"] == 0
    assert SignIn().get_user(987654) is None


def test_the_entry_of_the_page_is_marked(cast):
    marked = [entry.url for entry in frame(cast.hu, "/people/3/edit")["nav"] if entry.current]
    assert marked == ["/people"]


@pytest.mark.parametrize("name", ["bai", "ren"])
def test_who_is_out_gets_no_frame(cast, name):
    assert "nav" not in frame(cast[name])


def test_signing_in_and_the_pages_work_without_the_broker(cast, monkeypatch):
    def down(self, *args, **kwargs):
        raise ConnectionError("the broker is away")

    monkeypatch.setattr("redis.connection.AbstractConnection.connect", down)
    client = Client()
    assert client.post("/accounts/login/", {"login": "hr", "password": PASSWORD}).status_code == 302
    assert client.get("/people").status_code == 200
    given = {"state": "on_notice", "reason": "Resigned"}
    assert client.post(f"/people/{cast.li.pk}/state", given).status_code == 303


def test_demo_logins_are_printed_for_a_demo_alone(cast, capsys, settings):
    call_command("demo_logins", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["lead.east"] == {"login": "lead.east", "password": "holdfast-demo"}
    assert "rep.left" not in found
    settings.DEMO = False
    call_command("demo_logins", "--json")
    assert json.loads(capsys.readouterr().out) == {}
