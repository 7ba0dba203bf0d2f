"""A customer is told who comes, meets them, and says how they take it; the service line calls.

What was said about the customer stays out of the trail.
"""

from django.utils.translation import gettext as _

from accounts.access import Action, Role, can
from accounts.audit import assign, record
from accounts.models import Notice
from accounts.service import lock, service
from accounts.services.notifications import addressee, notify
from crm.services import activities
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import handover_tasks, introductions
from handover.services import handover_tasks as tasks
from handover.services.briefs import open_case
from handover.services.handover_reminders import runner
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice, once

Reaction = CustomerHandover.Reaction
TWICE = 2  # as often as a customer says no before somebody else must come
SAID = ("reaction_note",)
# What was said of one receiver and does not count for the next.
FORGOTTEN = {
    "told_at": None, "told_by": None, "reaction": "", "reaction_note": "", "reaction_by": None,
    "giver_met_at": None, "taker_met_at": None,
}  # fmt: skip

OF_RECEIVER = ("receiver", "told", "reaction", "declined", "brief")  # gates of the same kind


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def tell(*, actor, handover):
    """The customer has been told who looks after them."""
    allow(actor, handover)
    if handover.told_at:
        raise DoneAlready(handover)
    return keep(handover, told_now(actor, handover))


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def react(*, actor, handover, reaction, note=""):
    """How the customer takes it. A no is counted, and is a problem that the head is told of.

    reaction: a code of CustomerHandover.Reaction. Returns the handover.
    """
    allow(actor, handover)
    keep(handover, reacted(actor, handover, reaction, note))
    after(handover)
    return handover


def react_once(*, actor, handover, client_uuid, reaction, note=""):
    """`react`, once for this number of the sender: a second sending counts no second no."""
    allow(actor, handover)  # before the number is kept
    said = {"handover": handover.pk, "reaction": reaction, "note": note}
    once(actor, client_uuid, said,
         lambda: react(actor=actor, handover=handover, reaction=reaction, note=note))  # fmt: skip


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def confirm(*, actor, handover, reaction, note="", client_uuid=None, contacts=()):
    """One of the two says that both were there, and how the customer took it. Returns the handover.

    The leaver's word logs the visit, where they may log at the customer; the receiver's confirms
    it. When both have said so, the task of the visit is done. client_uuid: of the visit.
    """
    mine = side(actor, handover)
    open_case(handover)
    before = handover.giver_met_at, handover.taker_met_at
    met = {} if getattr(handover, mine) else {mine: database_now()}
    values = met | told_now(actor, handover) | reacted(actor, handover, reaction, note)
    keep(handover, values)
    if met:
        put_on_file(actor, handover, client_uuid, contacts)
    if introductions.both_say_so(handover) and not all(before):
        visit = introductions.together(handover).first()
        tasks.settle(actor, joint_tasks(handover), activity=visit)
    after(handover)
    return handover


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover", under="departure")
def call(*, actor, handover):
    """The service line has spoken with the customer. Only a specialist says so."""
    open_case(handover)
    if not actor.has_role(Role.SERVICE):
        raise NotAllowed(_("Only the service line logs this call."))
    if handover.called_at:
        raise DoneAlready(handover)
    return keep(handover, {"called_at": database_now(), "called_by": actor})


# -- rules -----------------------------------------------------------------------------------------


def allow(actor, handover):
    """Who has a part in the customer's handover, and who leads the leaver; in an open case."""
    if not introductions.may_tell(actor, handover):
        raise NotAllowed()
    open_case(handover)


def side(actor, handover):
    """The column in which this person says that they were there; 403 for anybody else."""
    giver, taker = introductions.people_of(handover)
    if actor.pk not in (giver, taker):
        raise NotAllowed(_("Only the two who made the visit confirm it."))
    return "giver_met_at" if actor.pk == giver else "taker_met_at"


def told_now(actor, handover):
    return {} if handover.told_at else {"told_at": database_now(), "told_by": actor}


def reacted(actor, handover, reaction, note):
    """The values of a reaction, or Refused at its field."""
    if reaction not in Reaction.values:
        raise Refused(_("Say how the customer took it"), field="reaction")
    values = {"reaction": reaction, "reaction_note": tasks.text(note, "note"), "reaction_by": actor}
    if reaction == Reaction.DECLINES:
        values["declined"] = handover.declined + 1
    return values


def keep(handover, values):
    """Save a change of a customer's handover as its next version."""
    changes = assign(handover, values)
    if not changes:
        raise DoneAlready(handover)
    handover.version += 1
    handover.save()
    record(handover, changes, personal=SAID)
    return handover


def joint_tasks(handover):
    return handover.tasks.filter(key__in=handover_tasks.JOINT)


def put_on_file(actor, handover, client_uuid, contacts):
    """The visit in the customer's timeline: logged by the leaver, confirmed by who takes over."""
    visit = introductions.together(handover).first()
    if visit is None and client_uuid and can(actor, Action.ACTIVITY_LOG, handover.customer):
        other = next(pk for pk in introductions.people_of(handover) if pk != actor.pk)
        activities.log(
            actor=actor, customer=handover.customer, client_uuid=client_uuid, kind="visit",
            visitors=(other,), contacts=tuple(contacts),
        )  # fmt: skip
    elif visit and visit.visitors.filter(person=actor, confirmed_at__isnull=True).exists():
        activities.confirm(actor=actor, activity=visit)


def after(handover):
    """A no is a problem of the visit; the second one asks for somebody else."""
    if handover.reaction != Reaction.DECLINES:
        return
    for task in handover.tasks.filter(key__in=handover_tasks.INTRODUCTIONS):
        if task.is_open and task.state != HandoverTask.State.PROBLEM:
            tasks.go(task, HandoverTask.State.PROBLEM)
    twice = handover.declined >= TWICE
    code = "handover.declined_twice" if twice else "handover.declined"
    for address in ["handover.chooser", "handover.runner"][: 1 + twice]:
        notify(code, to=address, kind=Notice.Kind.ACTION, url=handover.get_absolute_url(),
               values={"handover": handover.pk}, handover=handover.pk)  # fmt: skip


@activities.follows
def logged(actor, activity):
    """Inside a running verb: a visit or a call finishes the tasks that ask for it at this customer.

    Of a joint visit only when who came along has confirmed it. Nothing of a confidential case.
    """
    if activity.kind == activity.Kind.MESSAGE:
        return
    done = []
    for task in held_still(activity):
        joint = task.key in handover_tasks.JOINT
        if joint and introductions.is_shown(task, activity):
            keep_met(actor, task.handover)
            done.append(task.pk)
        elif not joint and not handover_tasks.must_wait(task):
            done.append(task.pk)
    if done:
        tasks.settle(actor, HandoverTask.objects.filter(pk__in=done), activity=activity)


def held_still(activity):
    """The tasks that ask for this activity, read again once their cases and customers are locked."""
    found = introductions.asked_for(activity).order_by("departure", "handover")
    rows = list(found.values_list("departure", "handover"))
    for case in Departure.objects.filter(pk__in={case for case, _pk in rows}).order_by("pk"):
        lock(case, shared=True)
    handovers = CustomerHandover.objects.filter(pk__in={pk for _case, pk in rows}).order_by("pk")
    return list(found) if rows and list(handovers.select_for_update(of=("self",))) else []


def keep_met(actor, handover):
    """A confirmed joint visit is the word of both, and the customer knows."""
    now = database_now()
    met = {name: now for name in ("giver_met_at", "taker_met_at") if not getattr(handover, name)}
    if values := met | told_now(actor, handover):
        keep(handover, values)


def start_again(handovers):
    """Inside a running verb: somebody else comes, so nothing said of the one before counts.

    How often the customer said no stays. A brief that had been accepted waits for the new one.
    handovers: of an open case, their new receiver is set.
    """
    for handover in handovers:
        values = dict(FORGOTTEN)
        if handover.brief == CustomerHandover.Brief.ACCEPTED:
            values["brief"] = CustomerHandover.Brief.SUBMITTED
        if any(getattr(handover, name) != value for name, value in values.items()):
            keep(handover, values)
        tasks.take_back(handover.waivers.filter(gate__in=OF_RECEIVER))
        made = handover.tasks.filter(key__in=handover_tasks.INTRODUCTIONS)
        for task in made.exclude(state__in=("not_started", "in_progress")):
            tasks.again(task)


@addressee("handover.chooser")
def chooser_when_sent(about):
    """The able head above the leaver while the customer says no, else who runs the case."""
    row = declining(about)
    return row and tasks.head_of(row.departure)


@addressee("handover.runner")
def runner_when_sent(about):
    """Who runs the case, and chooses another receiver, while the customer says no."""
    row = declining(about)
    return row and runner(row.departure)


def declining(about):
    rows = CustomerHandover.objects.filter(pk=about["handover"], departure__state="open")
    return rows.filter(reaction=Reaction.DECLINES).select_related("departure__person").first()
