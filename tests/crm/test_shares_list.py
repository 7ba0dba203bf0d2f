"""The list of all shares: who may know of which, filters, and changing one from the list."""

import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Action, can
from accounts.services import people
from crm.models import Share
from crm.selectors import share_list
from crm.services import shares
from kit.clock import database_now

LIST = "/shares"


def grant(cast, customer, person, actor, right="read_customer", why="Trade fair", **until):
    return shares.grant(
        actor=cast[actor], customer=getattr(cast, customer), person=cast[person], right=right,
        why=why, until=database_now() + timedelta(**(until or {"days": 20})),
    )  # fmt: skip


@pytest.fixture
def given(cast):
    """He shares the customer of the East with Wu, Qian the one of the South with Li and Chen."""
    return {
        "east": grant(cast, "huadong", "wu", "he"),
        "south": grant(cast, "nanqiao", "li", "qian", days=3),
        "south too": grant(cast, "nanqiao", "chen", "qian", right="log_customer"),
    }


def listed(person):
    """Names of the customers and holders of the shares that a person may know of."""
    rows = share_list.known_to(person)
    return {(row.content_object.name, row.user.latin_name) for row in rows}


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def test_everybody_knows_of_the_shares_they_have_and_of_no_others(cast, given):
    assert listed(cast.wu) == {("华东机电", "Wu Hao")}
    assert listed(cast.li) == {("Nanqiao Hardware", "Li Wei")}
    assert listed(cast.gao) == set()


def test_a_lead_knows_of_the_shares_of_their_customers_not_of_those_their_people_have(cast, given):
    assert listed(cast.he) == {("华东机电", "Wu Hao")}
    assert listed(cast.qian) == {("Nanqiao Hardware", "Li Wei"), ("Nanqiao Hardware", "Chen Jie")}


def test_head_director_and_auditor_know_of_all_only_the_first_two_may_change(cast, given):
    for person, may in ((cast.zhao, True), (cast.sun, True), (cast.fang, False)):
        rows = list(share_list.known_to(person))
        assert len(rows) == 3 and {row.may_change for row in rows} == {may}
    assert {row.may_change for row in share_list.known_to(cast.li)} == {False}


def test_a_share_that_is_over_names_no_customer_to_whoever_had_it(cast, given):
    shares.revoke(actor=cast.he, customer=cast.huadong, share=given["east"])
    assert listed(cast.wu) == set()
    assert listed(cast.he) == {("华东机电", "Wu Hao")}


def test_a_share_leaves_the_list_of_those_in_force_within_its_second(cast, as_):
    share = grant(cast, "huadong", "wu", "he", seconds=1)
    assert "Wu Hao" in body(as_(cast.he).get(LIST))
    while database_now() < share.period.upper:
        time.sleep(0.05)
    assert "Wu Hao" not in body(as_(cast.he).get(LIST))
    assert not can(cast.wu, Action.CUSTOMER_VIEW, cast.huadong)
    assert "Wu Hao" in body(as_(cast.he).get(f"{LIST}?state=over"))


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", {"Wu Hao", "Li Wei", "Chen Jie"}),
        ("state=soon", {"Li Wei"}),
        ("state=over", set()),
        ("state=all", {"Wu Hao", "Li Wei", "Chen Jie"}),
        ("right=log_customer", {"Chen Jie"}),
        ("person=rep.south", {"Wu Hao"}),
        ("person=Li Wei", {"Li Wei"}),
        ("person=nobody", {"Wu Hao", "Li Wei", "Chen Jie"}),
        ("way=given", set()),
        ("way=mine", set()),
        ("state=x&right=y&way=z&person=%25&page=-1", {"Wu Hao", "Li Wei", "Chen Jie"}),
        ("page=9999", set()),
        ("page=99999999999999999999", {"Wu Hao", "Li Wei", "Chen Jie"}),
    ],
)
def test_filters_narrow_and_nonsense_counts_as_not_said(cast, as_, given, query, there):
    page = body(as_(cast.zhao).get(f"{LIST}?{query}"))
    table = page.split("<tbody>")[-1].split("</tbody>")[0] if "<tbody>" in page else ""
    assert {name for name in ("Wu Hao", "Li Wei", "Chen Jie") if name in table} == there


def test_what_somebody_gave_who_has_left_is_found_by_whoever_may_end_it(cast, as_, given):
    people.set_state(actor=cast.hu, person=cast.qian, state="left", reason="Personnel file")
    orphans = body(as_(cast.zhao).get(f"{LIST}?state=orphan"))
    assert "Li Wei" in orphans and "Chen Jie" in orphans and "Wu Hao" not in orphans


def test_a_lead_ends_and_changes_from_the_list_and_comes_back_to_it(cast, as_, given):
    client, here = as_(cast.zhao), f"{LIST}?state=all"
    change = reverse("crm:share-change", args=[cast.huadong.pk, given["east"].pk])
    change = f"{change}?{urlencode({'next': here})}"
    assert change.replace("&", "&amp;") in body(client.get(here))
    assert f'href="{here}"' in body(client.get(change))
    until = (database_now() + timedelta(days=30)).date().isoformat()
    answer = client.post(change, {"right": "read_customer", "until_on": until, "why": "Longer"})
    assert (answer.status_code, answer["Location"]) == (303, here)
    end = reverse("crm:share-revoke", args=[cast.nanqiao.pk, given["south"].pk])
    answer = client.post(end, {"next": here})
    assert (answer.status_code, answer["Location"]) == (303, here)
    assert not can(cast.li, None, cast.nanqiao)
    away = client.post(
        reverse("crm:share-revoke", args=[cast.nanqiao.pk, given["south too"].pk]),
        {"next": "https://evil.example/"},
    )
    assert away["Location"] == reverse("crm:customer-shares", args=[cast.nanqiao.pk])


def test_those_who_see_no_customers_have_no_list_of_shares(cast, as_, given):
    for name in ("hu", "tang", "yu", "ming", "lin"):
        assert as_(cast[name]).get(LIST).status_code == 403


def test_the_list_asks_five_statements_however_long_it_is(cast, as_, given):
    client = as_(cast.zhao)
    client.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LIST).status_code == 200
    sql = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]  # fmt: skip
    assert len(sql) <= 5, "\n".join(one[:150] for one in sql)


def test_pages_hold_every_share_once(cast, as_, monkeypatch, given):
    monkeypatch.setattr(share_list, "ROWS", 2)
    pages = [share_list.page(cast.zhao, lambda rows: rows, number) for number in (0, 1)]
    assert [row.pk for page in pages for row in page.rows] == [
        row.pk for row in Share.objects.order_by("period__endswith", "pk")
    ]
    assert (pages[0].total, pages[0].more, pages[1].more) == (3, True, False)
    assert "page=1" in body(as_(cast.zhao).get(LIST))


# -- the same over the API -------------------------------------------------------------------------


@pytest.fixture
def api(client):
    from accounts.models import ApiToken

    def ask(person, query=""):
        _row, token = ApiToken.objects.create(user=person, epoch=person.auth_epoch)
        return client.get(f"/api/v1/shares{query}", headers={"Authorization": f"Token {token}"})

    return ask


def test_the_api_lists_the_same_shares_with_customers_and_filters(cast, api, given):
    rows = api(cast.zhao).json()["results"]
    assert {row["id"] for row in rows} == {share.pk for share in given.values()}
    assert {row["customer"]["name"] for row in rows} == {"华东机电", "Nanqiao Hardware"}
    assert [row["id"] for row in api(cast.zhao, "?state=soon").json()["results"]] == [
        given["south"].pk
    ]
    one = api(cast.zhao, f"?person={cast.chen.pk}&right=log_customer").json()["results"]
    assert [row["id"] for row in one] == [given["south too"].pk]
    assert [row["id"] for row in api(cast.wu, "?way=mine").json()["results"]] == [given["east"].pk]
    assert api(cast.gao).json()["results"] == []


def test_the_api_pages_through_all_shares_and_refuses_nonsense(cast, api, given):
    first = api(cast.zhao, "?limit=2").json()
    second = api(cast.zhao, f"?limit=2&cursor={first['next']}").json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 3 and second["next"] is None
    for query in ("?state=x", "?person=999999999", "?cursor=x", "?strange=1", "?way=x"):
        assert api(cast.zhao, query).status_code == 400
    assert api(cast.hu).status_code == 403
