"""A customer is told who comes, meets them, and says how they take it; the service line calls.

What was said about the customer stays out of the trail.
"""

from django.utils.translation import gettext as _

from accounts.access import Action, Role, can
from accounts.audit import assign, record
from accounts.models import Notice
from accounts.service import service
from accounts.services.notifications import addressee, notify
from crm.services import activities
from handover.models import CustomerHandover, HandoverTask
from handover.selectors import handover_tasks, introductions
from handover.services import handover_tasks as tasks
from handover.services.briefs import open_case
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice, once

Reaction = CustomerHandover.Reaction
TWICE = 2  # as often as a customer says no before somebody else must come
SAID = ("reaction_note",)


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="handover")
def tell(*, actor, handover):
    """The customer has been told who looks after them."""
    allow(actor, handover)
    if handover.told_at:
        raise DoneAlready(handover)
    return keep(handover, told_now(actor, handover))


@service(Action.DEPARTURE_VIEW, on="handover")
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
    said = {"handover": handover.pk, "reaction": reaction, "note": note}
    once(actor, client_uuid, said,
         lambda: react(actor=actor, handover=handover, reaction=reaction, note=note))  # fmt: skip


@service(Action.DEPARTURE_VIEW, on="handover")
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
@service(Action.DEPARTURE_VIEW, on="handover")
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
    code = "handover.declined_twice" if handover.declined >= TWICE else "handover.declined"
    notify(code, to="handover.chooser", kind=Notice.Kind.ACTION, url=handover.get_absolute_url(),
           values={"handover": handover.pk}, handover=handover.pk)  # fmt: skip


def start_again(handover, successor):
    """Inside a running verb: somebody else comes, so nothing said of the one before counts.

    The number of refusals stays. The brief waits for the new one where it had been accepted.
    """
    values = {"successor": successor, "told_at": None, "told_by": None, "reaction": "",
              "reaction_note": "", "reaction_by": None, "taker_met_at": None, "giver_met_at": None}  # fmt: skip
    if handover.brief == CustomerHandover.Brief.ACCEPTED:
        values["brief"] = CustomerHandover.Brief.SUBMITTED
    keep(handover, values)
    again = handover.tasks.filter(key__in=handover_tasks.INTRODUCTIONS, state="problem")
    for task in again:
        tasks.go(task, HandoverTask.State.IN_PROGRESS)


@addressee("handover.chooser")
def chooser_when_sent(about):
    """Who chooses another receiver while the customer says no: the able head above, else HR."""
    rows = CustomerHandover.objects.filter(pk=about["handover"], departure__state="open")
    row = rows.filter(reaction=Reaction.DECLINES).select_related("departure__person").first()
    return row and tasks.head_of(row.departure)
