"""For whom somebody stands in at a customer: the trail tells it as done on behalf of that person.

The rule is the one of `ownership.acting_for`: whoever answers while the account manager cannot does
the work of that seat on their behalf, also where a right of their own would allow it. Acts of those
who lead people (seats, shares, tiers) are their own and stay so. Nobody's seat, tenure or pay
changes by it: it is a word in the trail.
"""

from django.db.models import Count, Exists, OuterRef, Q

from accounts import audit
from accounts.access import Action, Role
from accounts.models import Absence, Person
from crm.access import NEEDS
from crm.models import Assignment
from crm.seats import Seat
from crm.selectors.ownership import acting_for

WORK = {action for action, right in NEEDS.items() if right} - {Action.CUSTOMER_TIER}
OUT = (Person.State.FROZEN, Person.State.LEFT)


@audit.stands_in
def on_behalf(actor, action, customer_ids):
    """Customer id → id of the account manager for whom `actor` does this there now.

    One statement where no account manager of these customers is away.
    """
    if action not in WORK or Role.SYSTEM in actor.roles:
        return {}
    seats = unanswered(customer_ids).exclude(person=actor).select_related("customer__home_unit")
    return {
        seat.customer_id: seat.person_id for seat in seats if acting_for(seat.customer) == actor
    }


def stood_in_for(customer_ids):
    """Whose work is done for them at these customers: (person, last day away or None, how many)."""
    numbers = dict(unanswered(customer_ids).values_list("person").annotate(Count("pk")))
    away = Absence.objects.at().filter(person__in=numbers)
    until = {absence.person_id: absence.last_day for absence in away}
    people = Person.objects.filter(pk__in=numbers).order_by("sort_key") if numbers else []
    return [(one, until.get(one.pk) if one.has_access else None, numbers[one.pk]) for one in people]


def unanswered(customer_ids):
    """The seats of account managers of these customers who cannot answer now."""
    away = Absence.objects.at().filter(person=OuterRef("person"))
    seats = Assignment.objects.at().filter(seat=Seat.ACCOUNT_MANAGER, customer__in=customer_ids)
    return seats.filter(Q(person__state__in=OUT) | Exists(away)).order_by()
