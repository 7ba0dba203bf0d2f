"""Who looks after whom now: what leads see and may know, what lacks somebody, choosing what to move."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import people
from crm.models import Customer, Selection
from crm.seats import Reason
from crm.selectors import assignment_list as ask
from crm.services import ownership
from kit.clock import database_now
from tests.crm.changesets_world import BACKUP, MANAGER, held, proposed
from tests.leaving import holding_on

LIST = "/assignments"
SELECT = "/assignments/select"


def absent(cast, person):
    now = database_now()
    people.record_absence(
        actor=cast.hu, person=cast[person], starts_at=now, ends_at=now + timedelta(days=3)
    )


def state(cast, person, to):
    with holding_on():
        people.set_state(actor=cast.system, person=cast[person], state=to, reason="Personnel file")


def page(client, query=""):
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return response


def names(response):
    return [row.customer.name for row in response.context["page"].rows]


def standings(response):
    groups = response.context["page"].groups
    return {g.holder.person.latin_name: g.holder.standing for g in groups if g.holder}


# -- who sees what ---------------------------------------------------------------------------------
def test_a_lead_sees_the_customers_of_the_team_grouped_by_account_manager(cast, as_):
    held(cast, 2, by="chen")
    response = page(as_(cast.he))
    groups = response.context["page"].groups
    assert [(g.holder.person, len(g.rows)) for g in groups] == [(cast.chen, 2), (cast.li, 1)]
    assert "Nanqiao" not in response.content.decode()


def test_the_director_sees_the_whole_company_and_the_other_lead_their_own(cast, as_):
    assert set(names(page(as_(cast.sun)))) == {"华东机电", "Nanqiao Hardware"}
    assert names(page(as_(cast.qian))) == ["Nanqiao Hardware"]


@pytest.mark.parametrize("name", ["li", "gao", "hu", "fang", "yu", "lin", "tang", "ming", "mo"])
def test_those_who_lead_nobody_have_no_such_page(cast, as_, name):
    client = as_(cast[name])
    assert client.get(LIST).status_code == 403
    assert client.post(SELECT, {"act": "transfer", "pick": cast.huadong.pk}).status_code == 403
    assert not Selection.objects.exists() and b'href="/assignments"' not in client.get("/").content


def test_the_load_is_told_with_the_customers_and_only_of_who_one_leads(cast, as_):
    held(cast, 3, by="li", tier="B")
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=BACKUP, person=cast.wu)
    group = page(as_(cast.he)).context["page"].groups[0]
    assert (group.load.shown, group.load.customers) == ("11", 4)
    group = page(as_(cast.qian)).context["page"].groups[0]  # through the backup of their team
    assert group.holder.person == cast.li and group.load is None


# -- what lacks somebody ---------------------------------------------------------------------------
def test_the_filters_and_their_figures_say_what_lacks_somebody(cast, as_):
    lone, gone = held(cast, 2, by="chen")
    ownership.assign(
        actor=cast.he, customer=Customer.objects.get(pk=lone), seat=BACKUP, person=cast.li
    )
    ownership.end(
        actor=cast.he, customer=Customer.objects.get(pk=gone), seat=MANAGER, why=Reason.OTHER
    )
    proposed(cast, [cast.huadong.pk])
    client = as_(cast.he)
    first = page(client)
    counts = first.context["page"].counts
    assert counts == {"all": 3, "no-backup": 1, "away": 0, "vacant": 1, "waiting": 1}
    assert first.context["says"] == "1 customer has no account manager."
    assert first.context["page"].groups[0].holder is None
    for query, there in (
        ("vacant", ["客户 1"]),
        ("no-backup", ["客户 1"]),
        ("waiting", ["华东机电"]),
    ):
        assert names(page(client, f"state={query}")) == there
    assert "Every account manager is here and stays." in page(client, "state=away").content.decode()


def test_when_nothing_lacks_anybody_the_page_says_so_first(cast, as_):
    response = page(as_(cast.he))
    assert response.context["says"] == "Every customer has an account manager and a backup."
    assert not response.context["alarming"]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("tier=A", {"华东机电"}),
        ("tier=B&tier=C", {"Nanqiao Hardware"}),
        ("person=rep.east2", {"华东机电"}),
        ("person=rep.south", {"Nanqiao Hardware"}),
        ("person=nobody", {"华东机电", "Nanqiao Hardware"}),
        ("state=x&tier=D&person=%25&unit=abc&page=-1", {"华东机电", "Nanqiao Hardware"}),
        ("unit=99999999999999999999", {"华东机电", "Nanqiao Hardware"}),
        ("page=9999", set()),
    ],
)
def test_filters_narrow_and_nonsense_counts_as_not_said(cast, as_, query, there):
    assert set(names(page(as_(cast.zhao), query))) == there


def test_a_unit_is_the_one_of_the_account_manager_or_of_the_vacancy(cast, as_):
    client, south = as_(cast.zhao), cast.units["south"].pk
    assert names(page(client, f"unit={south}")) == ["Nanqiao Hardware"]
    ownership.end(actor=cast.zhao, customer=cast.nanqiao, seat=MANAGER, why=Reason.OTHER)
    assert names(page(client, f"unit={south}")) == ["Nanqiao Hardware"]
    assert len(names(page(client, f"unit={cast.units['sales'].pk}"))) == 2
    offered = page(as_(cast.he), "filter=open").context["units"]
    assert [unit.pk for unit in offered] == [cast.units["east"].pk]


# -- what one may know of people -------------------------------------------------------------------
def test_a_lead_knows_why_their_people_cannot_answer(cast, as_):
    absent(cast, "li")
    client = as_(cast.he)
    assert standings(page(client, "state=away")) == {"Li Wei": "absent"}
    state(cast, "li", "on_notice")
    assert standings(page(client, "state=away")) == {"Li Wei": "on_notice"}
    assert "On notice" in page(client).content.decode()


def test_another_lead_is_told_only_that_somebody_cannot_answer(cast, as_):
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=BACKUP, person=cast.wu)
    client = as_(cast.qian)
    state(cast, "li", "on_notice")
    assert standings(page(client))["Li Wei"] == "" and names(page(client, "state=away")) == []
    assert page(client).context["page"].counts["away"] == 0
    absent(cast, "li")
    assert standings(page(client))["Li Wei"] == "away"
    state(cast, "li", "frozen")
    assert standings(page(client, "state=away")) == {"Li Wei": "away"}
    text = page(client).content.decode()
    assert "Cannot answer now" in text and "Access frozen" not in text


def test_the_director_knows_states_and_of_absences_only_that_somebody_cannot_answer(cast, as_):
    absent(cast, "li")
    assert standings(page(as_(cast.sun)))["Li Wei"] == "away"
    state(cast, "li", "left")
    assert standings(page(as_(cast.sun)))["Li Wei"] == "left"


# -- choosing --------------------------------------------------------------------------------------
def chosen(response):
    assert response.status_code == 303
    return Selection.objects.get(), response["Location"]


def test_ticked_customers_become_a_selection_that_the_transfer_begins_with(cast, as_):
    rows = held(cast, 3, by="chen")
    client = as_(cast.he)
    answer = client.post(SELECT, {"act": "transfer", "pick": [*rows[:2], cast.nanqiao.pk, "x"]})
    selection, url = chosen(answer)
    assert (selection.ids, selection.person) == (rows[:2], cast.he)
    assert url == f"/transfers/new?selection={selection.pk}"
    assert client.get(url).context["chosen"].ids == rows[:2]


def test_a_backup_for_what_is_ticked_asks_for_the_second_seat(cast, as_):
    rows = held(cast, 1, by="chen")
    selection, url = chosen(as_(cast.he).post(SELECT, {"act": "backup", "pick": rows}))
    assert url == f"/transfers/new?selection={selection.pk}&seat=backup"


def test_all_that_match_are_frozen_and_shown_as_a_list(cast, as_):
    rows = held(cast, 3, by="chen")
    client = as_(cast.he)
    answer = client.post(SELECT, {"act": "all", "query": "state=no-backup&tier=C"})
    selection, url = chosen(answer)
    assert sorted(selection.ids) == rows and url == f"/customers/selection/{selection.pk}"
    assert client.get(url).status_code == 200


def test_nothing_ticked_or_not_theirs_selects_nothing_and_says_so(cast, as_):
    client = as_(cast.he)
    for given in ({}, {"pick": cast.nanqiao.pk}, {"pick": ["", "-1", 10**30]}):
        answer = client.post(SELECT, {"act": "transfer", "query": "tier=A"} | given)
        assert answer["Location"] == "/assignments?tier=A"
        assert "Select a customer first" in client.get(answer["Location"]).content.decode()
    assert client.post(SELECT, {"act": "strange", "pick": cast.huadong.pk}).status_code == 404
    assert client.get(SELECT).status_code == 405
    assert not Selection.objects.exists()


def test_more_than_can_be_chosen_at_once_is_refused(cast, as_, monkeypatch):
    held(cast, 3, by="chen")
    monkeypatch.setattr(Selection, "MOST", 2)
    client = as_(cast.he)
    answer = client.post(SELECT, {"act": "all"})
    assert "Filter first" in client.get(answer["Location"]).content.decode()
    assert not Selection.objects.exists()


# -- figures ---------------------------------------------------------------------------------------
def test_pages_hold_every_customer_once(cast, as_, monkeypatch):
    held(cast, 4, by="chen")
    monkeypatch.setattr(ask, "ROWS", 2)
    client = as_(cast.zhao)
    pages = [page(client, f"page={number}") for number in (0, 1, 2)]
    found = [name for one in pages for name in names(one)]
    assert len(found) == len(set(found)) == 6 == pages[0].context["page"].total
    assert "page=1" in pages[0].content.decode() and pages[2].context["next"] is None


@pytest.mark.parametrize("name", ["he", "zhao", "sun"])
def test_the_page_asks_six_statements_however_many_people_there_are(cast, as_, name):
    held(cast, 10, by="chen")
    held(cast, 5, by="wu")
    absent(cast, "li")
    client = as_(cast[name])
    client.get(LIST)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LIST).status_code == 200
    sql = [q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]  # fmt: skip
    assert len(sql) <= 6, "\n".join(one[:150] for one in sql)
