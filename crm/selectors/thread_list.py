"""Lists of customers by the threads they hang on: conditions as Qs without joins.

A cell of the grid is (ours, theirs), each 0 to 3, where 3 stands for three and more.
"""

from django.db.models import Q
from django.db.models.expressions import RawSQL

from crm.selectors import cadence
from crm.selectors.threads import RECENT, placed, sql

MOST = 3
CELLS = [f"{ours}-{theirs}" for ours in range(MOST + 1) for theirs in range(MOST + 1)]
EVERYWHERE = placed(sql("true"))
SIDES = ("ours", "theirs")
SAID = [*SIDES, *CELLS]
HAVING = f"SELECT live.customer FROM ({EVERYWHERE}) live(customer, ours, theirs) WHERE {{}}"


def single():
    """Customers in service where one person going, here or there, would end live contact."""
    return Q(status__in=cadence.OPEN) & ~having("least(live.ours, live.theirs) > 1")


def hanging(side):
    """Customers in service that hang on one person, or on nobody, of `side`: one of SIDES."""
    return Q(status__in=cadence.OPEN) & ~having(f"live.{SIDES[SIDES.index(side)]} > 1")


def within(said):
    """Customers in service as a list is asked for them: one of SIDES, or of CELLS."""
    return hanging(said) if said in SIDES else in_cell(said)


def in_cell(cell):
    """Customers in service in one cell of CELLS."""
    ours, theirs = (int(number) for number in cell.split("-"))
    wanted = Q(status__in=cadence.OPEN)
    if not ours and not theirs:
        return wanted & ~having("live.ours > 0 OR live.theirs > 0")
    counts = zip(("ours", "theirs"), (ours, theirs), strict=True)
    return wanted & having(" AND ".join(f"live.{side} {exactly(n)}" for side, n in counts))


def exactly(number):
    """A number of people as the grid counts them."""
    return f">= {MOST}" if number == MOST else f"= {number}"


def having(condition):
    """Customers whose live threads are like that; who has none is in no such row."""
    return Q(pk__in=RawSQL(HAVING.format(condition), [RECENT]))  # noqa: S611
