"""Incidents as pages need them: the list, whom a customer may follow, the steps of the plan."""

from django.db.models import Count, Q

from accounts.access import Action, Reach, can, reach
from accounts.models import Person
from handover.models import EmergencyCall, Incident


def incidents():
    """Incidents with everything they name, in one statement."""
    return Incident.objects.select_related("customer", "leaver", "opened_by", "closed_by", "freeze")


def listed(viewer, closed=False):
    """Incidents at customers one sees, the latest first, each with how much of its plan is open."""
    rows = incidents().visible_to(viewer)
    rows = rows.exclude(state=Incident.State.OPEN) if closed else rows.filter(state="open")
    left = Count("tasks", filter=Q(tasks__state="open"))
    return rows.annotate(left=left)


def counts(viewer):
    """State → how many incidents a viewer sees."""
    rows = Incident.objects.visible_to(viewer).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def leavers(viewer):
    """Whom a customer may follow, as far as the viewer may know it: who is frozen, has left or is going.

    Those whose state of employment one may see, and those after whose freeze one has calls to make.
    """
    gone = [Person.State.FROZEN, Person.State.LEFT, Person.State.ON_NOTICE]
    known = Person.objects.visible_to(viewer, Action.EMPLOYMENT_VIEW).values("pk")
    frozen = EmergencyCall.objects.visible_to(viewer).values("freeze__person")
    people = Person.objects.filter(Q(pk__in=known) | Q(pk__in=frozen), state__in=gone)
    return people.exclude(username="system").order_by("sort_key")


def may_open(viewer, customer):
    """Whether a viewer opens and closes incidents at a customer they see: who edits it, and directors.

    A director changes no customer, but their part of the plan is to close it.
    """
    return can(viewer, Action.CUSTOMER_EDIT, customer) or everywhere(viewer)


def everywhere(viewer):
    """Whether somebody sees every customer and may freeze everybody."""
    return {reach(viewer, one) for one in (Action.CUSTOMER_VIEW, Action.FREEZE)} == {Reach.ALL}


def steps(viewer, incident):
    """The tasks of the plan that a viewer sees, by their day."""
    rows = incident.tasks.visible_to(viewer).select_related("person")
    return rows.order_by("due_on", "pk")
