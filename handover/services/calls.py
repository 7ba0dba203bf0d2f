"""Calls after a freeze: who was reached and what they said, attempts, meetings that follow."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import assign, record
from accounts.service import service
from crm.models import Activity, Task
from crm.services import activities, tasks
from crm.services.said import Said, check
from handover.models import EmergencyCall
from handover.selectors import calls as ask
from handover.selectors import emergency
from handover.services import incidents
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice
from kit.state import move

State, Outcome = EmergencyCall.State, EmergencyCall.Outcome
MISSED = {Activity.Kind.CALL, Activity.Kind.MESSAGE, Activity.Kind.VISIT}
MOST = 20  # meetings that are planned at a time


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="call")
def log(*, actor, call, outcome, said, client_uuid):
    """Somebody was reached. Returns the call, with the activity that it became.

    outcome: of EmergencyCall.Outcome. said: fields of an activity (note, contacts, next_step, …).
    client_uuid: of the sender; sent twice, it is one activity. A customer that follows the leaver
    becomes an incident at once.
    """
    allow(actor, call)
    uuid = client_uuid if isinstance(client_uuid, UUID) else UUID(str(client_uuid))
    if call.activity_id and call.activity.client_uuid == uuid:
        raise DoneAlready(call)
    if call.state in (State.REACHED, State.DROPPED):
        raise Conflict(_("This call was logged already, or is no longer needed."))
    if outcome not in Outcome.values:
        raise Refused(_("Choose what came of it"), field="outcome")
    call.activity = spoken(actor, call, said, uuid)
    changes = {"state": (call.state, State.REACHED), "outcome": ("", outcome)}
    move(call, "state", State.REACHED, EmergencyCall.MOVES)
    assign(call, {"outcome": outcome})
    save(call, changes)
    if outcome == Outcome.FOLLOWS:
        incidents.put(actor, call.customer, call.freeze.person, said.get("note", ""), call.freeze)
    return call


def spoken(actor, call, said, uuid):
    """The activity of a call; the service line, which logs nothing else there, writes its own too."""
    if can(actor, Action.ACTIVITY_LOG, call.customer):
        return activities.log(actor=actor, customer=call.customer, client_uuid=uuid,
                              kind=Activity.Kind.CALL, **said)  # fmt: skip
    given, now = Said.of({**said, "kind": Activity.Kind.CALL}), database_now()
    check(given, now, now)
    contacts = activities.contacts_of(call.customer_id, given.contacts)
    row = Activity(
        customer=call.customer, author=actor, kind=given.kind, client_uuid=uuid, happened_at=now,
        note=given.note, next_step=given.next_step, next_step_on=given.next_step_on,
    )  # fmt: skip
    return activities.insert([(row, contacts, [])])[0]


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="call")
def attempt(*, actor, call, channel, version):
    """Nobody was reached this time. After three attempts by two channels the call counts as not reached.

    channel: call, message or visit. version: as it was seen; sent twice, it is one attempt.
    """
    allow(actor, call)
    if call.version == version + 1 and call.attempts and call.attempts[-1][1] == actor.pk:
        raise DoneAlready(call)
    if call.version != version or call.state not in ask.STEPS:
        raise Conflict(_("Somebody else has worked on this call meanwhile. Load the page again."))
    if channel not in MISSED:
        raise Refused(_("Choose how you tried"), field="channel")
    before = len(call.attempts)
    call.attempts = [*call.attempts, [database_now().isoformat(), actor.pk, channel]]
    changes = {"attempts": (before, before + 1)}
    if call.state == State.OPEN and ask.used_up(call.attempts):
        changes["state"] = (call.state, State.EXHAUSTED)
        move(call, "state", State.EXHAUSTED, EmergencyCall.MOVES)
    save(call, changes)
    return call


@harmless_twice
@service(Action.ACTIVITY_LOG, on="call")
def take(*, actor, call):
    """Make a call oneself that somebody else was to make."""
    if call.caller_id == actor.pk:
        raise DoneAlready(call)
    if call.state not in ask.STEPS:
        raise Conflict(_("This call was logged already, or is no longer needed."))
    save(call, assign(call, {"caller": actor}))
    return call


def allow(actor, call):
    """The caller, and whoever logs at this customer; nobody else."""
    if not ask.may_log(actor, call):
        raise NotAllowed()


def save(call, changes):
    """Save a change as the next version, with its entry in the trail."""
    call.version += 1
    call.save()
    record(call, changes, customer=call.customer_id)


# -- meetings --------------------------------------------------------------------------------------


@service(Action.ACTIVITY_LOG)
def meet(*, actor, freeze, meetings):
    """Plan first meetings: [(key of a call, instant)]. Returns how many; one planned before is left.

    Each is a planned visit of whoever answers at the customer, with who plans it beside them.
    """
    if freeze.lifted_at:
        raise Conflict(_("This freeze is no longer in force."))
    wanted = dict(meetings)
    if not wanted:
        raise Refused(_("Tick at least one meeting"), field="call")
    if len(wanted) > MOST:
        raise Refused(_("Plan at most twenty at a time"), field="call")
    rows = EmergencyCall.objects.visible_to(actor, Action.ACTIVITY_LOG).filter(
        freeze=freeze, pk__in=wanted
    )
    rows = list(rows.select_for_update(of=("self",)).select_related("customer").order_by("place"))
    if len(rows) != len(wanted):
        raise NotAllowed()
    answers = emergency.answering([row.customer_id for row in rows])
    new = [row for row in rows if row.meeting_id is None]
    for row in new:
        row.meeting = planned(actor, row, answers.get(row.customer_id) or actor, wanted[row.pk])
        save(row, {"meeting": (None, row.meeting_id)})
    if not new:
        raise Conflict(_("These meetings are planned already."))
    return len(new)


def planned(actor, call, person, at):
    """The visit, as a task of whoever answers there."""
    title = _("First visit after the change of contact")
    values = {"kind": Task.Kind.VISIT, "title": title, "starts_at": at}
    if person.pk != actor.pk:
        values["note"] = _("Together with %(name)s") % {"name": actor.name}
    return tasks.plan(actor=actor, customer=call.customer, values=values, person=person)
