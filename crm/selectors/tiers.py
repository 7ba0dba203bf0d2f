"""The tier by the formula of the content: revenue, growth and payment habit, each explained.

A customer without an order in two years has no points, and keeps the tier it has. Amounts are in the
company's currency, each order by the rate of its day.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Sum
from django.db.models.functions import Coalesce

from accounts.selectors.content import content, said
from crm.models import Customer, Order, Payment, TierOverride, TierScore
from crm.selectors import trade
from kit.dates import today

DOCUMENT = "tiers"
HALF = 0.5  # of what nothing is known
REVENUE, GROWTH, PAYMENT = "revenue", "growth", "payment"


@dataclass(frozen=True)
class Criterion:
    """One of the formula: its weight, and for all but revenue where it earns nothing and in full."""

    id: str
    weight: int
    pair: dict
    rule_pair: dict
    none_at: float = 0
    full_at: float = 1

    @property
    def label(self):
        return said(self.pair)

    @property
    def rule(self):
        return said(self.rule_pair)

    def share(self, value):
        """How much of the weight a value earns, 0 to 1; half where it is unknown."""
        if value is None:
            return HALF
        return min(1, max(0, (value - self.none_at) / (self.full_at - self.none_at)))


@dataclass(frozen=True)
class Formula:
    """Criteria, the least points of A and of B, and whether customers follow it every night."""

    criteria: tuple
    limits: dict
    applies: bool
    left_out: dict

    def points(self, shares):
        """0 to 100, of the share of each criterion by its id."""
        whole = sum(one.weight for one in self.criteria) or 1
        return round(100 * sum(one.weight * shares[one.id] for one in self.criteria) / whole)

    def tier(self, points):
        """The tier of so many points."""
        return next((tier for tier in "AB" if points >= self.limits[tier]), "C")

    @property
    def without(self):
        """What the formula does not count, in words."""
        return said(self.left_out)


def formula(body=None):
    """The Formula of the company, or of a document that is being tried."""
    body = body or content(DOCUMENT)
    rows = (
        Criterion(one["id"], one["weight"], one["label"], one["rule"], one.get("none_at", 0), one.get("full_at", 1))
        for one in body["criteria"]
    )  # fmt: skip
    return Formula(tuple(rows), body["limits"], body["applies"], body["left_out"])


# -- counting --------------------------------------------------------------------------------------
def revenues(customers=None, day=None):
    """{customer: (revenue of twelve months, of the twelve before)} of those with orders in them."""
    day = day or today()
    first = trade.year_before(day)
    before = trade.year_before(first - timedelta(days=1))
    rows = Order.objects.filter(trade.ordered_between(before, day))
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    worth = rows.annotate(worth=F("amount") * trade.rate("currency", "ordered_on"))
    found = worth.order_by().values("customer").annotate(
        now=Sum("worth", filter=trade.ordered_between(first, day)),
        then=Sum("worth", filter=trade.ordered_between(before, first - timedelta(days=1))),
    )  # fmt: skip
    return {row["customer"]: (row["now"] or Decimal(0), row["then"] or Decimal(0)) for row in found}


def cutoffs(amounts):
    """The revenue below which each hundredth of the customers lies: 101 amounts, the least first."""
    ordered = sorted(amounts)
    return [ordered[place * (len(ordered) - 1) // 100] for place in range(101)] if ordered else []


def days_to_pay(customers, day=None):
    """{customer: days from delivery to payment, on average of the last twelve months}."""
    since = Coalesce("order__delivered_on", "order__ordered_on")
    rows = Payment.objects.filter(
        customer__in=customers, order__isnull=False, paid_on__gt=trade.year_before(day or today())
    ).annotate(took=ExpressionWrapper(F("paid_on") - since, output_field=DurationField()))
    found = rows.order_by().values("customer").annotate(mean=Avg("took"))
    return {row["customer"]: max(0, row["mean"].days) for row in found}


def scores(customers, marks, day=None):
    """[TierScore], unsaved, of those of these customers (ids) that have any orders of two years.

    marks: what `cutoffs` made of the revenues of all.
    """
    asked, paid = formula(), days_to_pay(customers, day)
    return [
        score(asked, pk, values(now, then, paid.get(pk), marks))
        for pk, (now, then) in revenues(customers, day).items()
    ]


def values(now, then, days, marks):
    """criterion → (what is shown, what its share is computed from)."""
    rank = bisect_left(marks, now) / 100 if now > 0 and marks else 0
    growth = float((now - then) / then * 100) if then > 0 else None
    return {
        REVENUE: (str(round(now, 2)), min(1, rank)),
        GROWTH: (growth and round(growth), growth),
        PAYMENT: (days, days),
    }


def score(asked, customer, found):
    """The TierScore of one customer."""
    shares = {one.id: round(one.share(found[one.id][1]), 4) for one in asked.criteria}
    points = asked.points(shares)
    parts = [
        {"id": name, "value": found[name][0], "share": share} for name, share in shares.items()
    ]
    return TierScore(customer_id=customer, points=points, tier=asked.tier(points), parts=parts)


# -- explaining ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """One criterion of one customer: the value, and what it adds to the points."""

    criterion: Criterion
    value: object
    share: int  # percent
    points: int


@dataclass(frozen=True)
class Why:
    """Why a customer has its tier. `score` and `override` are None where there is none."""

    customer: Customer
    formula: Formula
    currency: str
    score: TierScore | None
    rows: tuple
    override: TierOverride | None


def why(viewer, customer, action):
    """The Why of a customer; rows and points where the viewer may do `action` (see what it orders)."""
    asked = formula()
    score = TierScore.objects.visible_to(viewer, action).filter(customer=customer).first()
    return Why(
        customer, asked, trade.company_currency(), score, rows(asked, score), standing(customer)
    )


def rows(asked, score):
    """The rows of a score, by the weights of today."""
    parts = {one["id"]: one for one in score.parts} if score else {}
    whole = sum(one.weight for one in asked.criteria) or 1
    return tuple(
        Row(one, parts[one.id]["value"], round(100 * parts[one.id]["share"]),
            round(100 * one.weight * parts[one.id]["share"] / whole))
        for one in asked.criteria if one.id in parts
    )  # fmt: skip


def standing(customer):
    """The override that counts today, or None."""
    rows = TierOverride.objects.filter(customer=customer, ended_at=None, until__gte=today())
    return rows.select_related("made_by").first()


def moves(viewer, action, asked):
    """[(tier now, [(tier by this formula, customers)])] of those with points and without an override.

    Of the customers at which the viewer may do `action`; empty where there is none.
    """
    held = TierOverride.objects.filter(ended_at=None, until__gte=today()).values("customer")
    seen = TierScore.objects.visible_to(viewer, action).exclude(customer__in=held)
    found = seen.values_list("customer__tier", "parts")
    counts = Counter(
        (tier, asked.tier(asked.points({one["id"]: one["share"] for one in parts})))
        for tier, parts in found.iterator()
    )
    tiers = Customer.Tier.values if counts else []
    return [(tier, [(other, counts[tier, other]) for other in tiers]) for tier in tiers]
