"""Tasks of departure cases: who may do what with one, which has to wait, who may be given one."""

from django.db.models import Q

from accounts.access import POWERS, Action, Reach, can, reach
from accounts.models import Absence, Person
from accounts.selectors.org import able_at, able_head_above, people_led_by
from handover.models import HandoverTask
from handover.models.departures import RUNNING
from kit.clock import StatementNow

JOINT = {"joint_visit", "joint_visit_or_video"}
INTRODUCTIONS = JOINT | {"company_introduction", "introduction_message", "introduction_call"}
BRIEFS = {"brief", "brief_short"}
# Done by a visit or a call that is logged at the customer.
CONTACTS = INTRODUCTIONS - {"introduction_message"} | {"solo_contact", "senior_call"}
AFTER_INTRODUCTION = {"solo_contact"}
AFTER_ALL = {"sign_offs", "certificate"}
BEFORE_SIGN_OFF = (2, 5)  # steps
# Roles that have a part in cases at all.
TAKING_PART = sorted(
    role for role, row in POWERS.items() if Action.DEPARTURE_VIEW in row and role != "system"
)


def with_people(tasks=None):
    """Tasks with everybody and everything they name, in one statement."""
    tasks = HandoverTask.objects.all() if tasks is None else tasks
    return tasks.select_related(
        "departure__person", "handover__customer", "handover__successor", "person", "closed_by"
    )


def may_act(person, task):
    """Whether a person may do this task: whose it is, a head above that one, HR."""
    if person.pk == task.person_id:
        return True
    if person.pk == task.departure.person_id:
        return False
    return may_give(person, task)


def may_give(person, task):
    """Whether a person may decide who does it: HR, and who leads the doer or the leaver."""
    return can(person, Action.DEPARTURE_RUN, task.departure) or leads(person, task)


def leads(person, task):
    """Whether a person is a head above who does this task, or above the leaver."""
    if reach(person, Action.DEPARTURE_VIEW) < Reach.TEAM or person.pk == task.departure.person_id:
        return False
    return bool({task.person_id, task.departure.person_id} & (people_led_by(person) - {person.pk}))


def leads_leaver(person, departure):
    """Whether a person is a head above the leaver of a case."""
    if reach(person, Action.DEPARTURE_VIEW) < Reach.TEAM:
        return False
    return departure.person_id in people_led_by(person) - {person.pk}


def may_waive(person, departure, task=None, handover=None):
    """Whether a director may let this go: never whoever gains by it."""
    return gains_nothing(person, departure, task, handover) and can(
        person, Action.DEPARTURE_WAIVE, departure
    )


def gains_nothing(person, departure, task=None, handover=None):
    """Whether a person is not the one whom a waiver serves: leaver, successor, whose task it is."""
    row = handover or (task and task.handover)
    served = {departure.person_id, row and row.successor_id, task and task.person_id}
    return person.pk not in served


def waiting(tasks):
    """Keys of the open tasks that cannot start yet. tasks: all tasks of one case.

    Signing waits for what blocks in steps 2 to 5 up to the last day; a visit alone waits for the
    introduction.
    """
    before = [task for task in tasks if task.is_open and blocks_signing(task)]
    strangers = {task.handover_id for task in tasks if task.is_open and task.key in INTRODUCTIONS}
    return {
        task.pk
        for task in tasks
        if task.is_open
        and (
            (task.key in AFTER_ALL and before)
            or (task.key in AFTER_INTRODUCTION and task.handover_id in strangers)
        )
    }


def blocks_signing(task):
    """Whether an open task has to be done before anybody signs."""
    first, last = BEFORE_SIGN_OFF
    in_time = task.due_on <= task.departure.last_day
    return task.blocking and first <= task.step <= last and in_time


def must_wait(task):
    """Whether this task cannot start yet; asked of all tasks of the case, whoever looks."""
    if not task.is_open or task.key not in AFTER_ALL | AFTER_INTRODUCTION:
        return False
    rows = HandoverTask.objects.filter(departure=task.departure).select_related("departure")
    return task.pk in waiting(list(rows))


def candidates():
    """People who can be given a task now: here, not away, with a role that has a part in cases."""
    away = Absence.objects.filter(period__contains=StatementNow()).values("person")
    people = Person.objects.filter(state=Person.State.ACTIVE, roles__overlap=TAKING_PART)
    return people.exclude(pk__in=away).order_by("sort_key")


def answering(task):
    """Who is to do an open task at this moment: whose it is, or the head above who can; else HR."""
    if task.person is None:
        return task.departure.opened_by
    if able_at(task.person):
        return task.person
    head = able_head_above(task.person)
    if head is None or head.pk == task.departure.person_id:
        return task.departure.opened_by
    return head


def mine(person):
    """Open tasks of cases that are this person's to do."""
    return HandoverTask.objects.filter(RUNNING, person=person, state__in=HandoverTask.OPEN)


def overdue(day):
    """The condition of tasks that are open after their day."""
    return Q(state__in=HandoverTask.OPEN, due_on__lt=day)
