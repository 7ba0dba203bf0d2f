"""What the address of the list of tasks says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        narrow = {"open": rows.open, "overdue": rows.overdue, "closed": rows.closed}
        return narrow[self.state]()


def read(given, person):
    """The Asked of a query string; unknown names and values count as not said."""
    whose = given.get("whose") or first(person)
    state = given.get("state", "")
    return Asked(
        whose="team" if whose == "team" and tasks.sees_of_others(person) else "mine",
        state=state if state in STATES else "open",
        customer=picked(Customer.objects.visible_to(person), given.get("customer", "")),
    )


def first(person):
    """Whose tasks stand first: those who do tasks begin with their own."""
    return "mine" if tasks.does_tasks(person) else "team"
