"""Incidents: a customer follows somebody who left, or wavers. A plan to win it back, and its outcome."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.access import Action, Role
from accounts.audit import record
from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content, said
from accounts.selectors.org import able_at, able_head_above
from accounts.service import service
from crm.models import Task
from crm.selectors.ownership import answers_for
from crm.services import tasks
from handover.models import Incident
from handover.selectors.calls import leads_sales
from handover.selectors.emergency import answering_without
from handover.selectors.incidents import leavers, may_open
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice

State = Incident.State
LONGEST = Incident._meta.get_field("what").max_length
AGAIN = timedelta(days=90)  # after a loss: the door stays open


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="customer", people=("leaver",))
def begin(*, actor, customer, leaver, what, freeze=None):
    """Write down that a customer follows `leaver`. Returns the incident, with its plan as tasks.

    what: the facts. An open incident of the same customer and leaver is found instead of a second.
    """
    if not may_open(actor, customer):
        raise NotAllowed()
    if not leavers(actor).filter(pk=leaver.pk).exists():
        text = _(
            "Choose somebody who is frozen, has left or is going, and whom you may know it of."
        )
        raise Refused(text, field="leaver")
    if standing := open_one(customer, leaver):
        raise DoneAlready(standing)
    if not what.strip():
        raise Refused(_("Say what is known"), field="what")
    if len(what.strip()) > LONGEST:
        raise Refused(_("This text is too long."), field="what")
    return put(actor, customer, leaver, what, freeze)


def open_one(customer, leaver):
    """The open incident of a customer and a leaver, or None."""
    return Incident.objects.filter(customer=customer, leaver=leaver, state=State.OPEN).first()


def put(actor, customer, leaver, what, freeze=None):
    """Inside a running verb: the incident with its plan; one that is open already is left.

    what: the facts; of a longer note of a call its beginning, the whole is in the call.
    """
    if standing := open_one(customer, leaver):
        return standing
    what = what.strip()[:LONGEST] or _("Said in the call")
    row = Incident.objects.create(
        customer=customer, leaver=leaver, freeze=freeze, what=what, opened_by=actor
    )
    record(row, {"leaver": (None, leaver)}, customer=customer)
    row.tasks.set(plan(actor, row))
    return row


def plan(actor, row):
    """The steps of the plan to win the customer back, each with its day and whoever is to do it."""
    calendar, day, doers = working_calendar(), today(company_zone()), Doers(row)
    steps = [
        Task(
            customer=row.customer, title=said(step["action"])[:200], made_by=actor,
            due_on=calendar.add_working_days(day + timedelta(days=step["day"]), 0),
            person=doers.of(step["who"]) or actor, first_person=doers.of(step["who"]) or actor,
        )
        for step in content("emergency")["win_back"]
    ]  # fmt: skip
    for task in tasks.insert(steps):
        tasks.tell(task, actor)
    return steps


class Doers:
    """Who does a step of the plan: a role of the company's texts, or whoever answers for the customer."""

    def __init__(self, row):
        self.answers = answering(row)
        supervisor = able_head_above(row.leaver)
        directors = Person.objects.with_access().filter(roles__contains=[Role.DIRECTOR])
        directors = directors.exclude(pk=row.leaver_id)
        self.people = {
            "supervisor": supervisor,
            "sales_head": able_head_above(row.leaver, leads_sales) or supervisor,
            "director": next(filter(able_at, directors.order_by("sort_key")), None),
        }

    def of(self, role):
        """The person, or None where nobody can."""
        return self.people.get(role) or self.answers


def answering(row):
    """Who answers for the customer: never whom it follows, who may still be there."""
    person = answers_for(row.customer)
    if person != row.leaver:
        return person
    return answering_without(person).get(row.customer_id)


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="incident")
def close(*, actor, incident, state, lesson=""):
    """Say how it ended: won back, in part, or lost. What is left of the plan is dropped.

    A customer that is lost is asked again in 90 days.
    """
    if not may_open(actor, incident.customer):
        raise NotAllowed()
    if incident.state == state and state != State.OPEN:
        raise DoneAlready(incident)
    if incident.state != State.OPEN:
        raise Conflict(_("This incident is closed already."))
    if state not in Incident.ENDINGS:
        raise Refused(_("Choose how it ended"), field="state")
    if len(lesson) > Incident._meta.get_field("lesson").max_length:
        raise Refused(_("This text is too long."), field="lesson")
    incident.lesson = lesson.strip()
    end(actor, incident, state)
    if state == State.LOST:
        ask_again(actor, incident)
    return incident


def end(actor, incident, state):
    """Inside a running verb: the incident is over, and what is left of its plan is dropped."""
    incident.state = state
    incident.closed_by, incident.closed_at = actor, database_now()
    incident.version += 1
    incident.save()
    record(incident, {"state": (State.OPEN, state)}, customer=incident.customer_id)
    why = _("The incident is closed: %(how)s") % {"how": incident.get_state_display()}
    for task in incident.tasks.open().select_for_update():
        tasks.close(actor, task, Task.State.DROPPED, why)


def drop_all(actor, freeze):
    """Inside a running verb: with its freeze the reason of its incidents is gone."""
    rows = Incident.objects.filter(freeze=freeze, state=State.OPEN).order_by("pk")
    for row in rows.select_for_update():
        end(actor, row, State.DROPPED)


def ask_again(actor, incident):
    """A call in 90 days by whoever answers then."""
    day = working_calendar().add_working_days(today(company_zone()) + AGAIN, 0)
    person = answering(incident) or actor
    title = _("Ask again after the loss")
    row = Task(customer=incident.customer, kind=Task.Kind.CALL, title=title, due_on=day,
               person=person, first_person=person, made_by=actor)  # fmt: skip
    tasks.insert([row])
    incident.tasks.add(row)
