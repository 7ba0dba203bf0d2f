"""What the address of the rotation board says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass

from django.http import QueryDict

from accounts.models import Person
from accounts.selectors.people import directory
from crm.filters.typed import colleague
from crm.models import Customer
from handover.selectors import rotation


@dataclass
class Asked:
    """The board as somebody asked for it."""

    show: str = "overdue"
    view: str = "list"
    person: Person | None = None
    tier: str = ""

    @property
    def query(self):
        """The query string that says the same."""
        said = QueryDict(mutable=True)
        said["show"] = self.show
        for name in ("view", "tier"):
            if value := getattr(self, name):
                said[name] = value
        if self.person:
            said["person"] = self.person.username
        return said.urlencode()

    def among(self, viewer):
        """(condition, values) of the clocks that were asked for, within the viewer's sight."""
        return rotation.narrowed(*rotation.within(viewer), person=self.person, tier=self.tier)


def read(given, viewer):
    """The Asked of a query string; unknown names and values count as not said."""
    show, tier = given.get("show", ""), given.get("tier", "")
    return Asked(
        show=show if show in rotation.SHOW else "overdue",
        view="timeline" if given.get("view") == "timeline" else "list",
        person=colleague(directory().visible_to(viewer), given.get("person", "")),
        tier=tier if tier in Customer.Tier.values else "",
    )
