"""Change sets: drafted, proposed, reserved once they are decided, scheduled, taken back.

How somebody answers a proposal is in `approvals`, how a set is carried out in `changeset_run`.
"""

from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from accounts.services.notifications import notify
from crm.models import Assignment, Change, ChangeSet
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import changesets as ask
from crm.selectors.changeset_preview import stops
from crm.services import changeset_sight
from crm.services.changeset_terms import acceptance_end, put_terms
from kit import jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.locks import hold_off
from kit.once import first_of, harmless_twice
from kit.state import move

State, RowState = ChangeSet.State, Change.State
MOVES = {
    State.DRAFT: {State.PROPOSED, State.APPROVED, State.SCHEDULED, State.CANCELLED},
    State.PROPOSED: {State.APPROVED, State.SCHEDULED, State.REFUSED, State.CANCELLED},
    State.APPROVED: {State.SCHEDULED, State.CANCELLED},
    State.SCHEDULED: {State.RUNNING, State.STOPPED, State.CANCELLED},
    State.RUNNING: {State.APPLIED},
    State.APPLIED: {State.PARTLY_UNDONE, State.UNDONE},
    State.PARTLY_UNDONE: {State.PARTLY_UNDONE, State.UNDONE},
}
# (origin, state) → functions (change_set) that run in the transaction in which sets of this origin
# come into this state; apps above join them.
FOLLOWS: dict[tuple, list] = defaultdict(list)
APPLY = "changesets.apply"


# -- proposing ------------------------------------------------------------------------------------
@harmless_twice
@service(Action.SEAT_ASSIGN, people=("taker",))
def draft(*, actor, customers, seat, taker, why, former, note="", former_until=None,
          effective_at=None, client_uuid=None):  # fmt: skip
    """Write down who shall take a seat at these customers, without changing anything yet.

    customers: ids, at most ChangeSet.MOST. taker: None leaves the seat empty. former: what becomes of the
    sight of whoever holds it now, with an instant `former_until` where they may go on reading.
    effective_at: an instant within a year; None is as soon as it is decided. Returns the ChangeSet.
    """
    first_of(ChangeSet, client_uuid, made_by=actor)
    seat, ids = Seat(seat), chosen(actor, customers)
    if taker is not None and not ask.fits(taker, seat):
        raise Refused(_("The role of this person does not fit this seat."), field="taker")
    change_set = ChangeSet(made_by=actor, client_uuid=client_uuid)
    change_set.origin = ChangeSet.Origin.BULK if len(ids) > 1 else ChangeSet.Origin.SINGLE
    put_terms(change_set, why, note, former, former_until, effective_at)
    change_set.save()
    rows = rows_for(change_set, ids, seat, taker)
    for row in rows:
        row.remark = chosen_nobody(taker)
    Change.objects.bulk_create(rows)
    record(change_set, {"customers": (None, len(ids)), "seat": (None, seat),
                        "person": (None, taker and taker.pk), "why": (None, why)})  # fmt: skip
    return change_set


def chosen(actor, customers):
    """The ids of customers in their order, all of them within what the actor may give."""
    ids = sorted(set(customers))
    if not ids or len(ids) > ChangeSet.MOST:
        raise Refused(_("Choose from one to %(most)s customers.") % {"most": ChangeSet.MOST})
    if ask.proposable(actor).filter(pk__in=ids).count() != len(ids):
        raise Refused(_("Some of these customers are not yours to give. Choose them again."))
    return ids


def rows_for(change_set, ids, seat, taker):
    """A row for each customer, with whoever holds the seat now."""
    held = Assignment.objects.at().filter(customer__in=ids, seat=seat)
    givers = dict(held.values_list("customer", "person")) if seat in SINGLE_SEATS else {}
    return [
        Change(change_set=change_set, customer_id=pk, seat=seat, giver_id=givers.get(pk), taker=taker)
        for pk in ids
    ]  # fmt: skip


def chosen_nobody(taker):
    """The remark of a row that leaves its seat empty on purpose: no receiver is not yet a choice."""
    return {} if taker else {"nobody": True}


@service(Action.SEAT_ASSIGN, on="change_set")
def give_to(*, actor, change_set, customers, taker):
    """Let somebody else, or None, take these customers of a draft. Returns the change set."""
    mine(actor, change_set)
    if taker and not ask.fits(taker, change_set.changes.first().seat):
        raise Refused(_("The role of this person does not fit this seat."), field="taker")
    rows = change_set.changes.filter(customer__in=customers, state=RowState.WAITING)
    count = rows.update(taker=taker, remark=chosen_nobody(taker))
    if not count:
        raise Conflict(_("These customers are not in this change any more."))
    record(change_set, {"customers": (None, count), "person": (None, taker and taker.pk)})
    return change_set


@service(Action.SEAT_ASSIGN, on="change_set")
def leave_out(*, actor, change_set, customers):
    """Take customers out of a draft. Returns how many."""
    mine(actor, change_set)
    rows = change_set.changes.filter(customer__in=customers, state=RowState.WAITING)
    count = rows.update(state=RowState.LEFT_OUT)
    if not count:
        raise Conflict(_("These customers are not in this change any more."))
    record(change_set, {"left out": (None, count)})
    return count


def mine(actor, change_set):
    """A draft is its proposer's; once proposed it is not edited any more."""
    if change_set.made_by_id != actor.pk:
        raise NotAllowed(_("Only who made this draft may change it."))
    if change_set.state != State.DRAFT:
        raise Conflict(_("This is no draft any more."))


@service(Action.SEAT_ASSIGN, on="change_set")
def propose(*, actor, change_set, seen, because=""):
    """Propose a draft as it was previewed; where nobody else has to decide, it is decided.

    seen: the fingerprint of the preview; anything else is a Conflict, and nothing changes.
    because: why it shall be in spite of the warnings to check, where there are any.
    """
    mine(actor, change_set)
    unmoved(change_set, seen)
    still_true(actor, change_set)
    refuse_stops(actor, change_set, because)
    change_set.because, change_set.proposed_at = because[:300], database_now()
    why = ask.asks_approval(actor, change_set)
    if why:
        move(change_set, "state", State.PROPOSED, MOVES)
        save(change_set)
        record(change_set, {"state": (State.DRAFT, State.PROPOSED), "rules": (None, why),
                            "because": (None, because[:300])})  # fmt: skip
        notify("changeset.proposed", to="changeset.approver", kind="decision", url=page(change_set),
               values={"change_set": change_set.pk}, change_set=change_set.pk)  # fmt: skip
        return change_set
    told = {"because": (None, because[:300])} if because else {}
    record(change_set, {"state": (State.DRAFT, State.APPROVED)} | told)
    return decided(change_set)


def still_true(actor, change_set):
    """What was true when a draft was made: its terms are whole, its customers are the actor's to give."""
    put_terms(change_set, change_set.reason, change_set.note, change_set.former,
              change_set.former_until, change_set.effective_at)  # fmt: skip
    if ask.beyond_giving(actor, change_set).exists():
        raise Refused(
            _("Some of these customers are not yours to give. Leave them out."), code="stops"
        )
    without = ask.rows_of(change_set).filter(taker=None)
    several = ~Q(seat__in=SINGLE_SEATS)  # a team is not ended with one row
    if without.filter(several | ~Q(remark__has_key="nobody")).exists():
        raise Refused(_("Choose to whom the customers go."), code="stops")


def unmoved(change_set, seen):
    """Refuse what was decided on another state of things than the present one."""
    if seen != ask.fingerprint(change_set):
        raise Conflict(
            _("Something changed since the preview: a seat, open work, an absence or a limit. "
              "Nothing was done. Look at the preview again."),
            code="moved",
        )  # fmt: skip
    change_set.seen = ask.fingerprint(change_set, work=False)


def refuse_stops(actor, change_set, because):
    """Stops are resolved or left out; what is to be checked needs a reason."""
    if not ask.rows_of(change_set).exists():
        raise Refused(_("There is nothing to change."))
    soft = refuse_hard_stops(actor, change_set)
    if soft and not because.strip():
        raise Refused(_("Say why in spite of the warnings."), field="because", code="because")


def refuse_hard_stops(actor, change_set):
    """Refuse a set with a stop. Returns how many warnings are to be explained."""
    hard, soft = stops(actor, change_set)
    if hard:
        text = ngettext("%(count)s stop is left: resolve it, or leave the customer out.",
                        "%(count)s stops are left: resolve them, or leave the customers out.",
                        hard)  # fmt: skip
        raise Refused(text % {"count": hard}, code="stops")
    return soft


# -- decided ---------------------------------------------------------------------------------------
def decided(change_set):
    """Reserve the seats of a decided set, and ask the receivers, or schedule it."""
    hold_off("changesets.reserve")
    rows = ask.rows_of(change_set)
    taken = Change.objects.filter(reserved=True).exclude(change_set=change_set)
    pairs = set(taken.filter(customer__in=rows.values("customer")).values_list("customer", "seat"))
    if pairs & (set(rows.values_list("customer", "seat")) | left_backups(rows)):
        raise Conflict(_("Another change of one of these seats is on its way."), code="reserved")
    rows.update(reserved=True)
    waiting = ask.asks_acceptance(change_set)
    takers = set(waiting.values_list("taker", flat=True))
    if not takers:
        return schedule(change_set)
    move(change_set, "state", State.APPROVED, MOVES)
    change_set.accept_by = acceptance_end()
    save(change_set)
    for taker in sorted(takers):
        ask_receiver(change_set, taker)
    return change_set


def left_backups(rows):
    """(customer, seat) of backups who leave that seat because they move up."""
    rising = rows.filter(seat=Seat.ACCOUNT_MANAGER).values_list("customer", "taker")
    held = Assignment.objects.at().filter(seat=Seat.BACKUP, customer__in=rows.values("customer"))
    backups = set(held.values_list("customer", "person"))
    return {
        (customer, Seat.BACKUP.value) for customer, taker in rising if (customer, taker) in backups
    }


def ask_receiver(change_set, taker):
    """Tell the receiver now, and whoever leads them when they stay silent."""
    about = {"change_set": change_set.pk, "taker": taker}
    notify("changeset.offered", to="changeset.receiver", kind="decision", url=page(change_set),
           values={"change_set": change_set.pk}, due_on=change_set.accept_by.date(), **about)  # fmt: skip
    notify("changeset.silent", to="changeset.receiver_lead", kind="decision", url=page(change_set),
           due_at=change_set.accept_by, values={"change_set": change_set.pk}, **about)  # fmt: skip


# -- scheduling, taking back ----------------------------------------------------------------------
def schedule(change_set):
    """Everybody has agreed: a job carries it out at its instant, or now."""
    move(change_set, "state", State.SCHEDULED, MOVES)
    change_set.job = jobs.start(
        APPLY, total=ask.rows_of(change_set).count(), due_at=change_set.effective_at,
        change_set=change_set.pk,
    )  # fmt: skip
    save(change_set)
    follow(change_set)
    return change_set


def follow(change_set):
    """Let follow what sets of this origin bring with them in this state."""
    for then in FOLLOWS[change_set.origin, change_set.state]:
        then(change_set)


@service(Action.SEAT_ASSIGN, on="change_set")
def cancel(*, actor, change_set, note=""):
    """Take a set back before it begins: by its proposer, or whoever could approve it."""
    if not ask.may_take_back(actor, change_set):
        raise NotAllowed()
    before = change_set.state
    stop(change_set, State.CANCELLED)
    record(change_set, {"state": (before, State.CANCELLED), "note": (None, note[:300])})
    return change_set


def stop(change_set, state):
    """End a set without a change: its seats are free again, what was lent is taken back."""
    move(change_set, "state", state, MOVES)
    change_set.finished_at = database_now()
    if change_set.job_id:
        jobs.cancel(change_set.job_id)
    save(change_set)
    change_set.changes.filter(reserved=True).update(reserved=False)
    changeset_sight.take_back(change_set)
    follow(change_set)
    return change_set


def save(change_set):
    change_set.version += 1
    change_set.save()


def page(change_set):
    """The address of a change set."""
    return change_set.get_absolute_url()


def tell_proposer(change_set, what):
    """Say to the proposer what was decided."""
    notify("changeset.decided", to=change_set.made_by_id, url=page(change_set),
           values={"change_set": change_set.pk, "what": what})  # fmt: skip
