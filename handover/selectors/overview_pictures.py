"""The pictures of the overview: each answers one question in its title and tells its numbers beside."""

from collections import Counter
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Customer
from crm.selectors import cadence, capacity
from handover.selectors.overview_books import concentration, shares
from handover.selectors.overview_files import files
from handover.selectors.overview_panels import LISTED, Item, Panel, customers_url
from handover.selectors.overview_threads import threads
from kit import svg
from kit.templatetags import formats
from kit.templatetags.words import shown_name

RIGHT = 2  # where the strip ends, in cadences
TIERS = Customer.Tier.values


def all_of(made, without=None):
    """Every Panel that the data allows, in the order of the page. without: one that is not made."""
    makers = (concentration, shares, threads, stale, load, rotation, files)
    return [make(made) for make in makers if make is not without]


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
