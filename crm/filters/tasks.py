"""What the address of the list of tasks says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from accounts.selectors.people import directory
from crm.filters.typed import picked
from crm.models import Customer
from crm.selectors import tasks

STATES = {
    "open": _("Open tasks"),
    "overdue": _("Overdue"),
    "closed": pgettext_lazy("task", "Closed"),
}


@dataclass
class Asked:
    """The list as somebody asked for it. whose: mine, or team."""

    whose: str = "mine"
    state: str = "open"
    customer: Customer | None = None
    person: Person | None = None

    @property
    def closed(self):
        return self.state == "closed"

    def rows(self, person):
        """The tasks that were asked for, before anybody's sight."""
        if self.customer is not None:
            rows = tasks.at_customer(self.customer)
        elif self.whose == "team":
            rows = tasks.of_team(person)
        else:
            rows = tasks.had_by(person) if self.closed else tasks.mine(person)
        if self.person is not None:
            rows = tasks.of(self.person, rows)
        narrow = {"open": rows.open, "overdue": rows.overdue, "closed": rows.closed}
        return narrow[self.state]()


def read(given, person):
    """The Asked of a query string; unknown names and values count as not said."""
    one = of_others(person, given.get("person", ""))
    whose = "team" if one else given.get("whose") or first(person)
    state = given.get("state", "")
    return Asked(
        whose="team" if whose == "team" and tasks.sees_of_others(person) else "mine",
        state=state if state in STATES else "open",
        customer=picked(Customer.objects.visible_to(person), given.get("customer", "")),
        person=one,
    )


def of_others(viewer, text):
    """One of ours by key, whose tasks a viewer may list; None for anybody else."""
    return picked(directory(), text) if tasks.sees_of_others(viewer) else None


def first(person):
    """Whose tasks stand first: those who do tasks begin with their own."""
    return "mine" if tasks.does_tasks(person) else "team"
