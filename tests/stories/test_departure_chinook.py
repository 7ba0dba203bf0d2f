"""A real book changes hands whole: chinook is imported, and employee 3 leaves with 21 customers."""

from datetime import timedelta

import pytest

from accounts.models import Person
from crm.models import Assignment, ChangeSet
from crm.seats import Seat
from crm.selectors import changesets as ask
from crm.services import approvals
from handover.services import cases, departures
from kit.clock import database_now
from kit.models import Job
from tests.crm.changesets_world import run
from tests.crm.imports_world import DATA, absent, bring, keys
from tests.handover.test_departures_plan import working

pytestmark = [absent, pytest.mark.data, pytest.mark.django_db]
CHINOOK = DATA / "chinook-support-reps"


def managed(customers):
    """Customer → its account manager now."""
    held = Assignment.objects.at().filter(customer__in=customers, seat=Seat.ACCOUNT_MANAGER)
    return dict(held.values_list("customer", "person"))


def test_the_departure_of_employee_3_hands_over_exactly_21_customers_and_loses_none(cast):
    bring("employees", CHINOOK / "employees.csv", "chinook")
    bring("customers", CHINOOK / "customers.csv", "chinook")
    jane = Person.objects.get(name__contains="Peacock")
    customers = list(keys("chinook", "customers").values_list("subject_id", flat=True))
    before = managed(customers)
    departure = departures.prepare(
        actor=cast.hu, people=[jane], last_day=working(30), kind="resignation"
    )
    assert departure.customers.count() == 21
    assert not departure.customers.filter(successor=None).exists()
    cases.begin(actor=cast.hu, departure=departure, version=departure.version)
    change_set = departure.change_sets.get()
    assert change_set.changes.filter(state="waiting").count() == 21
    approvals.approve(actor=cast.sun, change_set=change_set, seen=ask.fingerprint(change_set))
    for taker in Person.objects.filter(pk__in=change_set.changes.values("taker")):
        approvals.accept(actor=taker, change_set=change_set)
    change_set.refresh_from_db()
    assert change_set.state == ChangeSet.State.SCHEDULED
    assert managed(customers) == before

    the_last_day_ends(change_set)
    change_set.refresh_from_db()
    assert change_set.state == ChangeSet.State.APPLIED
    after = managed(customers)
    assert set(after) == set(before)
    moved = {pk for pk in after if after[pk] != before[pk]}
    assert len(moved) == 21 and {before[pk] for pk in moved} == {jane.pk}
    assert jane.pk not in after.values()


def the_last_day_ends(change_set):
    """The instant of the change has come."""
    now = database_now() - timedelta(seconds=1)
    ChangeSet.objects.filter(pk=change_set.pk).update(effective_at=now)
    Job.objects.filter(pk=change_set.job_id).update(due_at=now)
    run()
