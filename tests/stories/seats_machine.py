"""Whatever happens to seats, in whatever order: rules that act on the product and on a plain model of it."""

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import audit
from accounts.models import Person
from crm.models import Assignment, ChangeSet, OwnershipRules, Share
from crm.services import (
    access_index,
    approvals,
    changeset_undo,
    changesets,
    ownership,
)
from kit import jobs, outbox
from kit.clock import database_now
from kit.models import Effect, Job
from tests.cast import Cast
from tests.crm.changesets_world import drafted, held, propose
from tests.stories.seats_model import BACKUP, MANAGER, WORKING, Model, Row, Set
from tests.stories.seats_people import LATER, People, names, pick

seats = st.sampled_from([MANAGER, MANAGER, BACKUP])


class Seats(People):
    """Each example is one transaction that is rolled back."""

    def __init__(self):
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()
        self.cast, self.model, self.turn = Cast(), Model(), 0
        OwnershipRules.objects.update(approval_rows=1, default_capacity=10_000)
        self.first_seat = Assignment.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def teardown(self):
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    @initialize()
    def begin(self):
        for _customer in range(2):  # few, so that what happens meets
            self.create("li")

    def known(self, row):
        """A single change is a set of one row, which can be undone."""
        newest = ChangeSet.objects.filter(origin="single").order_by("-pk")[0]
        self.model.sets[newest.pk] = Set([row])

    # -- customers and single seats ----------------------------------------------------------------
    @precondition(lambda self: len(self.model.seats) < 4)
    @rule(name=names)
    def create(self, name):
        if self.model.may_receive(name):
            [pk] = held(self.cast, 1, by=name)
            self.model.add(pk, name)

    @rule(number=pick, seat=seats, name=names)
    def assign(self, number, seat, name):
        customer = self.customer(number)
        expected = self.model.may_take(customer.pk, seat, name)
        if self.tries(lambda: ownership.assign(actor=self.cast.zhao, customer=customer, seat=seat,
                                               person=self.person(name)), expected):  # fmt: skip
            self.known(self.model.take(customer.pk, seat, name))

    @rule(number=pick, seat=seats)
    def end(self, number, seat):
        self.plans_work(number)
        customer, model = self.customer(number), self.model
        expected = bool(model.holder(customer.pk, seat)) and not (
            model.reserved(customer.pk, seat) or model.hinders(customer.pk, seat)
        )
        if self.tries(
            lambda: ownership.end(actor=self.cast.zhao, customer=customer, seat=seat), expected
        ):
            self.known(model.end(customer.pk, seat))

    @rule(number=pick, seat=seats, name=names)
    def plan(self, number, seat, name):
        customer = self.customer(number)
        if customer.pk in self.model.plans:
            return
        expected = self.model.may_take(customer.pk, seat, name)
        at = database_now() + LATER
        if self.tries(lambda: ownership.assign(actor=self.cast.zhao, customer=customer, seat=seat,
                                               person=self.person(name), starts_at=at), expected):  # fmt: skip
            self.model.plans[customer.pk] = (seat, name)

    @rule(number=pick)
    def cancel_plan(self, number):
        pk = self.one_of(self.model.plans, number)
        if pk is not None:
            seat, _name = self.model.plans[pk]
            ahead = Assignment.objects.filter(
                customer=pk, period__startswith__gt=database_now()
            ).get()
            expected = not self.model.reserved(pk, seat)
            if self.tries(lambda: ownership.cancel_planned(actor=self.cast.zhao, customer=ahead.customer,
                                                           assignment=ahead) or True, expected):  # fmt: skip
                del self.model.plans[pk]

    @rule(number=pick, seat=seats, name=names)
    def plans_and_thinks_better_of_it(self, number, seat, name):
        self.plan(number, seat, name)
        self.cancel_plan(number)

    @rule(number=pick)
    def plan_arrives(self, number):
        """The instant of a plan comes, by moving the plan to now."""
        pk = self.one_of(self.model.plans, number)
        if pk is None:
            return
        ahead = Assignment.objects.filter(customer=pk, period__startswith__gt=database_now()).get()
        moved_to_now(pk, ahead.period.lower)
        self.model.arrives(pk)

    # -- change sets -------------------------------------------------------------------------------
    @rule(number=pick, size=st.integers(1, 3), seat=seats, name=names, later=st.booleans())
    def proposes(self, number, size, seat, name, later):
        ids = sorted(self.model.seats)
        ids = sorted({ids[(number + step) % len(ids)] for step in range(size)})
        more = {"effective_at": database_now() + LATER} if later else {}
        one = self.tries(lambda: propose(drafted(self.cast, ids, taker=self.person(name), actor="zhao",
                                                 seat=seat, **more)))  # fmt: skip
        if one is None:
            return
        model = self.model
        assert model.may_receive(name)
        for pk in ids:
            assert not model.reserved(pk, seat) and model.holder(pk, seat) != name
            assert model.holder(pk) != name and (model.plans.get(pk) or [""])[0] != seat
            assert later or not model.hinders(pk, seat, name)
        rows = [Row(pk, seat, model.holder(pk, seat), name) for pk in ids]
        model.sets[one.pk] = Set(rows, one.state, later, model.basis(rows))
        assert one.state == ("proposed" if size_asks(ids) else decided_state(seat))

    @rule(number=pick, name=st.sampled_from(["sun", "sun", "zhao", "he"]))
    def approves(self, number, name):
        pk = self.one_of(self.sets("proposed"), number)
        if pk is None:
            return
        from crm.selectors.changesets import fingerprint

        mine, one = self.model.sets[pk], self.row_set(pk)
        self.model.sets[pk].state = ""  # it does not stand in its own way
        taken = any(self.model.reserved(row.customer, row.seat) for row in mine.rows)
        mine.state = "proposed"
        # A stop may have come up since the proposal.
        unsure = taken or name == "he" or self.model.basis(mine.rows) != mine.basis
        if self.tries(lambda: approvals.approve(actor=self.person(name), change_set=one,
                                                 seen=fingerprint(one)),
                      None if unsure else name == "sun"):  # fmt: skip
            assert not taken and name in ("sun", "he")  # he leads some of those it is about
            mine.state, mine.basis = decided_state(mine.rows[0].seat), self.model.basis(mine.rows)

    @rule(number=pick, declines=st.booleans())
    def answers(self, number, declines):
        pk = self.one_of(self.sets("approved"), number)
        if pk is not None:
            self.answer(pk, declines)

    def another(self, number, name):
        """Somebody who holds nothing at a customer and is not the one named."""
        held = self.model.seats[self.customer(number).pk].values()
        return next(one for one in WORKING if one not in {name, *(who for who, _n in held)})

    def answer(self, pk, declines):
        """The receiver of a set says yes or no."""
        mine, one = self.model.sets[pk], self.row_set(pk)
        taker = mine.rows[0].taker
        who, able = self.person(taker), self.model.state[taker] == "active"
        if declines:
            done = self.tries(lambda: approvals.decline(actor=who, change_set=one, note="No room"))
            mine.state = "cancelled" if done else mine.state
        else:
            done = self.tries(lambda: approvals.accept(actor=who, change_set=one), able)
            mine.state = "scheduled" if done else mine.state

    @rule(
        number=pick,
        name=names,
        moved=st.sampled_from(["", "", "away", "backup", "seat", "later"]),
        back=st.booleans(),
    )
    def goes_all_the_way(self, number, name, moved, back):
        """A set from the proposal to its end, and perhaps back; something may move before it begins."""
        known = set(self.model.sets)
        self.plans_work(number)
        self.proposes(number, 1, MANAGER, name, False)
        new = set(self.model.sets) - known
        if not new:
            return
        self.answer(new.pop(), declines=False)
        if moved == "away":
            self.goes_away_or_comes_back(name)
        elif moved in ("backup", "seat"):
            seat = BACKUP if moved == "backup" else MANAGER
            self.assign(number, seat, self.another(number, name))
        self.worker(False)
        if moved == "later":
            self.assign(number, MANAGER, self.another(number, name))
        if back or moved == "later":
            self.undoes(1 if moved == "later" else 0, True)

    @rule(number=pick)
    def cancels(self, number):
        pk = self.one_of(self.sets("proposed", "approved", "scheduled"), number)
        if pk is not None:
            self.tries(
                lambda: changesets.cancel(actor=self.cast.zhao, change_set=self.row_set(pk)), True
            )
            self.model.sets[pk].state = "cancelled"

    @rule(time_comes=st.booleans())
    def worker(self, time_comes):
        """The worker runs what is due; planned sets too when their time comes."""
        waiting = self.sets("scheduled")
        if time_comes:
            for pk in waiting:
                come(self.row_set(pk))
        jobs.sweep()
        assert not Job.objects.filter(state="failed").exists()
        for pk in waiting:
            mine = self.model.sets[pk]
            if mine.later and not time_comes:
                assert self.row_set(pk).state == "scheduled"
            elif mine.basis != self.model.basis(mine.rows):
                mine.state = "stopped"
            else:
                self.model.apply(mine)

    @rule(number=pick, first=st.booleans())
    def undoes(self, number, first):
        undoable = sorted(self.sets("applied", "partly_undone"), reverse=True)
        if not undoable:
            return
        near = undoable[:2] if first else undoable
        pk = near[number % len(near)]
        due = [one for one in self.sets("scheduled") if not self.model.sets[one].later]
        if due:
            return
        one = self.row_set(pk)
        expected = any(row.state == "applied" for row in self.model.sets[pk].rows)
        if self.tries(lambda: changeset_undo.undo(actor=self.cast.sun, change_set=one), expected):
            jobs.sweep()
            assert not Job.objects.filter(state="failed").exists()
            self.model.undo(self.model.sets[pk])


def size_asks(ids):
    """More rows than the rules let pass ask for somebody else's approval."""
    return len(ids) > 1


def decided_state(seat):
    """A new account manager is asked first."""
    return "approved" if seat == MANAGER else "scheduled"


def moved_to_now(customer, at):
    """The instant of a plan becomes now: the seats that begin or end then, and what waits for it."""
    now = database_now()
    with audit.verb("tests.time", Person.objects.system()), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE crm_assignment SET period = tstzrange("
            " CASE lower(period) WHEN %(at)s THEN %(now)s ELSE lower(period) END,"
            " CASE upper(period) WHEN %(at)s THEN %(now)s ELSE upper(period) END)"
            " WHERE customer_id = %(customer)s AND %(at)s IN (lower(period), upper(period))",
            {"at": at, "now": now, "customer": customer},
        )
        access_index.recompute([customer])
    for effect in Effect.objects.filter(kind="seat.begins", due_at=at, done_at=None):
        outbox.HANDLERS[effect.kind](effect)


def come(change_set):
    """The instant of a scheduled set becomes now."""
    now = database_now()
    for share in Share.objects.filter(
        change_set=change_set, period__endswith=change_set.effective_at
    ):
        share.period = type(share.period)(share.period.lower, now, "[)")
        with audit.verb("tests.time", Person.objects.system()):
            share.save()
            access_index.recompute([share.content_object_id])
    Job.objects.filter(pk=change_set.job_id).update(due_at=now)


def told():
    """Three stories that chance seldom tells, to be told in every walk however short.

    The seat of a set that waits for its day is wished for by somebody else; open work goes and comes
    back; an undo finds that more has come about.
    """
    for tell in (
        wished_meanwhile,
        lambda story: story.goes_all_the_way(0, "chen", "", True),
        overtaken,
    ):
        story = Seats()
        try:
            story.begin()
            tell(story)
            story.all_is_as_it_should_be()
        finally:
            story.teardown()


def wished_meanwhile(story):
    """A seat is decided for later, wished for by somebody else, and free again after the set is taken back."""
    story.proposes(0, 1, BACKUP, "chen", True)
    [pk] = story.sets("scheduled")
    wished = story.model.sets[pk].rows[0].customer
    number = sorted(story.model.seats).index(wished)
    story.assign(number, BACKUP, "wu")
    story.cancels(0)
    story.assign(number, BACKUP, "wu")
    assert story.model.holder(wished, BACKUP) == "wu"


def overtaken(story):
    """A third person has the seat by the time the set is taken back: that one keeps it."""
    story.goes_all_the_way(0, "chen", "", False)
    story.assign(0, MANAGER, "wu")
    story.undoes(1, True)


def walk(examples, steps, **more):
    """Let so many stories of so many steps happen; the first in which the two differ raises."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate]  # to make a story smaller takes minutes
    wanted = settings(max_examples=examples, stateful_step_count=steps, phases=phases,
                      suppress_health_check=[HealthCheck.too_slow], **more)  # fmt: skip
    run_state_machine_as_test(Seats, settings=wanted)
