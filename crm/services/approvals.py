"""Answers to a change set: somebody else approves or refuses it, its receivers accept or decline.

What is proposed, and what happens once everybody has answered, is in `changesets`.
"""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.selectors import changesets as ask
from crm.services import changeset_sight
from crm.services.changesets import (
    MOVES,
    RowState,
    State,
    decided,
    refuse_hard_stops,
    save,
    schedule,
    stop,
    tell_proposer,
    unmoved,
)
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.state import move


# -- the approver ----------------------------------------------------------------------------------
@service(Action.SEAT_ASSIGN, on="change_set")
def approve(*, actor, change_set, seen, note=""):
    """Approve a proposal as it was seen: never one's own, never as giver or receiver.

    A stop that has come up since the proposal is Refused.
    """
    deciding(actor, change_set)
    unmoved(change_set, seen)
    refuse_hard_stops(actor, change_set)
    change_set.decided_by, change_set.decided_at = actor, database_now()
    change_set.decision_note = note[:300]
    record(change_set, {"state": (State.PROPOSED, State.APPROVED), "note": (None, note[:300])})
    tell_proposer(change_set, "approved")
    return decided(change_set)


@service(Action.SEAT_ASSIGN, on="change_set")
def refuse(*, actor, change_set, note):
    """Refuse a proposal, with a reason."""
    deciding(actor, change_set)
    if not note.strip():
        raise Refused(_("Say why."), field="note")
    move(change_set, "state", State.REFUSED, MOVES)
    change_set.decided_by, change_set.decided_at = actor, database_now()
    change_set.decision_note = note[:300]
    save(change_set)
    record(change_set, {"state": (State.PROPOSED, State.REFUSED), "note": (None, note[:300])})
    tell_proposer(change_set, "refused")
    return change_set


def deciding(actor, change_set):
    """Who decides: somebody else, who reaches everybody and every customer of the set."""
    if change_set.state == State.DRAFT:
        raise Conflict(_("This has not been proposed yet."))
    if change_set.state != State.PROPOSED:
        raise Conflict(_("This was decided already."))
    if not ask.may_approve(actor, change_set):
        raise NotAllowed(
            _("Somebody else has to decide this: not who proposes, gives or receives.")
        )


# -- the receivers ---------------------------------------------------------------------------------
@service(Action.CHANGE_ACCEPT, on="change_set")
def accept(*, actor, change_set):
    """Accept the customers that one is to receive; from now on one may read them.

    After the time to answer, whoever leads the receiver may do it instead.
    """
    rows = answering(actor, change_set)
    now = database_now()
    ids = list(rows.values_list("customer", flat=True))
    takers = {row.taker_id: row.taker for row in rows.select_related("taker")}
    for taker in takers.values():
        if not taker.has_access or taker.is_on_notice:
            raise Conflict(_("This person cannot receive customers now."))
        mine = list(rows.filter(taker=taker).values_list("customer", flat=True))
        changeset_sight.lend(change_set, taker, mine)
    rows.update(accepted_at=now)
    record(change_set, {"accepted": (None, len(ids)), "person": (None, sorted(takers))})
    if not ask.asks_acceptance(change_set).exists():
        schedule(change_set)
    return change_set


@service(Action.CHANGE_ACCEPT, on="change_set")
def decline(*, actor, change_set, note, customers=None):
    """Decline customers that one is to receive, with a reason; they leave the set.

    customers: ids, None for all of one's own.
    """
    if not note.strip():
        raise Refused(_("Say why."), field="note")
    rows = answering(actor, change_set)
    rows = rows if customers is None else rows.filter(customer__in=customers)
    as_decided = ask.fingerprint(change_set, work=False) == change_set.seen
    count = rows.update(
        state=RowState.DECLINED, reserved=False, remark={"code": "declined", "note": note[:300]}
    )
    if not count:
        raise Conflict(_("These customers are not in this change any more."))
    record(change_set, {"declined": (None, count), "note": (None, note[:300])})
    tell_proposer(change_set, "declined")
    if not ask.rows_of(change_set).exists():
        return stop(change_set, State.CANCELLED)
    if as_decided:  # else it is found when the set is to begin, which then stops
        change_set.seen = ask.fingerprint(change_set, work=False)
    save(change_set)
    if not ask.asks_acceptance(change_set).exists():
        schedule(change_set)
    return change_set


def answering(actor, change_set):
    """The rows that this person answers for: the own ones, or those of silent people they lead."""
    if change_set.state != State.APPROVED:
        raise Conflict(_("This does not wait for an answer any more."))
    rows = ask.to_answer(actor).filter(change_set=change_set)
    own = rows.filter(taker=actor)
    if own.exists() or rows.exists():
        return own if own.exists() else rows
    raise NotAllowed(_("This waits for the answer of the receiver."))
