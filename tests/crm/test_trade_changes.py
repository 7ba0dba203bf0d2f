"""Orders and payments are recorded once, changed in the open, and refused at the field."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.http import Http404

from accounts.models import TrailEntry
from crm.models import Order, Payment, Rate
from crm.selectors import trade as selectors
from crm.services import rates, trade
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.trade_world import LINE, ago, order, payment, rate


def test_rep_records_an_order_with_lines_and_the_trail_tells_it(cast):
    made = order(cast, actor="li", number="SO-1", lines=[LINE, LINE | {"discount": Decimal("0.1")}])
    assert made.amount == Decimal("14.25") and made.currency == "CNY"
    entries = TrailEntry.objects.filter(verb="trade.record_order", actor_id=cast.li.pk)
    assert sorted(entry.subject_type for entry in entries) == ["crm.order"] + ["crm.orderline"] * 2
    assert set(entries.values_list("customer_id", flat=True)) == {cast.huadong.pk}


def test_the_same_form_twice_is_one_order_and_another_body_is_refused(cast):
    uuid = uuid4()
    first = order(cast, uuid=uuid, number="SO-1")
    assert order(cast, uuid=uuid, number="SO-1") == first
    with pytest.raises(Refused) as refused:
        order(cast, uuid=uuid, number="SO-2")
    assert refused.value.code == "first_kept"
    assert Order.objects.count() == 1
    paid = payment(cast, uuid=uuid)
    assert payment(cast, uuid=uuid) == paid and Payment.objects.count() == 1


@pytest.mark.parametrize(
    "values, field",
    [
        ({"number": " "}, "number"),
        ({"number": "x" * 61}, "number"),
        ({"told_amount": None}, "told_amount"),
        ({"told_amount": Decimal(-1)}, "told_amount"),
        ({"told_amount": Decimal("1e13")}, "told_amount"),
        ({"currency": "YUAN"}, "currency"),
        ({"currency": "C1Y"}, "currency"),
        ({"promised_on": ago(11)}, "promised_on"),
        ({"delivered_on": ago(-9)}, "delivered_on"),
        ({"state": "open", "delivered_on": ago(1)}, "delivered_on"),
        ({"state": "lost"}, "state"),
        ({"ordered_on": ago(-999)}, "ordered_on"),
        ({"ordered_on": None}, "ordered_on"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(cast, values, field):
    with pytest.raises(Refused) as refused:
        order(cast, **({"number": "SO-1"} | values))
    assert list(refused.value.fields) == [field]
    assert not Order.objects.exists() and not TrailEntry.objects.filter(verb__startswith="trade")


@pytest.mark.parametrize(
    "line", [{"quantity": Decimal(0)}, {"unit_price": Decimal(-1)}, {"product": " "},
             {"discount": Decimal(2)}, {"quantity": Decimal(10**9), "unit_price": Decimal(10**9)}]
)  # fmt: skip
def test_a_wrong_line_refuses_the_whole_order(cast, line):
    with pytest.raises(Refused) as refused:
        order(cast, lines=[LINE, LINE | line])
    assert list(refused.value.fields) == ["lines"] and not Order.objects.exists()


def test_backup_sees_and_records_nothing_and_the_other_team_knows_of_none(cast):
    one = order(cast)
    for name, error in (
        ("chen", NotAllowed),
        ("sun", NotAllowed),
        ("wu", Http404),
        ("mo", Http404),
    ):
        with pytest.raises(error):
            order(cast, actor=name, number="SO-9")
        with pytest.raises(error):
            payment(cast, actor=name)
        with pytest.raises(error):
            trade.change_order(
                actor=cast[name], order=one, values={"state": "cancelled"}, version=1
            )
    one.refresh_from_db()
    assert (one.state, Order.objects.count(), Payment.objects.count()) == ("open", 1, 0)


def test_an_order_changes_from_the_version_that_was_seen(cast):
    one = order(cast)
    changed = trade.change_order(
        actor=cast.he, order=one, values={"state": "delivered"}, version=one.version
    )
    assert (changed.version, changed.state, changed.delivered_on) == (2, "delivered", ago(0))
    with pytest.raises(Conflict):
        trade.change_order(actor=cast.li, order=one, values={"state": "cancelled"}, version=1)
    reopened = trade.change_order(actor=cast.li, order=one, values={"state": "open"}, version=2)
    assert reopened.delivered_on is None
    assert one.events.count() == 3


def test_a_number_is_one_order_of_a_customer(cast):
    order(cast, number="SO-1")
    with pytest.raises(Conflict) as refused:
        order(cast, number="SO-1")
    assert refused.value.code == "known_number"
    other = order(cast, number="SO-2")
    with pytest.raises(Conflict):
        trade.change_order(actor=cast.li, order=other, values={"number": "SO-1"}, version=1)
    order(cast, customer=cast.nanqiao, number="SO-1")


def test_a_payment_is_for_an_order_of_its_customer_or_on_account(cast):
    mine, other = order(cast), order(cast, customer=cast.nanqiao)
    with pytest.raises(Refused) as refused:
        payment(cast, order=other)
    assert list(refused.value.fields) == ["order"]
    for wrong, field in (({"amount": Decimal(0)}, "amount"), ({"paid_on": ago(-9)}, "paid_on")):
        with pytest.raises(Refused) as refused:
            payment(cast, **wrong)
        assert list(refused.value.fields) == [field]
    made = payment(cast, order=mine)
    fixed = trade.correct_payment(
        actor=cast.tang, payment=made, values={"amount": Decimal(45)}, version=1
    )
    assert (fixed.amount, fixed.version) == (Decimal(45), 2)
    with pytest.raises(Conflict):
        trade.correct_payment(actor=cast.tang, payment=made, values={}, version=1)


def test_finance_alone_sets_rates_and_one_day_has_one(cast):
    made = rate(cast, "eur", "7.5")
    assert rate(cast, "EUR", "7.5") == made
    with pytest.raises(Conflict):
        rate(cast, "EUR", "7.6")
    with pytest.raises(Refused):
        rate(cast, "CNY", "2")
    with pytest.raises(Refused):
        rate(cast, "USD", "0")
    for name in ("li", "he", "sun", "yu"):
        with pytest.raises(NotAllowed):
            rates.change_rate(actor=cast[name], rate=made, value=Decimal(1), version=1)
    rates.change_rate(actor=cast.tang, rate=made, value=Decimal("7.7"), version=1)
    with pytest.raises(Conflict):
        rates.change_rate(actor=cast.tang, rate=made, value=Decimal("7.8"), version=1)
    assert Rate.objects.get().rate == Decimal("7.7")


# -- sums --------------------------------------------------------------------------------------------
def test_sums_are_in_the_companys_currency_and_count_what_is_left_out(cast):
    one = order(cast, number="1", promised_on=ago(2))
    order(cast, number="2", ordered_on=ago(400), state="delivered", delivered_on=ago(395))
    order(cast, number="3", currency="EUR", told_amount=Decimal(10))
    order(cast, number="4", state="cancelled")
    payment(cast, order=one)
    payment(cast, amount=Decimal(7))
    found = selectors.standing(cast.huadong)
    assert (found.year, found.left_out, found.open, found.late) == (100, 1, 2, 1)
    assert (found.receivable, found.on_account, found.last) == (160, 7, ago(10))
    assert [age.amount for age in found.ages] == [60, 0, 0, 100]
    rate(cast, "EUR", "8")
    found = selectors.standing(cast.huadong)
    assert (found.year, found.left_out, found.receivable) == (180, 0, 240)


def test_a_payment_in_another_currency_counts_by_the_rates_of_its_day(cast):
    one = order(cast, currency="EUR", told_amount=Decimal(10))
    payment(cast, order=one, currency="USD", amount=Decimal(8))
    due = lambda: selectors.orders().get(pk=one.pk).due  # noqa: E731
    assert due() == 10
    rate(cast, "EUR", "8")
    rate(cast, "USD", "7")
    assert due() == 3
