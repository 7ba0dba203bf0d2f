"""The list of customers: views, filters, orders, search, pages, and what a strange address does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from crm.models import Contact, ContactChannel, Customer, Position, Region
from crm.seats import Reason, Seat
from crm.selectors import customer_list
from crm.selectors.channels import tail_index
from crm.services import access_index, ownership
from kit import crypto
from kit.models import Disclosure, SubjectKey


@pytest.fixture
def browse(client):
    """browse(person): a browser in which this person is signed in."""

    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


@pytest.fixture
def made(cast):
    """made(name, holder, **fields): one more customer, held by somebody of the cast or by nobody."""

    def make(name, holder="li", **fields):
        with audit.verb("tests.build", cast.system):
            unit = fields.pop("home_unit", cast.units["east"])
            customer = Customer.objects.create(name=name, home_unit=unit, **fields)
            if holder:
                ownership.put(
                    cast.system, customer, Seat.ACCOUNT_MANAGER, cast[holder], Reason.FIRST
                )
            access_index.recompute([customer.pk])
        return customer

    return make


def names(page):
    return [customer.name for customer in page.context["page"].rows]


def found(person, term):
    return [customer.name for customer in customer_list.page(person, term=term).rows]


# -- views and filters ---------------------------------------------------------------------------
def test_rep_lists_own_customers_only_and_the_page_counts_them(cast, browse):
    page = browse(cast.li).get("/customers")
    assert page.status_code == 200
    assert "华东机电" in page.text and "Nanqiao" not in page.text
    shown = Disclosure.objects.filter(person_id=cast.li.pk).latest("pk")
    assert shown.kind == "list" and shown.customer_ids == [cast.huadong.pk]


def test_each_view_shows_what_it_says(cast, browse, made):
    made("Vacant Works", holder=None, tier="C")
    made("Lone Ltd", tier="B")
    late = made("Late Ltd", tier="C", last_confirmed_at=timezone.now() - timedelta(days=91))
    closed = made("Closed Ltd", tier="A", status="closed", last_confirmed_at=late.last_confirmed_at)
    client = browse(cast.he)
    views = {view: set(names(client.get(f"/customers?view={view}"))) for view in
             ("all", "vacant", "no-backup", "stale", "mine", "backup")}  # fmt: skip
    everything = {"华东机电", "Vacant Works", "Lone Ltd", "Late Ltd", closed.name}
    assert views["all"] == everything
    assert views["vacant"] == {"Vacant Works"}
    assert views["no-backup"] == {"Vacant Works", "Lone Ltd", "Late Ltd"}
    assert views["stale"] == {"Late Ltd"}
    assert views["mine"] == views["backup"] == set()
    assert names(browse(cast.chen).get("/customers?view=backup")) == ["华东机电"]


def test_a_confirmed_contact_outweighs_what_was_only_logged(cast, browse, made):
    now = timezone.now()
    made("Talked Of", tier="A", last_activity_at=now, last_confirmed_at=now - timedelta(days=15))
    assert names(browse(cast.li).get("/customers?view=stale")) == ["Talked Of"]


def test_rep_has_no_view_of_vacancies(cast, browse):
    page = browse(cast.li).get("/customers?view=vacant")
    assert page.context["asked"].view == "all"


def test_filters_narrow_and_regions_bring_what_lies_below(cast, browse, made):
    east = Region.objects.create(name="East", name_zh="华东")
    shanghai = Region.objects.create(name="Shanghai", name_zh="上海", parent=east)
    made("In Shanghai", tier="C", region=shanghai)
    made("Elsewhere", tier="C", status="dormant")
    client = browse(cast.li)
    assert names(client.get(f"/customers?region={east.pk}")) == ["In Shanghai"]
    assert names(client.get("/customers?tier=C&status=dormant")) == ["Elsewhere"]
    assert names(client.get("/customers?tier=A&tier=C&status=active")) == ["华东机电"]
    page = client.get(f"/customers?region={east.pk}&filter=open")
    assert 'name="industry"' in page.text and page.status_code == 200


STRANGE = [
    "origin_person__password__startswith=md5", "tier__in=A", "_connector=OR", "_negated=1",
    "pk=1", "order_by=origin_person__password", "sort=origin", "sort=tier__x", "view=secret",
    "tier=Z", "region=x", "region=-1", "region=99999999999999999999", "region=1.5",
    "industry=%F0%9F%98%80", "after=forged", "before=1", "after=eyJhIjoxfQ:1x:y", "filter=zzz",
    "q=" + "z" * 0, "sort=name'--", "view=all&view=vacant",
]  # fmt: skip


@pytest.mark.parametrize("query", STRANGE)
def test_whoever_edits_the_address_gets_the_plain_list(cast, browse, query):
    page = browse(cast.li).get(f"/customers?{query}")
    assert page.status_code == 200
    assert names(page) == ["华东机电"]


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "after=%00"])
def test_a_damaged_address_is_a_400(cast, browse, query):
    assert browse(cast.li).get(f"/customers?{query}").status_code == 400


def test_post_to_the_list_is_not_allowed(cast, browse):
    assert browse(cast.li).post("/customers").status_code == 405


# -- pages ---------------------------------------------------------------------------------------
def test_pages_follow_each_other_there_and_back(cast, browse, made):
    for number in range(30):
        made(f"Works {number:02}")
    client = browse(cast.li)
    first = client.get("/customers?sort=-name")
    assert len(names(first)) == 25 and first.context["page"].total == 31
    second = client.get("/customers", {"sort": "-name", "after": first.context["page"].next})
    assert len(names(second)) == 6 and not second.context["page"].next
    assert not set(names(first)) & set(names(second))
    back = client.get("/customers", {"sort": "-name", "before": second.context["page"].previous})
    assert names(back) == names(first) and not back.context["page"].previous


def test_a_position_of_one_order_means_nothing_in_another(cast, made):
    made("Aaa")
    mark = customer_list.page(cast.li, limit=1).next
    assert customer_list.read_cursor(mark, "-name") and not customer_list.read_cursor(mark, "tier")
    assert len(customer_list.page(cast.li, sort="activity", after=mark).rows) == 2


def test_counting_and_free_orders_stop_at_their_limits(cast, made, monkeypatch):
    for number in range(3):
        made(f"Works {number}")
    monkeypatch.setattr(customer_list, "COUNT_UP_TO", 2)
    monkeypatch.setattr(customer_list, "SORT_UP_TO", 3)
    for person in (cast.li, cast.sun):
        page = customer_list.page(person, sort="tier")
        assert page.total == 3 and page.too_many and page.order == "name"
    assert not customer_list.page(cast.li, sort="tier", term="works").too_many


def test_a_list_too_long_for_its_order_leads_forth_and_back_by_name(cast, made, monkeypatch):
    for number in range(3):
        made(f"Works {number}")
    monkeypatch.setattr(customer_list, "SORT_UP_TO", 3)
    whole = [row.pk for row in customer_list.page(cast.li).rows]
    first = customer_list.page(cast.li, sort="tier", limit=2)
    second = customer_list.page(cast.li, sort="tier", limit=2, after=first.next)
    assert [row.pk for row in first.rows + second.rows] == whole
    back = customer_list.page(cast.li, sort="tier", limit=2, before=second.previous)
    assert [row.pk for row in back.rows] == whole[:2]


# -- search --------------------------------------------------------------------------------------
@pytest.mark.parametrize("term", [
    "华东机电", "华", "东机", "huadong", "HUADONG", "hdjd", "hdjdyxgs", "有限公司", "hua dong",
    "ｈｄｊｄ", " 华东 ", "机电 华东",
])  # fmt: skip
def test_a_customer_is_found_by_every_form_of_its_name(cast, term):
    assert found(cast.li, term) == ["华东机电"]


@pytest.mark.parametrize(
    "term", ["%", "_", "\\", "华%电", "h_djd", "'", '"', "nanqiao", "x" * 5000]
)
def test_signs_of_patterns_are_taken_literally_and_foreign_names_find_nothing(cast, term):
    assert found(cast.li, term) == []


def test_many_words_are_cut_not_refused(cast):
    assert found(cast.li, " ".join(["hua"] * 500)) == ["华东机电"]


def test_signs_of_patterns_are_found_where_they_stand(cast, made):
    made("100%_Cotton\\Co")
    assert found(cast.li, "%_") == ["100%_Cotton\\Co"] == found(cast.li, "\\")


@pytest.fixture
def phone(cast):
    """A phone of a contact at 华东机电 that ends in 5678."""
    key = SubjectKey.objects.create(wrapped=crypto.new_key())
    with audit.verb("tests.build", cast.system):
        contact = Contact.objects.create(name="王芳", key=key)
        Position.objects.create(contact=contact, customer=cast.huadong)
        return ContactChannel.objects.create(
            contact=contact, kind="phone", sealed=crypto.seal(key.wrapped, "+8613812345678"),
            value_index=b"x", tail_index=tail_index("+8613812345678"),
        )  # fmt: skip


@pytest.mark.parametrize("term", ["5678", "５６７８", " 56 78 "])
def test_the_last_four_digits_of_a_phone_find_its_customer(cast, phone, term):
    assert found(cast.li, term) == ["华东机电"]
    assert found(cast.sun, term) == ["华东机电"]


def test_nobody_finds_by_phone_who_may_not_see_channels(cast, phone):
    for name in ("wu", "gao", "mo"):
        assert found(cast[name], "5678") == []
    assert found(cast.gao, "华东") == ["华东机电"]


@pytest.mark.parametrize("term", ["567", "12345678", "567８9", "138"])
def test_other_parts_of_a_phone_find_nothing(cast, phone, term):
    assert found(cast.li, term) == []


def test_an_ended_phone_finds_nothing(cast, phone):
    ContactChannel.objects.update(ended_at=timezone.now())
    assert found(cast.li, "5678") == []


def test_searching_while_typing_brings_only_the_rows_and_counts_them(cast, browse):
    page = browse(cast.li).get("/customers?q=hd", headers={"HX-Request": "true"})
    assert page.status_code == 200 and "<html" not in page.text
    assert 'id="customers-found"' in page.text and "华东机电" in page.text
    assert Disclosure.objects.filter(person_id=cast.li.pk).count() == 1


def test_a_search_without_hits_offers_to_clear_it(cast, browse):
    page = browse(cast.li).get("/customers?q=zzzz&view=mine")
    assert "No customers match" in page.text and 'href="?view=mine"' in page.text
