"""A decided change set is carried out in small steps.

Each step is one short transaction with the seats of a few customers, in the order of their keys, so
that a killed worker leaves nothing half done and nobody who saves a visit waits for long.
"""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Person
from accounts.service import service
from accounts.services.notifications import notify
from crm.models import Change, ChangeSet, Customer
from crm.selectors import changesets as ask
from crm.services import changeset_sight, seats
from crm.services.changesets import APPLY, MOVES, page, save, stop, tell_proposer
from crm.services.single_changes import UNDO_HOURS
from kit import bulk, jobs
from kit.clock import database_now
from kit.errors import Conflict, Refused
from kit.models import Job
from kit.state import move

State, RowState = ChangeSet.State, Change.State
CHUNK = 20  # customers of the first step; later ones follow the clock
LEAST, MOST = 10, 100
STEP = 0.06  # seconds a step may hold its customers: nobody else shall wait 0.1 for one

PEOPLE = "SELECT id FROM accounts_person WHERE id = ANY(%s) ORDER BY id FOR SHARE"


# -- the job ---------------------------------------------------------------------------------------
@jobs.step(APPLY)
def carry_on(job):
    """The next step of a scheduled set: its test for all rows, or some rows, or its end."""
    change_set = ChangeSet.objects.select_related("made_by", "decided_by").get(
        pk=job.payload["change_set"]
    )
    system = Person.objects.system()
    who = {"actor": system, "on_behalf_of": change_set.decided_by or change_set.made_by}
    if change_set.state == State.SCHEDULED:
        begun = begin(change_set=change_set, **who)
        return begun.state == State.STOPPED
    if change_set.state != State.RUNNING:
        return True
    rows = list(due(change_set)[: job.payload.get("chunk", CHUNK)])
    if not rows:
        finish(change_set=change_set, **who)
        return True
    began = time.monotonic()
    try:
        with transaction.atomic():
            apply(change_set=change_set, rows=rows, **who)
    except Refused as refused:
        if refused.code == "busy":  # somebody else has a customer: the next step tries again
            return False
        one_by_one(change_set, rows, who)
    job.payload["chunk"] = paced(len(rows), time.monotonic() - began)
    job.done += len(rows)
    return False


def one_by_one(change_set, rows, who):
    """Row after row, where some row cannot be carried out: it says so, the others go on."""
    for row in rows:
        try:
            with transaction.atomic():
                apply(change_set=change_set, rows=[row], **who)
        except Refused:
            row.refresh_from_db()
            fail(change_set=change_set, row=row, **who)


@service(Action.SEAT_ASSIGN)
def fail(*, actor, change_set, row):
    """Give up a row that was overtaken by another change."""
    row.state, row.reserved, row.remark = RowState.FAILED, False, {"code": "overtaken"}
    row.save()
    record(change_set, {"failed": (None, 1)}, customer=row.customer_id)


def paced(rows, seconds):
    """How many rows the next step takes, so that it holds them for about STEP seconds."""
    return max(LEAST, min(MOST, int(rows * STEP / max(seconds, 0.001)), rows * 2))


def due(change_set):
    return change_set.changes.filter(state=RowState.WAITING).order_by("customer_id", "seat")


@service(Action.SEAT_ASSIGN, on="change_set")
def begin(*, actor, change_set):
    """Test once, for all rows, that nothing the set rests on has moved; else nothing is changed."""
    if ask.fingerprint(change_set, work=False) != change_set.seen:
        stop(change_set, State.STOPPED)
        record(change_set, {"state": (State.SCHEDULED, State.STOPPED)})
        tell_proposer(change_set, "stopped")
        return change_set
    move(change_set, "state", State.RUNNING, MOVES)
    save(change_set)
    record(change_set, {"state": (State.SCHEDULED, State.RUNNING)})
    return change_set


@service(Action.SEAT_ASSIGN)
def apply(*, actor, change_set, rows):
    """Carry out some rows: seats, then what follows the customer. Contacts, links, history stay."""
    held_people(rows)
    held_customers(rows)
    fit, unfit = able(rows)
    wishes = [seats.Wish(row.customer_id, row.seat, row.taker, change_set.reason, change_set.note)
              for row in fit]  # fmt: skip
    moved = {
        (one.wish.customer_id, one.wish.seat): one for one in seats.move(change_set.made_by, wishes)
    }
    for row in fit:
        one = moved[row.customer_id, row.seat]
        row.state, row.assignment = RowState.APPLIED, one.assignment
        row.ended = [ended.pk for ended in one.ended]
        row.tasks = one.tasks
        row.reserved = False
    bulk.update(fit + unfit, ["state", "assignment", "ended", "tasks", "reserved", "remark"])
    changeset_sight.keep(change_set, [(row.customer_id, row.giver) for row in fit if row.giver])
    record(change_set, {"applied": (None, len(fit)), "failed": (None, len(unfit))})
    return len(fit)


def held_people(rows):
    """Hold the people who come into seats as they are, so that nobody leaves in the same moment."""
    ids = [row.taker_id for row in rows if row.taker_id]
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [ids])


def held_customers(rows):
    """Lock the customers of some rows by ascending key."""
    ids = {row.customer_id for row in rows}
    list(Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
         .order_by("pk").values_list("pk"))  # fmt: skip


def able(rows):
    """The rows that can be carried out, with people as they are now; the others say why not."""
    people = Person.objects.in_bulk(
        {pk for row in rows for pk in (row.taker_id, row.giver_id) if pk}
    )
    fit, unfit = [], []
    for row in rows:
        row.taker, row.giver = people.get(row.taker_id), people.get(row.giver_id)
        if row.taker and row.taker.state != Person.State.ACTIVE:
            row.state, row.reserved, row.remark = RowState.FAILED, False, {"code": "receiver_gone"}
            unfit.append(row)
        else:
            fit.append(row)
    return fit, unfit


@service(Action.SEAT_ASSIGN, on="change_set")
def resume(*, actor, change_set):
    """Go on with a set whose job was stopped by a fault."""
    job = change_set.job
    if change_set.state != State.RUNNING or job is None or job.state != Job.State.FAILED:
        raise Conflict(_("This is not stopped."))
    left = due(change_set).count()
    change_set.job = jobs.start(job.kind, total=left, change_set=change_set.pk)
    save(change_set)
    record(change_set, {"left": (None, left)})
    return change_set


@service(Action.SEAT_ASSIGN, on="change_set")
def finish(*, actor, change_set):
    """Everything is carried out: 72 hours to take it back, and a word to all concerned."""
    now = database_now()
    move(change_set, "state", State.APPLIED, MOVES)
    change_set.finished_at = now
    if not change_set.undoes_id:
        change_set.undo_until = now + timedelta(hours=UNDO_HOURS)
    save(change_set)
    record(change_set, {"state": (State.RUNNING, State.APPLIED)})
    tell_proposer(change_set, "applied")
    rows = change_set.changes.filter(state=RowState.APPLIED)
    told = set(rows.values_list("taker", flat=True)) | set(rows.values_list("giver", flat=True))
    for person in sorted(told - {None, change_set.made_by_id}):
        notify("changeset.applied", to=person, url=page(change_set),
               values={"change_set": change_set.pk})  # fmt: skip
    return change_set
