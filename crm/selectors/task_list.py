"""One page of a list of tasks: open ones by their day, closed ones by when they were closed."""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from crm.selectors.order_list import COUNT_UP_TO, CountOf, Page
from crm.selectors.tasks import listed, shown

OPEN, CLOSED = "due_on", "done_at"


def page(person, rows, *, closed=False, after="", before="", limit=25):
    """One page of tasks that `person` may see, and on it how many there are: one statement.

    rows: tasks before anybody's sight, all open or all closed. after, before: cursors.
    """
    place, back = read_cursor(after or before, closed), bool(before and not after)
    count = CountOf(rows.visible_to(person).order_by().values("pk")[: COUNT_UP_TO + 1])
    found = listed(rows, person).annotate(page_total=count)
    onward = closed == back  # open tasks rise, closed ones fall
    if place:
        found = found.filter(behind(key(closed), *place, "gt" if onward else "lt"))
    order = (key(closed), "pk") if onward else (f"-{key(closed)}", "-pk")
    found = shown(found.order_by(*order)[: limit + 1], person)
    return cut(found, limit, place, bool(place) and back, closed)


def key(closed):
    """The column by which a list is ordered."""
    return CLOSED if closed else OPEN


def cut(found, limit, place, back, closed):
    """A Page out of one row more than it holds."""
    more, rows = len(found) > limit, found[:limit]
    if back:
        rows.reverse()
    total = rows[0].page_total if rows else None if place else 0
    earlier, later = (more, True) if back else (bool(place), more)
    return Page(
        rows, total, cursor(rows[0], closed) if earlier and rows else "",
        cursor(rows[-1], closed) if later and rows else "",
    )  # fmt: skip


def behind(column, at, pk, way):
    """Tasks further along than a position."""
    return Q(**{f"{column}__{way}": at}) | Q(**{column: at, f"pk__{way}": pk})


def cursor(task, closed):
    """The position of a task; it says nothing that the row does not."""
    return f"{getattr(task, key(closed)).isoformat()}~{task.pk}"


def read_cursor(text, closed):
    """(day or instant, key) of a cursor; None for anything that is not one of this list."""
    at, _sign, pk = (text or "").partition("~")
    try:
        found = datetime.fromisoformat(at) if closed else date.fromisoformat(at)
    except ValueError:
        return None
    if closed and not timezone.is_aware(found):
        return None
    return (found, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
