"""Units, heads and members change from one instant of the database clock to the next."""

import threading
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import close_old_connections, connection

from accounts.models import Membership, TrailEntry, Unit
from accounts.selectors.org import head_of, home_unit, picture, supervisor_of
from accounts.services import org
from kit.errors import Conflict, NotAllowed, Refused


def periods(person):
    return [row.period for row in Membership.objects.filter(person=person).order_by("period")]


def test_hr_adds_renames_and_moves_a_unit(cast):
    unit = org.create_unit(actor=cast.hu, parent=cast.units["sales"], values={"name": "North"})
    org.rename(actor=cast.yu, unit=unit, values={"name": "North team", "name_zh": "华北组"})
    org.move(actor=cast.hu, unit=unit, parent=cast.units["line"])
    unit.refresh_from_db()
    assert (unit.name, unit.name_zh, unit.parent) == ("North team", "华北组", cast.units["line"])


@pytest.mark.parametrize("name", ["li", "he", "zhao", "sun", "fang", "gao", "ming"])
def test_others_change_nothing(cast, name):
    east, actor = cast.units["east"], cast[name]
    for act in (
        lambda: org.create_unit(actor=actor, parent=east, values={"name": "X"}),
        lambda: org.rename(actor=actor, unit=east, values={"name": "X"}),
        lambda: org.move(actor=actor, unit=east, parent=cast.units["line"]),
        lambda: org.set_head(actor=actor, unit=east, person=cast.li),
        lambda: org.join(actor=actor, unit=east, person=cast.wu),
        lambda: org.leave(actor=actor, unit=east, person=cast.li),
    ):
        with pytest.raises(NotAllowed):
            act()
    east.refresh_from_db()
    assert (east.name, head_of(east), home_unit(cast.wu)) == (
        "East team",
        cast.he,
        cast.units["south"],
    )


def test_a_unit_never_lies_below_itself(cast):
    for below in ("sales", "east"):
        with pytest.raises(Refused):
            org.move(actor=cast.hu, unit=cast.units["sales"], parent=cast.units[below])
    with pytest.raises(Refused):
        org.move(actor=cast.hu, unit=cast.units["root"], parent=cast.units["sales"])
    with pytest.raises(Refused):
        org.create_unit(actor=cast.hu, parent=None, values={"name": "Second company"})


def test_two_moves_at_once_close_no_circle(committed):
    cast = committed
    line, technical = cast.units["line"], cast.units["technical"]
    start, outcomes = threading.Barrier(2), []

    def move(unit, parent):
        close_old_connections()
        start.wait()
        try:
            org.move(actor=cast.hu, unit=unit, parent=parent)
            outcomes.append("moved")
        except (Refused, Conflict):
            outcomes.append("refused")
        finally:
            connection.close()

    pairs = [(line, technical), (technical, line)]
    threads = [threading.Thread(target=move, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    assert Unit.objects.with_tree_fields().count() == 8


def test_joining_ends_the_other_membership_at_the_same_instant(cast):
    org.join(actor=cast.hu, unit=cast.units["south"], person=cast.li)
    first, second = periods(cast.li)
    assert first.upper == second.lower
    assert home_unit(cast.li) == cast.units["south"]
    assert supervisor_of(cast.li) == cast.qian


def test_five_moves_in_a_row_leave_six_periods_and_none_is_empty(cast):
    for unit in ("south", "east", "line", "finance", "east"):
        org.join(actor=cast.hu, unit=cast.units[unit], person=cast.li)
    rows = periods(cast.li)
    assert len(rows) == 6
    assert all(not row.isempty for row in rows)
    assert all(a.upper == b.lower for a, b in pairwise(rows))


def test_joining_twice_is_a_conflict(cast):
    with pytest.raises(Conflict):
        org.join(actor=cast.hu, unit=cast.units["east"], person=cast.li)
    assert len(periods(cast.li)) == 1


def test_a_new_head_takes_over_and_the_old_one_becomes_a_member(cast):
    org.set_head(actor=cast.hu, unit=cast.units["east"], person=cast.chen)
    assert head_of(cast.units["east"]) == cast.chen
    assert home_unit(cast.he) == cast.units["east"]
    assert supervisor_of(cast.he) == cast.chen
    assert Membership.objects.at().filter(person=cast.chen).count() == 1


def test_a_unit_may_be_left_without_a_head(cast):
    org.set_head(actor=cast.hu, unit=cast.units["east"], person=None)
    assert head_of(cast.units["east"]) is None
    assert supervisor_of(cast.li) == cast.zhao
    with pytest.raises(Conflict):
        org.set_head(actor=cast.hu, unit=cast.units["east"], person=None)


def test_leaving_ends_the_membership(cast):
    org.leave(actor=cast.hu, unit=cast.units["east"], person=cast.li)
    assert home_unit(cast.li) is None
    with pytest.raises(Conflict):
        org.leave(actor=cast.hu, unit=cast.units["east"], person=cast.li)


def test_who_has_left_joins_nothing(cast):
    with pytest.raises(Refused):
        org.join(actor=cast.hu, unit=cast.units["south"], person=cast.ren)
    with pytest.raises(Refused):
        org.set_head(actor=cast.hu, unit=cast.units["south"], person=cast.system)


def test_only_the_company_itself_writes_into_the_past(cast):
    then = datetime(2025, 3, 1, tzinfo=UTC)
    with pytest.raises(Refused):
        org.join(actor=cast.hu, unit=cast.units["south"], person=cast.li, since=then)
    org.join(actor=cast.system, unit=cast.units["south"], person=cast.li, since=then)
    assert periods(cast.li)[1].lower == then


def test_a_lead_sees_the_people_of_a_team_moved_under_them(cast):
    from accounts.selectors.org import people_led_by

    assert cast.wu.pk not in people_led_by(cast.he)
    org.move(actor=cast.hu, unit=cast.units["south"], parent=cast.units["east"])
    assert cast.wu.pk in people_led_by(cast.he)


def test_the_picture_of_the_organisation_takes_two_statements(cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        (root,) = picture()
        names = [branch.unit.name for branch in root.branches]
    assert root.head == cast.sun
    assert "Sales" in names
    sales = next(branch for branch in root.branches if branch.unit.name == "Sales")
    east = next(branch for branch in sales.branches if branch.unit.name == "East team")
    assert cast.ren not in east.people
    assert cast.bai in east.people


@pytest.mark.parametrize("values", [{"name": " "}, {"id": 3, "name": "X"}, {"parent": None}])
def test_bad_values_change_no_unit(cast, values):
    with pytest.raises(Refused):
        org.rename(actor=cast.hu, unit=cast.units["east"], values=values)
    cast.units["east"].refresh_from_db()
    assert cast.units["east"].name == "East team"


def test_a_unit_moved_to_where_it_is_changes_nothing(cast):
    before = TrailEntry.objects.count()
    with pytest.raises(Refused) as refused:
        org.move(actor=cast.hu, unit=cast.units["east"], parent=cast.units["sales"])
    assert list(refused.value.fields) == ["parent"]
    assert TrailEntry.objects.count() == before


@pytest.mark.parametrize("name", ["mo", "bai", "ren"])
def test_who_is_going_or_gone_heads_no_unit(cast, name):
    with pytest.raises(Refused) as refused:
        org.set_head(actor=cast.hu, unit=cast.units["east"], person=cast[name])
    assert list(refused.value.fields) == ["person"]
    assert head_of(cast.units["east"]) == cast.he


@pytest.mark.parametrize("year", [1, 1899, 2190])
def test_no_membership_begins_on_a_day_nobody_can_mean(cast, year):
    then = datetime(year, 3, 1, tzinfo=UTC)
    with pytest.raises(Refused):
        org.join(actor=cast.system, unit=cast.units["south"], person=cast.li, since=then)
    assert len(periods(cast.li)) == 1
