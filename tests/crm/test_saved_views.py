"""Saved views: kept, shared with the team, opened first; what they show is each viewer's own sight."""

import pytest
from django.urls import reverse

from accounts import audit
from accounts.models import TrailEntry
from crm.models import Customer, Region, SavedView, StartView
from crm.seats import Reason, Seat
from crm.services import access_index, ownership, saved_views
from kit.errors import Conflict, Refused

NEW = "/customers/views/new"


@pytest.fixture
def browse(client):
    """browse(person): a browser in which this person is signed in."""

    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


@pytest.fixture
def kept(cast):
    """kept(person, **values): a view of this person."""

    def keep(person, name="A only", **values):
        values = {"filters": {"tier": ["A"]}, "columns": [], "sort": "", **values}
        return saved_views.save(actor=person, values={"name": name, **values})

    return keep


def names(page):
    return [customer.name for customer in page.context["page"].rows]


def tabs(page):
    return {tab["label"]: tab for tab in page.context["views"]}


def query(view):
    return f"/customers?saved={view.pk}&tier=A"


# -- keeping ---------------------------------------------------------------------------------------
def test_rep_saves_the_list_as_it_is_looked_at_and_finds_it_as_a_tab(cast, browse):
    client = browse(cast.li)
    asked = "view=mine&tier=A&status=active&sort=-activity&column=manager&column=region&q=hd"
    page = client.get(f"{NEW}?{asked}")
    assert page.status_code == 200 and page.context["total"] == 1
    answer = client.post(NEW, {"query": asked, "name": "  My   A ones "})
    assert answer.status_code == 303
    view = SavedView.objects.get()
    assert (view.name, view.made_by, view.shared_with) == ("My A ones", cast.li, None)
    assert view.filters == {"view": ["mine"], "q": ["hd"], "tier": ["A"], "status": ["active"]}
    assert (view.columns, view.sort) == (["manager", "region"], "-activity")
    page = client.get(answer.url)
    assert tabs(page)["My A ones"]["current"] and names(page) == ["华东机电"]
    assert [name for name, _label in page.context["columns"]] == ["manager", "region"]
    assert not page.context["is_changed"]
    entry = TrailEntry.objects.filter(verb="saved_views.save").latest("pk")
    assert entry.changes["name"] == [None, "My A ones"]


def test_a_view_keeps_nothing_but_what_the_list_itself_can_read(cast, browse):
    asked = (
        "tier=Z&origin_person__password=1&view=vacant&sort=password&column=secret&region=9&after=x"
    )
    browse(cast.li).post(NEW, {"query": asked, "name": "Odd"})
    view = SavedView.objects.get()
    assert (view.filters, view.columns, view.sort) == ({}, [], "name")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\u200b"])
def test_a_view_needs_a_name_that_fits(cast, browse, name):
    answer = browse(cast.li).post(NEW, {"query": "", "name": name})
    assert answer.status_code == 422 and not SavedView.objects.exists()


def test_a_second_view_of_the_same_name_is_refused_at_the_name(cast, browse, kept):
    kept(cast.li)
    answer = browse(cast.li).post(NEW, {"query": "", "name": "A only"})
    assert answer.status_code == 409 and "name" in answer.context["form"].errors
    assert SavedView.objects.count() == 1
    kept(cast.chen)  # somebody else's name is free


def test_nobody_keeps_views_without_end(cast, kept, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    kept(cast.li)
    with pytest.raises(Refused):
        kept(cast.li, name="One more")


# -- what stands in a view is old or bad -----------------------------------------------------------
@pytest.mark.parametrize(
    "filters",
    [{"tier": ["Z"]}, {"region": ["99999999999999999999"]}, {"view": ["secret"]}, {"tier": "A"},
     {"x": ["1"]}, [], {"view": [None, {"a": 1}]}, {"industry": [["5"]]}],
)  # fmt: skip
def test_a_view_with_old_filters_never_breaks_the_page(cast, browse, kept, filters):
    view = kept(cast.li)
    SavedView.objects.filter(pk=view.pk).update(filters=filters, columns=["gone"], sort="gone")
    client = browse(cast.li)
    answer = client.get(reverse("crm:saved-view", args=[view.pk]))
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.status_code == 200 and names(page) == ["华东机电"]
    assert client.get(f"/customers/views/{view.pk}/edit").status_code == 200
    assert client.get("/customers/views").status_code == 200


def test_a_view_says_that_a_filter_of_it_is_gone(cast, browse, kept):
    region = Region.objects.create(name="East", name_zh="华东")
    view = kept(cast.li, filters={"region": [str(region.pk)]})
    client = browse(cast.li)
    address = f"/customers?saved={view.pk}&region={region.pk}"
    assert client.get(address).context["left_out"] is False
    region.delete()
    page = client.get(address)
    assert page.context["left_out"] is True and "They were left out" in page.text


# -- sharing ---------------------------------------------------------------------------------------
def test_a_shared_view_shows_everybody_their_own_customers(cast, browse, kept):
    with audit.verb("tests.build", cast.system):
        chens = Customer.objects.create(name="Chens own", tier="A", home_unit=cast.units["east"])
        ownership.put(cast.system, chens, Seat.ACCOUNT_MANAGER, cast.chen, Reason.FIRST)
        access_index.recompute([chens.pk])
    view = kept(cast.li, shared_with=cast.units["east"])
    page = browse(cast.chen).get(query(view))
    assert tabs(page)["A only · Li Wei"]["current"]
    assert set(names(page)) == {"Chens own", "华东机电"}
    assert names(browse(cast.li).get(query(view))) == ["华东机电"]


def test_other_teams_do_not_know_the_view(cast, browse, kept):
    view = kept(cast.li, shared_with=cast.units["east"])
    client = browse(cast.wu)
    assert "A only" not in client.get(query(view)).text
    for address in ("", "/edit"):
        assert client.get(f"/customers/views/{view.pk}{address}").status_code == 404
    for act in ("remove", "start", "first", "unshare"):
        assert client.post(f"/customers/views/{view.pk}/{act}").status_code == 404
    assert SavedView.objects.filter(pk=view.pk, shared_with=cast.units["east"]).exists()


def test_a_view_of_ones_own_is_nobody_elses(cast, browse, kept):
    view = kept(cast.li)
    assert browse(cast.chen).get(f"/customers/views/{view.pk}").status_code == 404
    assert browse(cast.he).get(f"/customers/views/{view.pk}").status_code == 404


def test_a_view_of_a_department_reaches_the_teams_below(cast, browse, kept):
    view = kept(cast.zhao, shared_with=cast.units["sales"])
    for person in (cast.li, cast.wu, cast.he):
        assert browse(person).get(f"/customers/views/{view.pk}").status_code == 302
    assert browse(cast.gao).get(f"/customers/views/{view.pk}").status_code == 404


def test_a_colleague_neither_changes_nor_removes_a_shared_view(cast, browse, kept):
    view = kept(cast.li, shared_with=cast.units["east"])
    client = browse(cast.chen)
    assert client.get(f"/customers/views/{view.pk}/edit").status_code == 403
    assert client.post(f"/customers/views/{view.pk}/edit", {"name": "Mine"}).status_code == 403
    for act in ("remove", "first", "unshare"):
        assert client.post(f"/customers/views/{view.pk}/{act}").status_code == 403
    view.refresh_from_db()
    assert (view.name, view.shared_with) == ("A only", cast.units["east"])


def test_the_head_of_the_team_takes_a_view_out_of_it(cast, browse, kept):
    view = kept(cast.li, shared_with=cast.units["east"])
    assert browse(cast.he).post(f"/customers/views/{view.pk}/unshare").status_code == 303
    view.refresh_from_db()
    assert view.shared_with is None
    assert browse(cast.chen).get(f"/customers/views/{view.pk}").status_code == 404


def test_nobody_shares_with_another_team(cast, kept):
    with pytest.raises(Refused):
        kept(cast.li, shared_with=cast.units["south"])
    assert not SavedView.objects.exists()


# -- changing --------------------------------------------------------------------------------------
def test_rep_changes_what_a_view_shows(cast, browse, kept):
    view = kept(cast.li)
    client = browse(cast.li)
    page = client.get(f"/customers?saved={view.pk}&tier=B")
    assert page.context["is_changed"] and f"/customers/views/{view.pk}/edit?tier=B" in page.text
    answer = client.post(
        f"/customers/views/{view.pk}/edit", {"query": "tier=B", "name": "B only", "share": "on"}
    )
    assert answer.status_code == 303
    view.refresh_from_db()
    assert (view.name, view.filters) == ("B only", {"tier": ["B"]})
    assert view.shared_with == cast.units["east"]


def test_a_save_over_ones_own_second_tab_is_a_conflict_and_sent_again_it_counts(cast, browse, kept):
    view = kept(cast.li)
    client, url = browse(cast.li), f"/customers/views/{view.pk}/edit"
    seen = client.get(url).context["form"]["version"].value()
    first = {"query": "tier=B", "name": "B only", "version": seen}
    assert client.post(url, first).status_code == 303
    second = first | {"query": "tier=C", "name": "C only"}
    answer = client.post(url, second)
    view.refresh_from_db()
    assert answer.status_code == 409 and view.name == "B only"
    again = second | {"version": answer.context["form"]["version"].value()}
    assert client.post(url, again).status_code == 303
    view.refresh_from_db()
    assert view.name == "C only"


def test_a_removed_view_is_gone_for_everybody(cast, browse, kept):
    view = kept(cast.li, shared_with=cast.units["east"])
    saved_views.start_with(actor=cast.chen, view=view)
    assert browse(cast.li).post(f"/customers/views/{view.pk}/remove").status_code == 303
    assert not SavedView.objects.exists() and not StartView.objects.exists()
    assert browse(cast.chen).get("/customers").status_code == 200


def test_a_view_is_put_before_the_others(cast, browse, kept):
    kept(cast.li, name="One")
    two = kept(cast.li, name="Two")
    client = browse(cast.li)
    assert list(tabs(client.get("/customers")))[-2:] == ["One", "Two"]
    assert client.post(f"/customers/views/{two.pk}/first").status_code == 303
    assert list(tabs(client.get("/customers")))[-2:] == ["Two", "One"]


# -- the one that a list opens with ------------------------------------------------------------------
def test_the_list_opens_with_the_chosen_view_and_all_is_a_tab_away(cast, browse, kept):
    view = kept(cast.li, filters={"tier": ["B"]})
    client = browse(cast.li)
    assert client.post(f"/customers/views/{view.pk}/start").status_code == 303
    answer = client.get("/customers")
    assert answer.status_code == 302 and answer.url == f"/customers?tier=B&saved={view.pk}"
    page = client.get(answer.url)  # empty, and its tabs are there all the same
    assert names(page) == [] and tabs(page)["A only"]["current"]
    everything = client.get(tabs(page)["All"]["url"])
    assert names(everything) == ["华东机电"]
    assert client.post(f"/customers/views/{view.pk}/start", {"off": "1"}).status_code == 303
    assert client.get("/customers").status_code == 200


def test_a_view_that_is_no_longer_shared_opens_nothing(cast, browse, kept):
    view = kept(cast.li, shared_with=cast.units["east"])
    saved_views.start_with(actor=cast.chen, view=view)
    saved_views.stop_sharing(actor=cast.li, view=view)
    assert browse(cast.chen).get("/customers").status_code == 200


def test_two_at_once_under_one_name_are_a_conflict(cast, kept):
    one, two = kept(cast.li), kept(cast.li, name="Other")
    with pytest.raises(Conflict):
        saved_views.change(actor=cast.li, view=two, values={"name": one.name})


# -- columns ---------------------------------------------------------------------------------------
def test_every_column_can_be_chosen_and_stands_in_the_table(cast, browse):
    from crm.filters.customers import COLUMNS

    every = "&".join(f"column={name}" for name in COLUMNS)
    page = browse(cast.li).get(f"/customers?{every}")
    assert [name for name, _label in page.context["columns"]] == list(COLUMNS)
    for label in ("Service line", "Last confirmed contact", "Industry", "Added"):
        assert f"{label}</th>" in page.text
    assert "Gao Yun" in page.text


def test_unknown_columns_are_the_usual_ones(cast, browse):
    page = browse(cast.li).get("/customers?column=password&column=")
    assert len(page.context["columns"]) == 5
