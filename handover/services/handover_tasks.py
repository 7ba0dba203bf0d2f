"""Tasks of departure cases are started, finished, given on, reported and waived here.

What somebody writes about a task stays out of the trail, as what is said of a visit does.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action
from accounts.audit import assign, record, record_many
from accounts.models import Notice, Person
from accounts.selectors.org import able_head_above
from accounts.service import service
from accounts.services.notifications import addressee, notify
from handover import gates
from handover.models import CustomerHandover, Departure, HandoverTask, Waiver
from handover.selectors import handover_tasks as shapes
from handover.selectors import introductions
from handover.services import handover_reminders
from kit import bulk, guards
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice
from kit.state import move

State = HandoverTask.State
SAID = ("proof",)


@guards.guard("handover_tasks.give", gettext_lazy("This person cannot receive tasks now."))
def receiver_is_away(*, person, **rest):
    """Not active, absent, or without a role that has a part in cases."""
    return not shapes.candidates().filter(pk=person.pk).exists()


@guards.guard("handover_tasks.give", gettext_lazy("Whoever leaves gets no further tasks."))
def receiver_leaves(*, person, task, **rest):
    """In a plan what is the leaver's by the template may be given back to them."""
    own = task.who == "leaver" and task.departure.state == Departure.State.DRAFT
    return person.pk == task.departure.person_id and not own


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="task", under="departure")
def start(*, actor, task):
    """Somebody has begun with it, or goes on after a problem."""
    allow(actor, task)
    if task.state == State.IN_PROGRESS:
        raise DoneAlready(task)
    ready(task)
    return go(task, State.IN_PROGRESS, proof="")


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="task", under="departure")
def finish(*, actor, task, proof="", activity=None):
    """It is done. proof: what shows it. activity: the visit or call at the customer that shows it.

    A joint visit is shown by an activity at which both were and that is confirmed, or by the word
    of both; a brief by its acceptance.
    """
    allow(actor, task)
    if task.state == State.DONE:
        raise DoneAlready(task)
    ready(task)
    shown(task, proof, activity)
    return go(task, State.DONE, proof=text(proof, "proof"), activity=activity, **closed(actor))


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="task", under="departure")
def report(*, actor, task, problem):
    """There is a problem, in words; the head above the leaver is told."""
    allow(actor, task)
    running(task)
    problem = text(problem, "problem", _("Say what the problem is"))
    if task.state == State.PROBLEM and task.proof == problem:
        raise DoneAlready(task)
    if task.state == State.PROBLEM:
        return keep(task, {"proof": problem})
    go(task, State.PROBLEM, proof=problem)
    warn(task)
    return task


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="task", under="departure", people=("person",))
def give(*, actor, task, person):
    """Somebody else does it. person: active, here, with a part in cases; never the leaver."""
    if not shapes.may_give(actor, task):
        raise NotAllowed()
    running(task)
    if person.pk == task.person_id:
        raise DoneAlready(task)
    if not task.is_open:
        raise Refused(_("This task is closed. Reopen it first."))
    check_taker(actor, task, person)
    keep(task, {"person": person})
    notify("handover.given", to="handover.taker", kind=Notice.Kind.ACTION,
           url=task.get_absolute_url(), values={"task": task.pk}, due_on=task.due_on,
           task=task.pk, person=person.pk)  # fmt: skip
    return task


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="task", under="departure")
def reopen(*, actor, task):
    """It was not done after all, or is no longer waived."""
    if not shapes.may_give(actor, task):
        raise NotAllowed()
    running(task)
    if task.is_open:
        raise DoneAlready(task)
    again(task)
    handover_reminders.plan(task.departure)
    return task


@harmless_twice
@service(Action.DEPARTURE_WAIVE, on="departure")
def waive(*, actor, departure, gate, why, handover=None, task=None):
    """A director lets one thing go, by name and with a reason. Returns the Waiver.

    gate: a name of `gates`; handover, task: the row of this case that it is about. Never by whom it
    serves: the leaver, the successor, whose task it is.
    """
    if departure.state != Departure.State.OPEN:
        raise Refused(_("This case is not open."))
    row = task or handover
    if gate not in gates.GATES or (row is not None and row.departure_id != departure.pk):
        raise Refused(_("This is not asked for in this case."))
    handover = handover or (task and task.handover)
    if not shapes.may_waive(actor, departure, task, handover):
        raise NotAllowed(_("Whoever leaves or takes over cannot waive this."))
    why = text(why, "why", _("Say why this is waived"), most=300)
    values = {"gate": gate, "handover": handover, "task": task}
    made = departure.waivers.filter(**values).first()
    if made:
        raise DoneAlready(made)
    if (gate, handover and handover.pk, task and task.pk) not in {
        one.key for one in gates.unmet(departure, {gate})
    }:
        raise Refused(_("This is not asked for in this case."))
    if task is not None:
        waive_task(actor, task)
    made = Waiver.objects.create(departure=departure, reason=why, by=actor, **values)
    record(made, {"gate": (None, gate), "reason": (None, why)})
    return made


def waive_task(actor, task):
    """Close a task of the case, under its own lock, as waived."""
    task = HandoverTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if not task.is_open:
        raise Refused(_("This task is closed already."))
    go(task, State.WAIVED, **closed(actor))


def settle(actor, tasks, state=State.DONE, **values):
    """Inside a running verb: finish those of these tasks that are open. Returns them.

    state: done or waived. values: besides, for example the `activity` that shows it.
    """
    rows = list(tasks.filter(state__in=HandoverTask.OPEN).select_for_update(of=("self",)))
    return go_all(rows, state, **closed(actor), **values)


def take_up(tasks):
    """Inside a running verb: those of these tasks go on that were let go of without a waiver."""
    rows = tasks.filter(state=State.WAIVED, waivers=None).select_for_update(of=("self",))
    return go_all(list(rows), State.IN_PROGRESS, closed_at=None, closed_by=None, activity=None)


def again(task):
    """Inside a running verb: a task goes on; what a director let go of it is asked for again."""
    take_back(task.waivers.all())
    return go(task, State.IN_PROGRESS, closed_at=None, closed_by=None, activity=None)


def take_back(waivers):
    """Inside a running verb: what was let go counts no more, and the trail says so."""
    for waiver in waivers:
        record(waiver, {"gate": (waiver.gate, None), "reason": (waiver.reason, None)})
        waiver.delete()


# -- rules -----------------------------------------------------------------------------------------


def allow(actor, task):
    """Whose task it is, a head above, HR; nobody else."""
    if not shapes.may_act(actor, task):
        raise NotAllowed()


def check_taker(actor, task, person):
    """Somebody who can do a task; else Refused at `person`."""
    try:
        guards.check("handover_tasks.give", actor=actor, person=person, task=task)
    except Refused as refused:
        raise Refused(refused.message, field="person", code=refused.code) from None


def running(task):
    """The case is open, or the task comes after its last day."""
    if not task.is_running:
        raise Refused(_("This case is not open."))


def ready(task):
    """The case is open and nothing has to be done first."""
    running(task)
    if shapes.must_wait(task):
        raise Refused(_("This cannot start yet."))


def shown(task, proof, activity):
    """What shows that a task is done is there; else Refused."""
    if activity is not None and activity.customer_id != (
        task.handover and task.handover.customer_id
    ):
        raise Refused(_("Choose a visit or a call at this customer."))
    if task.key in shapes.BRIEFS and task.handover.brief != CustomerHandover.Brief.ACCEPTED:
        raise Refused(_("This is done when the receiver has accepted the brief."))
    if task.key in shapes.JOINT:
        if not introductions.is_shown(task, activity):
            raise Refused(_("Both who were there have to confirm the visit."))
    elif task.blocking and activity is None and not (proof or "").strip():
        raise Refused(_("Say what shows that it is done"), field="proof")


def text(given, field, missing="", most=500):
    """A text without space around it; Refused where it is missing or too long."""
    given = (given or "").strip()
    if missing and not given:
        raise Refused(missing, field=field)
    if len(given) > most:
        raise Refused(_("This text is too long."), field=field)
    return given


def closed(actor):
    return {"closed_at": database_now(), "closed_by": actor}


def go(task, state, **values):
    """Move a task to another state, with its entry in the trail. Returns it."""
    before = task.state
    move(task, "state", state, HandoverTask.MOVES)
    return keep(task, values, state=(before, state))


def go_all(tasks, state, **values):
    """The same with many tasks, in one statement. Returns them."""
    entries = []
    for task in tasks:
        before = task.state
        move(task, "state", state, HandoverTask.MOVES)
        entries.append(next_version(task, values, state=(before, state)))
    if tasks:
        bulk.update(tasks, ["state", "touched_at", "version", *values])
        record_many(entries)
    return tasks


def keep(task, values, **changes):
    """Save a change of a task as its next version."""
    entry = next_version(task, values, **changes)
    task.save()
    record_many([entry])
    return task


def next_version(task, values, **changes):
    """Set what changes of a task. Returns its entry in the trail."""
    changes |= assign(task, values)
    assign(task, {"touched_at": database_now(), "version": task.version + 1})
    told = {name: pair for name, pair in changes.items() if name not in ("closed_at", "closed_by")}
    return {"subject": task, "changes": told, "personal": SAID}


# -- telling ---------------------------------------------------------------------------------------


def warn(task):
    """Tell the head above the leaver of a problem, or HR where there is none."""
    notify("handover.problem", to="handover.head", kind=Notice.Kind.ACTION,
           url=task.get_absolute_url(), values={"task": task.pk}, task=task.pk)  # fmt: skip


@addressee("handover.taker")
def taker_when_sent(about):
    """Who was given the task, if they still have it and it is open."""
    rows = HandoverTask.objects.filter(state__in=HandoverTask.OPEN, pk=about["task"])
    task = rows.filter(person=about["person"]).select_related("person").first()
    return task and task.person


@addressee("handover.head")
def head_when_sent(about):
    """The head above the leaver who can answer now; who runs the case where there is none."""
    task = HandoverTask.objects.filter(pk=about["task"], state=State.PROBLEM).first()
    return task and head_of(task.departure)


def head_of(departure):
    """Who is told of what goes wrong in a case: the able head above the leaver, else who runs it."""
    head = able_head_above(departure.person)
    return head if head is not None else Person.objects.get(pk=departure.opened_by_id)
