"""The tier: points by the formula, a night that applies them, and a tier set by hand until a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import Action
from accounts.models import Notice, TrailEntry
from crm.models import Customer, Order, Payment, TierOverride, TierScore
from crm.selectors import tiers as asked
from crm.services import tiers
from kit import jobs, outbox
from kit.dates import today
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import Effect

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ordered(customer, amount, days_ago, paid_after=None):
    row = Order.objects.create(
        customer=customer, number=f"N{Order.objects.count()}", ordered_on=today() - days_ago * DAY,
        delivered_on=today() - days_ago * DAY, state="delivered", currency="CNY", amount=amount,
    )  # fmt: skip
    if paid_after is not None:
        Payment.objects.create(
            customer=customer, order=row, number="", currency="CNY", amount=amount,
            paid_on=row.ordered_on + paid_after * DAY,
        )  # fmt: skip


def night():
    tiers.count_all()
    jobs.sweep()
    outbox.relay()


def tier_of(customer):
    return Customer.objects.get(pk=customer.pk).tier


def with_books(cast):
    """华东机电 buys much and pays soon; Nanqiao buys little, less than before, and pays late."""
    ordered(cast.huadong, 900_000, 40, paid_after=20)
    ordered(cast.huadong, 500_000, 500)
    ordered(cast.nanqiao, 10_000, 30)
    ordered(cast.nanqiao, 10_000, 150, paid_after=100)
    ordered(cast.nanqiao, 90_000, 450)


def test_every_night_customers_follow_the_formula_and_their_managers_are_told(cast):
    with_books(cast)
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="C")
    night()
    assert (tier_of(cast.huadong), tier_of(cast.nanqiao)) == ("A", "C")
    assert Notice.objects.filter(code="customer.tier", person=cast.li).count() == 1
    assert Notice.objects.filter(code="customer.tier", person=cast.wu).count() == 1
    entry = TrailEntry.objects.get(verb="tiers.apply", customer_id=cast.huadong.pk)
    assert entry.changes["tier"] == ["C", "A"]
    night()
    assert Notice.objects.filter(code="customer.tier").count() == 2


def test_the_points_are_those_of_a_plain_computation(cast):
    with_books(cast)
    night()
    one, other = (TierScore.objects.get(customer=c) for c in (cast.huadong, cast.nanqiao))
    # Revenue: the best of two, and the least; growth +80 % and −78 %; 20 days, and 100.
    assert [part["share"] for part in one.parts] == [1, 1, 1]
    assert [part["share"] for part in other.parts] == [0, 0, 0]
    assert (one.points, other.points) == (100, 0)


def test_without_orders_nothing_is_counted_and_the_tier_stays(cast):
    night()
    assert not TierScore.objects.exists()
    assert (tier_of(cast.huadong), tier_of(cast.nanqiao)) == ("A", "B")


def test_points_go_when_the_last_order_is_older_than_two_years(cast):
    with_books(cast)
    night()
    Order.objects.filter(customer=cast.nanqiao).update(ordered_on=today() - 800 * DAY)
    night()
    assert not TierScore.objects.filter(customer=cast.nanqiao).exists()


def by_hand(cast, tier="C", days=30, actor=None):
    return tiers.override(actor=actor or cast.he, customer=cast.huadong, tier=tier,
                          until=today() + days * DAY, reason="Contract not renewed")  # fmt: skip


def test_a_tier_by_hand_stands_against_the_formula_until_its_day_is_over(cast):
    with_books(cast)
    by_hand(cast)
    night()
    assert tier_of(cast.huadong) == "C"
    effect = Effect.objects.get(kind=tiers.OVER)
    assert effect.due_at > timezone.now() + 29 * DAY
    Effect.objects.filter(pk=effect.pk).update(due_at=timezone.now())
    outbox.relay()
    assert tier_of(cast.huadong) == "A"
    assert not TierOverride.objects.filter(ended_at=None).exists()


def test_a_second_tier_by_hand_replaces_the_first_whose_end_then_changes_nothing(cast):
    first = by_hand(cast, "C")
    by_hand(cast, "B")
    tiers.override_over(Effect(kind=tiers.OVER, payload={"override": first.pk}))
    assert tier_of(cast.huadong) == "B"
    assert TierOverride.objects.get(ended_at=None).tier == "B"


def test_without_points_the_tier_of_before_comes_back_also_after_a_second_one(cast):
    by_hand(cast, "C")
    second = by_hand(cast, "B")
    tiers.override_over(Effect(kind=tiers.OVER, payload={"override": second.pk}))
    assert tier_of(cast.huadong) == "A"


def test_the_night_ends_what_its_own_effect_has_missed(cast):
    by_hand(cast)
    TierOverride.objects.update(until=today() - 2 * DAY)
    night()
    assert tier_of(cast.huadong) == "A" and not TierOverride.objects.filter(ended_at=None).exists()


def test_the_account_manager_is_told_who_set_the_tier(cast, client):
    by_hand(cast, "B")
    outbox.relay()
    client.force_login(cast.li)
    assert "was set by hand from A to B" in client.get("/inbox").text


def test_whoever_may_set_it_ends_it_and_a_second_time_is_told(cast):
    with_books(cast)
    night()
    by_hand(cast)
    tiers.end_override(actor=cast.he, customer=cast.huadong)
    assert tier_of(cast.huadong) == "A"
    with pytest.raises(Conflict):
        tiers.end_override(actor=cast.he, customer=cast.huadong)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tier": "D"}, "tier"),
        ({"until": None}, "until"),
        ({"until": date(2020, 1, 1)}, "until"),
        ({"until": date(2199, 1, 1)}, "until"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_tier_without_reason_or_end_is_refused_at_its_field(cast, change, field):
    values = {"tier": "B", "until": today() + DAY, "reason": "Volume fell"} | change
    with pytest.raises(Refused) as refused:
        tiers.override(actor=cast.he, customer=cast.huadong, **values)
    assert set(refused.value.fields) == {field}
    assert tier_of(cast.huadong) == "A" and not TierOverride.objects.exists()


def test_a_rep_sets_no_tier_and_nothing_changes(cast):
    with pytest.raises(NotAllowed):
        by_hand(cast, actor=cast.li)
    assert tier_of(cast.huadong) == "A" and not TierOverride.objects.exists()


def test_who_does_not_see_orders_reads_no_points(cast):
    with_books(cast)
    night()
    why = asked.why(cast.gao, cast.huadong, Action.TRADE_VIEW)
    seen = asked.why(cast.li, cast.huadong, Action.TRADE_VIEW)
    assert seen.score.points == 100 and len(seen.rows) == 3
    assert why.score is None and why.rows == ()


def test_the_page_says_why_in_both_languages(cast, client):
    with_books(cast)
    night()
    client.force_login(cast.li)
    page = client.get(f"/customers/{cast.huadong.pk}/tier")
    assert "100 of 100 points" in page.text and "Margin is not counted" in page.text
    assert 'name="until"' not in page.text
    client.cookies["language"] = "zh-hans"
    page = client.get(f"/customers/{cast.huadong.pk}/tier")
    assert "得 100 分" in page.text and "毛利不计入" in page.text


def test_a_lead_sets_a_tier_on_the_page(cast, client):
    client.force_login(cast.he)
    url = f"/customers/{cast.huadong.pk}/tier"
    answer = client.post(url, {"tier": "B", "reason": "Volume fell"})
    assert answer.status_code == 422 and "Enter the last day" in answer.text
    until = (today() + DAY).isoformat()
    answer = client.post(url, {"tier": "B", "reason": "Volume fell", "until": until})
    assert answer.status_code == 303 and tier_of(cast.huadong) == "B"
    assert "Volume fell" in client.get(url).text
    assert client.post(f"{url}/end").status_code == 303


def test_the_formula_is_tried_before_it_is_saved(cast, client):
    with_books(cast)
    night()
    client.force_login(cast.zhao)
    page = client.get("/tiers")
    seen = page.context["form"].initial["seen"]
    given = {"revenue": 100, "growth": 0, "payment": 0, "A": 100, "B": 99, "seen": seen}
    tried = client.post("/tiers", given | {"try": "1"})
    assert tried.status_code == 200 and tried.context["formula"].limits == {"A": 100, "B": 99}
    assert asked.formula().limits == {"A": 80, "B": 50}
    assert client.post("/tiers", given | {"A": 10}).status_code == 422
    assert client.post("/tiers", given).status_code == 303
    assert asked.formula().limits == {"A": 100, "B": 99} and not asked.formula().applies
    assert client.post("/tiers", given | {"A": 101}).status_code == 422
    assert client.post("/tiers", given).status_code in (409, 422)  # another version was read


def test_a_formula_that_does_not_apply_is_counted_and_changes_nobody(cast):
    with_books(cast)
    body = asked.content(asked.DOCUMENT)
    tiers.change_formula(actor=cast.zhao, weights={"revenue": 1, "growth": 1, "payment": 1},
                         limits={"A": 80, "B": 50}, applies=False, seen=tiers.digest_of(body))  # fmt: skip
    night()
    assert tier_of(cast.nanqiao) == "B" and TierScore.objects.get(customer=cast.nanqiao).tier == "C"


def test_where_the_formula_does_not_apply_the_end_by_hand_brings_the_tier_of_before(cast, client):
    with_books(cast)
    body = asked.content(asked.DOCUMENT)
    tiers.change_formula(actor=cast.zhao, weights={"revenue": 1, "growth": 1, "payment": 1},
                         limits={"A": 80, "B": 50}, applies=False, seen=tiers.digest_of(body))  # fmt: skip
    night()
    tiers.override(actor=cast.zhao, customer=cast.nanqiao, tier="A", until=today(), reason="Grows")
    client.force_login(cast.zhao)
    answer = client.post(f"/customers/{cast.nanqiao.pk}/tier/end", follow=True)
    assert "The tier is as before" in answer.text
    assert tier_of(cast.nanqiao) == "B" and TierScore.objects.get(customer=cast.nanqiao).tier == "C"


def test_a_tier_set_by_hand_while_the_night_waits_for_the_customer_stands(cast, monkeypatch):
    with_books(cast)
    night()
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="C")
    locking = QuerySet.select_for_update

    def meanwhile(rows, *args, **options):
        if rows.model is Customer and not TierOverride.objects.exists():
            TierOverride.objects.create(
                customer=cast.huadong, tier="C", before="A", until=today() + DAY, reason="Fell",
                made_by=cast.he,
            )  # fmt: skip
        return locking(rows, *args, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", meanwhile)
    assert tiers.apply([cast.huadong.pk]) == 0 and tier_of(cast.huadong) == "C"


@pytest.mark.parametrize("absurd", ["9" * 400, "-1", "101", "x"])
def test_an_absurd_weight_is_neither_tried_nor_saved(cast, client, absurd):
    client.force_login(cast.zhao)
    seen = client.get("/tiers").context["form"].initial["seen"]
    given = {"revenue": absurd, "growth": 0, "payment": 0, "A": 80, "B": 50, "seen": seen}
    for more in ({"try": "1"}, {}):
        answer = client.post("/tiers", given | more)
        assert answer.status_code == 422 and list(answer.context["form"].errors) == ["revenue"]
    assert client.post("/tiers", given | {"revenue": 9, "A": 1, "try": "1"}).status_code == 422


def test_the_formula_is_tried_on_the_customers_one_sees(cast, client):
    with_books(cast)
    night()
    client.force_login(cast.hu)
    assert client.get("/tiers").context["moves"] == []
    client.force_login(cast.zhao)
    moves = client.get("/tiers").context["moves"]
    assert sum(count for _tier, counts in moves for _other, count in counts) == 2


@given(st.lists(st.decimals(1, 10**9, places=2), min_size=1, max_size=300))
def test_who_buys_more_never_has_fewer_points_of_revenue(amounts):
    marks = asked.cutoffs(amounts)
    shares = [asked.values(one, Decimal(0), None, marks)["revenue"][1] for one in sorted(amounts)]
    assert shares == sorted(shares) and all(0 <= share <= 1 for share in shares)
