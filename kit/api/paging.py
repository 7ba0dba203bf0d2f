"""Keyset paging: a page begins behind the last row of the one before, whatever was added since."""

from datetime import date, datetime

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _

from kit.api.refusals import BadQuery

SALT = "api.page"


def keyset(rows, order, said):
    """One page of a queryset: (rows, cursor of the next page or None).

    order: names of columns that are never null, `-` falls all of them; the last one is unique.
    said: the values of a PageQuery. Raises BadQuery for a cursor of another list, or of nobody.
    """
    names = [name.lstrip("-") for name in order]
    falls = order[0].startswith("-")
    rows = rows.order_by(*order)
    if said.get("cursor"):
        rows = rows.filter(behind(names, read(said["cursor"], order), "lt" if falls else "gt"))
    found = list(rows[: said["limit"] + 1])
    more, found = len(found) > said["limit"], found[: said["limit"]]
    return found, write(found[-1], names, order) if more else None


def behind(names, values, way):
    """Rows behind a position: a longer common beginning, then further along."""
    condition, beside = Q(), Q()
    for name, value in zip(names, values, strict=True):
        condition |= beside & Q((f"{name}__{way}", value))
        beside &= Q((name, value))
    return condition


def write(row, names, order):
    """The position of a row as an opaque word."""
    values = [getattr(row, name) for name in names]
    values = [{"at": v.isoformat()} if isinstance(v, date) else v for v in values]
    return signing.dumps([list(order), *values], salt=SALT, compress=True)


def read(text, order):
    """The values of the position that `text` names in this order."""
    try:
        of, *values = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        of = None
    if of != list(order):
        raise bad_cursor()
    return [instant_or_day(v["at"]) if isinstance(v, dict) else v for v in values]


def instant_or_day(text):
    """What was written of a datetime or a date."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def bad_cursor():
    """What is said of a cursor that this list has not given out."""
    return BadQuery({"cursor": [_("This cursor is not one of this list.")]})
