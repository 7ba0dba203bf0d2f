"""Selections: ticks of a page, all that match, frozen for an hour; used once, and by their maker alone."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.access import Action
from crm.models import Customer, Selection
from crm.seats import Reason, Seat
from crm.selectors import saved_views as selectors
from crm.selectors.saved_views import Act
from crm.services import access_index, ownership, saved_views
from kit.errors import Conflict, NotAllowed, Refused

PICK = "/customers/selection"


@pytest.fixture(autouse=True)
def something_to_do(monkeypatch):
    """There is an act whose page exists."""
    act = Act("transfer", "Transfer", Action.SEAT_ASSIGN, "/customers/new")
    monkeypatch.setattr(selectors, "ACTS", [act])


@pytest.fixture
def browse(client):
    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


@pytest.fixture
def three(cast):
    """Three more customers of the East team, of tier C."""
    made = []
    with audit.verb("tests.build", cast.system):
        for name in ("One", "Two", "Three"):
            one = Customer.objects.create(name=name, tier="C", home_unit=cast.units["east"])
            ownership.put(cast.system, one, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
            made.append(one)
        access_index.recompute([one.pk for one in made])
    return made


def send(client, rows, picked, query="", **more):
    """What the form of the list posts: the rows that it showed, those that are ticked."""
    data = {"query": query, "shown": ",".join(str(one.pk) for one in rows),
            "pick": [one.pk for one in picked], **more}  # fmt: skip
    return client.post(PICK, data)


def current():
    return Selection.objects.live().order_by("-made_at").first()


def ticked(page):
    return page.context["picked"]


# -- ticks -----------------------------------------------------------------------------------------
def test_lead_ticks_two_and_finds_them_on_every_page_of_the_list(cast, browse, three):
    client = browse(cast.he)
    answer = send(client, three, three[:2], query="tier=C&after=x")
    assert answer.status_code == 303 and answer.url == "/customers?tier=C&after=x"
    assert current().ids == [three[0].pk, three[1].pk]
    page = client.get("/customers?tier=C&sort=-activity")
    assert ticked(page) == {three[0].pk, three[1].pk}
    assert "2 customers selected" in page.text
    assert [tick.rsplit('"', 1)[1] for tick in re.findall(r'name="pick"[^>]*', page.text)].count(
        " checked"
    ) == 2
    # another page of the same list: what is not shown there stays
    send(client, [three[2]], [three[2]], query="tier=C", selection=current().pk)
    assert set(current().ids) == {one.pk for one in three}
    send(client, three[:1], [], query="tier=C", selection=current().pk)
    assert set(current().ids) == {three[1].pk, three[2].pk}


def test_another_filter_empties_the_selection_for_good(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three[:2], query="tier=C")
    assert ticked(client.get("/customers?tier=C&status=prospect")) == set()
    assert ticked(client.get("/customers?tier=C")) == set()


def test_all_that_match_are_frozen(cast, browse, three):
    client = browse(cast.he)
    answer = send(client, three[:1], [], query="tier=C", act="all")
    assert answer.status_code == 303
    assert set(current().ids) == {one.pk for one in three}
    page = client.get("/customers?tier=C")
    assert "All 3 matching customers are selected" in page.text
    with audit.verb("tests.build", cast.system):
        late = Customer.objects.create(name="Late", tier="C", home_unit=cast.units["east"])
        ownership.put(cast.system, late, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
        access_index.recompute([late.pk])
    assert late.pk not in current().ids
    assert "3 customers selected" in client.get("/customers?tier=C").text


def test_a_search_is_a_filter_too(cast, browse, three):
    client = browse(cast.he)
    send(client, [], [], query="q=Two", act="all")
    assert current().ids == [three[1].pk]
    assert ticked(client.get("/customers?q=Two")) == {three[1].pk}


def test_only_customers_that_one_sees_enter(cast, browse, three):
    client = browse(cast.qian)  # the lead of the South
    send(client, three, [*three, cast.nanqiao])
    assert current().ids == [cast.nanqiao.pk]
    send(client, [], [], query="", act="all", selection=current().pk)
    assert current().ids == [cast.nanqiao.pk]


def test_too_many_are_refused_and_nothing_is_changed(cast, browse, three, monkeypatch):
    monkeypatch.setattr(Selection, "MOST", 2)
    client = browse(cast.he)
    send(client, three, three[:1], query="tier=C")
    answer = send(client, three, three[:1], query="tier=C", act="all", selection=current().pk)
    assert "At most 5,000" in client.get(answer.url).text
    assert current().ids == [three[0].pk]
    with pytest.raises(Refused):
        saved_views.pick(actor=cast.he, selection=None, shown=[], filters="",
                         picked=[one.pk for one in three])  # fmt: skip


def test_an_act_without_a_selection_says_so(cast, browse, three):
    client = browse(cast.he)
    answer = send(client, three, [], act="transfer")
    assert answer.url == "/customers?"
    assert "Select a customer first" in client.get("/customers").text


def test_an_act_takes_the_selection_along(cast, browse, three):
    answer = send(browse(cast.he), three, three[:1], act="transfer")
    assert answer.status_code == 303
    assert answer.url == f"/customers/new?selection={current().pk}"


def test_the_bar_is_answered_to_a_script(cast, browse, three):
    client = browse(cast.he)
    data = {"query": "tier=C", "shown": three[0].pk, "pick": three[0].pk}
    page = client.post(PICK, data, headers={"HX-Request": "true"})
    assert page.status_code == 200 and "1 customer selected" in page.text
    assert "Select all 3 matching" in page.text and "<table" not in page.text


def test_clear_empties_the_selection(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three, query="tier=C")
    send(client, three, three, query="tier=C", act="clear", selection=current().pk)
    assert current() is None and ticked(client.get("/customers?tier=C")) == set()


# -- who -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["li", "chen", "gao", "mo", "hu", "fang"])
def test_who_may_do_nothing_with_it_selects_nothing(cast, browse, three, who):
    client = browse(cast[who])
    assert 'name="pick"' not in client.get("/customers?view=all").text
    for act in ("", "all"):
        assert send(client, three, three[:1], act=act).status_code == 403
    assert not Selection.objects.exists()
    with pytest.raises(NotAllowed):
        saved_views.pick(actor=cast[who], selection=None, shown=[], picked=[], filters="")


def test_without_a_page_to_go_to_there_is_nothing_to_tick(cast, browse, three, monkeypatch):
    act = Act("transfer", "Transfer", Action.SEAT_ASSIGN, "/nowhere")
    monkeypatch.setattr(selectors, "ACTS", [act])
    assert 'name="pick"' not in browse(cast.he).get("/customers").text


def test_a_selection_is_its_makers_alone(cast, browse, three):
    send(browse(cast.he), three, three)
    made = current()
    client = browse(cast.zhao)
    assert client.get(f"{PICK}/{made.pk}").status_code == 404
    assert client.post(f"{PICK}/{made.pk}", {"pick": three[0].pk}).status_code == 404
    assert client.post(f"{PICK}/{made.pk}/clear").status_code == 404
    send(client, three, three[:1], selection=made.pk)  # begins one of their own
    made.refresh_from_db()
    assert len(made.ids) == 3 and Selection.objects.count() == 2
    with pytest.raises(Http404):
        selectors.selection(cast.zhao, made.pk)


STRANGE = [
    {"selection": "x"}, {"selection": "00000000-0000-0000-0000-000000000000"}, {"pick": "x"},
    {"pick": "99999999999999999999"}, {"shown": "1,x,,-1"}, {"act": "y" * 30}, {"act": "secret"},
    {"query": "tier=Z&after=x&saved=9"}, {"query": "x" * 5000}, {"shown": ",".join("9" * 9_000)},
]  # fmt: skip


@pytest.mark.parametrize("data", STRANGE)
def test_strange_ticks_select_nothing_and_break_nothing(cast, browse, data):
    assert browse(cast.he).post(PICK, data).status_code in (303, 404)
    assert current() is None


# -- its page --------------------------------------------------------------------------------------
def test_the_selection_is_a_list_out_of_which_some_are_taken(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three, query="tier=C")
    address = f"{PICK}/{current().pk}"
    page = client.get(address)
    assert page.status_code == 200 and page.context["total"] == 3
    assert all(one.name in page.text for one in three)
    assert client.post(address, {"pick": [three[1].pk], "page": "x"}).status_code == 303
    assert current().ids == [three[0].pk, three[2].pk]
    assert "Two" not in client.get(address).text
    assert "Select a customer first" in client.get(client.post(address, {}).url).text
    assert client.post(address, {"pick": current().ids}).url == "/customers"
    assert "Nothing is selected any more" in client.get("/customers").text


def test_what_became_invisible_is_left_out_and_counted(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three, query="tier=C")
    made = current()
    Selection.objects.filter(pk=made.pk).update(ids=[*made.ids, cast.nanqiao.pk])
    page = client.get(f"{PICK}/{made.pk}")
    assert (page.context["total"], page.context["left_out"]) == (3, 1)
    assert "1 customer is no longer yours to see" in page.text and "Nanqiao" not in page.text
    ids, gone = selectors.still_visible(cast.he, current())
    assert (set(ids), gone) == ({one.pk for one in three}, 1)


# -- its end ---------------------------------------------------------------------------------------
def test_a_selection_is_used_once_and_empty_afterwards(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three, query="tier=C")
    made = selectors.selection(cast.he, str(current().pk))
    saved_views.use(made)
    assert ticked(client.get("/customers?tier=C")) == set()
    assert client.get(f"{PICK}/{made.pk}").status_code == 409
    for late in (lambda: saved_views.use(made), lambda: selectors.selection(cast.he, made.pk)):
        with pytest.raises(Conflict):
            late()
    with pytest.raises(Conflict):
        saved_views.take_out(actor=cast.he, selection=made, keys=[three[0].pk])


def test_a_selection_is_held_before_it_is_asked_whether_it_is_over(cast, browse, three):
    send(browse(cast.he), three, three, query="tier=C")
    with CaptureQueriesContext(connection) as asked:
        saved_views.take_out(actor=cast.he, selection=current(), keys=[three[0].pk])
    first, *others = [q["sql"] for q in asked if 'FROM "crm_selection"' in q["sql"]][1:]
    assert "FOR UPDATE" in first and others


def test_an_hour_later_nothing_is_selected(cast, browse, three):
    client = browse(cast.he)
    send(client, three, three, query="tier=C")
    made = current()
    Selection.objects.filter(pk=made.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ticked(client.get("/customers?tier=C")) == set()
    with pytest.raises(Conflict):
        selectors.selection(cast.he, made.pk)
    # ticks on a page that is still open begin a new one
    send(client, three, three[:1], query="tier=C", selection=made.pk)
    assert current().pk != made.pk and current().ids == [three[0].pk]


@pytest.mark.parametrize("key", ["", "x", None, 5, "00000000-0000-0000-0000-000000000000"])
def test_a_key_that_is_none_is_unknown(cast, key):
    with pytest.raises(Http404):
        selectors.selection(cast.he, key)


def test_a_selection_and_saved_views_cost_the_list_no_statement(cast, browse, three):
    saved_views.save(actor=cast.he, values={"name": "A only", "filters": {"tier": ["A"]}})
    client = browse(cast.he)
    client.get("/customers?tier=C")

    def asked():
        with CaptureQueriesContext(connection) as found:
            client.get("/customers?tier=C")
        return len(found)

    before = asked()
    send(client, three, three[:2], query="tier=C")
    assert asked() == before
