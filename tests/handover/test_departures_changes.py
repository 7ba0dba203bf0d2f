"""A plan is changed before it opens; an open case finds another successor; pages refuse what is wrong."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Person
from accounts.services import people
from crm.models import Assignment, Change, ChangeSet, Customer
from crm.selectors import changesets as ask
from crm.services import approvals, ownership
from handover.models import Departure
from handover.selectors import plan_page
from handover.services import cases, departures
from kit.errors import Conflict, Refused
from tests.crm.changesets_world import KEY, held
from tests.handover.test_departures_plan import opened, plan, working

pytestmark = pytest.mark.django_db


def approved(cast, departure):
    """The one change set of a case, approved by the head above the leaver."""
    change_set = departure.change_sets.get(state="proposed")
    return approvals.approve(actor=cast.he, change_set=change_set, seen=ask.fingerprint(change_set))


def codes(cast, departure):
    return {one.code.split()[0] for one in plan_page.page(cast.hu, departure).problems}


def test_another_day_makes_the_tasks_anew_and_keeps_the_chosen_successor(cast):
    departure = plan(cast)
    departures.give(
        actor=cast.hu, departure=departure, customers=[cast.huadong.pk], successor=cast.he
    )
    departure.refresh_from_db()
    departures.edit(
        actor=cast.hu, departure=departure, values={"last_day": working(60)},
        version=departure.version,
    )  # fmt: skip
    departure.refresh_from_db()
    assert departure.customers.get().successor == cast.he
    assert departure.tasks.get(key="solo_contact").person == cast.he
    assert departure.tasks.get(key="assets").due_on == working(59)


def test_what_was_seen_before_somebody_else_changed_it_is_not_opened(cast):
    departure = plan(cast)
    departures.edit(
        actor=cast.hu, departure=departure, values={"kind": "retirement"}, version=departure.version
    )
    with pytest.raises(Conflict):
        cases.begin(actor=cast.hu, departure=departure, version=1)
    departure.refresh_from_db()
    assert departure.state == "draft"


@pytest.mark.parametrize("name", ["li", "chen", "he", "ren"])
def test_the_witness_is_neither_leaver_nor_receiver_nor_supervisor_nor_gone(cast, name):
    departure = plan(cast)
    with pytest.raises(Refused) as refused:
        departures.edit(
            actor=cast.hu, departure=departure, values={"witness": cast[name]},
            version=departure.version,
        )  # fmt: skip
    assert "witness" in refused.value.fields
    departure.refresh_from_db()
    assert departure.witness is None


def test_the_witness_cannot_be_chosen_to_take_over(cast):
    departure = plan(cast)
    departures.edit(
        actor=cast.hu, departure=departure, values={"witness": cast.wu}, version=departure.version
    )
    with pytest.raises(Refused, match="witness"):
        departures.give(
            actor=cast.hu, departure=departure, customers=[cast.huadong.pk], successor=cast.wu
        )


@pytest.mark.parametrize("name", ["li", "mo", "bai", "ren", "gao"])
def test_whoever_cannot_take_over_is_refused_as_successor(cast, name):
    departure = plan(cast)
    with pytest.raises(Refused):
        departures.give(
            actor=cast.hu, departure=departure, customers=[cast.huadong.pk], successor=cast[name]
        )
    assert departure.customers.get().successor == cast.chen


def test_a_task_that_closes_nothing_is_left_out_and_a_blocking_one_is_not(cast):
    departure = plan(cast)
    departures.drop_task(
        actor=cast.hu, departure=departure, task=departure.tasks.get(key="team_talk")
    )
    with pytest.raises(Refused):
        departures.drop_task(
            actor=cast.hu, departure=departure, task=departure.tasks.get(key="assets")
        )
    keys = set(departure.tasks.values_list("key", flat=True))
    assert "team_talk" not in keys and "assets" in keys


def test_a_task_is_not_put_on_the_last_day(cast):
    departure = plan(cast)
    task = departure.tasks.get(key="assets")
    with pytest.raises(Refused):
        departures.edit_task(
            actor=cast.hu, task=task, person=task.person, due_on=departure.last_day
        )
    departures.edit_task(actor=cast.hu, task=task, person=cast.he, due_on=working(3))
    task.refresh_from_db()
    assert (task.due_on, task.person) == (working(3), cast.he)


@pytest.mark.parametrize("name", ["li", "ming", "ren", "mo"])
def test_a_task_of_a_plan_is_given_to_who_could_be_given_it_later(cast, name):
    departure = plan(cast)
    task = departure.tasks.get(key="open_money")
    with pytest.raises(Refused) as refused:
        departures.edit_task(actor=cast.hu, task=task, person=cast[name], due_on=task.due_on)
    assert "person" in refused.value.fields
    task.refresh_from_db()
    assert task.person == cast.tang


def test_what_is_the_leavers_own_is_given_back_to_them_in_a_plan(cast):
    departure = plan(cast)
    task = departure.tasks.get(key="assets")
    departures.edit_task(actor=cast.hu, task=task, person=cast.he, due_on=task.due_on)
    departures.edit_task(actor=cast.hu, task=task, person=cast.li, due_on=task.due_on)
    task.refresh_from_db()
    assert task.person == cast.li


def test_another_last_day_keeps_what_hr_chose_by_hand(cast):
    departure = plan(cast)
    given, dated, dropped = (
        departure.tasks.get(key=key) for key in ("assets", "open_money", "team_talk")
    )
    departures.edit_task(actor=cast.hu, task=given, person=cast.he, due_on=given.due_on)
    departures.edit_task(actor=cast.hu, task=dated, person=dated.person, due_on=working(2))
    departures.drop_task(actor=cast.hu, departure=departure, task=dropped)
    departure.refresh_from_db()
    departures.edit(
        actor=cast.hu, departure=departure, values={"last_day": working(25)},
        version=departure.version,
    )  # fmt: skip
    tasks = {one.key: one for one in departure.tasks.filter(handover=None)}
    assert tasks["assets"].person == cast.he and tasks["assets"].due_on < given.due_on
    assert (tasks["open_money"].due_on, tasks["open_money"].person) == (working(2), cast.tang)
    assert "team_talk" not in tasks


def test_a_day_chosen_by_hand_before_the_last_day_never_comes_after_it(cast):
    departure = plan(cast)
    task = departure.tasks.get(key="open_money")
    departures.edit_task(actor=cast.hu, task=task, person=task.person, due_on=working(20))
    departure.refresh_from_db()
    departures.edit(
        actor=cast.hu, departure=departure, values={"last_day": working(10)},
        version=departure.version,
    )  # fmt: skip
    assert departure.tasks.get(key="open_money").due_on < working(10)


def test_a_successor_who_resigns_is_a_problem_and_another_is_proposed(cast):
    departure = opened(cast)
    approved(cast, departure)
    people.set_state(actor=cast.hu, person=cast.chen, state="on_notice", reason="Resigned")
    assert "taker" in codes(cast, departure)
    cases.replace_successor(
        actor=cast.hu, departure=departure, customers=[cast.huadong.pk], successor=cast.he
    )
    row = departure.customers.get()
    assert row.successor == cast.he and row.change.change_set.state == "proposed"
    assert departure.change_sets.filter(state="cancelled").count() == 1
    assert codes(cast, departure) & {"taker", "dead"} == set()


def test_customers_whose_receiver_declines_are_listed_to_be_given_to_somebody_else(cast):
    departure = opened(cast)
    change_set = approved(cast, departure)
    approvals.decline(actor=cast.chen, change_set=change_set, note="Too many")
    assert "dead" in codes(cast, departure)
    rows, total = plan_page.customers(departure, only="dead")
    assert total == 1 and rows[0].customer == cast.huadong


def test_a_proposal_that_was_refused_is_made_again(cast):
    departure = opened(cast)
    change_set = departure.change_sets.get()
    approvals.refuse(actor=cast.he, change_set=change_set, note="Rather wu")
    cases.replace_successor(
        actor=cast.hu, departure=departure, customers=[cast.huadong.pk], successor=cast.wu
    )
    assert departure.customers.get().change.change_set.state == ChangeSet.State.PROPOSED


def test_members_of_a_team_with_a_duty_are_replaced_and_the_others_leave_it(cast):
    ids = held(cast, 2)
    for pk, duty in zip(ids, ("technical", ""), strict=True):
        customer = Customer.objects.get(pk=pk)
        ownership.assign(
            actor=cast.he, customer=customer, seat=KEY, person=cast.wu, duty=duty, why="other"
        )
    departure = opened(cast, plan(cast, cast.wu))
    rows = dict(
        Change.objects.filter(change_set__in=departure.change_sets.all(), seat=KEY)
        .values_list("customer", "taker")
    )  # fmt: skip
    seats = Assignment.objects.at().filter(customer=ids[0]).values_list("person", flat=True)
    assert rows[ids[0]] is not None and rows[ids[0]] not in seats and rows[ids[1]] is None


def test_hr_never_approves_what_it_proposed(cast):
    change_set = opened(cast).change_sets.get()
    assert not ask.may_approve(cast.hu, change_set)
    assert not ask.may_approve(cast.li, change_set)
    assert not ask.may_approve(cast.chen, change_set)
    assert ask.may_approve(cast.he, change_set) and ask.may_approve(cast.zhao, change_set)


def test_a_backups_seat_of_the_leaver_goes_to_somebody_else(cast):
    departure = opened(cast, plan(cast, cast.chen))
    change = departure.change_sets.get().changes.get()
    assert change.seat == "backup" and change.giver == cast.chen
    assert change.taker not in (None, cast.li, cast.chen, cast.gao)


def test_a_closed_case_is_opened_again_with_a_reason(cast):
    departure = opened(cast)
    Departure.objects.filter(pk=departure.pk).update(
        state="closed", closed_by=cast.hu, closed_at=departure.opened_at
    )
    with pytest.raises(Refused):
        cases.reopen(actor=cast.hu, departure=departure)
    cases.reopen(actor=cast.hu, departure=departure, reason="A customer was forgotten")
    departure.refresh_from_db()
    assert departure.state == "open" and departure.closed_at is None


def test_a_move_inside_the_company_keeps_the_rights(cast):
    opened(cast, plan(cast, kind="internal_move"))
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ACTIVE


# -- pages -----------------------------------------------------------------------------------------
def test_three_answers_lead_to_the_plan_and_sending_twice_makes_one(cast, client):
    client.force_login(cast.hu)
    given = {
        "person": cast.li.pk, "last_day": working(30).isoformat(), "kind": "resignation",
        "client_uuid": str(uuid4()),
    }  # fmt: skip
    first = client.post("/departures/new", given)
    again = client.post("/departures/new", given)
    departure = Departure.objects.get()
    there = reverse("handover:departure-plan", args=[departure.pk])
    assert first.status_code == again.status_code == 303
    assert first["Location"] == again["Location"] == there
    assert client.get(there).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": ""}, {"person": "x"}, {"person": "9" * 40}, {"last_day": "2026-13-40"},
        {"last_day": "1999-01-01"}, {"last_day": "9999-12-31"}, {"kind": "holiday"},
        {"confidential_until": "1999-01-01"}, {"named": ["nobody"]}, {"others": ["0"]},
        {"client_uuid": "no"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_no_plan_is_made(cast, client, wrong):
    client.force_login(cast.hu)
    given = {"person": cast.li.pk, "last_day": working(30).isoformat(), "kind": "resignation"}
    assert client.post("/departures/new", given | wrong).status_code == 422
    assert not Departure.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{}, {"customer": "x"}, {"customer": "9" * 40}, {"successor": "x"}, {"source": "99999999"}],
)
def test_a_forged_choice_of_successors_changes_nothing(cast, client, wrong):
    departure = plan(cast)
    client.force_login(cast.hu)
    page = client.post(reverse("handover:departure-give", args=[departure.pk]), wrong)
    assert page.status_code == 422
    assert departure.customers.get().successor == cast.chen


def test_all_customers_of_one_successor_go_to_another_at_once(cast, client):
    departure = plan(cast)
    client.force_login(cast.hu)
    page = client.post(
        reverse("handover:departure-give", args=[departure.pk]),
        {"source": cast.chen.pk, "successor": cast.he.pk},
    )
    assert page.status_code == 303
    assert departure.customers.get().successor == cast.he


def test_a_page_of_a_plan_asks_the_database_the_same_however_many_customers(
    cast, client, django_assert_max_num_queries
):
    departure = plan(cast)
    client.force_login(cast.hu)
    with django_assert_max_num_queries(60):
        client.get(reverse("handover:departure-plan", args=[departure.pk]))


# -- the API ---------------------------------------------------------------------------------------
def test_a_plan_is_made_changed_opened_and_withdrawn_over_the_api(cast):
    from tests.accept import frame

    api = frame.api(cast.hu)
    given = {"person": cast.li.pk, "last_day": working(30).isoformat(), "kind": "resignation"}
    made = api.post("/api/v1/departures", given, content_type="application/json")
    assert made.status_code == 201, made.content
    there = f"/api/v1/departures/{made.json()['id']}"
    changed = api.patch(
        there, {"kind": "retirement", "version": made.json()["version"]},
        content_type="application/json",
    )  # fmt: skip
    assert changed.json()["kind"] == "retirement"
    open_ = api.post(
        f"{there}/open", {"version": changed.json()["version"]}, content_type="application/json"
    )
    assert open_.json()["state"] == "open"
    gone = api.post(f"{there}/withdraw", {"reason": "Stays"}, content_type="application/json")
    assert gone.json()["state"] == "withdrawn"
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ACTIVE


def test_a_plan_of_many_customers_takes_no_statement_for_each(cast, django_assert_max_num_queries):
    held(cast, 60)
    with django_assert_max_num_queries(90):
        departure = plan(cast)
    assert departure.customers.count() == 61
    with django_assert_max_num_queries(35):
        plan_page.page(cast.hu, departure)
