"""What the address of the list of shares says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.access import SHARES
from crm.filters.typed import key
from crm.models import Customer
from crm.selectors import share_list

STATES = {
    "": _("In force or ahead"),
    "soon": _("Ends within a week"),
    "over": _("Ended"),
    "orphan": _("Given by somebody who has left"),
    "all": _("All"),
}
WAYS = {"": _("All I may see"), "mine": _("Shared with me"), "given": _("Given by me")}


@dataclass
class Asked:
    """The list as somebody asked for it."""

    viewer: Person
    way: str = ""
    state: str = ""
    right: str = ""
    person: Person | None = None

    @property
    def is_narrowed(self):
        return bool(self.state or self.right or self.person)

    def narrow(self, rows):
        """The shares that were asked for. They must have come through somebody's sight."""
        if self.way:
            rows = rows.filter(**{"user" if self.way == "mine" else "granted_by": self.viewer.pk})
        if self.right:
            rows = rows.filter(permission__codename=self.right)
        if self.person:
            rows = rows.filter(user=self.person.pk)
        return share_list.in_state(rows, self.state or "open")


def read(given, viewer):
    """The Asked of a query string; unknown names and values count as not said."""
    return Asked(
        viewer,
        way=one_of(WAYS, given.get("way", "")),
        state=one_of(STATES, given.get("state", "")),
        right=one_of(SHARES, given.get("right", "")),
        person=colleague(viewer, given.get("person", "")),
    )


def one_of(known, text):
    return text if text in known else ""


def colleague(viewer, text):
    """The one of ours with this user name or name, or None."""
    typed = text.strip()[:150]
    if not typed:
        return None
    same = Q(username__iexact=typed) | Q(name__iexact=typed) | Q(latin_name__iexact=typed)
    if (number := key(typed)) is not None:
        same |= Q(pk=number)
    found = list(Person.objects.visible_to(viewer).filter(same)[:2])
    return found[0] if len(found) == 1 else None


def rights():
    """Codename of each right a share can give → its words."""
    return {code: label for code, label in Customer._meta.permissions if code in SHARES}
