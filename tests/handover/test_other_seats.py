"""The other seats of a leaver stand in the plan with a successor and a reason, and are changed there."""

from uuid import uuid4

import pytest
from django.http import Http404
from django.urls import reverse

from crm.models import ChangeSet
from crm.seats import Seat
from crm.services import ownership
from handover.selectors import other_seats as shapes
from handover.selectors import plan_page
from handover.services import cases, departures, other_seats
from kit.errors import Conflict, Refused
from tests.handover.test_departures_plan import opened, plan

pytestmark = pytest.mark.django_db


def backup(departure):
    return departure.seats.get(seat=Seat.BACKUP)


def page(client, person, departure, **data):
    client.force_login(person)
    return client.get(reverse("handover:departure-seats", args=[departure.pk]), data)


def test_a_plan_proposes_somebody_else_for_each_other_seat_with_a_reason(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    assert row.customer == cast.huadong and row.successor not in (None, cast.chen, cast.li)
    assert row.successor != cast.gao  # who is there for the service line
    assert row.why["code"] in ("knows", "region", "team", "room")


def test_who_is_chosen_for_another_seat_is_proposed_when_the_case_opens(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast.wu)
    row.refresh_from_db()
    assert row.successor == cast.wu and row.why == {"code": "chosen"}
    opened(cast, departure)
    row.refresh_from_db()
    assert row.change.taker == cast.wu and row.change.seat == Seat.BACKUP


def test_a_seat_that_nobody_is_chosen_for_ends_empty(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=None)
    opened(cast, departure)
    row.refresh_from_db()
    assert row.change.taker is None


def test_another_is_chosen_in_an_open_case_and_proposed_anew(cast):
    departure = opened(cast, plan(cast, cast.chen))
    row = backup(departure)
    former = row.change
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast.wu)
    row.refresh_from_db()
    former.refresh_from_db()
    assert former.state == "left_out" and row.change.taker == cast.wu


def test_a_seat_whose_end_was_refused_is_a_problem_of_the_case(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=None)
    departure = opened(cast, departure)
    row.refresh_from_db()
    assert row.successor is None and row.change and shapes.dead(departure) == 0
    ChangeSet.objects.filter(pk=row.change.change_set_id).update(state="refused")
    assert shapes.dead(departure) == 1


def test_nobody_gets_two_seats_of_one_customer(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    before = row.successor
    with pytest.raises(Refused, match="another seat"):
        other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast.li)
    row.refresh_from_db()
    assert row.successor == before


@pytest.mark.parametrize("name", ["chen", "gao", "bai", "lin"])
def test_who_cannot_take_a_seat_is_refused(cast, name):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    with pytest.raises(Refused):
        other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast[name])
    assert backup(departure).successor == row.successor


def test_a_lead_chooses_nobody_in_a_plan(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    with pytest.raises(Http404):
        other_seats.give(actor=cast.he, departure=departure, seats=[row.pk], successor=cast.wu)
    assert backup(departure).successor == row.successor


def test_the_seats_of_a_case_that_has_ended_are_not_given(cast):
    departure = opened(cast, plan(cast, cast.chen))
    cases.withdraw(actor=cast.hu, departure=departure, reason="Stays")
    with pytest.raises(Conflict):
        other_seats.give(
            actor=cast.hu, departure=departure, seats=[backup(departure).pk], successor=cast.wu
        )


def test_a_place_in_a_team_without_a_duty_is_proposed_to_nobody_and_can_be_given(cast):
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.KEY_ACCOUNT_MEMBER, person=cast.wu,
        why="workload",
    )  # fmt: skip
    departure = plan(cast, cast.wu)
    row = departure.seats.get(seat=Seat.KEY_ACCOUNT_MEMBER)
    assert row.successor is None
    opened(cast, departure)
    row.refresh_from_db()
    assert row.change.taker is None
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast.qian)
    row.refresh_from_db()
    assert row.change.taker == cast.qian


def test_a_seat_that_came_after_the_plan_is_in_the_case(cast):
    departure = plan(cast, cast.wu)
    assert not departure.seats.exists()
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP, person=cast.wu, why="workload"
    )
    opened(cast, departure)
    assert backup(departure).change.giver == cast.wu


def test_one_person_in_two_seats_is_a_problem_of_the_plan(cast):
    departure = plan(cast, cast.li, cast.chen)
    second = departure.__class__.objects.get(person=cast.chen, state="draft")
    assert "seats" not in {one.code for one in plan_page.page(cast.hu, second).problems}
    row = backup(second)
    second.customers.create(customer=cast.huadong, place=1, successor=row.successor)
    assert "seats" in {one.code for one in plan_page.page(cast.hu, second).problems}


def test_hr_reads_the_seats_with_their_reasons_and_gives_those_ticked(client, cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    answer = page(client, cast.hu, departure).content.decode()
    assert "华东机电" in answer and row.successor.name in answer
    sent = {"pick": row.pk, "successor": cast.wu.pk}
    answer = client.post(reverse("handover:departure-seats", args=[departure.pk]), sent)
    assert answer.status_code == 303 and backup(departure).successor == cast.wu
    plan_of = client.get(reverse("handover:departure-plan", args=[departure.pk])).content.decode()
    assert reverse("handover:departure-seats", args=[departure.pk]) in plan_of


@pytest.mark.parametrize(
    "sent", [{}, {"pick": "x"}, {"pick": "9" * 30}, {"pick": "0", "successor": "none"}]
)
def test_what_is_wrong_is_said_on_the_page(client, cast, sent):
    departure = plan(cast, cast.chen)
    client.force_login(cast.hu)
    answer = client.post(reverse("handover:departure-seats", args=[departure.pk]), sent)
    assert answer.status_code == 422


def test_a_leaver_without_other_seats_has_an_empty_page_and_nothing_to_post(client, cast):
    departure = plan(cast, cast.li)
    assert "no other seats" in page(client, cast.hu, departure, seat="backup").content.decode()
    answer = client.post(
        reverse("handover:departure-seats", args=[departure.pk]),
        {"pick": "1", "successor": cast.wu.pk, "client_uuid": uuid4()},
    )
    assert answer.status_code == 422


def test_nobody_but_who_runs_cases_opens_the_page(client, cast):
    departure = plan(cast, cast.chen)
    for name in ("chen", "he", "li", "fang", "sun"):
        assert page(client, cast[name], departure).status_code == 404, name


def test_the_day_of_a_plan_changes_and_what_was_chosen_stays(cast):
    departure = plan(cast, cast.chen)
    row = backup(departure)
    other_seats.give(actor=cast.hu, departure=departure, seats=[row.pk], successor=cast.wu)
    departure.refresh_from_db()
    departures.edit(
        actor=cast.hu, departure=departure, values={"kind": "retirement"}, version=departure.version
    )
    assert backup(departure).successor == cast.wu
