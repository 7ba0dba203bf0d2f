"""An Exposure as pages show it: tiles, rows with names and strength, short lists beside them."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.people import directory
from crm.models import Customer
from crm.seats import Seat
from crm.selectors import completeness, network
from handover.selectors.exposure import ADDRESS, CONTACT, LEGAL_NAME
from kit import names
from kit.clock import StatementNow
from kit.templatetags.formats import short_money_words
from kit.templatetags.words import grouped, percent_words

LISTED = 6  # lines of a list beside the table
WORDS = {
    CONTACT: gettext_lazy("a contact"),
    LEGAL_NAME: gettext_lazy("the legal name"),
    ADDRESS: gettext_lazy("the address"),
}
BASICS = {"legal_name", "registered_address"}  # said in words of their own
NAMED = 2  # things that are missing, named in a line
STRENGTHS = ("strong", "moderate", "weak", "none")
TILES = {
    "alone": gettext_lazy("Nobody else knows"),
    "single": gettext_lazy("Single-threaded"),
    "backup": gettext_lazy("No backup"),
    "thin": gettext_lazy("Thin files"),
    "keys": gettext_lazy("Key persons, nobody else"),
    "open": gettext_lazy("Promises and tasks"),
    "owed": gettext_lazy("Receivables"),
}
ALARMS = {"alone", "single", "keys"}


@dataclass
class Tile:
    """One figure; it opens the customers that it counts."""

    view: str
    label: str
    value: str
    note: str = ""
    current: bool = False
    is_worse: bool = False


def tiles(exposure, view=""):
    """The figures of an Exposure; money only for those who see some."""
    views = [name for name in TILES if name != "owed" or exposure.sees_money]
    return [
        Tile(name, str(TILES[name]), figure(exposure, name), note(exposure, name), name == view,
             name in ALARMS and exposure.count(name) > 0)
        for name in views
    ]  # fmt: skip


def figure(exposure, name):
    """The number of a tile in words."""
    if name == "owed":
        return short_money_words(exposure.owed, exposure.currency)
    counted = {"keys": exposure.keys, "open": exposure.steps}
    return grouped(len(counted[name]) if name in counted else exposure.count(name))


def note(exposure, name):
    """The line below a tile, or nothing."""
    if name == "owed" and exposure.owed_late:
        late = short_money_words(exposure.owed_late, exposure.currency)
        return _("%(amount)s for more than 60 days") % {"amount": late}
    if name == "open" and exposure.overdue:
        late = len(exposure.overdue)
        text = ngettext("%(n)s overdue", "%(n)s overdue", late)
        return text % {"n": grouped(late)}
    if name == "thin" and (bare := exposure.count("file")):
        text = ngettext("%(n)s lacks basics", "%(n)s lack basics", bare)
        return text % {"n": grouped(bare)}
    if name == "keys" and exposure.keys:
        places = exposure.count("keys")
        text = ngettext("at %(n)s customer", "at %(n)s customers", places)
        return text % {"n": grouped(places)}
    return ""


def sold(exposure):
    """What these customers bought, and the share of the team's, in brackets for the headline."""
    if not exposure.sees_money:
        return ""
    words = {"value": short_money_words(exposure.value, exposure.currency)}
    if exposure.share is None:
        return _(" (%(value)s in 12 months)") % words
    words["share"] = percent_words(exposure.share)
    return _(" (%(value)s in 12 months, %(share)s of the team)") % words


# -- rows ------------------------------------------------------------------------------------------
def shown(exposure, rows):
    """The rows that the viewer may know by name, with people in the place of their ids.

    Each gets `second` (who holds the backup), `knower`, `strength` and `more` of those who else know
    it, `first` (the nearest open thing) and `missing` (what the file lacks, in words), with `fill_at`,
    where that is filled in.
    """
    rows = [row for row in rows if row.is_named]
    best = network.best_at([row.customer.pk for row in rows]) if rows else {}
    thin = thin_of(rows)
    for row in rows:
        row.second = exposure.known.get(row.backup)
        known = sorted(row.others, key=lambda pk: (strength(best, row, pk), pk))
        row.knower = exposure.known.get(known[0]) if known else None
        row.strength = best.get((row.customer.pk, known[0]), "none") if known else ""
        row.more = max(len(known) - 1, 0)
        row.first = row.steps[0] if row.steps and row.is_seen else None
        row.missing = [WORDS[name] for name in row.lacks] if row.lacks_file else []
        row.missing += [one.label for one in thin.get(row.customer.pk, ()) if one.id not in BASICS]
        row.missing_more = max(len(row.missing) - NAMED, 0)
        row.missing = row.missing[:NAMED]
        row.fill_at = fill_at(row)
    return rows


def thin_of(rows):
    """Customer → required fields without a value, of thin files that the viewer sees."""
    seen = [row.customer for row in rows if row.is_thin and row.is_seen]
    if not seen:
        return {}
    return completeness.missing(
        [one.pk for one in seen], {one.pk for one in seen if one.is_trusted}
    )


def fill_at(row):
    """Where what is missing is filled in: the basics first."""
    if row.lacks_file:
        name = "crm:contact-new" if row.lacks[0] == CONTACT else "crm:customer-edit"
        return reverse(name, args=[row.customer.pk])
    return reverse("crm:customer-file", args=[row.customer.pk]) if row.is_thin else ""


def strength(best, row, pk):
    """The place of one of ours among those who know a customer, the strongest first."""
    return STRENGTHS.index(best.get((row.customer.pk, pk), "none"))


def next_steps(exposure):
    """What is open at customers that the viewer sees, the nearest first: [(row, step)]."""
    pairs = [(row, step) for row in exposure.rows if row.is_seen for step in row.steps]
    pairs.sort(key=lambda pair: (pair[1].on is None, str(pair[1].on), pair[1].pk))
    return pairs[:LISTED]


def owing(exposure):
    """Customers that owe most, as far as the viewer sees them."""
    rows = [row for row in exposure.having("owed") if row.is_seen]
    return sorted(rows, key=lambda row: -row.money.owed)[:LISTED]


def by_tier(exposure):
    """(tier, customers, of them known to nobody else, without backup), for who may read no names."""
    counts = Counter((row.customer.tier, view) for row in exposure.rows
                     for view, yes in ((0, True), (1, row.is_alone), (2, row.lacks_backup)) if yes)  # fmt: skip
    return [
        (tier, *(counts[tier, view] for view in range(3)))
        for tier in Customer.Tier.values if counts[tier, 0]
    ]  # fmt: skip


def disclosed(context):
    """Ids of the customers that the page names."""
    named = [row.customer.pk for row in [*context["rows"], *context["owing"]]]
    named += [row.customer.pk for row, _step in context["steps"]]
    return named + (context["picture"].customers if context["picture"] else [])


# -- who there is ----------------------------------------------------------------------------------
def holders(viewer, q=""):
    """People whose exposure `viewer` may see, with `held`: customers they look after now.

    q: part of a name, pinyin or initials.
    """
    now = Q(assignments__seat=Seat.ACCOUNT_MANAGER, assignments__period__contains=StatementNow())
    people = directory().visible_to(viewer, Action.EXPOSURE_VIEW).exclude(state=Person.State.LEFT)
    if term := names.fold(q):
        people = people.filter(search_key__contains=term)
    found = people.annotate(held=Count("assignments", filter=now)).filter(held__gt=0)
    return found.order_by("-held", "sort_key", "pk")
