"""What the address of the assignments says, read by an allow-list: everything else is ignored."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from accounts.selectors.org import units_below
from accounts.selectors.people import directory
from crm.filters.typed import colleague, known, picked
from crm.models import Customer
from crm.selectors import assignments

STATES = {
    "": _("All"),
    "no-backup": _("No backup"),
    "away": _("Account manager away or leaving"),
    "vacant": _("Vacant"),
    "waiting": _("Change on its way"),
}


@dataclass
class Asked:
    """The list as somebody asked for it."""

    state: str = ""
    tiers: list = field(default_factory=list)
    person: Person | None = None  # is account manager or backup
    unit: Unit | None = None  # with everything below it

    @property
    def is_narrowed(self):
        """Whether filters are set, which one may want to clear."""
        return bool(self.tiers or self.person or self.unit)

    @property
    def query(self):
        """The query string that says the same."""
        given = {
            "state": [self.state], "tier": self.tiers, "unit": [self.unit and self.unit.pk],
            "person": [self.person and self.person.username],
        }  # fmt: skip
        said = QueryDict(mutable=True)
        for name, values in given.items():
            if any(values):
                said.setlist(name, [str(value) for value in values])
        return said.urlencode()

    def condition(self, viewer):
        """What was asked for, as a Q on the customer."""
        wanted = assignments.wrong(viewer)[self.state] if self.state else Q()
        if self.tiers:
            wanted &= Q(tier__in=self.tiers)
        if self.person:
            wanted &= assignments.held_by(self.person)
        if self.unit:
            wanted &= assignments.of_units(units_below(self.unit))
        return wanted


def read(given, viewer):
    """The Asked of a query string; unknown names and values count as not said."""
    state, person = given.get("state", ""), given.get("person", "").strip()
    return Asked(
        state=state if state in STATES else "",
        tiers=known(given.getlist("tier"), Customer.Tier.values),
        person=colleague(directory().visible_to(viewer), person),
        unit=picked(Unit.objects.visible_to(viewer), given.get("unit", "")),
    )
