"""Who holds how much: the curve of concentration, and the areas of the books."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handover.selectors import overview
from handover.selectors.overview_panels import LISTED, Item, Panel, amount, customers, percent
from kit import svg
from kit.templatetags.words import initials, shown_name

LEAST = 5  # fewer people are not compared
NAMED = 12  # areas with a name of their own; the rest is one


def concentration(made):
    """How unevenly the value is spread: the Lorenz curve and the effective number."""
    spread, number = overview.spread(made), len(made.holding)
    if spread is None or number < LEAST:
        text = _("Not enough account managers to compare (needs %(least)s).") % {"least": LEAST}
        return Panel("concentration", text, items=largest(made))
    said = {"count": spread.half, "all": number}
    title = (
        ngettext("%(count)s of %(all)s people holds half the value",
                 "%(count)s of %(all)s people hold half the value", spread.half)
        if made.weighs == "value" else
        ngettext("%(count)s of %(all)s people holds half the customers",
                 "%(count)s of %(all)s people hold half the customers", spread.half)
    ) % said  # fmt: skip
    lower = number - spread.half
    mark = svg.Mark(
        *spread.points[lower], f"{lower} / {number}", percent(spread.points[lower][1], 1)
    )
    picture = svg.line(
        spread.points, _("Lorenz curve: %(title)s") % {"title": title}, ideal=[(0, 0), (1, 1)],
        marks=[mark], right=1, top=1, ticks=[(0, "0"), (1, number)],
    )  # fmt: skip
    caption = _("From the smallest book to the largest; the dashed line is an even spread. "
                "As if %(number)s people held equal books (Gini %(gini)s).")  # fmt: skip
    said = {"number": f"{spread.effective:.1f}", "gini": f"{spread.gini:.2f}"}
    return Panel(
        "concentration", title, picture, caption % said,
        [_("The people with the smaller books"), _("hold together")], curve_rows(spread),
        (_("Open the largest book"), largest_url(made)), items=largest(made),
    )  # fmt: skip


def largest(made):
    """The people with the largest books."""
    return [
        Item(
            book.person,
            note=customers(book.customers),
            number=amount(overview.weight(made, book), made.weighs),
        )
        for book in by_weight(made)[:LISTED]
    ]


def by_weight(made):
    return sorted(made.holding, key=lambda book: -overview.weight(made, book))


def curve_rows(spread):
    """What the lower quarter, half, three quarters and all of the people hold."""
    last = len(spread.points) - 1
    steps = [spread.points[round(step * last)] for step in (0.25, 0.5, 0.75, 1)]
    return [[percent(x, 1), percent(y, 1)] for x, y in steps]


def largest_url(made):
    return reverse("handover:exposure", args=[by_weight(made)[0].person.pk])


def shares(made):
    """Whose book is how large: areas, and what nobody holds."""
    pairs = [(shown_name(book.person), overview.weight(made, book)) for book in by_weight(made)]
    free = unheld(made)
    total = sum((value for _name, value in pairs), Decimal(0)) + free
    if not pairs or not total:
        return Panel("shares", _("Nobody holds a customer of value yet"))
    title = _("%(name)s holds %(share)s, the largest book") % {
        "name": pairs[0][0], "share": percent(pairs[0][1], total),
    }  # fmt: skip
    picture = svg.treemap(areas(made, pairs, free), title)
    caption = (
        _("Area: ordered within the last 12 months. Hatched: without an account manager.")
        if made.weighs == "value"
        else _("Area: customers. Hatched: without an account manager.")
    )
    rows = [
        [name, amount(value, made.weighs, short=False), percent(value, total)]
        for name, value in pairs
    ]
    rows += [[_("Nobody"), amount(free, made.weighs, short=False), percent(free, total)]] * bool(
        free
    )
    heads = [_("Person"), _("Value") if made.weighs == "value" else _("Customers"), _("Share")]
    return Panel(
        "shares",
        title,
        picture,
        caption,
        heads,
        rows,
        (_("Load of everybody"), reverse("crm:load")),
    )


def unheld(made):
    """What the customers without an account manager weigh."""
    free = [line for line in made.lines if line.manager is None]
    return (
        sum((line.value for line in free), Decimal(0))
        if made.weighs == "value"
        else Decimal(len(free))
    )


def areas(made, pairs, free):
    """The largest books by name, the others together, and what nobody holds."""
    first, rest = pairs[:NAMED], pairs[NAMED:]
    found = [
        svg.Area(name, amount(value, made.weighs), float(value), f"area-{min(3, 1 + place // 2)}",
                 short=initials(name))
        for place, (name, value) in enumerate(first)
    ]  # fmt: skip
    if rest:
        others = sum(value for _name, value in rest)
        text = _("%(count)s others") % {"count": len(rest)}
        found.append(svg.Area(text, amount(others, made.weighs), float(others), "area-3"))
    return found + [
        svg.Area(_("Nobody"), amount(free, made.weighs), float(free), "hatched")
    ] * bool(free)
