"""When the last working day is over, the access of who leaves ends by itself."""

import pytest

from accounts.models import Notice, Person, TrailEntry
from accounts.selectors.notifications import with_lines
from accounts.services import people
from handover.models import Departure
from handover.services import cases, emergency
from kit import outbox
from kit.clock import database_now
from kit.outbox import Effect
from tests.handover.test_departures_plan import plan, working


def day_over(departure):
    """The last day has come and gone, and the outbox has done what was due."""
    Departure.objects.filter(pk=departure.pk).update(last_day=working(-2))
    Effect.objects.filter(kind="departure.last_day_over").update(due_at=database_now())
    outbox.relay()


def opened(cast, *person, **more):
    departure = plan(cast, *person, **more)
    return cases.begin(actor=cast.hu, departure=departure, version=departure.version)


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
    people.set_state(actor=cast.system, person=cast.li, state="frozen", reason="At once")
    epoch = Person.objects.get(pk=cast.li.pk).auth_epoch
    day_over(departure)
    assert Person.objects.get(pk=cast.li.pk).auth_epoch == epoch


# -- what a withdrawn case gives back --------------------------------------------------------------


def withdrawn(cast, departure):
    departure.refresh_from_db()
    cases.withdraw(actor=cast.hu, departure=departure, reason="Stays after all")


def without_transfers(departure):
    """Nobody takes over: what was proposed is refused, so that the case can still be withdrawn."""
    departure.change_sets.update(state="refused")


def test_who_stays_after_the_last_day_was_over_gets_the_access_back(cast):
    departure = opened(cast)
    without_transfers(departure)
    day_over(departure)
    assert state(cast.li) == "frozen"
    withdrawn(cast, departure)
    assert state(cast.li) == "active"
    entry = TrailEntry.objects.filter(verb="people.set_state").latest("pk")
    assert entry.changes["state"] == ["frozen", "active"] and entry.on_behalf_of_id == cast.hu.pk


def test_who_was_on_notice_before_the_case_is_so_after_it(cast):
    departure = opened(cast, cast.mo)
    withdrawn(cast, departure)
    assert state(cast.mo) == "on_notice"
    departure = opened(cast, cast.mo)
    without_transfers(departure)
    day_over(departure)
    withdrawn(cast, departure)
    assert state(cast.mo) == "on_notice"


def frozen(cast, person):
    return emergency.freeze(actor=cast.hu, person=person, trigger="no_contact", reason="Gone")


@pytest.mark.parametrize("first", ["case", "freeze"])
def test_a_case_withdrawn_while_its_person_is_frozen_leaves_no_notice_behind(cast, first):
    if first == "case":
        departure = opened(cast)
        freeze = frozen(cast, cast.li)
    else:
        freeze = frozen(cast, cast.li)
        departure = opened(cast)
    withdrawn(cast, departure)
    assert state(cast.li) == "frozen"
    emergency.lift(actor=cast.he, person=freeze.person, freeze=freeze, reason="A mistake")
    assert state(cast.li) == "active"


def test_an_access_that_must_not_end_is_told_to_who_runs_the_case_until_it_has(cast):
    departure = opened(cast, cast.yu)
    day_over(departure)
    outbox.relay()
    assert state(cast.yu) == "on_notice"
    told = Notice.objects.filter(code="departure.access_stays")
    assert [one.person for one in told] == [cast.hu]
    assert "Yu Yang" in str(with_lines(cast.hu, list(told))[0].line.text)
    people.set_roles(actor=cast.yu, person=cast.ming, roles=["administrator"], reason="Second one")
    again = Effect.objects.get(kind="departure.last_day_over", done_at=None)
    assert again.due_at > database_now()
    Effect.objects.filter(pk=again.pk).update(due_at=database_now())
    outbox.relay()
    assert state(cast.yu) == "frozen" and told.count() == 1
