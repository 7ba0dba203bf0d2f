"""What every page's frame shows: navigation by role, inbox count, who is signed in."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Reach, Role, can, reach
from crm.access import sight_of


@dataclass
class Entry:
    """One entry of the rail or the bottom bar."""

    url: str
    label: str
    icon: str
    current: bool = False
    count: int = 0
    act: bool = False


# name of the URL → label, icon, action that makes it useful
PLACES = {
    "crm:today": (_("Today"), "today", Action.ACTIVITY_LOG),
    "handover:overview": (_("Overview"), "overview", Action.LOAD_VIEW),
    "crm:customers": (_("Customers"), "customers", Action.CUSTOMER_VIEW),
    "crm:assignments": (_("Assignments"), "thread", Action.SEAT_ASSIGN),
    "handover:rotation": (_("Rotation"), "rotate", Action.SEAT_HISTORY),
    "crm:orders": (_("Orders"), "money", Action.TRADE_VIEW),
    "crm:contacts": (_("Contacts"), "person", Action.CHANNEL_VIEW),
    "crm:tasks": (_("Tasks"), "calendar", Action.CUSTOMER_VIEW),
    "crm:exams": (_("File exams"), "book", Action.CUSTOMER_VIEW),
    "handover:follow-ups": (_("Calls after handovers"), "headset", Action.CALL_VIEW),
    "crm:approvals": (_("Approvals"), "check", Action.CHANGE_ACCEPT),
    "handover:hr": (_("HR home"), "today", Action.DEPARTURE_RUN),
    "handover:departures": (_("Departures"), "door", Action.DEPARTURE_VIEW),
    "accounts:people": (_("People"), "team", Action.PERSON_VIEW),
    "accounts:agreements": (_("Agreements"), "sign", Action.AGREEMENT_VIEW),
    "accounts:org": (_("Organisation"), "assign", Action.PERSON_VIEW),
    "crm:late-visits": (_("Late visits"), "log", Action.SEAT_ASSIGN),
    "crm:exposure": (_("Exposure"), "risk", Action.EXPOSURE_VIEW),
    "handover:risk": (_("Risk"), "risk", Action.LOAD_VIEW),
    "crm:load": (_("Load"), "team", Action.LOAD_VIEW),
    "crm:shares": (_("Shares"), "key", Action.CUSTOMER_VIEW),
    "handover:emergency": (_("Sudden departure"), "lock", Action.FREEZE),
    "crm:private-file": (_("Private files"), "lock", Action.PRIVATE_SWITCH),
    "crm:erasures": (_("Erasures"), "lock", Action.ERASURE_VIEW),
    "crm:imports": (_("Imports"), "upload", Action.IMPORT_RUN),
    "accounts:trail": (_("Trail"), "clock", Action.TRAIL_VIEW),
}
# Pages that need a power that reaches beyond one's own.
LEADING = {
    "handover:overview", "handover:risk", "handover:departures", "handover:rotation",
    "crm:assignments", "crm:exposure", "accounts:agreements",
    "crm:load", "crm:orders", "crm:late-visits", "crm:erasures",
}  # fmt: skip
# What stands first for a role that does not begin its day with customers.
FIRST = {
    Role.FINANCE: ["crm:orders"],
    Role.HR: ["handover:hr", "handover:departures", "accounts:people", "accounts:org"],
    Role.ADMINISTRATOR: ["accounts:org", "accounts:people", "crm:imports"],
    Role.AUDITOR: ["accounts:trail", "handover:overview", "crm:customers"],
    Role.HEAD_OF_SALES: ["handover:overview"],
    Role.DIRECTOR: ["handover:overview"],
}


def shell(request):
    """Context of the frame; empty for visitors. It asks the database nothing."""
    person = getattr(request, "user", None)
    theme = request.COOKIES.get("theme", "")
    base = {"demo": settings.DEMO, "theme": theme if theme in ("light", "dark") else ""}
    if person is None or not person.is_authenticated or not person.has_access:
        return base
    nav = rail(request, person)
    sees_customers = can(person, Action.CUSTOMER_VIEW)
    return base | {
        "search_url": reverse("crm:palette"),
        "search_label": _("Search customers, people, actions")
        if sees_customers
        else _("Search people, actions"),
        "theme": base["theme"] or person.theme,
        "nav": nav,
        "bottom_nav": bottom(request, person, nav),
        "unread": getattr(person, "unread", 0),  # counted with the person, see accounts/backends
        "me": person,
        "can_log": can(person, Action.ACTIVITY_LOG),
        "shortcuts": person.shortcuts,
        "depends_on": Dependents(person).page,
    }


class Dependents:
    """Where the names of our people lead a reader who may see what depends on them."""

    def __init__(self, viewer):
        self.viewer, self.width = viewer, reach(viewer, Action.EXPOSURE_VIEW)

    @cached_property
    def led(self):
        """Ids of the people whom the reader leads; asked when the first name of a page needs it."""
        return set(sight_of(self.viewer).people)

    def page(self, who):
        """The address of what depends on `who`, or "" where the reader may not open it."""
        if self.width == Reach.NONE:
            return ""
        if who.pk == self.viewer.pk:
            return reverse("handover:readiness")
        if self.width == Reach.ALL or (self.width >= Reach.TEAM and who.pk in self.led):
            return reverse("handover:exposure", args=[who.pk])
        return ""


def rail(request, person):
    """Entries of the rail that this person has a use for, those of the first role on top."""
    first = FIRST.get(person.roles[0], []) if person.roles else []
    order = [*first, *(name for name in PLACES if name not in first)]
    return [entry(request, name) for name in order if useful(person, name)]


def useful(person, name):
    least = Reach.TEAM if name in LEADING else Reach.OWN
    return reach(person, PLACES[name][2]) >= least


def entry(request, name):
    label, icon, _action = PLACES[name]
    return Entry(reverse(name), label, icon, current=is_current(request, name))


def is_current(request, name):
    """Whether the page belongs to an entry: the page itself or what lies under its address."""
    home = reverse(name)
    return request.path == home or (home != "/" and request.path.startswith(f"{home}/"))


def bottom(request, person, nav):
    """At most five entries for phones; the centre is the most frequent act of the role."""
    centre = nav[2:3]
    if can(person, Action.ACTIVITY_LOG):
        centre = [Entry(reverse("crm:log"), _("Log visit"), "log", act=True)]
    places = [("accounts:inbox", _("Inbox"), "inbox"), ("accounts:profile", _("More"), "menu")]
    last = [
        Entry(reverse(name), label, icon, current=is_current(request, name))
        for name, label, icon in places
    ]
    return [*nav[:2], *centre, *last]
