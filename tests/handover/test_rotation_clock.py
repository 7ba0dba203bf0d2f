"""The clock of rotation: when a tenure began, when it ends, what stops it and what does not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import Absence, Company
from crm.models import Assignment
from crm.seats import Seat
from handover.models import RotationExemption
from handover.selectors import rotation
from kit.dates import company_zone, today
from tests.crm.changesets_world import approved, proposed
from tests.handover.rotation_world import MANAGER, ago, away, before, clock, since

TERM = 180


def exempted(cast, until, state="approved", **more):
    values = {"customer": cast.huadong, "person": cast.li, "reason": "customer_request",
              "until": today(company_zone()) + timedelta(days=until), "asked_by": cast.li,
              "second_contact": cast.chen, "state": state} | more  # fmt: skip
    return RotationExemption.objects.create(**values)


def test_a_tenure_ends_after_the_days_of_its_tier_and_is_overdue_the_day_after(cast):
    since(cast.huadong, TERM)
    assert (clock(cast.huadong).days, clock(cast.huadong).state) == (0, "running")
    since(cast.huadong, TERM + 1)
    assert (clock(cast.huadong).over, clock(cast.huadong).state) == (1, "overdue")


def test_adjacent_seats_of_one_person_are_one_tenure(cast):
    row = since(cast.huadong, 50)
    before(cast.huadong, cast.li, 120, 50)
    assert clock(cast.huadong).tenure == 120
    Assignment.objects.filter(pk=row.pk).update(
        period=DateTimeTZRange(ago(50) + timedelta(seconds=1), None, "[)")
    )
    assert clock(cast.huadong).tenure == 50  # a gap of a second is a gap


def test_somebody_else_in_between_begins_the_clock_anew(cast):
    since(cast.huadong, 50)
    before(cast.huadong, cast.wu, 80, 50)
    before(cast.huadong, cast.li, 300, 80)
    assert clock(cast.huadong).tenure == 50


def test_a_time_as_backup_before_counts_for_nothing(cast):
    since(cast.huadong, 50)
    before(cast.huadong, cast.li, 300, 50, seat=Seat.BACKUP)
    assert clock(cast.huadong).tenure == 50


def test_acting_while_the_manager_is_away_changes_no_clock(cast):
    since(cast.huadong, 100)
    away(cast.li, 10, -10)
    assert (clock(cast.huadong).person_id, clock(cast.huadong).days) == (cast.li.pk, TERM - 100)


@pytest.mark.parametrize(("length", "counted"), [(60, 0), (61, 61), (100, 100)])
def test_only_an_absence_longer_than_sixty_days_stops_the_clock(cast, length, counted):
    since(cast.huadong, 150)
    away(cast.li, 140, 140 - length)
    assert clock(cast.huadong).stood == counted
    assert clock(cast.huadong).days == TERM - 150 + counted


def test_an_absence_that_began_before_the_tenure_counts_from_its_beginning(cast):
    since(cast.huadong, 100)
    away(cast.li, 150, 50)
    assert clock(cast.huadong).stood == 50


def test_an_absence_after_the_due_day_changes_nothing(cast):
    since(cast.huadong, TERM + 20)
    away(cast.li, 10, -80)
    assert (clock(cast.huadong).stood, clock(cast.huadong).state) == (0, "overdue")


def test_a_clock_stands_still_during_a_long_absence_without_an_end(cast):
    since(cast.huadong, 170)
    away(cast.li, 70, None)
    assert (clock(cast.huadong).state, clock(cast.huadong).days) == ("paused", 80)


def test_an_exemption_counts_to_its_last_day_and_ends_by_itself(cast):
    since(cast.huadong, TERM + 30)
    row = exempted(cast, 0)
    assert clock(cast.huadong).state == "exempt"
    RotationExemption.objects.filter(pk=row.pk).update(
        until=today(company_zone()) - timedelta(days=1)
    )
    assert (clock(cast.huadong).state, clock(cast.huadong).over) == ("overdue", 1)


@pytest.mark.parametrize("state", ["asked", "refused", "ended"])
def test_an_exemption_that_is_not_approved_moves_nothing(cast, state):
    since(cast.huadong, TERM + 30)
    exempted(cast, 20, state=state)
    assert clock(cast.huadong).over == 30


def test_an_exemption_of_the_manager_before_is_nobody_elses(cast):
    since(cast.huadong, TERM + 30)
    exempted(cast, 20, person=cast.wu)
    assert clock(cast.huadong).over == 30


def test_what_is_decided_is_planned_and_what_is_only_proposed_still_overdue(cast):
    since(cast.huadong, TERM + 30)
    one = proposed(cast, [cast.huadong.pk], taker="wu")
    assert one.state == "proposed"
    assert clock(cast.huadong).state == "overdue" and clock(cast.huadong).is_proposed
    approved(cast, one)
    assert (clock(cast.huadong).state, clock(cast.huadong).change_set) == ("planned", one.pk)


def test_a_closed_customer_and_one_without_manager_have_no_clock(cast):
    type(cast.huadong).objects.filter(pk=cast.huadong.pk).update(status="closed")
    Assignment.objects.filter(customer=cast.nanqiao, seat=MANAGER).update(
        period=DateTimeTZRange(ago(100), ago(1), "[)")
    )
    assert clock(cast.huadong) is None and clock(cast.nanqiao) is None


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo",
             "Pacific/Pago_Pago"],
)  # fmt: skip
@pytest.mark.parametrize("edge", [-1, 0])
def test_days_are_those_of_the_company_on_both_sides_of_midnight(cast, zone, edge):
    """A tenure that began a second before midnight began on the day before, in every zone."""
    Company.objects.filter(pk=1).update(time_zone=zone)
    midnight = ago(90).replace(hour=0)
    Assignment.objects.filter(customer=cast.huadong, seat=MANAGER).update(
        period=DateTimeTZRange((midnight + timedelta(seconds=edge)).astimezone(UTC), None, "[)")
    )
    began = today(company_zone()) - timedelta(days=90 - edge)
    assert clock(cast.huadong).started_on == began
    assert clock(cast.huadong).due_on == began + timedelta(days=TERM)


def test_one_sees_the_clocks_of_people_one_leads_and_a_rep_only_their_own(cast):
    def seen(name):
        return {one.customer_id for one in rotation.found(*rotation.within(cast[name]))}

    assert seen("li") == {cast.huadong.pk} == seen("he")
    assert seen("chen") == set()  # the backup
    assert seen("wu") == {cast.nanqiao.pk} == seen("qian")
    assert seen("zhao") == seen("sun") == seen("fang") == {cast.huadong.pk, cast.nanqiao.pk}


# -- against plain Python --------------------------------------------------------------------------
SPELLS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 150)), max_size=4)


def plain(tenure, spells, term, least, day):
    """(due day, days that stood still): every day of the tenure is looked at, one by one."""
    start = day - timedelta(days=tenure)
    stopped = set()
    for first, last in spells:
        if (last - first).days > least:
            stopped |= {first + timedelta(days=n) for n in range((last - first).days)}
    at, counted, stood = start, 0, 0
    while counted < term:
        if at in stopped:
            stood += 1
        else:
            counted += 1
        at += timedelta(days=1)
    return at, stood


def apart(spells, day):
    """Absences that do not overlap or touch, as (first day, day after the last)."""
    found, free = [], day - timedelta(days=700)
    for gap, length in spells:
        first = free + timedelta(days=gap + 2)
        found.append((first, first + timedelta(days=length)))
        free = found[-1][1]
    return found


@settings(max_examples=60)
@given(tenure=st.integers(1, 600), spells=SPELLS)
def test_the_clock_equals_a_count_day_by_day(cast, tenure, spells):
    day, zone = today(company_zone()), company_zone()
    spells = apart(spells, day)
    with transaction.atomic():
        with audit.verb("tests.rotation", cast.li):
            since(cast.huadong, tenure)
            for first, last in spells:
                edges = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (first, last))
                Absence.objects.create(person=cast.li, period=DateTimeTZRange(*edges, "[)"))
        found = clock(cast.huadong)
        transaction.set_rollback(True)
    assert (found.due_on, found.stood) == plain(tenure, spells, TERM, 60, day)
