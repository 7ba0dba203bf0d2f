"""A departure is prepared, opened, taken back: who takes over, by when, and who may know."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from accounts.services import people
from crm.models import Assignment, ChangeSet
from crm.seats import Seat
from crm.services import approvals, ownership
from handover import gates
from handover.models import Departure
from handover.selectors import other_seats, plan_problems
from handover.selectors.plan import came_to_nothing
from handover.services import cases, departures
from kit import outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused

pytestmark = pytest.mark.django_db
State = Departure.State


def working(count):
    """The working day so many working days from today."""
    return working_calendar().add_working_days(today(company_zone()), count)


def plan(cast, *leavers, by=None, count=30, kind="resignation", **more):
    """The plan of li, or of these people, who leave in so many working days."""
    return departures.prepare(
        actor=by or cast.hu, people=leavers or [cast.li], last_day=working(count), kind=kind, **more
    )


def opened(cast, departure=None):
    departure = departure or plan(cast)
    return cases.begin(actor=cast.hu, departure=departure, version=departure.version)


def test_hr_prepares_a_plan_that_gives_a_customer_of_tier_a_to_its_backup(cast):
    departure = plan(cast)
    row = departure.customers.get()
    assert row.customer == cast.huadong and row.successor == cast.chen
    assert row.why["code"] == "backup" and row.tier == "A"
    assert departure.state == State.DRAFT


def test_who_becomes_account_manager_anyway_is_the_successor_and_needs_no_proposal(cast):
    """A change that was planned before the case: a second one for the same seat would be stopped."""
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER,
                     person=cast.he, starts_at=database_now() + timedelta(days=5))  # fmt: skip
    departure = plan(cast)
    row = departure.customers.get()
    assert (row.successor, row.why["code"]) == (cast.he, "ahead")
    departure = opened(cast, departure)
    row.refresh_from_db()
    assert row.change is None and not gates.not_accepted(departure).exists()
    assert not departure.customers.filter(came_to_nothing(departure)).exists()
    assert Assignment.objects.filter(customer=cast.huadong, person=cast.he).count() == 1


def test_a_plan_of_before_for_after_the_last_day_is_no_successor(cast):
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER,
                     person=cast.he, starts_at=database_now() + timedelta(days=90))  # fmt: skip
    departure = opened(cast)
    assert departure.customers.get().successor == cast.chen
    assert gates.not_accepted(departure).exists()


def test_a_successor_chosen_by_hand_who_gets_the_seat_after_the_last_day_is_proposed(cast):
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER,
                     person=cast.he, starts_at=database_now() + timedelta(days=90))  # fmt: skip
    departure = plan(cast)
    row = departure.customers.get()
    row.successor = cast.he
    row.save()
    departure = opened(cast, departure)
    assert gates.not_accepted(departure).exists()
    # One seat has one change on its way: the proposal is refused, and the plan says so.
    assert departure.customers.filter(came_to_nothing(departure)).exists()


def test_another_seat_that_goes_to_its_next_holder_anyway_needs_no_proposal(cast):
    """The backup of wu's customer was to change before wu leaves: a second change would be stopped."""
    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP,
                     person=cast.wu, starts_at=database_now() + timedelta(days=5))  # fmt: skip
    departure = plan(cast, cast.chen)
    row = departure.seats.get(seat="backup", customer=cast.huadong)
    row.successor = cast.wu
    row.save()
    departure = opened(cast, departure)
    row.refresh_from_db()
    assert row.change is None and other_seats.dead(departure) == 0


def test_a_plan_says_what_is_to_become_the_leavers(cast):
    ownership.assign(actor=cast.sun, customer=cast.nanqiao, seat=Seat.ACCOUNT_MANAGER,
                     person=cast.li, starts_at=database_now() + timedelta(days=5))  # fmt: skip
    found = {one.code: one.count for one in plan_problems.of(cast.hu, plan(cast), [], {})}
    assert found["coming"] == 1


def test_no_task_of_a_plan_is_due_on_the_last_day_or_on_a_day_off(cast):
    calendar, departure = working_calendar(), plan(cast)
    days = set(departure.tasks.values_list("due_on", flat=True))
    assert departure.last_day not in days
    assert all(calendar.is_working_day(day) for day in days)
    assert min(days) >= today(company_zone())


def test_a_plan_names_a_person_for_every_word_of_its_templates(cast):
    departure = plan(cast)
    by_word = dict(departure.tasks.order_by().values_list("who", "person"))
    assert by_word["leaver"] == cast.li.pk and by_word["supervisor"] == cast.he.pk
    assert by_word["hr"] == cast.hu.pk and by_word["finance"] == cast.tang.pk
    assert by_word["service_specialist"] == cast.gao.pk and by_word["successor"] == cast.chen.pk
    assert by_word["sales_head"] == cast.zhao.pk


def test_too_short_a_notice_moves_tasks_to_today_and_marks_what_does_not_fit(cast):
    departure = plan(cast, count=1)
    assert not departure.tasks.filter(due_on=departure.last_day).exists()
    assert departure.tasks.filter(due_on=today(company_zone())).exists()
    on_the_day = plan(cast, cast.wu, count=0)
    visits = on_the_day.tasks.filter(key="joint_visit_or_video")
    assert visits.exists() and not visits.filter(fits=True).exists()


def test_somebody_without_customers_gets_a_plan_too(cast):
    departure = plan(cast, cast.tang)
    assert not departure.customers.exists() and departure.tasks.exists()


def test_two_who_leave_together_are_not_proposed_to_each_other(cast):
    first = plan(cast, cast.li, cast.chen)
    both = Departure.objects.filter(state="draft")
    assert both.count() == 2 and first in both
    assert first.customers.get().successor not in (cast.chen, cast.li)


@pytest.mark.parametrize(
    ("day", "field"),
    [(timedelta(days=-1), "last_day"), (timedelta(days=900), "last_day")],
)
def test_a_last_day_that_cannot_be_is_refused_at_its_field(cast, day, field):
    with pytest.raises(Refused) as refused:
        departures.prepare(
            actor=cast.hu,
            people=[cast.li],
            last_day=today(company_zone()) + day,
            kind="resignation",
        )
    assert field in refused.value.fields and not Departure.objects.exists()


def test_a_last_day_on_a_day_off_is_refused_with_the_working_days_around_it(cast):
    day = today(company_zone()) + timedelta(days=40)
    while working_calendar().is_working_day(day):
        day += timedelta(days=1)
    with pytest.raises(Refused, match="working day before"):
        departures.prepare(actor=cast.hu, people=[cast.li], last_day=day, kind="resignation")


def test_nobody_runs_their_own_departure(cast):
    with pytest.raises(Refused):
        plan(cast, cast.hu)


def test_a_second_case_of_a_person_is_a_conflict(cast):
    plan(cast)
    with pytest.raises(Conflict, match="already"):
        plan(cast)
    assert Departure.objects.count() == 1


def test_a_lead_may_not_plan_a_departure(cast):
    with pytest.raises(NotAllowed):
        plan(cast, by=cast.he)
    assert not Departure.objects.exists()


def test_opening_narrows_the_rights_and_asks_the_head_above_to_approve(cast):
    departure = opened(cast)
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ON_NOTICE
    change_set = departure.change_sets.get()
    assert change_set.state == ChangeSet.State.PROPOSED and change_set.origin == "departure"
    assert departure.customers.get().change.change_set == change_set
    outbox.relay()
    told = cast.he.notices.filter(code="changeset.proposed")
    assert told.exists()


def test_the_customers_change_hands_at_the_end_of_the_last_day(cast, at_instant=None):
    departure = opened(cast)
    change_set = departure.change_sets.get()
    from crm.selectors import changesets as ask

    approvals.approve(actor=cast.he, change_set=change_set, seen=ask.fingerprint(change_set))
    approvals.accept(actor=cast.chen, change_set=change_set)
    change_set.refresh_from_db()
    assert change_set.state == ChangeSet.State.SCHEDULED
    assert change_set.effective_at.astimezone(company_zone()).date() == departure.last_day


def test_hr_sees_no_customer_by_running_a_departure(cast, client):
    departure = opened(cast)
    client.force_login(cast.hu)
    assert client.get(cast.huadong.get_absolute_url()).status_code == 404
    page = client.get(reverse("handover:departure-plan", args=[departure.pk]))
    assert page.status_code == 200


def test_withdrawing_takes_back_the_proposal_and_the_notice(cast):
    departure = opened(cast)
    cases.withdraw(actor=cast.hu, departure=departure, reason="stays")
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ACTIVE
    assert departure.change_sets.get().state == ChangeSet.State.CANCELLED
    assert not departure.tasks.filter(state="not_started").exists()
    assert (
        Assignment.objects.at().get(customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER).person
        == cast.li
    )


def test_nobody_leaves_for_good_while_something_is_to_be_handed_over(cast):
    with pytest.raises(Refused, match="Seats at customers: 1"):
        people.set_state(actor=cast.hu, person=cast.wu, state="left", reason="Gone")
    cast.wu.refresh_from_db()
    assert cast.wu.state == Person.State.ACTIVE
    people.set_state(actor=cast.hu, person=cast.ming, state="left", reason="Gone")


def test_what_is_held_in_a_secret_case_is_not_named_by_the_refusal(cast):
    departure = plan(cast, cast.tang, confidential_until=working(5))
    cases.begin(actor=cast.hu, departure=departure, version=departure.version)
    with pytest.raises(Refused) as refused:
        people.set_state(actor=cast.yu, person=cast.tang, state="left", reason="Gone")
    assert str(refused.value) == "This needs a second approver."
