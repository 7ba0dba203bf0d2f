"""Visits that arrived late: of whom, at which customer they may be, which wait for whom."""

from accounts.models import Person
from accounts.selectors.org import able_head_above
from crm.models import Assignment, LateVisit

WAITING = LateVisit.State.WAITING
MANY = 200  # on a page


def waiting(viewer):
    """Late visits that a viewer is to look at, the earliest first."""
    rows = LateVisit.objects.visible_to(viewer).filter(state=WAITING)
    return rows.select_related("person", "customer", "device").order_by(
        "person", "happened_at", "pk"
    )


def seats_of(person):
    """{customer id: periods} of all seats that a person ever had."""
    found = {}
    for customer, period in Assignment.objects.filter(person=person).values_list(
        "customer", "period"
    ):
        found.setdefault(customer, []).append(period)
    return found


def looked_after(seats, customer, instants):
    """Whether a customer's seats (see seats_of) hold one of these instants."""
    return any(at in period for period in seats.get(customer, ()) for at in instants)


def decides(person):
    """Who decides about late visits of a person: the able head above, if all of them may be seen
    there (a customer may have moved to another team), else a director.
    """
    head, waits = able_head_above(person), LateVisit.objects.filter(person=person, state=WAITING)
    if head and waits.visible_to(head).count() == waits.count():
        return head
    directors = Person.objects.filter(state=Person.State.ACTIVE, roles__contains=["director"])
    return directors.exclude(pk=person.pk).order_by("pk").first() or head
