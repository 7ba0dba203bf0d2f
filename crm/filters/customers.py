"""What the address of the customer list says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Reach, reach
from accounts.models import Person
from accounts.selectors.people import directory
from crm.filters.typed import colleague, day, key, known, picked
from crm.models import Customer, Industry, Region
from crm.seats import Seat
from crm.selectors import (
    cadence,
    completeness,
    key_accounts,
    person_seats,
    qualification,
    thread_list,
    trade,
)
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
    "single-thread": _("Single-threaded"),
    "stale": _("Stale"),
    "incomplete": _("Incomplete file"),
    "not-pursued": _("Not pursued"),
}
# What a row may show beside the customer itself, in the order of the table.
COLUMNS = {
    "manager": _("Account manager"),
    "backup": _("Backup"),
    "service": _("Service line"),
    "activity": _("Last activity"),
    "confirmed": _("Last confirmed contact"),
    "status": _("Status"),
    "file": _("File"),
    "region": _("Region"),
    "industry": _("Industry"),
    "created": _("Added"),
    "risks": _("Risks"),
}
USUAL = ("manager", "backup", "activity", "status", "risks")
# Parameters that narrow the list: what a saved view keeps and a selection is made from.
NARROWING = (
    "view", "q", "tier", "status", "region", "industry", "ordered", "no_order", "held_by", "on", "thread",
)  # fmt: skip


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
    thread: str = ""  # "1-2": one of ours and two of theirs in touch, 3 is more too; or a side
    columns: list = field(default_factory=lambda: list(USUAL))
    saved: int | None = None  # key of the saved view that it is looked at through

    @property
    def filters(self):
        """What narrows the list, parameter → values, as its address says it; defaults are left out."""
        given = {
            "view": [self.view] if self.view != "all" else [],
            "q": [self.term], "tier": self.tiers, "status": self.statuses,
            "region": [self.region and self.region.pk], "industry": [self.industry and self.industry.pk],
            "ordered": [self.ordered], "no_order": [self.no_order],
            "held_by": [self.held_by and self.held_by.pk], "on": [self.on], "thread": [self.thread],
        }  # fmt: skip
        said = {name: [str(one) for one in values if one] for name, values in given.items()}
        return {name: values for name, values in said.items() if values}

    @property
    def own_columns(self):
        """The columns where they are not the usual ones, else nothing."""
        return [] if self.columns == list(USUAL) else self.columns

    @property
    def is_narrowed(self):
        """Whether filters or a term are set, which one may want to clear."""
        chosen = (self.term, self.tiers, self.statuses, self.region, self.industry)
        return any(chosen) or bool(self.ordered or self.no_order or self.held_by or self.thread)

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
        if self.thread:
            wanted &= thread_list.within(self.thread)
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
        thread=next(iter(known([given.get("thread", "")], thread_list.SAID)), ""),
        columns=known(given.getlist("column"), COLUMNS) or list(USUAL),
        saved=key(given.get("saved", "")),
    )


def address(filters, columns=(), sort="", **more):
    """The query string of a list: what narrows it, its order, its columns. The inverse of `read`."""
    query = QueryDict(mutable=True)
    for name in NARROWING:
        values = filters.get(name) if isinstance(filters, dict) else None
        if isinstance(values, list):
            query.setlist(name, [str(value) for value in values])
    if sort and sort != "name":
        query["sort"] = sort
    query.setlist("column", columns)
    for name, value in more.items():
        query[name] = value
    return query.urlencode()


def stored(said, person):
    """The Asked of filters as a saved view keeps them."""
    return read(QueryDict(address(said)), person)


def left_out(given, asked):
    """Whether the address narrows by something that is not known, or not this person's to ask."""
    return any(
        bool(set(filter(None, given.getlist(name))) - set(asked.filters.get(name, [])))
        for name in NARROWING
        if name != "q" and given.get(name) != "all"
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
        "single-thread": thread_list.single,
        "stale": cadence.stale,
        "incomplete": lambda: completeness.incomplete(person),
        "not-pursued": qualification.stopped,
    }.get(view, Q)()
