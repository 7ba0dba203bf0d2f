"""Tasks added to an open case: who may add one, who may be given it, where it stands."""

from django.db.models import Q

from accounts.access import Action, can
from accounts.models import Person
from accounts.selectors.content import content, said
from handover.models import Departure
from handover.selectors import cases
from handover.selectors import handover_tasks as tasks

WHO = "added"  # stands where tasks of a template name a role
CUSTOMERS, AFTERWARDS, FIRST = 2, 7, 1  # steps


def may_add(person, departure):
    """Whether a person may add tasks: who runs the case, and who leads the leaver."""
    return can(person, Action.DEPARTURE_RUN, departure) or tasks.leads_leaver(person, departure)


def offers(person, departure):
    """Whether a task can be added now."""
    return departure.state == Departure.State.OPEN and may_add(person, departure)


def doers(departure):
    """Who can be given an added task: as any other, and the leaver while they have access."""
    leaver = Q(pk=departure.person_id, state__in=[Person.State.ACTIVE, Person.State.ON_NOTICE])
    if departure.is_secret:
        leaver = Q(pk__in=[])
    taking = tasks.candidates().exclude(pk=departure.person_id).values("pk")
    return Person.objects.filter(leaver | Q(pk__in=taking)).order_by("sort_key", "pk")


def customers(viewer, departure):
    """The customers of a case that a viewer sees, in the order of their names."""
    rows = cases.handovers(viewer, departure)
    return rows.order_by("customer__sort_key", "pk")


def steps():
    """(number, label) of the steps that a task can be added to: all but the signatures."""
    return [
        (one["number"], said(one["label"]))
        for one in content("departure")["steps"]
        if one["number"] != cases.SIGNED
    ]


def step_of(departure, handover, due_on):
    """Where a task stands if nobody says: with the customers, afterwards, or at the beginning."""
    if due_on > departure.last_day:
        return AFTERWARDS
    return CUSTOMERS if handover is not None else FIRST


def key_of(uuid):
    """The key of an added task by the number of its sending."""
    return f"added_{uuid.hex}"
