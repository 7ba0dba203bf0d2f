"""Pictures drawn by the server. Each brings its numbers as a table: nothing is only a picture."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from . import words

register = template.Library()
ROW = 48  # px: the height of a row of people, 3rem in the stylesheet
STRENGTHS = ("none", "weak", "moderate", "strong")
LANE = 50  # px: name, bar and gap of one seat


def pick(thing, name, default=""):
    """Rows may be mappings or objects."""
    if isinstance(thing, dict):
        return thing.get(name, default)
    return getattr(thing, name, default)


# ---- relation map ------------------------------------------------------------------------------
def side(people):
    """The rows of one side: id, name, note, url, leaving; `nobody` marks an empty seat."""
    keys = ("id", "name", "note", "url", "leaving", "nobody")
    return [{key: pick(one, key) for key in keys} for one in people]


def middle(index):
    return index * ROW + ROW // 2


def thread(link, ours, theirs):
    """One line from ours to theirs; strength is its weight, leaving its colour. None: no line."""
    strength = pick(link, "strength", "weak")
    left, right = ours.get(pick(link, "ours")), theirs.get(pick(link, "theirs"))
    if strength not in STRENGTHS[1:] or left is None or right is None:
        return None
    y, z = middle(left), middle(right)
    kind = f"thread-{strength}" + " thread-leaving" * bool(pick(link, "leaving"))
    return {"kind": kind, "path": f"M3 {y}C50 {y} 50 {z} 97 {z}"}


def table_row(link, ours, theirs):
    names = {"strong": _("strong"), "moderate": _("moderate"), "weak": _("weak"), "none": _("none")}
    left, right = ours.get(pick(link, "ours")), theirs.get(pick(link, "theirs"))
    if left is None or right is None:
        return None
    strength = names.get(pick(link, "strength", "weak"), "")
    return {"ours": left, "theirs": right, "strength": strength, "leaving": pick(link, "leaving")}


@register.inclusion_tag("components/relation_map.html")
def relation_map(ours, theirs, threads, label="", leaving_name="", level=3):
    """Who knows whom: ours left, theirs right, the weight of a line is the strength."""
    left, right = side(ours), side(theirs)
    places = [{row["id"]: place for place, row in enumerate(rows)} for rows in (left, right)]
    faces = [{row["id"]: row for row in rows} for rows in (left, right)]
    return {
        "ours": left,
        "theirs": right,
        "threads": [line for link in threads if (line := thread(link, *places))],
        "rows": [row for link in threads if (row := table_row(link, *faces))],
        "height": max(len(left), len(right), 1) * ROW,
        "label": label or _("Who knows whom"),
        "leaving_name": leaving_name,
        "level": level,
    }


# ---- seat history ------------------------------------------------------------------------------
def as_day(value):
    return words.local(value).date() if isinstance(value, datetime) else value


def gaps(spells, end):
    """The stretches in which nobody held the seat, the last one up to today."""
    found, free = [], None
    for spell in sorted(spells, key=lambda one: as_day(pick(one, "start"))):
        start = as_day(pick(spell, "start"))
        if free and start > free:
            found.append({"start": free, "end": start, "nobody": True})
        stop = as_day(pick(spell, "end", None)) or end
        free = max(free, stop) if free else stop
    if free and free < end:
        found.append({"start": free, "end": None, "nobody": True})
    return found


def bar(spell, start, end):
    """Where a spell lies, in percent of the whole width, and how it looks."""
    days = (end - start).days or 1
    first, stop = as_day(pick(spell, "start")), as_day(pick(spell, "end", None))
    x = 100 * max(0, (first - start).days) / days
    width = max(0.8, 100 * ((stop or end) - max(first, start)).days / days)
    empty = pick(spell, "nobody", False)
    name = "" if empty else words.shown_name(pick(spell, "person", None) or pick(spell, "name"))
    # a hair of surface parts neighbours; a name that would not fit is left to the table
    fits = width > (1.6 * len(name) + 3 if not words.HAN.search(name) else 3.4 * len(name) + 3)
    kind = "hatched" if empty else "bar-muted" if stop else "bar"
    return {
        "x": f"{x:.2f}", "width": f"{max(0.6, width - 0.6):.2f}", "kind": kind, "empty": empty,
        "name": name if fits else "", "now": not empty and not stop,
        "row": {"name": name, "start": first, "end": stop, "nobody": empty},
    }  # fmt: skip


def lane(given, place, start, end):
    spells = list(pick(given, "spells", ()))
    marks = [bar(spell, start, end) for spell in [*spells, *gaps(spells, end)]]
    marks.sort(key=lambda mark: float(mark["x"]))
    top = place * LANE
    return {"label": pick(given, "label"), "bars": marks, "text_y": top + 12, "y": top + 18}


def years(start, end):
    """At most four years on the axis, the first at its edge."""
    step = max(1, (end.year - start.year) // 3)
    days = (end - start).days or 1
    marks = []
    for year in range(start.year + 1, end.year + 1, step):
        x = 100 * (date(year, 1, 1) - start).days / days
        if 12 < x < 86:
            marks.append({"x": f"{x:.2f}", "year": year})
    return marks


@register.inclusion_tag("components/seat_history.html")
def seat_history(lanes, start=None, end=None, label=""):
    """Who held which seat when. A gap is hatched: nobody answered for the customer."""
    until = words.day_words(as_day(end)) if end else _("today")
    end = as_day(end) if end else timezone.localdate()
    firsts = [as_day(pick(spell, "start")) for one in lanes for spell in pick(one, "spells", ())]
    start = as_day(start) if start else min(firsts, default=end - timedelta(days=365))
    rows = [lane(one, place, start, end) for place, one in enumerate(lanes)]
    axis = len(rows) * LANE
    return {
        "lanes": rows, "years": years(start, end), "start": start, "axis": f"{axis + 0.5}",
        "height": axis + 22, "axis_text": axis + 16, "label": label or _("Who held which seat"),
        "until": until,
    }  # fmt: skip
