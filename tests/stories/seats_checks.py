"""What must be true of seats after every step: the seven invariants of the design, against the plain model."""

from django.db import connection, transaction
from django.http import Http404
from hypothesis.stateful import RuleBasedStateMachine, invariant

from accounts.models import Person, TrailEntry
from crm.models import Assignment, Change, ChangeSet, Customer, Task
from crm.selectors.access_index import faults
from crm.selectors.explain import explain, permits
from crm.selectors.ownership import answers_for
from crm.selectors.tasks import answering
from kit.clock import database_now
from kit.errors import Refused
from tests.stories.seats_model import MANAGER, WORKING


class Checked(RuleBasedStateMachine):
    """One accountable person, ordered periods, nobody who is gone answers for open work, sight as its
    explanation, one entry per change, open work is conserved; that an undo brings back what was is
    what the model says of it.
    """

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
        ahead = Assignment.objects.filter(customer__in=ids, period__endswith__gt=now)
        assert set(ahead.values_list("customer", flat=True)) <= set(model.plans), (
            "an end of no plan"
        )

    def open_work_is_conserved(self, ids, model):
        found = Task.objects.open().filter(customer__in=ids)
        there = {task.pk: [task.customer_id, self.name[task.person_id]] for task in found}
        keys = there.keys() | model.tasks.keys()
        wrong = {pk: (there.get(pk), model.tasks.get(pk)) for pk in keys}
        wrong = {pk: pair for pk, pair in wrong.items() if pair[0] != pair[1]}
        assert not wrong, f"task: (there, in the model): {wrong}"

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
