"""A decided change set is carried out in small steps.

Each step is one short transaction with the seats of a few customers, in the order of their keys, so
that a killed worker leaves nothing half done and nobody who saves a visit waits for long.
"""

import time
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Absence, Person
from accounts.service import service
from accounts.services.notifications import notify
from crm.models import Change, ChangeSet, Customer
from crm.selectors import changesets as ask
from crm.services import changeset_sight, seats
from crm.services.changesets import APPLY, MOVES, follow, page, save, stop, tell_proposer
from kit import bulk, jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Job
from kit.state import move

State, RowState = ChangeSet.State, Change.State
CHUNK = 20  # customers of the first step; later ones follow the clock
LEAST, MOST = 5, 100
STEP = 0.04  # seconds a step may hold its customers: with BRIEFLY nobody else waits 0.1 for one
PATIENCE = 5  # seconds a step tries to get its customers, and
PAUSE = 0.05  # between two tries, in which it holds none of them
BRIEFLY = "SET LOCAL lock_timeout = '20ms'"  # what it has already waits as long for somebody else's
AS_USUAL = "SET LOCAL lock_timeout TO DEFAULT"

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
    if stepped(job, change_set, partial(apply, change_set=change_set, **who),
               partial(fail, change_set=change_set, **who)):  # fmt: skip
        return False
    finish(change_set=change_set, **who)
    return True


def stepped(job, change_set, act, give_up):
    """Act upon some more rows of a set at work. Returns whether there were any.

    act: a verb for `rows`. give_up: a verb for a `row` that act refuses for good.
    """
    rows = list(due(change_set)[: job.payload.get("chunk", CHUNK)])
    began = time.monotonic()
    did = settled(rows, act, give_up) if rows else 0
    if did:
        job.payload["chunk"] = paced(len(rows), time.monotonic() - began)
        job.done += did
    return bool(rows)


def settled(rows, act, give_up):
    """All rows at once, or row after row where one cannot be: it says so, the others go on.

    Returns how many: a row whose customer somebody else has goes on waiting, with those behind it.
    """
    try:
        patiently(rows, act)
    except Refused as refused:
        return 0 if is_busy(refused) else one_by_one(rows, act, give_up)
    return len(rows)


def patiently(rows, act):
    """Act upon rows; where somebody else has a customer, let go of all of them, and try again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with transaction.atomic():
                return act(rows=rows)
        except Refused as refused:
            if not is_busy(refused) or time.monotonic() > until:
                raise
        time.sleep(PAUSE)
        rows = fresh(rows)


def one_by_one(rows, act, give_up):
    """Row after row, up to one that is busy: what is done is held until the step ends."""
    for did, row in enumerate(fresh(rows)):
        try:
            with transaction.atomic():
                act(rows=[row])
        except Refused as refused:
            if is_busy(refused):
                return did
            row.refresh_from_db()
            give_up(row=row)
    return len(rows)


def is_busy(refused):
    """Whether somebody else holds what was wanted: no answer, it is to be tried again."""
    return refused.code == "busy"


def fresh(rows):
    """Rows as they are written, without what a try that was taken back has left on them."""
    found = Change.objects.filter(pk__in=[row.pk for row in rows])
    return list(found.order_by("customer_id", "seat"))


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
    """Test once, for all rows, that nothing the set rests on has moved; else nothing is changed.

    What nobody else decided rests on its proposer too, who still has to be able to give it. A
    departure is not held up as a whole: it was decided weeks before, and the last day comes. Its
    seats are reserved, and each row whose receiver has gone says so.
    """
    moved = (
        not is_departure(change_set) and ask.fingerprint(change_set, work=False) != change_set.seen
    )
    if moved or not (change_set.decided_by_id or still_gives(change_set.made_by, change_set)):
        return stopped(change_set)
    move(change_set, "state", State.RUNNING, MOVES)
    save(change_set)
    record(change_set, {"state": (State.SCHEDULED, State.RUNNING)})
    return change_set


def is_departure(change_set):
    """Whether somebody leaves, and the customers with a day that does not wait."""
    return change_set.origin == ChangeSet.Origin.DEPARTURE


def still_gives(person, change_set):
    """Whether a proposer still has access, and all customers of the set within reach."""
    return person.has_access and not ask.beyond_giving(person, change_set).exists()


def stopped(change_set):
    """Nothing of the set is done, and its proposer is told."""
    stop(change_set, State.STOPPED)
    record(change_set, {"state": (State.SCHEDULED, State.STOPPED)})
    tell_proposer(change_set, "stopped")
    return change_set


@service(Action.SEAT_ASSIGN)
def apply(*, actor, change_set, rows):
    """Carry out some rows: seats, then what follows the customer. Contacts, links, history stay."""
    held_people(rows)
    fit, unfit = able(rows, even_away=is_departure(change_set))
    held_customers(rows)
    wishes = [seats.Wish(row.customer_id, row.seat, row.taker, change_set.reason, change_set.note,
                         instead_of=row.giver_id) for row in fit]  # fmt: skip
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
    """Lock the customers of some rows by ascending key; a Conflict soon where somebody has one."""
    ids = {row.customer_id for row in rows}
    with connection.cursor() as cursor:
        cursor.execute(BRIEFLY)
    list(Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
         .order_by("pk").values_list("pk"))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(AS_USUAL)


def able(rows, even_away=False):
    """The rows that can be carried out, with people as they are now; the others say why not.

    even_away: a receiver who is absent today receives too, and the backup acts.
    """
    people = Person.objects.in_bulk(
        {pk for row in rows for pk in (row.taker_id, row.giver_id) if pk}
    )
    gone = unable(list(people.values()), even_away)
    fit, unfit = [], []
    for row in rows:
        row.taker, row.giver = people.get(row.taker_id), people.get(row.giver_id)
        if row.taker_id in gone:
            row.state, row.reserved, row.remark = RowState.FAILED, False, {"code": "receiver_gone"}
            unfit.append(row)
        else:
            fit.append(row)
    return fit, unfit


def unable(people, even_away=False):
    """Ids of those of some people who can receive nothing now: not active, or away."""
    gone = {person.pk for person in people if person.state != Person.State.ACTIVE}
    if even_away:
        return gone
    away = Absence.objects.filter(person__in=people, period__contains=database_now())
    return gone | set(away.values_list("person", flat=True))


def is_stopped(change_set):
    """Whether a fault has stopped the job of a set, at its first step or at work."""
    job, begun = change_set.job, change_set.state in (State.SCHEDULED, State.RUNNING)
    return bool(begun and job and job.state == Job.State.FAILED)


@service(Action.SEAT_ASSIGN, on="change_set")
def resume(*, actor, change_set):
    """Go on with a set whose job was stopped by a fault: by those who may take it back."""
    if not is_stopped(change_set):
        raise Conflict(_("This is not stopped."))
    if not ask.may_take_back(actor, change_set):
        raise NotAllowed()
    job = change_set.job
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
        change_set.undo_until = now + ChangeSet.UNDO_FOR
    save(change_set)
    record(change_set, {"state": (State.RUNNING, State.APPLIED)})
    follow(change_set)
    tell_proposer(change_set, "applied")
    rows = change_set.changes.filter(state=RowState.APPLIED)
    told = set(rows.values_list("taker", flat=True)) | set(rows.values_list("giver", flat=True))
    for person in sorted(told - {None, change_set.made_by_id}):
        notify("changeset.applied", to=person, url=page(change_set),
               values={"change_set": change_set.pk})  # fmt: skip
    return change_set
