"""Who could take over what some people would leave: the load of each before and after.

Each customer, the heaviest first, goes to whoever knows it and has room, else to whoever has most
room; what fits nobody is told. A sketch for whoever leads: nothing is proposed by it.
"""

from dataclasses import dataclass
from decimal import Decimal

from accounts.access import Action, Reach, reach
from accounts.models import Person
from accounts.selectors.org import people_led_by
from crm.seats import Seat
from crm.selectors import capacity, transfers

MOST = 6  # people among whom it is spread


@dataclass
class Absorber:
    """Somebody who could take customers over: points now and then, and what they can carry."""

    person: Person
    limit: int
    before: Decimal
    after: Decimal
    was: float = 0  # places in the picture, in percent
    will: float = 0
    mark: float = 0
    takes: int = 0
    known: int = 0  # of these, customers that know them already

    @property
    def points(self):
        """Load now and after, in words of numbers."""
        return capacity.plain(self.before), capacity.plain(self.after)


@dataclass
class Absorbing:
    """The people who could take over, and how many customers fit nobody."""

    people: list
    left: int = 0


def of(viewer, exposure):
    """The Absorbing of an Exposure, or None for a viewer who may not compare the load of others."""
    if reach(viewer, Action.LOAD_VIEW) < Reach.TEAM or not exposure.rows:
        return None
    people = candidates(viewer, exposure)
    return spread(exposure.rows, people, capacity.weights())


def candidates(viewer, exposure):
    """The most fitting people who are here and whose load the viewer may see; nobody who leaves."""
    moving = transfers.Moving(Seat.ACCOUNT_MANAGER, exposure.as_of)
    for row in exposure.rows:
        moving.customers.append(row.customer.pk)
        moving.tiers.append(row.customer.tier)
        moving.regions[row.customer.region_id] += 1
        moving.known.update(row.others)
    moving.givers = exposure.leaving
    led = people_led_by(viewer)
    people = transfers.candidates(moving, led, "")
    stay = [person for person in people if person.pk not in exposure.leaving]
    found = transfers.compared(viewer, moving, stay, led)
    able = [one for one in found if one.limit is not None and not one.away]
    able = sorted(able, key=lambda one: (-one.known, -one.nearby, not one.same_team, one.before,
                                         one.person.sort_key, one.person.pk))[:MOST]  # fmt: skip
    return [Absorber(one.person, one.limit, one.before, one.before) for one in able]


def spread(rows, people, worth):
    """The Absorbing of these rows among `people`. worth: tier → points."""
    left = 0
    for row in sorted(rows, key=lambda row: (-worth[row.customer.tier], row.danger)):
        weight = worth[row.customer.tier]
        room = [one for one in people if one.after + weight <= one.limit]
        if not room:
            left += 1
            continue
        taker = min(room, key=lambda one: (one.person.pk not in row.others, one.after - one.limit,
                                           one.person.pk))  # fmt: skip
        taker.after += weight
        taker.takes += 1
        taker.known += taker.person.pk in row.others
    return Absorbing(drawn(people), left)


def drawn(people):
    """The people with their places in the picture; its right end is the highest load or limit."""
    right = max([Decimal(1), *(max(one.after, Decimal(one.limit)) for one in people)])
    for one in people:
        one.was, one.will, one.mark = (
            round(float(points / right * 98), 2) + 1
            for points in (one.before, one.after, one.limit)
        )
    return people
