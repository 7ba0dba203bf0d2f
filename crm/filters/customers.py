"""What the address of the customer list says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Reach, reach
from accounts.models import Person
from accounts.selectors.people import directory
from crm.filters.typed import colleague, day, known, picked
from crm.models import Customer, Industry, Region
from crm.seats import Seat
from crm.selectors import cadence, key_accounts, person_seats, trade
from crm.selectors import customers as rows
from crm.selectors.customer_list import ORDERS

LONGEST = 100  # signs of a search term that are looked at
MONTHS = (3, 6, 12, 24)
VIEWS = {
    "all": _("All"),
    "mine": _("Mine"),
    "backup": _("As backup"),
    "vacant": _("Vacant"),
    "no-backup": _("No backup"),
    "few-known": _("Known by fewer than two"),
    "stale": _("Stale"),
}


@dataclass
class Asked:
    """The list as somebody asked for it."""

    view: str = "all"
    term: str = ""
    sort: str = "name"
    tiers: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    region: Region | None = None
    industry: Industry | None = None
    ordered: int | None = None  # bought something within so many months
    no_order: int | None = None  # bought nothing within so many months
    held_by: Person | None = None  # was account manager at the end of the day `on`, or is now
    on: date | None = None

    @property
    def is_narrowed(self):
        """Whether filters or a term are set, which one may want to clear."""
        chosen = (self.term, self.tiers, self.statuses, self.region, self.industry)
        return any(chosen) or bool(self.ordered or self.no_order or self.held_by)

    def condition(self, person):
        """The view and the filters as a Q on the customer without joins."""
        wanted = view_of(self.view, person)
        if self.tiers:
            wanted &= Q(tier__in=self.tiers)
        if self.statuses:
            wanted &= Q(status__in=self.statuses)
        if self.region:
            below = Region.objects.descendants(self.region, include_self=True)
            wanted &= Q(region__in=list(below.values_list("pk", flat=True)))
        if self.industry:
            wanted &= Q(industry=self.industry.pk)
        for months, without in ((self.ordered, False), (self.no_order, True)):
            if months:
                wanted &= trade.ordered_within(person, months, without)
        if self.held_by:
            wanted &= person_seats.answered_for(self.held_by, person, self.on)
        return wanted


def read(given, person):
    """The Asked of a query string; unknown names and values count as not said."""
    view = given.get("view", "all")
    held_by = holder(given.get("held_by", ""), person)
    return Asked(
        view=view if view in views_for(person) else "all",
        term=given.get("q", "").strip()[:LONGEST],
        sort=given.get("sort", "name") if given.get("sort") in ORDERS else "name",
        tiers=known(given.getlist("tier"), Customer.Tier.values),
        statuses=known(given.getlist("status"), Customer.Status.values),
        region=picked(Region.objects.all(), given.get("region", "")),
        industry=picked(Industry.objects.all(), given.get("industry", "")),
        ordered=months(given.get("ordered", ""), person),
        no_order=months(given.get("no_order", ""), person),
        held_by=held_by,
        on=day(given.get("on", "")) if held_by else None,
    )


def months(text, person):
    """The number of months that was chosen, for who may see orders at all."""
    chosen = next((number for number in MONTHS if text == str(number)), None)
    return chosen if chosen and reach(person, Action.TRADE_VIEW) else None


def holder(text, person):
    """The colleague whose key or user name was sent, for who may see the history of seats at all."""
    if not reach(person, Action.SEAT_HISTORY):
        return None
    return picked(directory(), text) or colleague(directory(), text)


def views_for(person):
    """The saved views that this person has a use for: vacancies are for those who lead people."""
    width = reach(person, Action.CUSTOMER_VIEW)
    hidden = set()
    if width < Reach.TEAM:
        hidden.add("vacant")
    if not reach(person, Action.ACTIVITY_LOG):
        hidden |= {"mine", "backup"}
    return {name: label for name, label in VIEWS.items() if name not in hidden}


def view_of(view, person):
    """The condition of a saved view."""
    return {
        "mine": lambda: Q(rows.held_in(Seat.ACCOUNT_MANAGER, person)),
        "backup": lambda: Q(rows.held_in(Seat.BACKUP, person)),
        "vacant": rows.vacant,
        "no-backup": rows.without_backup,
        "few-known": key_accounts.few_known,
        "stale": cadence.stale,
    }.get(view, Q)()
