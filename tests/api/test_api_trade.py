"""Orders, payments and rates by the API: own sight, once, from the version that was seen."""

from uuid import uuid4

from crm.models import Order, Payment
from tests.api.conftest import disclosed
from tests.crm.trade_world import ago, order, payment


def body(cast, **more):
    given = {"customer": cast.huadong.pk, "client_uuid": str(uuid4()), "number": "SO-1",
             "ordered_on": str(ago(10)), "amount": "100.50"}  # fmt: skip
    return given | more


def test_rep_records_an_order_once_and_reads_it(cast, api):
    sent = body(cast, person=cast.li.pk)
    made = api("li").post("orders", sent)
    assert (made.status_code, made.data["amount"], made.data["due"]) == (
        201,
        "100.5000",
        "100.5000",
    )
    assert made.data["person"]["id"] == cast.li.pk and made["ETag"] == '"1"'
    assert api("li").post("orders", sent).status_code == 200
    other = api("li").post("orders", sent | {"amount": "7"})
    assert (other.status_code, other.data["code"]) == (422, "first_kept")
    again = api("li").post("orders", body(cast))
    assert (again.status_code, again.data["code"]) == (409, "known_number")
    assert Order.objects.count() == 1 and disclosed(cast.li)[0] == [cast.huadong.pk]


def test_lines_make_the_amount_and_strange_fields_are_refused(cast, api):
    line = {"product": "Motor", "quantity": "3", "unit_price": "2.5", "discount": "0.1"}
    made = api("tang").post("orders", body(cast, amount=None, lines=[line]))
    assert made.data["amount"] == "6.7500" == made.data["lines"][0]["amount"]
    for wrong in ({"version": 1}, {"paid": "1"}, {"lines": [line | {"amount": "1"}]},
                  {"lines": [line] * 201}, {"amount": "NaN"}, {"customer": 2**63 - 1}):  # fmt: skip
        refused = api("tang").post("orders", body(cast, number="SO-2") | wrong)
        assert refused.status_code in (404, 422), wrong
    assert Order.objects.count() == 1


def test_orders_and_payments_follow_the_sight_of_trade(cast, api):
    one = order(cast)
    paid = payment(cast, order=one)
    for name, code in (("chen", 200), ("tang", 200), ("sun", 200), ("gao", 404), ("wu", 404),
                       ("hu", 404), ("mo", 404)):  # fmt: skip
        for path in (f"orders/{one.pk}", f"payments/{paid.pk}"):
            assert api(name).get(path).status_code == code, (name, path)
        for word in ("orders", "payments"):
            assert len(api(name).get(word).data["results"]) == (code == 200), (name, word)
    for name, code in (("chen", 403), ("sun", 403), ("gao", 404), ("wu", 404)):
        change = {"amount": "1", "version": 1}
        assert api(name).patch(f"orders/{one.pk}", change).status_code == code
        assert api(name).patch(f"payments/{paid.pk}", change).status_code == code
    assert api("tang").get(f"orders/{one.pk}").data["due"] == "60.0000"


def test_lists_are_narrowed_sorted_and_paged(cast, api):
    for number in range(5):
        order(cast, number=str(number), ordered_on=ago(number + 1), promised_on=ago(0 - number))
    late = order(cast, number="late", ordered_on=ago(30), promised_on=ago(3), person=cast.li)
    numbers = lambda **query: [row["number"] for row in api("tang").every("orders", **query)]  # noqa: E731
    assert numbers() == ["0", "1", "2", "3", "4", "late"]
    assert numbers(sort="ordered_on") == ["late", "4", "3", "2", "1", "0"]
    assert numbers(late="true") == ["late"] == numbers(person=cast.li.pk)
    assert numbers(until=str(ago(20)), unpaid="true", state="open") == ["late"]
    payment(cast, order=late, amount=late.amount)
    assert numbers(unpaid="false") == ["late"]
    assert api("tang").get("orders", sort="number").status_code == 400
    assert api("tang").get("orders", owner=1).status_code == 400
    assert len(api("tang").every("payments", order=late.pk)) == 1


def test_changes_need_the_version_that_was_seen(cast, api):
    one = order(cast)
    path = f"orders/{one.pk}"
    assert api("tang").patch(path, {"state": "delivered"}).status_code == 428
    done = api("tang").patch(path, {"state": "delivered"}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.data["version"]) == (200, 2)
    late = api("tang").patch(path, {"state": "cancelled", "version": 1})
    assert (late.status_code, late.data["code"]) == (409, "conflict")
    sent = {"customer": cast.huadong.pk, "client_uuid": str(uuid4()), "paid_on": str(ago(1)),
            "amount": "20", "order": one.pk}  # fmt: skip
    paid = api("tang").post("payments", sent)
    assert paid.status_code == 201 and api("tang").post("payments", sent).status_code == 200
    fixed = api("tang").patch(f"payments/{paid.data['id']}", {"amount": "30", "version": 1})
    assert (fixed.data["amount"], fixed.data["version"]) == ("30.0000", 2)
    assert Payment.objects.count() == 1


def test_a_payment_names_no_order_out_of_sight_or_of_another_customer(cast, api):
    other = order(cast, customer=cast.nanqiao)
    sent = {"customer": cast.huadong.pk, "client_uuid": str(uuid4()), "paid_on": str(ago(1)),
            "amount": "20", "order": other.pk}  # fmt: skip
    for name in ("li", "tang"):
        refused = api(name).post("payments", sent)
        assert refused.status_code == 422 and list(refused.data["errors"]) == ["order"]
    assert not Payment.objects.exists()


def test_rates_are_set_by_finance_and_read_by_all(cast, api):
    sent = {"currency": "EUR", "since": "2026-01-01", "rate": "7.5"}
    assert api("tang").post("rates", sent).status_code == 201
    assert api("tang").post("rates", sent).status_code == 200
    assert api("tang").post("rates", sent | {"rate": "8"}).data["code"] == "known_rate"
    assert api("li").post("rates", sent).status_code == 403
    one = api("li").get("rates", currency="eur").data["results"][0]
    assert one["rate"] == "7.50000000"
    assert api("tang").patch(f"rates/{one['id']}", {"rate": "8"}).status_code == 428
    assert api("tang").patch(f"rates/{one['id']}", {"rate": "8", "version": 1}).status_code == 200
    assert api("tang").patch(f"rates/{one['id']}", {"rate": "9", "version": 1}).status_code == 409


def test_the_firm_above_is_told_to_who_sees_it(cast, api):
    path = f"customers/{cast.nanqiao.pk}"
    version = api("zhao").get(path).data["version"]
    set_to = api("zhao").patch(path, {"parent": cast.huadong.pk, "version": version})
    assert set_to.data["parent"] == {"id": cast.huadong.pk, "name": "华东机电"}
    assert api("wu").get(path).data["parent"] is None
    assert api("wu").patch(path, {"parent": None, "version": version + 1}).status_code == 200
    assert api("zhao").get(path).data["parent"]["id"] == cast.huadong.pk
    unseen = api("li").patch(
        f"customers/{cast.huadong.pk}", {"parent": cast.nanqiao.pk, "version": 1}
    )
    assert unseen.status_code == 422
    circle = api("zhao").patch(
        f"customers/{cast.huadong.pk}", {"parent": cast.nanqiao.pk, "version": 1}
    )
    assert circle.status_code == 422 and list(circle.data["errors"]) == ["parent"]
