"""Customers whose seats one may change, each with its account manager: what may be asked of them."""

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from accounts.access import Action, Reach, reach
from accounts.models import Absence, Membership, Person
from accounts.selectors.org import people_led_by
from crm.access import Kind, sight_of
from crm.models import Assignment, Change, Customer
from crm.seats import Seat
from crm.selectors import customers as lists
from crm.selectors.acting import OUT
from crm.selectors.changesets import PENDING, State
from kit.clock import StatementNow

# By account manager, those of nobody first; then by customer. None of them is ever null.
ORDER = ("manager_key", "manager_id", "sort_key", "pk")


# -- what there is ---------------------------------------------------------------------------------
def seen(viewer):
    """Customers whose seats `viewer` may change, each with the key of its account manager."""
    held = Q(assignments__seat=Seat.ACCOUNT_MANAGER)
    now = Q(assignments__period__contains=StatementNow())
    return (
        Customer.objects.visible_to(viewer, Action.SEAT_ASSIGN)
        .annotate(held=FilteredRelation("assignments", condition=held & now))
        .annotate(
            manager_id=Coalesce(F("held__person"), 0),
            manager_key=Coalesce(F("held__person__sort_key"), Value("")),
        )
    )


def circle(viewer, action):
    """Ids of the people whom `viewer` reaches for an action; None for everybody."""
    width = reach(viewer, action)
    if width == Reach.ALL:
        return None
    if width < Reach.TEAM:
        return set() if width == Reach.NONE else {viewer.pk}
    sight = sight_of(viewer, Action.SEAT_ASSIGN)  # asked for the rows anyway
    if sight.everything:
        return people_led_by(viewer)
    return {viewer.pk} | {led // len(Kind) for led in sight.led if led % len(Kind) == Kind.BOOK}


# -- conditions: a Q on the customer ---------------------------------------------------------------
def managed(**person):
    """Somebody is account manager now who is like that."""
    rows = Assignment.objects.at().filter(customer=OuterRef("pk"), seat=Seat.ACCOUNT_MANAGER)
    return rows.filter(**person)


def away(viewer):
    """The account manager cannot answer now or is leaving, as far as the viewer may know that."""
    absent = Absence.objects.at().filter(person=OuterRef("person"))
    leaving, known = Q(person__state=Person.State.ON_NOTICE), circle(viewer, Action.EMPLOYMENT_VIEW)
    if known is not None:
        leaving &= Q(person__in=known)
    return Q(Exists(managed().filter(Q(person__state__in=OUT) | Exists(absent) | leaving)))


def pending():
    """Rows of change sets that are on their way, of the customer outside."""
    rows = Change.objects.filter(customer=OuterRef("pk"), state=Change.State.WAITING)
    return rows.filter(change_set__state__in=[State.PROPOSED, *PENDING])


def waiting():
    """A change of a seat is on its way."""
    return Q(Exists(pending()))


def held_by(person):
    """This person is account manager or backup now."""
    seats = [Seat.ACCOUNT_MANAGER, Seat.BACKUP]
    rows = Assignment.objects.at().filter(customer=OuterRef("pk"), person=person, seat__in=seats)
    return Q(Exists(rows))


def of_units(units):
    """The account manager belongs to one of these units now, or one of them answers for a vacancy."""
    inside = Membership.objects.at().filter(unit__in=units)
    ours = Exists(managed(person__in=inside.values("person")))
    return Q(ours) | (lists.vacant() & Q(home_unit__in=units))


def wrong(viewer):
    """Name → condition of everything that wants somebody's attention."""
    return {
        "no-backup": lists.without_backup(),
        "away": away(viewer),
        "vacant": lists.vacant(),
        "waiting": waiting(),
    }


# -- to choose -------------------------------------------------------------------------------------
def keys(viewer, condition, most):
    """Keys of the customers with a condition (Q), in the order of the page; `most` at most."""
    rows = seen(viewer).filter(condition).order_by(*ORDER)
    return list(rows.values_list("pk", flat=True)[:most])


def changeable(viewer, picked):
    """Those of these keys of customers whose seats the viewer may change."""
    rows = Customer.objects.visible_to(viewer, Action.SEAT_ASSIGN).filter(pk__in=picked)
    return list(rows.order_by("sort_key", "pk").values_list("pk", flat=True))
