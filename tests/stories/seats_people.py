"""What happens to people and to their work while seats change hands."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.models import Absence
from accounts.services import people
from crm.models import Share, Task
from crm.services import shares, tasks
from kit.clock import database_now
from kit.dates import company_zone, today
from tests.leaving import holding_on
from tests.stories.seats_checks import Checked
from tests.stories.seats_model import WORKING

LATER = timedelta(days=10)
names = st.sampled_from(WORKING)
states = st.sampled_from(["frozen", "active", "active", "left", "on_notice"])
pick = st.integers(0, 3)


class People(Checked):
    """People go and come back, are given rights, and work."""

    @rule(name=names, state=states)
    def changes_state(self, name, state):
        with holding_on():
            changed = self.tries(lambda: people.set_state(
                actor=self.cast.system, person=self.person(name), state=state, reason="Test"))  # fmt: skip
        if changed:
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
