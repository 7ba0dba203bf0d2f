"""One page of the orders that a person may see, the latest first."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import IntegerField, Q, Subquery

from accounts.access import Action
from crm.models import Order
from crm.selectors.trade import with_names

COUNT_UP_TO = 1_000


@dataclass
class Page:
    """One page. `total` stops at COUNT_UP_TO + 1; None where nothing is left behind a position."""

    rows: list = field(default_factory=list)
    total: int | None = 0
    previous: str = ""
    next: str = ""


class CountOf(Subquery):
    """How many rows a queryset has, as a part of another statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def page(person, narrow, *, after="", before="", limit=25):
    """One page of orders, and on it how many there are: one statement.

    narrow: a function of a queryset of orders with names and payments. after, before: cursors.
    """
    seen = narrow(with_names(Order.objects.visible_to(person, Action.TRADE_VIEW)))
    place, back = read_cursor(after or before), bool(before and not after)
    count = CountOf(seen.order_by().values("pk")[: COUNT_UP_TO + 1])
    rows = seen.annotate(page_total=count)
    if place:
        rows = rows.filter(behind(*place, "gt" if back else "lt"))
    order = ("ordered_on", "pk") if back else ("-ordered_on", "-pk")
    found = list(rows.order_by(*order)[: limit + 1])
    return cut(found, limit, place, bool(place) and back)


def cut(found, limit, place, back):
    """A Page out of one row more than it holds."""
    more, rows = len(found) > limit, found[:limit]
    if back:
        rows.reverse()
    total = rows[0].page_total if rows else None if place else 0
    earlier, later = (more, True) if back else (bool(place), more)
    return Page(
        rows, total, cursor(rows[0]) if earlier and rows else "",
        cursor(rows[-1]) if later and rows else "",
    )  # fmt: skip


def behind(day, pk, way):
    """Orders further along than a position."""
    return Q(**{f"ordered_on__{way}": day}) | Q(**{"ordered_on": day, f"pk__{way}": pk})


def cursor(order):
    """The position of an order; it says nothing that the row does not."""
    return f"{order.ordered_on.isoformat()}~{order.pk}"


def read_cursor(text):
    """(day, key) of a cursor; None for anything that is not one."""
    day, _sign, pk = (text or "").partition("~")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return (found, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
