"""The six numbers of the overview, each with how it changed and the list behind it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.selectors import cadence, capacity
from kit.templatetags import formats

PERIODS = {"week": _lazy("Week"), "month": _lazy("Month"), "quarter": _lazy("Quarter")}
SINCE = {
    "week": _lazy("a week ago"),
    "month": _lazy("a month ago"),
    "quarter": _lazy("a quarter ago"),
}
OPEN = "&".join(f"status={status}" for status in cadence.OPEN)


@dataclass
class Tile:
    """One number. way: better, worse, same or "" where nothing is compared."""

    label: str
    value: str
    url: str
    change: str = ""
    way: str = ""


def of(made, period):
    """The Tiles of an Overview. period: what it is compared with."""
    now, past, customers = made.figures, made.past, reverse("crm:customers")
    return [
        Tile(_("Customers"), formats.number(now.customers), f"{customers}?{OPEN}", new(now.new)),
        Tile(_("Single-threaded, A and B"), formats.number(now.single),
             f"{customers}?view=single-thread&tier=A&tier=B", *change(now.single, past.single, period)),
        Tile(_("Stale"), formats.number(now.stale), f"{customers}?view=stale",
             *change(now.stale, past.stale, period)),
        Tile(_("Rotation overdue"), formats.number(len(made.overdue)),
             f"{reverse('handover:rotation')}?show=overdue", held_by(made.overdue)),
        Tile(_("Nobody is account manager"), formats.number(now.vacant), f"{customers}?view=vacant&{OPEN}",
             acting(now.acting)),
        loads(now),
    ]  # fmt: skip


def new(number):
    """So many customers that were not there before."""
    return _("%(count)s new") % {"count": formats.number(number)} if number else _("none new")


def held_by(clocks):
    """With how many people rotations are overdue."""
    people = len({clock.person_id for clock in clocks})
    text = ngettext("with %(count)s person", "with %(count)s people", people)
    return text % {"count": formats.number(people)} if people else ""


def change(number, before, period):
    """(words, way) of a number that is better when it is lower."""
    said = {"count": formats.number(abs(number - before)), "since": SINCE[period]}
    if number == before:
        return _("as many as %(since)s") % said, "same"
    if number > before:
        return _("%(count)s more than %(since)s") % said, "worse"
    return _("%(count)s fewer than %(since)s") % said, "better"


def acting(number):
    """Where somebody else answers now."""
    if not number:
        return _("nobody is acting")
    return _("%(count)s more with somebody acting") % {"count": formats.number(number)}


def loads(now):
    """The fullest against the emptiest."""
    limit = _("limit %(points)s") % {"points": formats.number(capacity.rules().default_capacity)}
    if now.highest is None:
        return Tile(_("Load, highest to lowest"), "–", reverse("crm:load"), limit)
    spread = f"{capacity.plain(now.highest)} : {capacity.plain(now.lowest)}"
    return Tile(_("Load, highest to lowest"), spread, reverse("crm:load"), limit)
