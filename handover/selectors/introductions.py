"""The visit at which a customer meets who comes: what shows that it was made."""

from django.db.models import Q

from accounts.access import Action, Reach, can, reach
from accounts.selectors.org import people_led_by
from crm.models import Activity
from handover.models import HandoverTask
from handover.selectors.handover_tasks import CONTACTS, JOINT
from kit.clock import StatementNow

# Met in person or seen and heard; a message is none.
MEETINGS = [Activity.Kind.VISIT, Activity.Kind.MEETING]


def people_of(handover):
    """(who hands over, who takes over): keys of the two who make the visit together."""
    return handover.departure.person_id, handover.successor_id


def together(handover):
    """Activities at the customer since the case was opened at which both were, newest first."""
    giver, taker = people_of(handover)
    if taker is None:
        return Activity.objects.none()
    both = Q(author=giver, visitors__person=taker) | Q(author=taker, visitors__person=giver)
    since = handover.departure.opened_at or handover.departure.made_at
    rows = Activity.objects.filter(both, customer=handover.customer_id, kind__in=MEETINGS)
    return rows.filter(happened_at__gte=since).order_by("-happened_at", "-pk")


def confirmed(handover):
    """The joint visit that who came along has confirmed, or None."""
    return together(handover).filter(visitors__confirmed_at__isnull=False).first()


def by(task):
    """Two-way activities at the customer of a task since the case was opened, by who does it."""
    since = task.departure.opened_at or task.departure.made_at
    rows = Activity.objects.filter(customer=task.handover.customer_id, author=task.person_id)
    return rows.filter(happened_at__gte=since).order_by("-happened_at", "-pk")


def both_say_so(handover):
    """Whether each of the two has said that they were there."""
    return bool(handover.giver_met_at and handover.taker_met_at)


def is_shown(task, activity=None):
    """Whether the joint visit of a task was made: both say so, or an activity shows it."""
    if both_say_so(task.handover):
        return True
    rows = together(task.handover).filter(visitors__confirmed_at__isnull=False)
    return rows.filter(pk=activity.pk).exists() if activity is not None else rows.exists()


def may_tell(person, handover):
    """Whether a person says what the customer knows and how they take it.

    The two of the visit, whose task at this customer it is, and who leads the leaver.
    """
    if person.pk in people_of(handover):
        return True
    if handover.tasks.filter(person=person).exists():
        return True
    width = reach(person, Action.DEPARTURE_VIEW)
    led = width >= Reach.TEAM and handover.departure.person_id in people_led_by(person)
    return led and can(person, Action.CUSTOMER_VIEW)


def asked_for(activity):
    """Open tasks at the customer of an activity that ask for such a one, of cases that are known.

    Those of its author, and the joint visits.
    """
    keys = Q(key__in=JOINT) | Q(key__in=CONTACTS - JOINT, person=activity.author_id)
    known = Q(departure__confidential_until=None) | Q(
        departure__confidential_until__lte=StatementNow()
    )
    rows = HandoverTask.objects.filter(
        keys, known, departure__state="open", state__in=HandoverTask.OPEN,
        handover__customer=activity.customer_id, departure__opened_at__lte=activity.happened_at,
    )  # fmt: skip
    return rows.select_related("departure", "handover__departure")
