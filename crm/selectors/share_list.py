"""The shares a person may know of: those they have, those they gave, those at customers they may share."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Q, Subquery, Value

from accounts.access import Action
from accounts.models import Company, Person
from crm.access import Reaches, sight_of
from crm.models import Share
from crm.selectors.order_list import CountOf
from kit.clock import StatementNow
from kit.dates import zone_known

SOON = timedelta(days=7)
ROWS = 25
COUNT_UP_TO = 1_000
STATES = ("open", "soon", "over", "orphan", "all")


def known_to(viewer):
    """Shares that `viewer` may know of, with their people, each with `may_change` and `asked_at`.

    The customer must be visible in any case: a share that is over names it to nobody who had it.
    """
    seen = Q(user=viewer) | Q(granted_by=viewer)
    for action in (Action.SHARE_GRANT, Action.ACCESS_EXPLAIN):
        seen |= Q(reached(viewer, action))
    return (
        Share.objects.visible_to(viewer)
        .filter(seen)
        .select_related("user", "permission", "granted_by", "content_object")
        .annotate(
            asked_at=StatementNow(), ends_at=F("period__endswith"),
            may_change=reached(viewer, Action.SHARE_GRANT),
        )
    )  # fmt: skip


def reached(viewer, action):
    """The condition that a share's customer is within the viewer's reach for an action."""
    sight = sight_of(viewer, action)
    if sight.everything or sight.nothing:
        return Value(sight.everything)
    return Reaches(F("content_object"), sight)


def in_state(rows, state):
    """Those in one of STATES: in force or ahead, ending within a week, over, whose giver has left."""
    now = StatementNow()
    if state == "all":
        return rows
    if state == "over":
        return rows.filter(period__endswith__lte=now)
    rows = rows.filter(period__endswith__gt=now)
    if state == "soon":
        return rows.filter(period__startswith__lte=now, period__endswith__lte=now + SOON)
    if state == "orphan":
        return rows.filter(granted_by__state=Person.State.LEFT)
    return rows


@dataclass
class Page:
    """One page of a list that is counted up to COUNT_UP_TO + 1."""

    rows: list = field(default_factory=list)
    total: int | None = 0
    number: int = 0
    more: bool = False


def page(viewer, narrow, number=0):
    """One page, those that end first on top, and how many there are, in one statement.

    narrow: a function of a queryset. number: counts from 0.
    """
    seen = narrow(known_to(viewer))
    count = CountOf(seen.order_by().values("pk")[: COUNT_UP_TO + 1])
    zone = Subquery(Company.objects.filter(pk=1).values("time_zone"))
    rows = seen.annotate(page_total=count, zone=zone).order_by("ends_at", "pk")
    found = list(rows[number * ROWS : (number + 1) * ROWS + 1])
    if found and found[0].zone:
        zone_known(found[0].zone)
    total = found[0].page_total if found else None if number else 0
    return Page(found[:ROWS], total, number, len(found) > ROWS)


def standing(share):
    """Where a share of a list stands: "ahead", "over", "soon", or "" in force."""
    if share.period.lower > share.asked_at:
        return "ahead"
    if share.period.upper <= share.asked_at:
        return "over"
    return "soon" if share.period.upper <= share.asked_at + SOON else ""
