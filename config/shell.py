"""What every page's frame shows: navigation by role, inbox count, who is signed in."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Role, can, reach
from accounts.models import Notice


@dataclass
class Entry:
    """One entry of the rail or the bottom bar."""

    url: str
    label: str
    icon: str
    current: bool = False
    count: int = 0
    act: bool = False


# name of the URL, label, icon, action that makes it useful (None = everybody)
RAIL = [
    ("crm:today", _("Today"), "today", Action.ACTIVITY_LOG),
    ("crm:customers", _("Customers"), "customers", Action.CUSTOMER_VIEW),
    ("accounts:people", _("People"), "team", Action.PERSON_VIEW),
    ("accounts:org", _("Organisation"), "assign", Action.PERSON_VIEW),
    ("accounts:inbox", _("Inbox"), "inbox", None),
    ("accounts:trail", _("Trail"), "clock", Action.TRAIL_VIEW),
]


def shell(request):
    """Context of the frame; empty for visitors."""
    person = getattr(request, "user", None)
    theme = request.COOKIES.get("theme", "")
    base = {"demo": settings.DEMO, "theme": theme if theme in ("light", "dark") else ""}
    if person is None or not person.is_authenticated:
        return base
    unread = Notice.objects.filter(person=person.pk, read_at__isnull=True).count()
    nav = rail(request, person)
    return base | {
        "theme": person.theme or base["theme"],
        "nav": nav,
        "bottom_nav": bottom(request, person, nav),
        "unread": unread,
        "me": person,
        "can_log": can(person, Action.ACTIVITY_LOG),
        "shortcuts": person.shortcuts,
    }


def rail(request, person):
    """Entries of the rail that this person has a use for."""
    return [
        Entry(reverse(name), label, icon, current=is_current(request, name))
        for name, label, icon, action in RAIL
        if action is None or reach(person, action)
    ]


def is_current(request, name):
    """Whether the page belongs to an entry: the page itself or what lies under its address."""
    home = reverse(name)
    return request.path == home or (home != "/" and request.path.startswith(f"{home}/"))


def bottom(request, person, nav):
    """Five entries for phones; the centre is the most frequent act of the role."""
    by_icon = {entry.icon: entry for entry in nav}
    first = [e for icon in ("today", "customers", "team", "clock") if (e := by_icon.get(icon))][:2]
    last = [e for icon in ("inbox",) if (e := by_icon.get(icon))]
    more = Entry(
        reverse("accounts:profile"), _("More"), "menu", is_current(request, "accounts:profile")
    )
    act = []
    if can(person, Action.ACTIVITY_LOG):
        act = [Entry(reverse("crm:log"), _("Log visit"), "log", act=True)]
    elif Role.HR in person.roles or reach(person, Action.PERSON_VIEW):
        act = [Entry(reverse("accounts:people"), _("People"), "team")]
    return [*first, *act, *last, more]
