"""On how many threads customers hang: the grid of live contact, ours down, theirs across."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.selectors.trade import company_currency
from handover.selectors import overview
from handover.selectors.overview_panels import LISTED, Item, Panel, amount, customers_url
from kit.templatetags import formats


@dataclass
class Cell:
    """One cell of the grid of threads."""

    count: int
    value: str
    url: str
    words: str
    kind: str


def threads(made):
    """Where live contact hangs on one person: ours down, theirs across."""
    grid = overview.grid(made.lines)
    hanging = sum(count for (a, b), (count, _value) in grid.items() if min(a, b) <= 1)
    title = ngettext("%(count)s customer hangs on one thread",
                     "%(count)s customers hang on one thread", hanging)  # fmt: skip
    if not hanging:
        title = _("Every customer has at least two live contacts on both sides.")
    caption = _("People with confirmed contact within the last 90 days. "
                "Red outline: one or none on a side.")  # fmt: skip
    most = max((count for count, _value in grid.values()), default=0)
    rows = [
        (side(a), [cell(a, b, *grid[a, b], most) for b in overview.SIDES]) for a in overview.SIDES
    ]
    return Panel("threads", title % {"count": formats.number(hanging)}, caption=caption, cells=rows,
                 link=(_("Plan introductions"), customers_url("view=single-thread&tier=A&tier=B")),
                 items=[thin(line, made.weighs) for line in made.single[:LISTED]])  # fmt: skip


def thin(line, weighs):
    """A customer that hangs on one thread, with how many it has on both sides."""
    value = amount(line.value, weighs) if weighs == "value" else ""
    return Item(customer_id=line.pk, note=both(side(line.ours), side(line.theirs)), number=value)


def both(ours, theirs):
    return _("%(ours)s of ours, %(theirs)s of theirs") % {"ours": ours, "theirs": theirs}


def side(number):
    """A number of people as the grid has it."""
    number = min(number, overview.SIDES[-1])
    return f"{number}+" if number == overview.SIDES[-1] else str(number)


def cell(ours, theirs, count, value, most):
    """The Cell of so many of ours and so many of theirs; the darker, the more customers."""
    heat = 1 + min(3, 4 * count // (most + 1)) if count else 0
    kind = " ".join(
        ["thin"] * (min(ours, theirs) <= 1 and count > 0) + [f"heat-{heat}" if count else "nil"]
    )
    money = formats.short_money(rough(value), company_currency()) if value else ""
    return Cell(count, money, customers_url(f"thread={ours}-{theirs}"),
                both(side(ours), side(theirs)), kind)  # fmt: skip


def rough(value):
    """An amount with two digits that count, as short as a cell is."""
    return Decimal(f"{value:.2g}")
