"""A change set is taken back for 72 hours, as a new set that keeps what was done since."""

from collections import defaultdict
from functools import partial

from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import record
from accounts.models import Person
from accounts.service import service
from crm.models import Assignment, Change, ChangeSet, Task
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import changesets as ask
from crm.services import changeset_run, changeset_sight, seats, task_moves
from crm.services.changesets import MOVES, follow, save
from kit import bulk, jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed
from kit.state import move

State, RowState = ChangeSet.State, Change.State
UNDO = "changesets.undo"


@service(Action.SEAT_ASSIGN, on="change_set")
def undo(*, actor, change_set, customers=None, note=""):
    """Take back a set, or the rows of some customers (ids), as a new set that begins at once.

    What was done since is kept: seats that changed again stay as they are and say why. Raises
    Conflict after 72 hours, for an undo, and where nothing is left to take back.
    """
    may_undo(actor, change_set)
    rows = change_set.changes.filter(state=RowState.APPLIED)
    rows = rows if customers is None else rows.filter(customer__in=customers)
    rows = list(rows.select_related("giver", "taker", "assignment").order_by("customer_id", "seat"))
    if not rows:
        raise Conflict(_("Nothing of this is left to take back."))
    back = ChangeSet.objects.create(
        origin=ChangeSet.Origin.UNDO, state=State.SCHEDULED, reason=change_set.reason,
        note=note[:300], former=ChangeSet.Former.REMOVED, made_by=actor, undoes=change_set,
        proposed_at=database_now(),
    )  # fmt: skip
    Change.objects.bulk_create([
        Change(change_set=back, customer_id=row.customer_id, seat=row.seat, giver_id=row.taker_id,
               taker_id=row.giver_id, reserved=False)
        for row in rows
    ])  # fmt: skip
    back.job = jobs.start(UNDO, total=len(rows), change_set=back.pk)
    save(back)
    record(back, {"undoes": (None, change_set.pk), "customers": (None, len(rows))})
    return back


def plan_undo(change_set, customers=None):
    """What an undo would do now: (rows that go back, [(row, code of what keeps it)]).

    customers: ids, None for all. The rows are those of the set itself, with the remark that the undo
    would leave on them.
    """
    rows = change_set.changes.filter(state=RowState.APPLIED)
    rows = rows if customers is None else rows.filter(customer__in=customers)
    rows = list(rows.select_related("customer", "giver", "taker").order_by("customer_id", "seat"))
    backs = [Change(customer_id=row.customer_id, seat=row.seat, giver_id=row.taker_id,
                    taker_id=row.giver_id) for row in rows]  # fmt: skip
    facts = Since(ChangeSet(undoes=change_set), backs)
    goes, kept = [], []
    for row, back in zip(rows, backs, strict=True):
        first = facts.first[row.customer_id, row.seat]
        code = facts.hindrance(back, first)
        row.remark = facts.remark(back, first)
        kept.append((row, code)) if code else goes.append(row)
    return goes, kept


def may_undo(actor, change_set):
    """By its proposer or whoever decided or may decide it, for 72 hours, once."""
    if change_set.origin == ChangeSet.Origin.UNDO:
        raise Conflict(_("This is an undo itself. Make a new transfer instead."))
    if change_set.state not in (State.APPLIED, State.PARTLY_UNDONE):
        raise Conflict(_("Nothing of this is left to take back."))
    if change_set.undo_until <= database_now():
        raise Conflict(_("The 72 hours to take this back are over. Make a new transfer instead."))
    if change_set.undone_by.filter(state__in=[State.SCHEDULED, State.RUNNING]).exists():
        raise Conflict(_("This is being taken back already."))
    if not ask.may_take_back(actor, change_set):
        raise NotAllowed()


@jobs.step(UNDO)
def undo_on(job):
    """The next step of an undo."""
    back = ChangeSet.objects.select_related("made_by", "undoes").get(pk=job.payload["change_set"])
    who = {"actor": Person.objects.system(), "on_behalf_of": back.made_by}
    if back.state == State.SCHEDULED:
        begun = begin_undo(change_set=back, **who)
        return begun.state == State.STOPPED
    if back.state != State.RUNNING:
        return True
    if changeset_run.stepped(job, back, partial(take_back, change_set=back, **who),
                             partial(keep, change_set=back, **who)):  # fmt: skip
        return False
    changeset_run.finish(change_set=back, **who)
    settle(change_set=back.undoes, back=back, **who)
    return True


@service(Action.SEAT_ASSIGN, on="change_set")
def keep(*, actor, change_set, row):
    """A row that cannot go back stays as it is: something has changed since."""
    first = Change.objects.get(
        change_set=change_set.undoes_id, customer=row.customer_id, seat=row.seat
    )
    row.state = RowState.KEPT
    row.remark = first.remark = {"code": "changed_since"}
    row.save()
    first.save()
    record(row, {"state": (RowState.WAITING, RowState.KEPT)}, customer=row.customer_id)


@service(Action.SEAT_ASSIGN, on="change_set")
def begin_undo(*, actor, change_set):
    """An undo tests each row when it comes to it: it begins unless its proposer may not any more."""
    person, first = change_set.made_by, change_set.undoes
    if not (can(person, Action.SEAT_ASSIGN, first) and ask.may_take_back(person, first)):
        return changeset_run.stopped(change_set)
    move(change_set, "state", State.RUNNING, MOVES)
    save(change_set)
    record(change_set, {"state": (State.SCHEDULED, State.RUNNING)})
    return change_set


@service(Action.SEAT_ASSIGN)
def take_back(*, actor, change_set, rows):
    """Put back the seats of some rows, and what followed them; keep what has changed since."""
    changeset_run.held_people(rows)
    changeset_run.held_customers(rows)
    facts = Since(change_set, rows)
    back, wishes = [], []
    for row in rows:
        first = facts.first[row.customer_id, row.seat]
        code = facts.hindrance(row, first)
        if code:
            row.state, row.remark, first.remark = RowState.KEPT, {"code": code}, {"code": code}
            continue
        wishes += facts.wishes(row, first)
        back.append((row, first))
        row.state, first.state = RowState.APPLIED, RowState.UNDONE
        row.remark = first.remark = facts.remark(row, first)
    moved = seats.move(change_set.made_by, wishes, with_tasks=False)
    made = {(one.wish.customer_id, one.wish.seat): one.assignment for one in moved}
    for row, _first in back:
        row.assignment = made[row.customer_id, row.seat]
    tasks_back(back, facts)
    bulk.update(rows, ["state", "assignment", "tasks", "remark"])
    bulk.update(list(facts.first.values()), ["state", "remark"])
    pairs = [(row.customer_id, row.taker_id) for row, _first in back if row.taker_id]
    changeset_sight.take_back(change_set.undoes, pairs)
    record(change_set, {"undone": (None, len(back)), "kept": (None, len(rows) - len(back))})


class Since:
    """What has become of some rows since they were carried out: asked once for all of them."""

    def __init__(self, back, rows):
        self.back, self.now = back, database_now()
        ids = [row.customer_id for row in rows]
        firsts = Change.objects.filter(change_set=back.undoes_id, customer__in=ids)
        self.first = {(one.customer_id, one.seat): one for one in firsts}
        people = {pk for row in rows for pk in (row.taker_id, row.giver_id) if pk}
        self.people = Person.objects.in_bulk(people)
        self.gone = changeset_run.unable(list(self.people.values()))
        self.held = defaultdict(list)
        for seat in Assignment.objects.filter(customer__in=ids).order_by("pk"):
            if seat.period.upper is None or seat.period.upper > self.now:
                self.held[seat.customer_id].append(seat)
        self.ended = Assignment.objects.in_bulk(
            {pk for one in self.first.values() for pk in one.ended}
        )
        reserved = Change.objects.filter(customer__in=ids, reserved=True)
        self.reserved = set(reserved.values_list("customer", "seat"))

    def hindrance(self, row, first):
        """Why a row cannot be taken back: a code of the pages, or ""."""
        held, person = self.held[row.customer_id], self.people.get(row.taker_id)
        if (row.customer_id, row.seat) in self.reserved:
            return "pending"
        mine = [one for one in held if one.seat == row.seat]
        if row.seat not in SINGLE_SEATS:
            mine = [one for one in mine if one.person_id == row.giver_id]
        expected = [first.assignment_id] if first.assignment_id else []
        if [one.pk for one in mine] != expected or any(one.period.upper for one in mine):
            return "changed_since"
        if row.taker_id in self.gone:
            return "former_gone"
        if person and any(one.person_id == person.pk and self.stands_in_the_way(one)
                          for one in held):  # fmt: skip
            return "changed_since"
        return ""

    def stands_in_the_way(self, seat):
        """Whether somebody who holds this seat cannot take another one: the first one, or a plan."""
        ahead = seat.seat in SINGLE_SEATS and seat.period.lower > self.now
        return ahead or seat.seat == Seat.ACCOUNT_MANAGER

    def wishes(self, row, first):
        """What puts a row back: the former holder, and the seat that the receiver left for it."""
        terms = self.back.reason, self.back.note
        wishes = [seats.Wish(row.customer_id, row.seat, self.people.get(row.taker_id), *terms,
                             duty=self.duty_before(row, first), instead_of=row.giver_id)]  # fmt: skip
        if row.giver_id not in self.gone:
            giver = self.people.get(row.giver_id)
            wishes += [seats.Wish(row.customer_id, seat, giver, *terms)
                       for seat in self.left_for(row, first)]  # fmt: skip
        return wishes

    def left_for(self, row, first):
        """The seats, free until now, that the receiver gave up for the one that goes back."""
        taken = {one.seat for one in self.held[row.customer_id]} | {row.seat}
        ended = [self.ended[pk] for pk in first.ended]
        return [
            one.seat for one in ended if one.person_id == row.giver_id and one.seat not in taken
        ]

    def duty_before(self, row, first):
        """What a member was there for whom nobody followed; else it comes back from whoever did."""
        if row.giver_id:
            return ""
        return next((self.ended[pk].duty for pk in first.ended
                     if self.ended[pk].person_id == row.taker_id), "")  # fmt: skip

    def remark(self, row, first):
        """What an undo cannot put back of a row that goes back: a seat of somebody who takes none."""
        lost = row.giver_id in self.gone and self.left_for(row, first)
        return {"code": "receiver_seat_gone"} if lost else {}

    def stays(self, row, first):
        """Whether whoever gives the seat back keeps, or gets back, another one at the customer."""
        others = [one.person_id for one in self.held[row.customer_id]
                  if one.pk != first.assignment_id]  # fmt: skip
        return row.giver_id in others or len(self.wishes(row, first)) > 1


def tasks_back(back, facts):
    """Open tasks go back with their customers; who keeps a seat there keeps the own ones."""
    rows = [(row, first) for row, first in back if row.giver_id and row.taker_id]
    moves = [(row.customer_id, row.giver_id, row.taker_id) for row, first in rows
             if not facts.stays(row, first)]  # fmt: skip
    given = task_moves.follow(moves)
    for row, first in rows:
        if facts.stays(row, first):
            task_moves.give_back({row.customer_id: first.tasks}, row.giver_id, row.taker_id)
        row.tasks = given.get(row.customer_id, first.tasks)
    for row, first in back:
        if row.taker_id and not row.giver_id:
            from_acting(row, first)


def from_acting(row, first):
    """The open tasks of a seat that was left empty come back from whoever got them meanwhile."""
    held = Task.objects.open().filter(pk__in=first.tasks).exclude(person=row.taker_id)
    for person in set(held.values_list("person", flat=True)):
        task_moves.give_back({row.customer_id: first.tasks}, person, row.taker_id)


@service(Action.SEAT_ASSIGN, on="change_set")
def settle(*, actor, change_set, back):
    """What the first set is after its undo: undone, partly, or as it was where everything was kept."""
    rows = change_set.changes
    if back.changes.filter(state=RowState.APPLIED).exists():
        left = rows.filter(state=RowState.APPLIED).exists()
        before = change_set.state
        move(change_set, "state", State.PARTLY_UNDONE if left else State.UNDONE, MOVES)
        save(change_set)
        record(change_set, {"state": (before, change_set.state)})
        follow(change_set)
    else:
        record(change_set)
    return change_set
