"""What the address of the list of orders says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass, field
from datetime import date

from accounts.access import Action
from accounts.models import Person
from crm.filters.customers import known
from crm.models import Customer, Order
from crm.selectors import trade
from kit.dates import FIRST_DAY


@dataclass
class Asked:
    """The list as somebody asked for it."""

    states: list = field(default_factory=list)
    late: bool = False
    unpaid: bool = False
    person: Person | None = None
    customer: Customer | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_narrowed(self):
        return any(vars(self).values())

    def narrow(self, orders):
        """The orders that were asked for. They must have come through somebody's sight."""
        if self.states:
            orders = orders.filter(state__in=self.states)
        if self.late:
            orders = orders.filter(trade.late())
        if self.unpaid:
            orders = orders.filter(trade.unpaid())
        for name, lookup in LOOKUPS.items():
            if (value := getattr(self, name)) is not None:
                orders = orders.filter(**{lookup: value})
        return orders


LOOKUPS = {
    "person": "person", "customer": "customer", "since": "ordered_on__gte",
    "until": "ordered_on__lte",
}  # fmt: skip


def read(given, person):
    """The Asked of a query string; unknown names and values count as not said."""
    return Asked(
        states=known(given.getlist("state"), Order.State.values),
        late=given.get("late") == "1",
        unpaid=given.get("unpaid") == "1",
        person=colleague(Person.objects.visible_to(person), given.get("person", "")),
        customer=picked(
            Customer.objects.visible_to(person, Action.TRADE_VIEW), given.get("customer", "")
        ),
        since=day(given.get("since", "")),
        until=day(given.get("until", "")),
    )


def day(text):
    """The day that was typed as 2026-11-22, or None."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found >= FIRST_DAY else None


def picked(rows, text):
    """The row of these whose key was sent, or None."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return rows.filter(pk=int(text)).first()


def colleague(people, text):
    """The one whose user name was sent, or None."""
    return people.filter(username__iexact=text[:150]).first() if text.strip() else None
