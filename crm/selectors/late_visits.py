"""Visits that arrived late: of whom, at which customer they may be, which wait for whom."""

from accounts.models import Person
from accounts.selectors.org import able_head_above
from crm.models import Assignment, Customer, LateVisit

MANY = 200  # on a page


def waiting(viewer):
    """Late visits that a viewer is to look at, the earliest first."""
    rows = LateVisit.objects.visible_to(viewer).filter(state=LateVisit.State.WAITING)
    return rows.select_related("person", "customer", "device").order_by(
        "person", "happened_at", "pk"
    )


def looked_after(person, customer, instants):
    """The customer of a key if a person had a seat there at one of some instants; else None."""
    held = [Assignment.objects.at(at).filter(person=person, customer=customer) for at in instants]
    there = any(rows.exists() for rows in held)
    return Customer.objects.filter(pk=customer).first() if there else None


def decides(person):
    """Who decides about late visits of a person: the able head above, else a director."""
    directors = Person.objects.filter(state=Person.State.ACTIVE, roles__contains=["director"])
    return able_head_above(person) or directors.exclude(pk=person.pk).order_by("pk").first()
