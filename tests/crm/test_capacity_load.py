"""What people carry, what they can carry, the rules that say so, and who may not receive."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from psycopg2.extras import DateTimeTZRange

from accounts.models import Absence, TrailEntry
from crm.models import Assignment, Capacity, ChangeSet, Customer, OwnershipRules
from crm.seats import Reason, Seat
from crm.selectors import capacity as ask
from crm.services import capacity, ownership
from kit import guards
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.versions import tag
from tests.cast import START

MANAGER, BACKUP, LINE, KEY = Seat


def held(cast, person, tier, seat=MANAGER, unit="east", since=START, until=None, **more):
    """A further customer of a tier with one seat."""
    customer = Customer.objects.create(
        name=f"{tier} {Customer.objects.count()}", tier=tier, status="active",
        home_unit=cast.units[unit], origin="company_lead", **more,
    )  # fmt: skip
    Assignment.objects.create(
        customer=customer, person=person, seat=seat, made_by=cast.system, reason=Reason.FIRST,
        period=DateTimeTZRange(since, until, "[)"),
    )  # fmt: skip
    from crm.services import access_index

    access_index.recompute([customer.pk])
    return customer


def load(person, viewer=None):
    return ask.loads([person.pk], viewer)[person.pk]


def away(person, first, days=3):
    period = DateTimeTZRange(first, first + timedelta(days=days), "[)")
    return Absence.objects.create(person=person, period=period)


def small(person, limit):
    """The limit of one person is so small."""
    return Capacity.objects.create(person=person, limit=limit)


# -- figures ---------------------------------------------------------------------------------------


def test_a_customer_counts_the_points_of_its_tier_to_its_account_manager_alone(cast):
    held(cast, cast.li, "B")
    held(cast, cast.li, "C")
    assert load(cast.li) == Decimal("7.5")  # 5 of 华东机电, 2, 0.5
    assert load(cast.chen) == load(cast.gao) == 0


def test_a_seat_counts_from_its_start_until_its_end_without_any_job(cast):
    now = database_now()
    held(cast, cast.chen, "A", since=now + timedelta(hours=1))
    held(cast, cast.chen, "B", until=now - timedelta(hours=1))
    assert load(cast.chen) == 0


def test_loads_of_any_number_of_people_are_one_statement(cast, django_assert_num_queries):
    held(cast, cast.chen, "C")
    people = [person.pk for person in cast.people.values()]
    ask.rules()
    with django_assert_num_queries(2):  # the rules, the seats
        found = ask.loads(people)
    assert (
        found[cast.li.pk] == 5 and found[cast.wu.pk] == 2 and found[cast.chen.pk] == Decimal("0.5")
    )
    assert found[cast.he.pk] == 0 and len(found) == len(people)


def test_other_weights_count_at_once(cast):
    capacity.change_rules(actor=cast.sun, values={"weight_a": Decimal("7.25")})
    assert load(cast.li) == Decimal("7.25")


def test_after_a_move_a_load_is_what_stays_and_what_comes(cast):
    assert ask.after(Decimal(5), came=["B", "C"], went=["A"]) == Decimal("2.5")


def test_a_load_goes_through_the_sight_of_who_looks(cast):
    assert load(cast.li, cast.he) == load(cast.li, cast.li) == load(cast.li, cast.zhao) == 5
    assert load(cast.li, cast.qian) == load(cast.li, cast.hu) == load(cast.li, cast.wu) == 0


def test_an_own_limit_goes_before_the_limit_of_everybody(cast):
    small(cast.li, 60)
    assert ask.limit_of(cast.li) == 60 and ask.limit_of(cast.chen) == 100
    assert ask.limits([cast.li.pk, cast.wu.pk]) == {cast.li.pk: 60, cast.wu.pk: 100}


def test_a_lead_sees_the_team_the_fullest_first_and_nobody_of_another_team(cast):
    small(cast.chen, 0)
    held(cast, cast.chen, "C")
    rows = ask.team(cast.he)
    assert [row.person.username for row in rows[:2]] == ["rep.east2", "rep.east"]
    assert rows[0].is_over and rows[0].in_use is None and rows[1].in_use == 5
    assert cast.wu not in [row.person for row in rows]
    assert not {cast.ren, cast.bai} & {row.person for row in rows}
    assert [row.person for row in ask.team(cast.li)] == [cast.li]
    assert ask.team(cast.hu) == []


def test_the_right_edge_of_the_picture_is_the_largest_number_there_is(cast):
    small(cast.chen, 250)
    assert ask.scale(ask.team(cast.he)) == 250 and ask.scale([]) == 1


# -- rules and limits ------------------------------------------------------------------------------


def test_the_rules_come_with_the_company(cast):
    rules = ask.rules()
    assert (rules.weight_a, rules.weight_b, rules.weight_c) == (5, 2, Decimal("0.5"))
    assert (rules.default_capacity, rules.approval_rows, rules.approval_tier) == (100, 20, "")
    assert rules.acceptance_days == 3


@pytest.mark.parametrize("name", ["li", "he", "hu", "fang", "yu", "gao"])
def test_only_director_and_head_of_sales_change_the_rules(cast, name):
    with pytest.raises(NotAllowed):
        capacity.change_rules(actor=cast[name], values={"approval_rows": 5_000})
    assert ask.rules().approval_rows == 20
    assert not TrailEntry.objects.filter(verb="capacity.change_rules").exists()


def test_changed_rules_leave_a_trail_with_what_was_before(cast):
    capacity.change_rules(
        actor=cast.zhao, values={"approval_tier": "B", "acceptance_days": 5}, reason="Holiday"
    )
    entry = TrailEntry.objects.get(verb="capacity.change_rules")
    assert entry.changes == {"approval_tier": ["", "B"], "acceptance_days": [3, 5]}
    assert entry.actor_id == cast.zhao.pk and entry.reason == "Holiday"


@pytest.mark.parametrize(
    ("field", "value"),
    [("weight_a", Decimal(-1)), ("weight_c", Decimal(3)), ("weight_a", Decimal("5.005")),
     ("weight_a", Decimal(101)), ("default_capacity", 10_001), ("default_capacity", -1),
     ("approval_rows", 5_001), ("acceptance_days", 31), ("approval_tier", "D")],
)  # fmt: skip
def test_rules_that_nobody_can_mean_are_refused_and_nothing_changes(cast, field, value):
    with pytest.raises(Refused) as refused:
        capacity.change_rules(actor=cast.sun, values={field: value})
    assert set(refused.value.fields) <= {field, "weight_a"}
    rules = OwnershipRules.objects.get(pk=1)
    assert rules.weight_a == 5 and rules.weight_c == Decimal("0.5") and rules.approval_tier == ""


def test_rules_changed_by_two_are_told_to_the_second(cast):
    seen = tag(ask.rules(), capacity.RULES)
    capacity.change_rules(actor=cast.sun, values={"approval_rows": 30}, version=seen)
    with pytest.raises(Conflict):
        capacity.change_rules(actor=cast.zhao, values={"approval_rows": 40}, version=seen)
    assert ask.rules().approval_rows == 30


def test_there_is_one_set_of_rules(cast):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        OwnershipRules.objects.create(pk=2)


def test_a_lead_sets_and_takes_back_the_limit_of_one_of_the_team(cast):
    capacity.set_capacity(actor=cast.he, person=cast.li, limit=60)
    assert ask.limit_of(cast.li) == 60
    capacity.set_capacity(actor=cast.he, person=cast.li, limit=None)
    assert ask.limit_of(cast.li) == 100
    changes = TrailEntry.objects.filter(verb="capacity.set_capacity").order_by("pk")
    assert [entry.changes["load limit"] for entry in changes] == [[None, 60], [60, None]]
    assert {entry.subject_id for entry in changes} == {str(cast.li.pk)}


@pytest.mark.parametrize(
    ("actor", "person"), [("qian", "li"), ("li", "li"), ("chen", "li"), ("he", "he"), ("hu", "li")]
)
def test_nobody_else_sets_a_limit_and_nobody_the_own(cast, actor, person):
    with pytest.raises(NotAllowed):
        capacity.set_capacity(actor=cast[actor], person=cast[person], limit=1)
    assert not Capacity.objects.exists()


@pytest.mark.parametrize("limit", [-1, 10_001])
def test_a_limit_that_nobody_can_mean_is_refused(cast, limit):
    with pytest.raises(Refused):
        capacity.set_capacity(actor=cast.he, person=cast.li, limit=limit)
    assert not Capacity.objects.exists()


# -- who may not receive ---------------------------------------------------------------------------


def give(cast, person, seat=MANAGER, actor="he", customer="huadong", **more):
    return ownership.assign(
        actor=cast[actor], customer=getattr(cast, customer), seat=seat, person=cast[person], **more
    )


@pytest.mark.parametrize("seat", [MANAGER, KEY])
def test_who_is_away_now_receives_nothing_and_the_lead_reads_until_when(cast, absent, seat):
    row = absent(cast.chen)
    before = Assignment.objects.count()
    with pytest.raises(Refused) as refused:
        give(cast, "chen", seat=seat)
    assert refused.value.code == "receiver_is_absent"
    assert str(row.last_day.year) in refused.value.message
    assert Assignment.objects.count() == before


def test_who_will_be_away_when_it_begins_does_not_receive_it_either(cast):
    first = database_now() + timedelta(days=5)
    away(cast.chen, first)
    with pytest.raises(Refused) as refused:
        give(cast, "chen", starts_at=first + timedelta(days=1))
    assert refused.value.code == "receiver_is_absent"
    give(cast, "chen", starts_at=first + timedelta(days=4))


def test_until_when_is_told_only_to_who_may_see_absences(cast, absent):
    row = absent(cast.wu)  # of another team, for the key-account team
    with pytest.raises(Refused) as refused:
        give(cast, "wu", seat=KEY)
    assert refused.value.code == "receiver_is_absent"
    assert str(row.last_day.year) not in refused.value.message


@pytest.mark.parametrize("name", ["mo", "bai", "ren"])
def test_nobody_on_notice_frozen_or_gone_receives(cast, name):
    with pytest.raises(Refused) as refused:
        give(cast, name)
    assert refused.value.code == "receiver_is_not_active"
    assert ask.tally([cast[name].pk]) == {}


def firing(cast, person, **more):
    about = {"actor": cast.he, "person": cast[person], "customer": cast.huadong, "seat": MANAGER}
    return [one.name for one in guards.firing("ownership.assign", **about | more)]


def test_beyond_the_limit_a_reason_is_asked_for(cast):
    small(cast.chen, 4)
    with pytest.raises(Refused) as refused:
        guards.check("ownership.assign", actor=cast.he, person=cast.chen, customer=cast.huadong,
                     seat=MANAGER)  # fmt: skip
    assert refused.value.code == "receiver_is_over_capacity"
    assert list(refused.value.fields) == ["because"] and "5" in refused.value.message
    passed = guards.check(
        "ownership.assign", actor=cast.he, person=cast.chen, customer=cast.huadong, seat=MANAGER,
        because="Only one who speaks Dutch",
    )  # fmt: skip
    assert passed == ["receiver_is_over_capacity"]


def test_exactly_full_is_not_beyond_and_what_is_held_already_counts_once(cast):
    small(cast.chen, 5)
    small(cast.li, 5)
    assert firing(cast, "chen") == [] and firing(cast, "li") == []


@pytest.mark.parametrize("seat", [BACKUP, KEY])
def test_other_seats_carry_nothing(cast, seat):
    small(cast.chen, 0)
    assert firing(cast, "chen", seat=seat) == []


def test_no_reason_helps_against_what_is_not_a_matter_of_measure(cast, absent):
    absent(cast.chen)
    small(cast.chen, 0)
    assert firing(cast, "chen") == ["receiver_is_absent", "receiver_is_over_capacity"]
    with pytest.raises(Refused) as refused:
        guards.check("ownership.assign", actor=cast.he, person=cast.chen, customer=cast.huadong,
                     seat=MANAGER, because="All the same")  # fmt: skip
    assert refused.value.code == "receiver_is_absent"


def test_who_is_full_receives_with_a_reason_that_the_trail_and_the_change_set_keep(cast):
    small(cast.chen, 4)
    with pytest.raises(Refused):
        give(cast, "chen")
    assert ask.tally([cast.chen.pk]) == {}
    give(cast, "chen", reason="Only one who speaks Dutch")
    assert load(cast.chen) == 5
    entry = TrailEntry.objects.filter(verb="ownership.assign").last()
    assert entry.reason == "Only one who speaks Dutch"
    assert ChangeSet.objects.get().because == "Only one who speaks Dutch"


def test_the_history_of_rules_and_limits_is_kept_by_the_database(cast):
    capacity.change_rules(actor=cast.sun, values={"approval_rows": 25})
    capacity.set_capacity(actor=cast.he, person=cast.li, limit=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT approval_rows, verb FROM crm_ownershiprulesevent ORDER BY pgh_id")
        assert cursor.fetchall()[-1] == (25, "capacity.change_rules")
        cursor.execute('SELECT "limit", verb FROM crm_capacityevent ORDER BY pgh_id')
        assert cursor.fetchall()[-1] == (60, "capacity.set_capacity")
