"""How much everybody looks after, in points, against what they can carry.

A customer counts the points of its tier to whoever is its account manager now. Figures for pages go
through the sight of the viewer; figures for decisions of the company go without one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q

from accounts.access import Action, Role
from accounts.models import Person
from accounts.selectors.people import directory
from crm.models import Assignment, Capacity, Customer, OwnershipRules
from crm.seats import Seat
from crm.selectors.ownership import roles_with
from kit.memo import remembered

TIERS = Customer.Tier.values
NOTHING = Decimal(0)


def rules():
    """The rules of ownership, asked once per reading request."""
    return remembered("ownership rules", lambda: OwnershipRules.objects.get(pk=1))


def weights(of=None):
    """Tier → points of one customer, by the rules `of` (default: those in force)."""
    of = of or rules()
    return {tier: getattr(of, f"weight_{tier.lower()}") for tier in TIERS}


def shown_weights(of=None):
    """Tier → points of one customer, in words."""
    return {tier: plain(worth) for tier, worth in weights(of).items()}


# -- loads -----------------------------------------------------------------------------------------
def tally(people, viewer=None):
    """Person id → {tier: customers held as account manager now}; who holds none is left out.

    people: ids. viewer: count only what this person sees. One statement for any number of people.
    """
    rows = Assignment.objects.at().filter(seat=Seat.ACCOUNT_MANAGER, person__in=list(people))
    rows = rows if viewer is None else rows.visible_to(viewer)
    by_tier = {tier: Count("pk", filter=Q(customer__tier=tier)) for tier in TIERS}
    found = rows.order_by().values("person").annotate(**by_tier)
    return {row["person"]: {tier: row[tier] for tier in TIERS} for row in found}


def loads(people, viewer=None):
    """Person id → points of the customers held as account manager now; 0 for who holds none.

    people: ids. viewer: count only what this person sees.
    """
    worth, people = weights(), list(people)
    counted = tally(people, viewer)
    return {pk: points(counted.get(pk, {}), worth) for pk in people}


def points(counts, worth):
    """What so many customers by tier add up to."""
    return sum((worth[tier] * number for tier, number in counts.items()), NOTHING)


def after(load, came=(), went=()):
    """The load (points) when customers of these tiers have come and those of others have gone."""
    worth = weights()
    return load + sum((worth[t] for t in came), NOTHING) - sum((worth[t] for t in went), NOTHING)


def plain(number):
    """Points without zeros at the end: 5, 0.5, 12.25."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


# -- limits ----------------------------------------------------------------------------------------
def limits(people):
    """Person id → the points this person can carry: the own limit, else everybody's. people: ids."""
    people = list(people)
    own = dict(Capacity.objects.filter(person__in=people).values_list("person", "limit"))
    usual = rules().default_capacity
    return {pk: own.get(pk, usual) for pk in people}


def limit_of(person):
    """The points that one person can carry."""
    return limits([person.pk])[person.pk]


# -- for pages -------------------------------------------------------------------------------------
@dataclass
class Load:
    """What one person carries of what they can carry, as a viewer sees it."""

    person: Person
    points: Decimal
    limit: int
    counts: dict = field(default_factory=dict)  # tier → customers
    is_own: bool = False  # the limit is this person's own, not everybody's

    @property
    def customers(self):
        return sum(self.counts.values())

    @property
    def share(self):
        """Part of the limit in use, 1 is full; None where the limit is 0 and something is held."""
        if self.limit:
            return self.points / self.limit
        return None if self.points else NOTHING

    @property
    def in_use(self):
        """The same in percent."""
        return None if self.share is None else self.share * 100

    @property
    def shown(self):
        return plain(self.points)

    @property
    def is_over(self):
        return self.points > self.limit

    @property
    def free(self):
        return max(self.limit - self.points, NOTHING)


def load_of(viewer, person):
    """The Load of one person."""
    return loads_of(viewer, [person])[0]


def carriers(viewer):
    """People who may look after customers and whose load the viewer may see."""
    sell = directory().filter(roles__overlap=roles_with(Action.ACTIVITY_LOG)).with_access()
    return sell.visible_to(viewer, Action.LOAD_VIEW).select_related("capacity")


def shown_of(viewer, people):
    """Those of some people (ids) whose load the viewer may see."""
    seen = Person.objects.visible_to(viewer, Action.LOAD_VIEW).filter(pk__in=list(people))
    return set(seen.values_list("pk", flat=True))


def loads_of(viewer, people):
    """The Loads of people, in their order. people: with their `capacity` (select_related)."""
    counted = tally([person.pk for person in people], viewer)
    return [_load(person, getattr(person, "capacity", None), counted) for person in people]


def team(viewer):
    """The Loads of everybody whose load the viewer may see and who has customers or is there to
    have some, the fullest first."""
    rows = loads_of(viewer, list(carriers(viewer)))
    rows = [row for row in rows if row.customers or Role.REP in row.person.roles]
    return sorted(rows, key=_fullest)


def _load(person, own, counted):
    counts = counted.get(person.pk) or dict.fromkeys(TIERS, 0)
    limit = own.limit if own else rules().default_capacity
    return Load(person, points(counts, weights()), limit, counts, is_own=own is not None)


def _fullest(load):
    """Sort key: who is fullest first, then by name; full beyond any measure comes before all."""
    share = Decimal("Infinity") if load.share is None else load.share
    return (-share, -load.points, load.person.sort_key, load.person.pk)


def scale(rows: Iterable[Load]):
    """The points that the right end of a chart of these loads stands for."""
    return max([Decimal(1), *(max(row.points, Decimal(row.limit)) for row in rows)])
