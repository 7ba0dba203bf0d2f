"""The pages of the overview: who has them, what they say, where their numbers lead."""

import re
from datetime import timedelta
from html import unescape

import pytest

from crm.models import Customer
from handover.selectors import needs
from kit.clock import database_now
from kit.disclosure import Disclosure
from tests.handover import overview_world as world
from tests.handover.rotation_world import since
from tests.handover.world import case, task

LINK = re.compile(
    r'<a class="stat" href="([^"]+)"><span class="stat-label">([^<]+)</span><span class="stat-value">([^<]+)<'
)


def body(response):
    return response.content.decode()


@pytest.mark.parametrize("url", ["/overview", "/risk"])
@pytest.mark.parametrize("name", ["li", "mo", "gao", "hu", "tang", "yu", "ming"])
def test_who_leads_nobody_gets_the_one_404_and_no_entry_in_the_rail(cast, as_, name, url):
    client = as_(cast[name])
    assert client.get(url).status_code == 404
    assert f'href="{url}"' not in body(client.get("/inbox"))


def test_the_head_of_sales_the_director_and_the_auditor_find_it_on_top_of_the_rail(cast, as_):
    for name in ("zhao", "sun"):
        rail = re.findall(r'class="rail-link" href="([^"]+)"', body(as_(cast[name]).get("/people")))
        assert rail[0] == "/overview"
    assert 'href="/overview"' in body(as_(cast.fang).get("/people"))


def test_each_number_is_that_of_the_list_it_leads_to(cast, as_):
    world.company(cast, 4)
    client = as_(cast.zhao)
    found = LINK.findall(body(client.get("/overview")))
    lists = [(unescape(url), value) for url, _label, value in found if url.startswith("/customers")]
    assert len(lists) == 4
    for url, value in lists:
        total = re.search(r'<span class="count">(\d+)', body(client.get(url)))
        assert int(value) == int(total[1] if total else 0), url


def test_a_cell_of_the_grid_leads_to_its_customers(cast, as_):
    world.talk(cast.huadong, cast.li, world.contacts(cast.huadong, 2))
    client = as_(cast.he)
    page = body(client.get("/risk"))
    assert 'href="/customers?thread=1-2"' in page
    listed = body(client.get("/customers?thread=1-2"))
    assert "华东机电" in listed and "1 of ours, 2 of theirs" in listed
    assert "华东机电" not in body(client.get("/customers?thread=0-0"))


@pytest.mark.parametrize("strange", ["", "4-0", "x", "1-2-3", "1-1; DROP", "１-１", "a" * 5000])
def test_a_strange_cell_narrows_nothing(cast, as_, strange):
    answer = as_(cast.he).get("/customers", {"thread": strange})
    assert answer.status_code == 200 and "华东机电" in body(answer)


def test_fewer_than_five_people_are_not_drawn(cast, as_):
    page = body(as_(cast.he).get("/overview"))
    assert "Not enough account managers to compare (needs 5)." in page and "Lorenz" not in page


def test_five_people_are_drawn_with_the_effective_number(cast, as_):
    for place, name in enumerate(["li", "chen", "he", "wu", "qian"]):
        world.order(world.customer(cast, f"Firm {place}", manager=name), 1000)
    page = body(as_(cast.sun).get("/overview"))
    assert (
        "3 of 5 people hold half the value" in page and "As if 5.0 people held equal books" in page
    )


def test_a_team_without_customers_is_told_why(cast, as_):
    Customer.objects.update(status="closed")
    page = body(as_(cast.he).get("/overview"))
    assert "No customers are assigned to your team yet." in page
    assert as_(cast.he).get("/risk").status_code == 200


def test_one_rep_is_a_company_too(cast, as_):
    Customer.objects.exclude(pk=cast.huadong.pk).update(status="closed")
    for url in ("/overview", "/risk"):
        assert as_(cast.sun).get(url).status_code == 200


def test_all_people_can_be_shown_and_strange_parameters_mean_the_usual(cast, as_):
    client = as_(cast.sun)
    for query in (
        {"people": "all"},
        {"period": "quarter"},
        {"period": "x" * 3000},
        {"people": "1"},
    ):
        assert client.get("/overview", query).status_code == 200


def test_the_risks_in_chinese(cast, as_):
    client = as_(cast.he)
    client.cookies["language"] = "zh-hans"
    for url in ("/overview", "/risk"):
        page = body(client.get(url))
        assert "单线联系" in page and "Single-threaded" not in page


def test_customers_that_the_risk_page_names_are_counted_as_shown(cast, as_):
    client = as_(cast.he)
    client.get("/overview")
    assert not Disclosure.objects.filter(person_id=cast.he.pk, path="/overview").exists()
    client.get("/risk")
    row = Disclosure.objects.get(person_id=cast.he.pk, path="/risk")
    assert row.customer_ids == [cast.huadong.pk]


@pytest.mark.parametrize("url", ["/overview", "/risk"])
def test_the_pages_ask_as_little_of_a_large_company_as_of_a_small_one(
    cast, as_, url, django_assert_max_num_queries
):
    for place in range(40):
        world.customer(cast, f"Firm {place}", manager=["li", "chen", "he", "mo"][place % 4])
    client = as_(cast.he)
    with django_assert_max_num_queries(22):
        client.get(url)


# -- needs -----------------------------------------------------------------------------------------
def test_a_departure_of_the_team_needs_the_lead_and_nobody_of_another_team(cast):
    departure = case(cast, days=20)
    task(cast, departure, cast.chen)
    assert ["Li Wei leaves on" in need.text for need in needs.of(cast.he)] == [True]
    assert needs.of(cast.qian) == [] and needs.of(cast.li) == []


def test_a_secret_departure_needs_nobody_who_does_not_know_it(cast):
    case(cast, confidential_until=database_now() + timedelta(days=3))
    assert needs.of(cast.he) == [] and needs.of(cast.sun) == []


def test_an_overdue_task_makes_it_urgent(cast):
    departure = case(cast, days=20)
    row = task(cast, departure, cast.chen)
    type(row).objects.filter(pk=row.pk).update(due_on="2026-01-05")
    [need] = needs.of(cast.he)
    assert need.urgent and need.note == "1 task is overdue"


# -- rotation and exposure -------------------------------------------------------------------------
def test_an_overdue_rotation_is_counted_named_and_leads_to_the_board(cast, as_):
    since(cast.huadong, 3000)
    client = as_(cast.he)
    page, risks = body(client.get("/overview")), body(client.get("/risk"))
    assert "1 rotation is overdue" in page and "with 1 person" in page
    assert 'href="/rotation?show=overdue"' in page and "华东机电" in risks and "days over" in risks
    assert "No rotation is overdue" in body(as_(cast.qian).get("/overview"))


def test_one_click_leads_to_what_depends_on_a_person(cast, as_):
    client = as_(cast.he)
    url = f"/people/{cast.li.pk}/exposure"
    assert f'href="{url}"' in body(client.get("/overview"))
    assert client.get(url).status_code == 200
