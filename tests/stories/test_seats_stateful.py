"""Whatever happens to seats, in whatever order: the product and a plain model of it agree after every step.

The seven invariants are those of the design: one accountable person, ordered periods, nobody who is
gone answers for open work, sight as its explanation, one entry per change, open work is conserved, an
undo brings back what was.
"""

import os
from datetime import timedelta

from django.db import connection, transaction
from django.http import Http404
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import audit
from accounts.models import Absence, Person, TrailEntry
from accounts.services import people
from crm.models import Assignment, Change, ChangeSet, Customer, OwnershipRules, Share, Task
from crm.selectors.access_index import faults
from crm.selectors.explain import explain, permits
from crm.selectors.ownership import answers_for
from crm.selectors.tasks import answering
from crm.services import (
    access_index,
    changeset_undo,
    changesets,
    ownership,
    shares,
    tasks,
)
from kit import jobs, outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Refused
from kit.models import Effect, Job
from tests.cast import Cast
from tests.crm.changesets_world import drafted, held, propose
from tests.stories.seats_model import BACKUP, MANAGER, WORKING, Model, Row, Set

TIERS = {"quick": (25, 20), "ci": (100, 50), "long": (500, 50)}
EXAMPLES, STEPS = TIERS[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to make a case smaller takes minutes here
LATER = timedelta(days=10)
names = st.sampled_from(WORKING)
seats = st.sampled_from([MANAGER, MANAGER, BACKUP])
states = st.sampled_from(["frozen", "active", "active", "left", "on_notice"])
pick = st.integers(0, 3)


class Seats(RuleBasedStateMachine):
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
        for _customer in range(3):
            self.create("li")

    # -- helpers ---------------------------------------------------------------------------------
    def person(self, name):
        return Person.objects.get(pk=self.cast[name].pk)

    def customer(self, number):
        ids = sorted(self.model.seats)
        return Customer.objects.get(pk=ids[number % len(ids)])

    def tries(self, act, expected=None):
        """What the act returned, or None where it was refused; both as the model expects."""
        try:
            with transaction.atomic():
                done = act() or True
        except (Refused, Http404) as refused:
            assert not expected, refused
            return None
        assert expected is not False, "this should have been refused"
        return done

    def one_of(self, things, number):
        things = sorted(things)
        return things[number % len(things)] if things else None

    def sets(self, *wanted):
        return [pk for pk, one in self.model.sets.items() if one.state in wanted]

    def row_set(self, found):
        return ChangeSet.objects.get(pk=found)

    def known(self, row):
        """A single change is a set of one row, which can be undone."""
        newest = ChangeSet.objects.filter(origin="single").order_by("-pk")[0]
        self.model.sets[newest.pk] = Set([row])

    # -- customers and single seats ----------------------------------------------------------------
    @precondition(lambda self: len(self.model.seats) < 5)
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
        if self.tries(lambda: changesets.approve(actor=self.person(name), change_set=one,
                                                 seen=fingerprint(one)),
                      None if taken else (None if name == "he" else name == "sun")):  # fmt: skip
            assert not taken and name == "sun"
            mine.state, mine.basis = decided_state(mine.rows[0].seat), self.model.basis(mine.rows)

    @rule(number=pick, declines=st.booleans())
    def answers(self, number, declines):
        pk = self.one_of(self.sets("approved"), number)
        if pk is None:
            return
        mine, one = self.model.sets[pk], self.row_set(pk)
        taker = mine.rows[0].taker
        who, able = self.person(taker), self.model.state[taker] == "active"
        if declines:
            done = self.tries(lambda: changesets.decline(actor=who, change_set=one, note="No room"))
            mine.state = "cancelled" if done else mine.state
        else:
            done = self.tries(lambda: changesets.accept(actor=who, change_set=one), able)
            mine.state = "scheduled" if done else mine.state

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
        pk = undoable[0] if first else undoable[number % len(undoable)]
        due = [one for one in self.sets("scheduled") if not self.model.sets[one].later]
        if due:
            return
        one = self.row_set(pk)
        expected = any(row.state == "applied" for row in self.model.sets[pk].rows)
        if self.tries(lambda: changeset_undo.undo(actor=self.cast.sun, change_set=one), expected):
            jobs.sweep()
            assert not Job.objects.filter(state="failed").exists()
            self.model.undo(self.model.sets[pk])

    # -- people ------------------------------------------------------------------------------------
    @rule(name=names, state=states)
    def changes_state(self, name, state):
        if self.tries(lambda: people.set_state(actor=self.cast.hu, person=self.person(name), state=state,
                                               reason="Test")):  # fmt: skip
            self.model.state[name] = state
            if state == "left":
                self.model.shares = {
                    pk: who for pk, who in self.model.shares.items() if who != name
                }

    @rule(name=names)
    def goes_away_or_comes_back(self, name):
        now = database_now()
        if name in self.model.away:
            absence = Absence.objects.get(person=self.cast[name], period__endswith__gt=now)
            people.end_absence(actor=self.cast.hu, absence=absence)
            self.model.away.discard(name)
        elif self.model.state[name] == "active":
            people.record_absence(actor=self.cast.hu, person=self.person(name), starts_at=now,
                                  ends_at=now + timedelta(days=7))  # fmt: skip
            self.model.away.add(name)

    @rule(number=pick, name=names)
    def shares_or_ends(self, number, name):
        customer = self.customer(number)
        mine = Share.objects.filter(user=self.cast[name], content_object=customer, change_set=None,
                                    period__endswith__gt=database_now()).first()  # fmt: skip
        if mine is None:
            if row := self.tries(lambda: shares.grant(
                    actor=self.cast.zhao, customer=customer, person=self.person(name),
                    right="read_customer", until=database_now() + LATER, why="Test")):  # fmt: skip
                self.model.shares[row.pk] = name
        else:
            shares.revoke(actor=self.cast.zhao, customer=customer, share=mine)
            del self.model.shares[mine.pk]

    # -- work --------------------------------------------------------------------------------------
    @rule(number=pick)
    def plans_work(self, number):
        customer = self.customer(number)
        name = self.model.holder(customer.pk)
        if name and self.model.state[name] == "active":
            task = tasks.plan(actor=self.person(name), customer=customer,
                              values={"title": "Call", "due_on": today(company_zone())})  # fmt: skip
            self.model.tasks[task.pk] = [customer.pk, name]

    @rule(number=pick)
    def finishes_work(self, number):
        pk = self.one_of(self.model.tasks, number)
        if pk is not None:
            tasks.finish(actor=self.cast.zhao, task=Task.objects.get(pk=pk), outcome="Done")
            del self.model.tasks[pk]

    # -- after each step -----------------------------------------------------------------------------
    @invariant()
    def all_is_as_it_should_be(self):
        if not self.model.seats:
            return
        self.turn += 1
        with connection.cursor() as cursor:  # what a commit would find
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        ids, model = sorted(self.model.seats), self.model
        self.name = {person.pk: name for name, person in self.cast.people.items()}
        self.holders_are_the_model_s(ids, model)
        self.periods_are_ordered(ids, model)
        self.open_work_is_conserved(ids, model)
        self.every_seat_has_one_entry(ids)
        self.sets_are_where_they_should_be(model)
        assert [str(fault) for fault in faults(ids)] == []
        customer = Customer.objects.get(pk=ids[self.turn % len(ids)])
        self.somebody_answers(customer, model)
        self.sight_is_explained(customer)

    def holders_are_the_model_s(self, ids, model):
        now = Assignment.objects.at().filter(customer__in=ids)
        found = {(row.customer_id, row.seat): self.name[row.person_id] for row in now}
        assert found == {
            (pk, seat): who for pk, held in model.seats.items() for seat, (who, _n) in held.items()
        }

    def periods_are_ordered(self, ids, model):
        """No overlap, and a gap only where the seat was vacant."""
        now, past = database_now(), {pk: [] for pk in ids}
        rows = Assignment.objects.filter(
            customer__in=ids, seat=MANAGER, period__startswith__lte=now
        )
        ends = {}
        for row in rows.order_by("customer", "period"):
            if row.customer_id in ends and ends[row.customer_id] != row.period.lower:
                assert ends[row.customer_id] < row.period.lower
                past[row.customer_id].append(None)
            past[row.customer_id].append(self.name[row.person_id])
            ends[row.customer_id] = row.period.upper
        for pk, end in ends.items():
            if end is not None and end <= now:
                past[pk].append(None)
        assert past == model.past

    def open_work_is_conserved(self, ids, model):
        found = Task.objects.open().filter(customer__in=ids)
        assert {t.pk: [t.customer_id, self.name[t.person_id]] for t in found} == model.tasks

    def every_seat_has_one_entry(self, ids):
        """One entry of the trail for every seat that was taken, with who, before, after."""
        made = Assignment.objects.filter(customer__in=ids).values_list("pk", "seat", "person")
        told = {}
        entries = TrailEntry.objects.filter(subject_type="crm.assignment", customer_id__in=ids)
        for one in entries.filter(changes__has_key="from"):
            told.setdefault(int(one.subject_id), []).append(one)
        for pk, seat, person in made:
            [one] = told[pk]
            assert one.actor_id and one.changes[seat][1] == person, one.changes

    def sets_are_where_they_should_be(self, model):
        found = dict(ChangeSet.objects.filter(pk__in=model.sets).values_list("pk", "state"))
        assert found == {pk: one.state for pk, one in model.sets.items()}
        reserved = set(Change.objects.filter(reserved=True).values_list("customer", "seat"))
        assert reserved == {
            (row.customer, row.seat) for one in model.sets.values()
            if one.state in ("approved", "scheduled") for row in one.rows
        }  # fmt: skip

    def somebody_answers(self, customer, model):
        found = answers_for(customer)
        assert self.name[found.pk] == model.answers(customer.pk)
        for task in Task.objects.open().filter(customer=customer):
            assert model.able(self.name[answering(task).pk])

    def sight_is_explained(self, customer):
        name = [*WORKING, "zhao", "qian"][self.turn % 6]
        person, now = self.person(name), database_now()
        seen = Customer.objects.visible_to(person).filter(pk=customer.pk).exists()
        assert seen == permits(explain(person, customer, now)), name


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


def test_seats_and_their_model_agree_after_every_step(cast):
    run_state_machine_as_test(
        Seats,
        settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, phases=PHASES),
    )
