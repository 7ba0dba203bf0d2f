"""Marks of charts: pure functions from numbers to SVG, drawn with classes and attributes alone.

Width is a percentage of wherever the picture stands, height is in pixels, so text never scales.
Curves lie in an inner drawing that is stretched. Colours are those of the stylesheet: `dot`, `bar`,
`curve`. Every picture takes a `label`, read out instead of it; its numbers stand in a table beside.
"""

from math import ceil
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

NOTHING = SafeString("")
AXIS = 20  # px below a drawing, for the words of the axis
LANE = 44  # px: one row of a strip
DOTS = 120  # more values in one row of a strip are drawn as columns
BIN = 0.1  # of the unit of a strip: the width of one column
TALL = 30  # px: the highest column
SHAKE = (0, -9, 9, -4, 4)  # px: neighbours of a strip do not hide each other
MIDDLE = 36  # px: where the line of milestones runs
NEAR = 0.05  # part of its width within which two numbers would touch
WIDE = 340  # px that a treemap is taken to be wide, to choose good shapes


class Mark(NamedTuple):
    """A point that has words: x and y as in its curve."""

    x: float
    y: float
    words: str
    more: str = ""


class Area(NamedTuple):
    """A part of a treemap: its name, a second line, how much it is; kind: area-1 … area-3, hatched."""

    name: str
    note: str
    value: float
    kind: str = "area-2"
    thin: bool = False  # outlined
    short: str = ""  # where the name does not fit


def percent(share):
    """A place between 0 and 1 as SVG takes it."""
    return f"{100 * float(share):.2f}%"


def px(length):
    """A length or a place in pixels."""
    return f"{length:.1f}"


def frame(content, height, label):
    """The picture around its marks. height: px."""
    html = '<svg height="{}" role="img" aria-label="{}">{}</svg>'
    return format_html(html, height, label, content)


def words(x, y, text, kind="", anchor=""):
    """Text in a picture. x: 0 to 1; y: px; anchor: start, middle or end."""
    html = '<text x="{}" y="{}"{}{}>{}</text>'
    side = format_html(' text-anchor="{}"', anchor) if anchor else NOTHING
    klass = format_html(' class="{}"', kind) if kind else NOTHING
    return format_html(html, percent(x), y, side, klass, text)


def axis(ticks, height, gap=14):
    """The ground line and what is written below it. ticks: (x from 0 to 1, text). gap: px to it."""
    line = format_html('<line class="axis-line" x2="100%" y1="{0}" y2="{0}"/>', height)
    return line + joined(
        words(x, height + gap, text, anchor="end" if x > 0.9 else "middle" if x > 0.1 else "")
        for x, text in ticks
    )


def joined(parts):
    return format_html_join("", "{}", ((part,) for part in parts))


# -- curves ----------------------------------------------------------------------------------------
def path(points, right=1, top=1, close=False):
    """The `d` of a line through points in the units of the axes, in a box of 100 by 100."""
    spots = [
        f"{100 * float(x) / (float(right) or 1):.2f} {100 - 100 * float(y) / (float(top) or 1):.2f}"
        for x, y in points
    ]
    if not spots:
        return ""
    drawn = f"M{spots[0]}" + "".join(f"L{spot}" for spot in spots[1:])
    if not close:
        return drawn
    return f"{drawn}L{spots[-1].split()[0]} 100L{spots[0].split()[0]} 100z"


def line(points, label, *, ideal=(), forecast=(), right=None, top=None, area=True, marks=(),
         ticks=(), today=None, height=190):  # fmt: skip
    """A curve with an ideal and a forecast: a Lorenz curve, a burndown.

    points, ideal, forecast: (x, y) from 0 up. right, top: where the axes end (default: the largest
    value). marks: Marks. ticks: (x, text) below. today: the x of a line. height: px of the drawing.
    """
    every = [*points, *ideal, *forecast]
    right = right or max((x for x, _y in every), default=1) or 1
    top = top or max((y for _x, y in every), default=1) or 1
    curves = [
        ("curve-area", path(points, right, top, close=True) if area else ""),
        ("curve-ideal", path(ideal, right, top)),
        ("curve-forecast", path(forecast, right, top)),
        ("curve", path(points, right, top)),
    ]
    drawn = format_html_join("", '<path class="{}" d="{}"/>', [one for one in curves if one[1]])
    html = '<svg y="6" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">{}</svg>'
    box = format_html(html, height, drawn)
    now = NOTHING
    if today is not None:
        at = percent(min(1, float(today) / float(right)))
        html = '<line class="today-line" x1="{0}" x2="{0}" y1="6" y2="{1}"/>'
        now = format_html(html, at, height + 6)
    said = joined(spot(mark, right, top, height) for mark in marks)
    below = axis([(float(x) / float(right), text) for x, text in ticks], height + 6)
    return frame(box + now + below + said, height + 6 + AXIS, label)


def spot(mark, right, top, height):
    """A dot on a curve, a line down to the axis, and its words beside it, where there is room."""
    x, y = float(mark.x) / float(right), 6 + height * (1 - float(mark.y) / float(top))
    html = (
        '<line class="grid-line" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<circle class="dot" cx="{0}" cy="{1}" r="5"/>'
    )
    at, side = (x + 0.03, "") if x <= 0.75 else (x - 0.03, "end")
    place = y + 28 if y + 50 < height else max(18, y - 28)
    said = words(at, f"{place:.0f}", mark.words, "label-strong", side)
    more = words(at, f"{place + 16:.0f}", mark.more, "label", side) if mark.more else NOTHING
    return format_html(html, percent(x), px(y), height + 6) + said + more


# -- days on a line --------------------------------------------------------------------------------
def milestones(marks, label, *, ticks=()):
    """Days on one line from today to the last one: a dot each, numbered where the list beside is.

    marks: (x from 0 to 1, number or other short text) by x. ticks: (x, text) below the line.
    """
    drawn = []
    html = '<circle class="dot" cx="{}" cy="{}" r="5"/>'
    upper, before = False, None
    for x, text in marks:
        upper = not upper if before is not None and x - before < NEAR else False
        place = MIDDLE - 24 if upper else MIDDLE - 11
        side = "end" if x > 0.97 else "middle" if x > 0.03 else ""
        drawn += [format_html(html, percent(x), MIDDLE), words(x, place, text, "label", side)]
        before = x
    below = axis(ticks, MIDDLE, gap=20)
    return frame(below + joined(drawn), MIDDLE + AXIS + 6, label)


# -- strips ----------------------------------------------------------------------------------------
def strip(lanes, label, *, right=2, limit=1, ticks=()):
    """Where the values of several groups lie against a limit: dots, or columns where there are many.

    lanes: (name, values). right: where the axis ends; what lies beyond is drawn at its end.
    limit: the dotted line; what lies beyond has another colour. ticks: (value, text) below.
    """
    height = LANE * len(lanes)
    marks = columns if any(len(values) > DOTS for _name, values in lanes) else dots
    rows = joined(lane(*one, place, right, limit, marks) for place, one in enumerate(lanes))
    at = percent(across(limit, right))
    html = '<line class="limit-line" x1="{0}" x2="{0}" y1="0" y2="{1}"/>'
    below = axis([(across(value, right), text) for value, text in ticks], height)
    return frame(rows + format_html(html, at, height) + below, height + AXIS, label)


def across(value, right):
    """A value as a place from 0 to 1: the first part is kept for the name of the row."""
    return 0.07 + 0.92 * min(1, max(0, float(value) / float(right)))


def lane(name, values, place, right, limit, marks):
    """One row of a strip."""
    middle = place * LANE + LANE // 2
    html = '<line class="grid-line" x1="7%" x2="100%" y1="{0}" y2="{0}"/>'
    said = words(0, middle + 4, name, "label-strong")
    return said + format_html(html, middle) + marks(sorted(values), middle, right, limit)


def dots(values, middle, right, limit):
    """A dot for each value."""
    html = '<circle class="dot{}" cx="{}" cy="{}" r="{}"/>'
    return format_html_join(
        "",
        html,
        (
            (" dot-over" if value > limit else "", percent(across(value, right)),
             middle + SHAKE[place % len(SHAKE)], 4.5 if value > limit else 3.5)
            for place, value in enumerate(values)
        ),
    )  # fmt: skip


def columns(values, middle, right, limit):
    """A column for all values of a small stretch, the more the higher."""
    last = ceil(right / BIN) - 1
    counted = {}
    for value in values:
        place = min(last, int(float(value) / BIN + 1e-9))
        over = value > limit
        counted[place, over] = counted.get((place, over), 0) + 1
    most, floor = max(counted.values(), default=1), middle + TALL // 2
    html = '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>'
    width = percent(0.92 * BIN / right * 0.8)
    return format_html_join(
        "",
        html,
        (
            ("bar-leaving" if over else "bar", percent(across(place * BIN, right)),
             floor - tall(number, most), width, tall(number, most))
            for (place, over), number in sorted(counted.items())
        ),
    )  # fmt: skip


def tall(number, most):
    return max(2, round(TALL * number / most))


# -- bars ------------------------------------------------------------------------------------------
def level(value, limit, right):
    """A dot on a line against a limit: one row of a list that says its number beside it.

    right: the value at the right end, the same for all rows of a list.
    """
    right = float(right) or 1
    at, mark = percent(min(1, float(value) / right)), percent(min(1, float(limit) / right))
    html = (
        '<svg height="16" aria-hidden="true"><line class="grid-line" x2="100%" y1="8" y2="8"/>'
        '<line class="limit-line" x1="{0}" x2="{0}" y2="16"/>'
        '<line class="dot-line" x2="{1}" y1="8" y2="8"/>'
        '<circle class="dot{2}" cx="{1}" cy="8" r="5.5"/></svg>'
    )
    return format_html(html, mark, at, " dot-over" if value > limit else "")


def bar(value, right, kind="bar"):
    """A bar in its track: one row of a list that says its number beside it."""
    at = percent(min(1, float(value) / (float(right) or 1)))
    html = (
        '<svg height="10" aria-hidden="true"><rect class="bar-track" width="100%" height="10" rx="2"/>'
        '<rect class="{}" width="{}" height="10" rx="2"/></svg>'
    )
    return format_html(html, kind, at)


def stack(parts):
    """Parts of a whole side by side: one row of a list. parts: (value, class), drawn in their order."""
    whole = float(sum(value for value, _kind in parts)) or 1
    drawn, x = [], 0.0
    html = '<rect class="{}" x="{}" width="{}" height="10"/>'
    for value, kind in parts:
        width = float(value) / whole
        if width:  # a hair of surface parts neighbours
            drawn.append(format_html(html, kind, percent(x), percent(max(0.002, width - 0.006))))
        x += width
    return format_html('<svg height="10" aria-hidden="true">{}</svg>', joined(drawn))


# -- treemaps --------------------------------------------------------------------------------------
def treemap(areas, label, *, height=212):
    """Parts of a whole as areas. areas: Areas; those of no value are left out. height: px."""
    parts = sorted((one for one in areas if one.value > 0), key=lambda one: -one.value)
    boxes = squares([float(one.value) for one in parts], 0, 0, WIDE, height)
    return frame(joined(map(tile, parts, boxes)), height, label)


def tile(area, box):
    """One part with as many of its words as fit."""
    x, y, width, height = box
    name = next((text for text in (area.name, area.short) if fits(text, width, height)), "")
    note = area.note if name and height > 40 and fits(area.note, width, height) else ""
    ink = "label" if area.kind == "hatched" else "on-area"
    said = format_html('<text x="8" y="19" class="{}">{}</text>', ink, name) if name else NOTHING
    more = format_html('<text x="8" y="35" class="{}">{}</text>', ink, note) if note else NOTHING
    outline = " area-thin" if area.thin else ""
    html = (
        '<svg x="{}" y="{}" width="{}" height="{}"><title>{}</title>'
        '<rect class="{}{}" x="1" y="1" width="100%" height="{}" rx="3"/>{}{}</svg>'
    )
    title = f"{area.name} {area.note}".strip()
    return format_html(
        html, percent(x / WIDE), px(y), percent(max(0, width - 2) / WIDE), px(height), title,
        area.kind, outline, px(max(0, height - 2)), said, more,
    )  # fmt: skip


def fits(text, width, height):
    """Whether a line of text has room; a Chinese sign is as wide as two letters."""
    long = sum(2 if ord(sign) > 0x2E80 else 1 for sign in str(text))
    return bool(text) and height >= 24 and 6.5 * long + 16 <= width


def squares(values, x, y, width, height):
    """Boxes (x, y, width, height) of these areas, the largest first, none longer than it must be."""
    if not values:
        return []
    scale = width * height / sum(values)
    side, row = min(width, height), 1
    while row < len(values) and worst(values[: row + 1], side, scale) <= worst(
        values[:row], side, scale
    ):
        row += 1
    deep = sum(values[:row]) * scale / side if side else 0
    boxes, gone = [], 0
    for value in values[:row]:
        long = value * scale / deep if deep else 0
        lying = (x, y + gone, deep, long) if width >= height else (x + gone, y, long, deep)
        boxes.append(lying)
        gone += long
    rest = (
        (x + deep, y, width - deep, height)
        if width >= height
        else (x, y + deep, width, height - deep)
    )
    return boxes + squares(values[row:], *rest)


def worst(row, side, scale):
    """The most stretched of the boxes that share one side: 1 is a square."""
    total = sum(row) * scale
    if not total or not side:
        return float("inf")
    return max(max(side**2 * v * scale / total**2, total**2 / (side**2 * v * scale)) for v in row)
