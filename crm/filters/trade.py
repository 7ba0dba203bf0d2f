"""What the address of the list of orders says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass, field
from datetime import date

from accounts.access import Action
from accounts.models import Person
from crm.filters.typed import colleague, day, known, picked
from crm.models import Customer, Order
from crm.selectors import trade


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
