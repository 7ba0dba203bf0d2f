"""An activity of somebody outside: every page holds, and it counts as nobody's work of ours."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import audit
from crm.models import Activity, ActivityContact, ActivityVisitor, Link
from crm.selectors import network, worklist
from crm.services import activities
from kit.dates import company_zone, today
from tests.api.conftest import Api
from tests.crm.contacts_world import wang


def browser(person, language="en"):
    client = Client()
    client.force_login(person, backend="accounts.backends.SignIn")
    client.cookies["language"] = language
    return client


@pytest.fixture
def outside(cast):
    """outside(name): yesterday's visit of a dealer at 华东机电 with 王芳, and what is to follow."""
    contact = wang(cast)

    def make(name="Dealer Ott"):
        activity = Activity(
            customer=cast.huadong, author=None, author_name=name, note="Showed the catalogue",
            happened_at=timezone.now() - timedelta(days=1), next_step="Send samples",
            next_step_on=today(company_zone()),
        )  # fmt: skip
        with audit.verb("tests.build", cast.system):
            activities.insert([(activity, [contact.pk], [cast.chen])])
        activity.contact = contact
        return activity

    return make


@pytest.mark.parametrize("name", ["Dealer Ott", ""])
def test_every_page_names_the_visitor_from_outside(cast, outside, name):
    outside(name)  # of two next steps Today shows one in full, without who promised it
    activity = outside(name)
    customer, contact = cast.huadong.pk, activity.contact.pk
    named = [f"/customers/{customer}/timeline?panel=1", f"/customers/{customer}/timeline", f"/contacts/{contact}",
             f"/visits/{activity.pk}", "/"]  # fmt: skip
    others = [f"/customers/{customer}", f"/customers/{customer}/map", f"/customers/{customer}/map?panel=1", "/inbox", "/trail",
              "/customers", f"/customers/{customer}/ownership", f"/visits/{activity.pk}/confirm"]  # fmt: skip
    for language, word in (("en", "xternal"), ("zh-hans", "外部人员")):
        li = browser(cast.li, language)
        for address in named:
            page = li.get(address)
            assert page.status_code == 200 and word in page.text and name in page.text, address
        for address in others:
            assert li.get(address).status_code in (200, 405), address
    for who in ("chen", "he", "sun", "gao", "fang"):
        for address in (*named, *others):
            assert browser(cast[who]).get(address).status_code < 500, (who, address)


def test_the_api_says_null_and_the_name(cast, outside):
    activity = outside()
    api = Api(cast.li)
    one = api.get(f"visits/{activity.pk}").data
    assert (one["author"], one["author_name"]) == (None, "Dealer Ott")
    assert api.get("visits").data["results"][0]["author"] is None
    assert api.get(f"customers/{cast.huadong.pk}/timeline").status_code == 200
    assert api.get("visits", author=cast.li.pk).data["results"] == []


def test_it_counts_as_nobodys_work_and_makes_nobody_known(cast, outside):
    activity = outside()
    with audit.verb("tests.build", cast.system):
        ActivityVisitor.objects.filter(activity=activity).delete()
        Link.objects.filter(contact=activity.contact).delete()
    assert ActivityContact.objects.filter(activity=activity).exists()
    assert network.of_customer(cast.li, cast.huadong).threads == []
    assert list(worklist.last_logged(cast.li)) == []
    assert list(worklist.team_feed(cast.he, {cast.li.pk, cast.chen.pk})) == []
    assert [step.pk for step in worklist.due_steps(cast.li, [cast.huadong.pk])] == [activity.pk]


def test_who_came_along_confirms_it_and_the_trail_reads(cast, outside):
    activity = outside()
    assert browser(cast.chen).post(f"/visits/{activity.pk}/confirm").status_code == 303
    assert browser(cast.li).post(f"/visits/{activity.pk}/next-step").status_code == 303
    assert browser(cast.sun).get("/trail").status_code == 200
