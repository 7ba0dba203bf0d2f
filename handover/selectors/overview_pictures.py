"""The pictures of the overview: each answers one question in its title and tells its numbers beside."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from crm.models import Customer
from crm.selectors import cadence, capacity
from crm.selectors.trade import company_currency
from handover.selectors import overview
from kit import svg
from kit.templatetags import formats
from kit.templatetags.words import initials, shown_name

LEAST = 5  # fewer people are not compared
NAMED = 12  # areas with a name of their own; the rest is one
LISTED = 10
RIGHT = 2  # where the strip ends, in cadences
TIERS = Customer.Tier.values


@dataclass
class Item:
    """One of the ten that matter most: a person, or a customer by its key."""

    person: Person | None = None
    customer_id: int | None = None
    note: str = ""
    number: str = ""
    customer: Customer | None = None  # once it is known that the page names it


@dataclass
class Panel:
    """One picture. heads, rows: its numbers; link: (words, address) to the list that mends it."""

    key: str
    title: str
    picture: str = ""
    caption: str = ""
    heads: list = field(default_factory=list)
    rows: list = field(default_factory=list)  # texts; the first names the row
    link: tuple | None = None
    cells: list | None = None  # of the grid: (ours, [Cell])
    bars: list | None = None  # (person, picture, words, is over)
    items: list = field(default_factory=list)  # the ten that matter most


def all_of(made):
    """Every Panel that the data allows, in the order of the page."""
    return [
        concentration(made),
        shares(made),
        threads(made),
        stale(made),
        load(made),
        rotation(made),
    ]


def customers_url(query):
    return f"{reverse('crm:customers')}?{query}"


def amount(value, weighs, short=True):
    """What a book weighs, in words."""
    if weighs != "value":
        return customers(int(value))
    write = formats.short_money if short else formats.money
    return write(value, company_currency())


def percent(part, whole):
    return formats.percent(100 * Decimal(part) / Decimal(whole)) if whole else "–"


# -- concentration ---------------------------------------------------------------------------------
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


def customers(number):
    """So many customers, in words."""
    text = ngettext("%(count)s customer", "%(count)s customers", number)
    return text % {"count": formats.number(number)}


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


# -- threads ---------------------------------------------------------------------------------------
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


# -- stale -----------------------------------------------------------------------------------------
def stale(made):
    """Who has waited too long: days without a confirmed contact ÷ cadence, by tier."""
    late = made.stale
    title = ngettext("%(count)s customer is past its cadence",
                     "%(count)s customers are past their cadence", len(late))  # fmt: skip
    if not late:
        title = _("Nobody has waited too long for a confirmed contact.")
    ratios = {
        tier: [line.ratio(made.now) for line in made.lines if line.tier == tier] for tier in TIERS
    }
    picture = svg.strip(
        list(ratios.items()), title % {"count": len(late)}, right=RIGHT,
        ticks=[(0, _("today")), (1, _("cadence reached")), (RIGHT, f"{RIGHT} ×")],
    )  # fmt: skip
    days = cadence.DAYS
    caption = _("Days since a confirmed contact ÷ cadence of the tier (A %(a)s, B %(b)s, C %(c)s days). "
                "n = %(n)s.") % {"a": days["A"], "b": days["B"], "c": days["C"], "n": len(made.lines)}  # fmt: skip
    rows = [
        [tier, formats.number(sum(value > 1 for value in values)), formats.number(len(values))]
        for tier, values in ratios.items()
    ]
    return Panel("stale", title % {"count": formats.number(len(late))}, picture if made.lines else "", caption,
                 [_("Tier"), _("Past cadence"), _("Of")], rows,
                 (_("Ask for contact"), customers_url("view=stale")),
                 items=[waiting(line, made.now) for line in late[:LISTED]])  # fmt: skip


def waiting(line, now):
    """A customer past its cadence, with the days it has waited and what its tier allows."""
    number = (now - line.since).days
    text = ngettext("%(count)s day without a confirmed contact",
                    "%(count)s days without a confirmed contact", number)  # fmt: skip
    allowed = f"{line.ratio(now):.1f} ×"
    return Item(customer_id=line.pk, note=text % {"count": formats.number(number)}, number=allowed)


# -- load ------------------------------------------------------------------------------------------
def load(made):
    """Who carries more than they can: a dot for each person against the line of the limit."""
    over = sum(load.is_over for load in made.loads)
    title = ngettext("%(count)s person carries more than the limit",
                     "%(count)s people carry more than their limit", over)  # fmt: skip
    title = title % {"count": over} if over else _("Load is within limits")
    right = capacity.scale(made.loads) * Decimal("1.1")
    bars = [
        (load.person, svg.level(load.points, load.limit, right),
         _("%(points)s of %(limit)s") % {"points": load.shown, "limit": load.limit}, load.is_over)
        for load in made.loads[:LISTED]
    ]  # fmt: skip
    return Panel("load", title, caption=_("Customers held, weighted by tier, against what each can carry."),
                 bars=bars, link=(_("Rebalance"), reverse("crm:load")))  # fmt: skip


# -- rotation --------------------------------------------------------------------------------------
def rotation(made):
    """Whose rotations are overdue: a bar for each person, the most first."""
    title = ngettext(
        "%(count)s rotation is overdue", "%(count)s rotations are overdue", len(made.overdue)
    )
    title = (
        title % {"count": formats.number(len(made.overdue))}
        if made.overdue
        else _("No rotation is overdue")
    )
    people = {book.person.pk: book.person for book in made.books}
    counts = Counter(clock.person_id for clock in made.overdue if clock.person_id in people)
    most = max(counts.values(), default=1)
    bars = [
        (people[pk], svg.bar(number, most, "bar-leaving"), formats.number(number), False)
        for pk, number in counts.most_common(LISTED)
    ]
    return Panel(
        "rotation", title, caption=_("Customers held for longer than the policy allows, by account manager."),
        bars=bars, link=(_("Plan rotation"), f"{reverse('handover:rotation')}?show=overdue"),
        items=[due(clock, people) for clock in made.overdue[:LISTED]],
    )  # fmt: skip


def due(clock, people):
    """A customer whose rotation is overdue, with its account manager and the days."""
    days = ngettext("%(count)s day over", "%(count)s days over", clock.over) % {
        "count": formats.number(clock.over)
    }
    name = shown_name(people[clock.person_id]) if clock.person_id in people else ""
    return Item(customer_id=clock.customer_id, note=name, number=days)
