"""Pages of orders, payments, rates and territories; the filter by orders; the firm above."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts import audit
from accounts.models import Person
from crm.models import Customer, Order, Payment, Region, Share, Territory
from crm.services import access_index, customers, territories
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Disclosure
from tests.crm.trade_world import LINE, ago, order, payment, rate


def browser(person):
    client = Client()
    client.force_login(person, backend="accounts.backends.SignIn")
    client.cookies["language"] = "en"
    return client


def rows(person, query=""):
    return [one.number for one in browser(person).get(f"/orders{query}").context["page"].rows]


def test_everybody_lists_the_orders_of_their_own_sight(cast):
    order(cast, number="east")
    order(cast, customer=cast.nanqiao, number="south")
    seen = {name: rows(cast[name]) for name in ("li", "chen", "he", "wu", "zhao", "tang", "fang")}
    assert seen["li"] == seen["chen"] == seen["he"] == ["east"]
    assert seen["wu"] == ["south"]
    assert seen["zhao"] == seen["tang"] == seen["fang"] == ["south", "east"]
    for name in ("gao", "hu", "lin", "yu", "mo"):
        assert browser(cast[name]).get("/orders").status_code == 403


def test_finance_narrows_the_list_and_pages_through_it(cast):
    late = order(cast, number="late", promised_on=ago(1), person=cast.li)
    paid = order(cast, number="paid", ordered_on=ago(40), state="delivered")
    payment(cast, order=paid, amount=paid.amount)
    assert rows(cast.tang, "?late=1") == ["late"] == rows(cast.tang, "?unpaid=1")
    assert rows(cast.tang, "?state=delivered&state=nonsense") == ["paid"]
    assert rows(cast.tang, "?person=rep.east") == ["late"]
    assert rows(cast.tang, f"?until={ago(30)}") == ["paid"]
    assert rows(cast.tang, f"?customer={cast.nanqiao.pk}") == []
    assert len(rows(cast.tang, "?person=nobody&since=x&customer=99999999999999999999&after=~")) == 2
    for number in range(30):
        order(cast, number=f"n{number}", ordered_on=ago(20))
    first = browser(cast.tang).get("/orders").context["page"]
    second = browser(cast.tang).get(f"/orders?after={first.next}").context["page"]
    assert (first.total, len(first.rows), len(second.rows)) == (32, 25, 7)
    back = browser(cast.tang).get(f"/orders?before={second.previous}").context["page"]
    assert [one.pk for one in back.rows] == [one.pk for one in first.rows]
    assert late.pk == first.rows[0].pk


def test_finance_knows_the_customer_by_name_and_reads_no_more_of_it(cast):
    order(cast, lines=[LINE])
    page = browser(cast.tang).get(f"/customers/{cast.huadong.pk}/trade")
    assert page.status_code == 200 and "华东机电" in page.text and "Motor" in page.text
    assert "tier-a" not in page.text and f'href="/customers/{cast.huadong.pk}"' not in page.text
    assert "tier-a" not in browser(cast.tang).get("/orders").text
    assert "tier-a" in browser(cast.he).get("/orders").text
    shown = Disclosure.objects.filter(person_id=cast.tang.pk).earliest("pk")
    assert shown.customer_ids == [cast.huadong.pk]


def test_the_panel_of_a_customer_is_for_who_may_see_its_orders(cast):
    order(cast)
    address = f"/customers/{cast.huadong.pk}"
    assert "/trade?panel=1" in browser(cast.chen).get(address).text
    assert "/trade" not in browser(cast.gao).get(address).text
    assert "¥100" in browser(cast.chen).get(f"{address}/trade?panel=1").text
    assert browser(cast.gao).get(f"{address}/trade?panel=1").status_code == 403
    assert browser(cast.wu).get(f"{address}/trade").status_code == 404


def form(**more):
    counts = {"line-TOTAL_FORMS": "2", "line-INITIAL_FORMS": "0"}
    return counts | {
        "number": "SO-7", "ordered_on": "2026-10-01", "state": "open", "currency": "cny",
        "person": "rep.east", "client_uuid": str(uuid4()),
    } | more  # fmt: skip


def test_rep_records_an_order_on_the_page_and_double_clicks_make_one(cast):
    address, li = f"/customers/{cast.huadong.pk}/orders/new", browser(cast.li)
    assert li.get(address).status_code == 200
    line = {"line-0-product": "Motor", "line-0-quantity": "1,000", "line-0-unit_price": "2.5"}
    sent = form(**line)
    assert [li.post(address, sent).status_code for _ in range(2)] == [303, 303]
    made = Order.objects.get()
    assert (made.amount, made.currency, made.person) == (2500, "CNY", cast.li)
    page = li.get(made.get_absolute_url())
    assert "Motor" in page.text and "¥2,500" in page.text
    same = li.post(address, form(**line))
    assert same.status_code == 409 and "already has an order with this number" in same.text


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"told_amount": "many"}, {"told_amount": "1" * 40}, {"ordered_on": "soon"},
        {"person": "nobody"}, {"line-0-quantity": "3"}, {"line-TOTAL_FORMS": "x"},
        {"line-TOTAL_FORMS": "999999"}, {"state": "lost"}, {"currency": "元元元"},
        {"client_uuid": "no"}, {"told_amount": "NaN"}, {"told_amount": "Infinity"},
    ],
)  # fmt: skip
def test_a_wrong_form_says_what_and_records_nothing(cast, wrong):
    address = f"/customers/{cast.huadong.pk}/orders/new"
    answer = browser(cast.li).post(address, form(**wrong))
    assert answer.status_code == 422 and "error-summary" in answer.text
    assert not Order.objects.exists()


def test_an_order_changed_by_two_is_told_to_the_second_who_may_insist(cast):
    one, li = order(cast, number="SO-7"), browser(cast.li)
    address = f"/orders/{one.pk}/edit"
    assert li.post(address, form(told_amount="120", version="1")).status_code == 303
    late = li.post(address, form(told_amount="130", version="1"))
    assert late.status_code == 409 and 'name="version" value="2"' in late.text
    assert li.post(address, form(told_amount="130", version="2")).status_code == 303
    assert li.post(address, form(told_amount="1", version="")).status_code == 409
    assert browser(cast.sun).post(address, form(told_amount="1", version="3")).status_code == 403
    assert Order.objects.get().amount == 130


def test_finance_records_and_corrects_a_payment(cast):
    one, tang = order(cast), browser(cast.tang)
    address = f"/customers/{cast.huadong.pk}/payments/new"
    assert 'value="100"' in tang.get(f"{address}?order={one.pk}").text
    sent = {"order": one.pk, "amount": "60", "currency": "CNY", "paid_on": str(ago(1)),
            "client_uuid": str(uuid4())}  # fmt: skip
    assert [tang.post(address, sent).status_code for _ in range(2)] == [303, 303]
    assert "¥40" in tang.get(one.get_absolute_url()).text
    other = order(cast, customer=cast.nanqiao)
    assert tang.post(address, sent | {"order": other.pk, "client_uuid": ""}).status_code == 422
    paid = Payment.objects.get()
    fixed = sent | {"amount": "70", "version": "1"}
    assert tang.post(f"/payments/{paid.pk}/edit", fixed).status_code == 303
    assert tang.post(f"/payments/{paid.pk}/edit", fixed).status_code == 409
    assert Payment.objects.get().amount == 70


def test_an_empty_page_says_where_orders_come_from(cast):
    assert "No order data yet" in browser(cast.li).get(f"/customers/{cast.huadong.pk}/trade").text
    assert "Import a file of orders" in browser(cast.zhao).get("/orders").text


# -- customers by their orders -----------------------------------------------------------------------
def listed(person, query):
    page = browser(person).get(f"/customers?{query}")
    return {customer.name for customer in page.context["page"].rows}


def test_customers_are_found_by_when_they_ordered(cast):
    order(cast, number="old", ordered_on=ago(200))
    assert listed(cast.zhao, "ordered=12") == {"华东机电"} == listed(cast.li, "ordered=12")
    assert listed(cast.zhao, "ordered=3") == set()
    assert listed(cast.zhao, "no_order=3") == {"华东机电", "Nanqiao Hardware"}
    assert listed(cast.zhao, "no_order=12") == {"Nanqiao Hardware"}
    assert listed(cast.zhao, "no_order=x&ordered=-1") == {"华东机电", "Nanqiao Hardware"}


def test_who_may_not_see_orders_cannot_filter_by_them(cast):
    """No answer of the list differs by what a person may not see."""
    before = [listed(cast.gao, query) for query in ("ordered=12", "no_order=12")]
    order(cast)
    assert [listed(cast.gao, query) for query in ("ordered=12", "no_order=12")] == before
    assert 'name="ordered"' not in browser(cast.gao).get("/customers?filter=open").text
    shared(cast, cast.wu, cast.huadong, "settlement_customer")
    assert "华东机电" in listed(cast.wu, "") and "华东机电" not in listed(cast.wu, "ordered=12")
    assert "华东机电" not in listed(cast.wu, "no_order=12")


def shared(cast, person, customer, right):
    from datetime import timedelta

    from django.contrib.auth.models import Permission
    from django.utils import timezone
    from psycopg2.extras import DateTimeTZRange

    now = timezone.now()
    with audit.verb("tests.build", cast.system):
        Share.objects.create(
            content_object=customer, user=person, granted_by=cast.he, reason="audit",
            permission=Permission.objects.get(codename=right),
            period=DateTimeTZRange(now - timedelta(hours=1), now + timedelta(days=5), "[)"),
        )  # fmt: skip
    access_index.recompute([customer.pk])


# -- the firm above ----------------------------------------------------------------------------------
def belongs(cast, customer, parent, actor="zhao"):
    customer = Customer.objects.get(pk=customer.pk)
    return customers.edit(
        actor=cast[actor], customer=customer, values={"parent": parent}, version=customer.version
    )


def test_a_family_is_shown_as_far_as_it_is_seen(cast):
    belongs(cast, cast.nanqiao, cast.huadong)
    zhao, li, wu = (browser(cast[name]) for name in ("zhao", "li", "wu"))
    above, below = (f"/customers/{one.pk}" for one in (cast.huadong, cast.nanqiao))
    assert "Nanqiao Hardware" in zhao.get(above).text and "华东机电" in zhao.get(below).text
    assert "Nanqiao" not in li.get(above).text
    assert "华东机电" not in wu.get(below).text and "Belongs to" not in wu.get(below).text
    edit = wu.get(f"{below}/edit")
    assert "华东机电" not in edit.text
    sent = {
        "name": "Nanqiao",
        "status": "active",
        "version": edit.context["form"]["version"].value(),
    }
    assert wu.post(f"{below}/edit", sent | {"parent": ""}).status_code == 303
    assert Customer.objects.get(pk=cast.nanqiao.pk).parent == cast.huadong


def test_a_customer_never_belongs_to_itself(cast):
    belongs(cast, cast.nanqiao, cast.huadong)
    for customer, parent in ((cast.huadong, cast.nanqiao), (cast.huadong, cast.huadong)):
        with pytest.raises(Refused) as refused:
            belongs(cast, customer, parent)
        assert list(refused.value.fields) == ["parent"]
    with pytest.raises(Refused):
        belongs(cast, cast.huadong, cast.nanqiao, actor="li")
    assert Customer.objects.get(pk=cast.huadong.pk).parent is None


def test_the_firm_above_is_chosen_by_name_among_those_seen(cast):
    address = f"/customers/{cast.huadong.pk}/edit"
    sent = {
        "name": "华东机电",
        "status": "active",
        "version": "1",
        "parent": "nanqiao hardware ltd",
    }
    unknown = browser(cast.li).post(address, sent)
    assert unknown.status_code == 422 and "No customer of this name that you see" in unknown.text
    near = browser(cast.zhao).post(address, sent | {"parent": "Nanqiao"})
    assert near.status_code == 422 and "Nanqiao Hardware" in near.text
    shown = Disclosure.objects.filter(person_id=cast.zhao.pk).latest("pk")
    assert cast.nanqiao.pk in shown.customer_ids
    assert browser(cast.zhao).post(address, sent).status_code == 303
    assert Customer.objects.get(pk=cast.huadong.pk).parent == cast.nanqiao


# -- territories -------------------------------------------------------------------------------------
@pytest.fixture
def region(cast):
    with audit.verb("tests.build", cast.system):
        return Region.objects.create(name="East China", name_zh="华东")


def test_hr_gives_and_ends_a_region_and_everybody_reads_it(cast, region):
    hu, address = browser(cast.hu), f"/people/{cast.li.pk}/territories"
    assert (
        hu.post(f"{address}/new", {"region": region.pk, "started_on": "2024-03-01"}).status_code
        == 303
    )
    assert hu.post(f"{address}/new", {"region": region.pk}).status_code == 409
    assert hu.post(f"{address}/new", {"region": "x"}).status_code == 422
    for page in (address, f"{address}?panel=1", "/territories"):
        assert "East China" in browser(cast.wu).get(page).text
    assert "Li Wei" in browser(cast.wu).get("/territories").text
    one = Territory.objects.get()
    assert browser(cast.he).post(f"/territories/{one.pk}/end").status_code == 403
    assert hu.post(f"/territories/{one.pk}/end").status_code == 303
    assert "East China" not in browser(cast.wu).get(address).text
    assert Territory.objects.get().ended_on == ago(0)


def test_a_territory_gives_no_sight_and_needs_somebody_who_is_here(cast, region):
    territories.give(actor=cast.hu, person=cast.wu, region=region)
    assert not Customer.objects.visible_to(cast.wu).filter(pk=cast.huadong.pk).exists()
    with pytest.raises(Refused):
        territories.give(actor=cast.hu, person=Person.objects.get(pk=cast.ren.pk), region=region)
    with pytest.raises(Conflict):
        territories.give(actor=cast.hu, person=cast.wu, region=region)
    with pytest.raises(NotAllowed):
        territories.give(actor=cast.he, person=cast.li, region=region)
    assert Territory.objects.count() == 1


def test_the_trail_tells_of_orders_payments_and_rates(cast, region):
    one = order(cast, number="SO-77", lines=[LINE])
    payment(cast, order=one)
    rate(cast, "EUR", "7.5")
    territories.give(actor=cast.hu, person=cast.li, region=region)
    told = browser(cast.sun).get("/trail").text
    assert "recorded the order SO-77 of" in told and f'href="/orders/{one.pk}"' in told
    for text in ("recorded a line of an order of", "recorded a payment of", "set the rate of EUR",
                 "East China"):  # fmt: skip
        assert text in told
