"""How well one of ours knows one of theirs, by what was confirmed.

The sum over confirmed activities of weight × 2^(−age ÷ half-life); weights, half-life and tiers are
those of the content `relationship`. What it lists as not counting is never confirmed: a visit that
is only planned, a message nobody answered, a mailing, an edit. A meeting on screen weighs as a call.
Pages show the tier and what it rests on, never the number.
"""

from dataclasses import dataclass
from operator import attrgetter

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Greatest, Power
from django.utils.translation import ngettext_lazy

from accounts.selectors.content import content
from crm.models import Activity, ActivityVisitor
from kit.clock import StatementNow

DAY = 86_400.0  # seconds
NONE = "none"
JOINT = "joint"
Kind = Activity.Kind
WEIGHED_AS = {Kind.VISIT: "visit", Kind.CALL: "call", Kind.MEETING: "call",
              Kind.MESSAGE: "two_way_message"}  # fmt: skip
# Kinds of evidence, a joint visit being one of its own: so many of it, in words.
KINDS = {
    JOINT: ngettext_lazy("%(n)s joint visit", "%(n)s joint visits", "n"),
    Kind.VISIT.value: ngettext_lazy("%(n)s visit", "%(n)s visits", "n"),
    Kind.CALL.value: ngettext_lazy("%(n)s call", "%(n)s calls", "n"),
    Kind.MEETING.value: ngettext_lazy("%(n)s online meeting", "%(n)s online meetings", "n"),
    Kind.MESSAGE.value: ngettext_lazy("%(n)s answered message", "%(n)s answered messages", "n"),
}


@dataclass(frozen=True)
class Rules:
    """What contact is worth: days until it is worth half, points by kind, tiers from the highest."""

    half_life: float
    weights: dict
    tiers: tuple  # of (least score, id)

    def tier_of(self, score):
        """strong, moderate, weak or none."""
        return next((name for least, name in self.tiers if score >= least), NONE)


def rules():
    """The Rules as the company has them."""
    said = content("relationship")["strength"]
    tiers = [(row["from_score"], row["id"]) for row in said["tiers"] if row["id"] != NONE]
    weights = {kind: float(said["weights"][name]) for kind, name in WEIGHED_AS.items()}
    weights[JOINT] = float(said["weights"]["joint_visit"])
    return Rules(float(said["half_life_days"]), weights, tuple(sorted(tiers, reverse=True)))


@dataclass
class Met:
    """Who of ours met whom of theirs: how often confirmed, last when, and how well that is.

    by: the values it is grouped by; logged: all there is, confirmed or not; kinds: kind of evidence →
    how often it was confirmed. `order` is for sorting, never for showing.
    """

    by: tuple
    tier: str
    times: int
    logged: int
    last: object
    kinds: dict
    order: float


def met(activities, *by):
    """Some activities as Mets, grouped `by` who (ours), whom (theirs) and what else.

    The author of an activity met them, and whoever came along and confirmed it.
    """
    given = rules()
    came = ActivityVisitor.objects.filter(activity=OuterRef("pk"), confirmed_at__isnull=False)
    seen = activities.order_by().annotate(whom=F("contacts"), along=Exists(came))
    seen = seen.annotate(worth=worth(given))
    proved = Q(confirmed_at__isnull=False)
    wrote = seen.filter(author__isnull=False).annotate(who=F("author"))
    joined = seen.filter(visitors__isnull=False).annotate(who=F("visitors__person"))
    also = proved & Q(visitors__confirmed_at__isnull=False)
    rows = together(
        by, wrote.values(*by).annotate(**sums(proved)), joined.values(*by).annotate(**sums(also))
    )
    return [made(given, key, row) for key, row in rows.items()]


def worth(given):
    """What an activity is worth today, by its kind and age, as an expression."""
    weight = Case(
        When(along=True, kind=Kind.VISIT, then=Value(given.weights[JOINT])),
        *(When(kind=kind, then=Value(given.weights[kind])) for kind in WEIGHED_AS),
        output_field=FloatField(),
    )
    age = Func(StatementNow(), F("happened_at"), template="extract(epoch FROM %(expressions)s)",
               arg_joiner=" - ", output_field=FloatField())  # fmt: skip
    return weight * Power(Value(2.0), -Greatest(age, Value(0.0)) / Value(DAY * given.half_life))


def sums(counts):
    """The figures of a group, out of what `counts`; `logged` takes all."""
    visit = Q(kind=Kind.VISIT)
    each = {JOINT: visit & Q(along=True), Kind.VISIT.value: visit & Q(along=False)}
    each |= {kind: Q(kind=kind) for kind in Kind.values if kind != Kind.VISIT}
    kinds = {f"of_{kind}": Count("pk", filter=counts & of) for kind, of in each.items()}
    return kinds | {
        "strength": Sum("worth", filter=counts, default=0.0), "logged": Count("pk"),
        "last": Max("happened_at", filter=counts),
    }  # fmt: skip


def together(by, wrote, joined):
    """Group → its row, author and joint visitor added up."""
    found = {}
    for row in wrote.union(joined, all=True):
        key = tuple(row[name] for name in by)
        have = found.setdefault(key, row)
        if have is not row:
            latest = max(filter(None, (have["last"], row["last"])), default=None)
            both = {name: have[name] + row[name] for name in row if name not in (*by, "last")}
            have |= both | {"last": latest}
    return found


def made(given, key, row):
    """The Met of a row."""
    kinds = {kind: row[f"of_{kind}"] for kind in KINDS}
    times = sum(kinds.values())
    tier = given.tier_of(row["strength"]) if times else NONE  # whatever the company makes of tiers
    return Met(key, tier, times, row["logged"], row["last"], kinds, row["strength"])


def evidence(kinds):
    """What was confirmed, in words, what weighs most first: kind → how often."""
    return [words % {"n": kinds[kind]} for kind, words in KINDS.items() if kinds.get(kind)]


def best(found):
    """The strongest of some Mets, or None."""
    return max(found, key=attrgetter("order"), default=None)
