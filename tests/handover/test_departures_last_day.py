"""When the last working day is over, the access of who leaves ends by itself."""

import pytest

from accounts.models import Person
from accounts.services import people
from handover.models import Departure
from handover.services import cases
from kit import outbox
from kit.clock import database_now
from kit.outbox import Effect
from tests.handover.test_departures_plan import plan, working


def day_over(departure):
    """The last day has come and gone, and the outbox has done what was due."""
    Departure.objects.filter(pk=departure.pk).update(last_day=working(-2))
    Effect.objects.filter(kind="departure.last_day_over").update(due_at=database_now())
    outbox.relay()


def opened(cast, **more):
    departure = plan(cast, **more)
    return cases.open(actor=cast.hu, departure=departure, version=departure.version)


def state(person):
    return Person.objects.get(pk=person.pk).state


def test_who_leaves_is_frozen_when_work_ends_on_the_last_day(cast):
    departure = opened(cast)
    outbox.relay()
    assert state(cast.li) == "on_notice"
    day_over(departure)
    assert state(cast.li) == "frozen" and not Person.objects.get(pk=cast.li.pk).has_access


def test_before_the_end_of_the_last_day_nothing_ends(cast):
    opened(cast)
    Effect.objects.filter(kind="departure.last_day_over").update(due_at=database_now())
    outbox.relay()
    assert state(cast.li) == "on_notice"


@pytest.mark.parametrize("kind", ["internal_move", "long_leave"])
def test_who_stays_in_the_company_keeps_the_access(cast, kind):
    day_over(opened(cast, kind=kind))
    assert state(cast.li) == "active"


def test_after_a_case_is_withdrawn_no_access_ends(cast):
    departure = opened(cast)
    cases.withdraw(actor=cast.hu, departure=departure, reason="Stays after all")
    day_over(departure)
    assert state(cast.li) == "active"


def test_who_has_left_before_is_left_alone(cast):
    departure = opened(cast)
    people.set_state(actor=cast.hu, person=cast.li, state="frozen", reason="At once")
    epoch = Person.objects.get(pk=cast.li.pk).auth_epoch
    day_over(departure)
    assert Person.objects.get(pk=cast.li.pk).auth_epoch == epoch
