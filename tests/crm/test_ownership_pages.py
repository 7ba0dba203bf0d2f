"""The pages about seats: history, assign, end, cancel, and what a person held."""

from datetime import timedelta

import pytest
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from crm.models import Assignment, Capacity
from crm.seats import Reason, Seat
from crm.selectors.ownership import holder
from crm.services import ownership, seat_history
from kit.clock import database_now
from kit.dates import company_zone, next_day, today
from kit.templatetags.words import day_words

HUGE = 10**30


def url(name, cast, *more, customer="huadong"):
    return reverse(f"crm:{name}", args=[getattr(cast, customer).pk, *more])


def body(response):
    return response.content.decode()


def assign_data(person, **more):
    return {"person": person.pk, "why": Reason.WORKLOAD, "note": "", "starts_on": "", **more}


def test_a_rep_reads_the_history_of_a_customer_without_any_act(cast, as_):
    page = as_(cast.li).get(url("customer-ownership", cast))
    assert page.status_code == 200
    assert "Li Wei" in body(page) and "Chen Jie" in body(page)
    assert "/assign" not in body(page) and "/end" not in body(page)


@pytest.mark.parametrize("name", ["wu", "qian", "hu", "lin", "yu"])
@pytest.mark.parametrize("page", ["customer-ownership", "customer-shares", "customer-access"])
def test_who_does_not_see_the_customer_gets_the_one_404(cast, as_, name, page):
    there = as_(cast[name]).get(url(page, cast))
    nowhere = as_(cast[name]).get(f"/customers/{HUGE}/ownership")
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content


def test_the_page_needs_few_statements_however_long_the_history(
    cast, as_, django_assert_max_num_queries
):
    for name in ("chen", "li") * 4:
        ownership.assign(
            actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast[name]
        )
    client = as_(cast.he)
    with django_assert_max_num_queries(40):
        page = client.get(url("customer-ownership", cast))
    assert page.status_code == 200


def test_who_answered_on_a_day_is_told_for_any_day(cast, as_):
    client = as_(cast.he)
    page = client.get(url("customer-ownership", cast), {"on": today(company_zone()).isoformat()})
    assert page.status_code == 200 and "Everybody of that day" in body(page)
    page = client.get(url("customer-ownership", cast), {"on": "2001-02-03"})
    assert page.status_code == 200 and "Before our records" in body(page)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-31", "0001-01-01", "9999-12-31", "x" * 5000])
def test_a_day_that_is_none_is_said_at_the_field(cast, as_, day):
    page = as_(cast.he).get(url("customer-ownership", cast), {"on": day})
    assert page.status_code == 422 and "Enter a day such as" in body(page)


def test_a_lead_assigns_from_the_page(cast, as_):
    client, page = as_(cast.he), url("customer-assign", cast, "account_manager")
    shown = body(client.get(page))
    assert "Chen Jie" in shown and "Wu Hao" not in shown and "Mo Fan" not in shown
    answer = client.post(page, assign_data(cast.chen, note="Fewer trips"))
    assert answer.status_code == 303
    assert holder(cast.huadong) == cast.chen
    assert Assignment.objects.current().get(person=cast.chen).note == "Fewer trips"


def test_the_search_narrows_the_people_and_the_load_is_said(cast, as_):
    page = url("customer-assign", cast, "account_manager")
    assert "Chen Jie" in body(as_(cast.he).get(page, {"q": "chenj"}))
    assert "Nobody fits" in body(as_(cast.he).get(page, {"q": "nobody"}))
    page = url("customer-assign", cast, "backup", customer="nanqiao")
    assert "Li Wei · 1 customer" in body(as_(cast.zhao).get(page))


@pytest.mark.parametrize(
    "change",
    [
        {"person": ""}, {"person": HUGE}, {"person": "x"}, {"person": -1}, {"why": "bribe"},
        {"why": ""}, {"note": "n" * 5000}, {"starts_on": "soon"}, {"starts_on": "2001-01-01"},
        {"starts_on": "2190-01-01"}, {"note": "a\x00b"},
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_form_is_said_and_changes_nothing(cast, as_, change):
    page = url("customer-assign", cast, "account_manager")
    answer = as_(cast.he).post(page, assign_data(cast.chen) | change)
    assert answer.status_code == 422
    assert holder(cast.huadong) == cast.li


def test_nobody_is_forged_into_a_seat(cast, as_):
    page = url("customer-assign", cast, "account_manager")
    for name in ("wu", "mo", "bai", "ren", "tang", "system"):
        person = cast.system if name == "system" else cast[name]
        assert as_(cast.he).post(page, assign_data(person)).status_code == 422
    assert holder(cast.huadong) == cast.li
    assert as_(cast.he).get(url("customer-assign", cast, "owner")).status_code == 404


def test_a_rep_who_edits_the_address_is_refused_and_nothing_changes(cast, as_):
    client = as_(cast.chen)
    for name in ("customer-assign", "customer-seat-end"):
        page = url(name, cast, "account_manager")
        assert client.get(page).status_code == 403
        assert client.post(page, assign_data(cast.chen)).status_code == 403
    assert holder(cast.huadong) == cast.li


def test_the_same_form_posted_twice_changes_the_seat_once(cast, as_):
    page = url("customer-assign", cast, "account_manager")
    client = as_(cast.he)
    data = assign_data(cast.chen, seen=seen(client, page))
    first, second = (client.post(page, data) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert Assignment.objects.filter(customer=cast.huadong, seat="account_manager").count() == 2


def test_the_same_plan_posted_twice_is_one_plan(cast, as_):
    page, client = url("customer-assign", cast, "account_manager"), as_(cast.he)
    day = (today(company_zone()) + timedelta(days=10)).isoformat()
    data = assign_data(cast.chen, seen=seen(client, page), starts_on=day)
    assert [client.post(page, data).status_code for _ in range(2)] == [303, 303]
    assert Assignment.objects.filter(customer=cast.huadong, seat="account_manager").count() == 2


def test_what_somebody_else_did_is_not_taken_for_the_own_form(cast, as_):
    page, client = url("customer-assign", cast, "account_manager"), as_(cast.he)
    data = assign_data(cast.chen, seen=seen(client, page))
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen,
        why=Reason.WORKLOAD,
    )  # fmt: skip
    assert client.post(page, data).status_code == 422


def test_a_change_made_before_the_form_was_opened_is_not_taken_for_its_own(cast, as_):
    page, client = url("customer-assign", cast, "account_manager"), as_(cast.he)
    assert client.post(page, assign_data(cast.chen)).status_code == 303
    assert client.post(page, assign_data(cast.chen, seen=seen(client, page))).status_code == 422


@pytest.mark.parametrize("key", ["", "x", "-1", str(HUGE), "0"])
def test_a_forged_mark_of_the_form_changes_nothing_by_itself(cast, as_, key):
    page, client = url("customer-assign", cast, "account_manager"), as_(cast.he)
    assert client.post(page, assign_data(cast.li, seen=key)).status_code == 422
    assert holder(cast.huadong) == cast.li


def seen(client, page):
    """The hidden mark of the form: the latest change that it knew of."""
    return client.get(page).context["form"]["seen"].value()


def test_a_plan_is_shown_and_taken_back(cast, as_):
    day = today(company_zone()) + timedelta(days=10)
    client = as_(cast.he)
    client.post(
        url("customer-assign", cast, "account_manager"),
        assign_data(cast.chen, starts_on=day.isoformat()),
    )
    plan = Assignment.objects.get(person=cast.chen, seat="account_manager")
    assert "Cancel plan" in body(client.get(url("customer-ownership", cast)))
    again = client.post(url("customer-assign", cast, "account_manager"), assign_data(cast.he))
    assert again.status_code == 409 and "already planned" in body(again)
    cancel = url("customer-seat-cancel", cast, plan.pk)
    assert client.get(cancel).status_code == 405
    assert client.post(cancel).status_code == 303
    assert not Assignment.objects.filter(pk=plan.pk).exists()
    assert client.post(cancel).status_code == 404


def test_a_plan_of_another_customer_is_unknown_here(cast, as_):
    plan = ownership.assign(
        actor=cast.zhao, customer=cast.nanqiao, seat=Seat.ACCOUNT_MANAGER, person=cast.qian,
        starts_at=database_now() + timedelta(days=3),
    )  # fmt: skip
    answer = as_(cast.he).post(url("customer-seat-cancel", cast, plan.pk))
    assert answer.status_code == 404
    assert Assignment.objects.filter(pk=plan.pk).exists()


def test_a_lead_ends_a_seat_and_the_page_says_who_acts(cast, as_):
    client = as_(cast.he)
    answer = client.post(
        url("customer-seat-end", cast, "account_manager"), {"why": "workload"}, follow=True
    )
    assert "Chen Jie is acting" in body(answer)
    again = client.post(url("customer-seat-end", cast, "account_manager"), {"why": "workload"})
    assert again.status_code == 409


def test_a_member_of_the_key_account_team_is_ended_by_name(cast, as_):
    for name in ("he", "qian"):
        ownership.assign(
            actor=cast.he, customer=cast.huadong, seat=Seat.KEY_ACCOUNT_MEMBER, person=cast[name]
        )
    page = url("customer-seat-end", cast, "key_account_member")
    client = as_(cast.he)
    assert client.get(page).status_code == client.get(f"{page}?person=x").status_code == 404
    client.post(f"{page}?person={cast.qian.pk}", {"why": "other"})
    assert Assignment.objects.current().get(seat="key_account_member").person == cast.he


def test_who_gives_a_customer_away_lands_where_they_may_be(cast, as_):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.BACKUP)
    answer = as_(cast.zhao).post(
        url("customer-assign", cast, "account_manager"), assign_data(cast.wu)
    )
    assert answer["Location"] == url("customer-ownership", cast)


# -- gaps ------------------------------------------------------------------------------------------


def test_the_gap_after_an_ended_seat_says_who_ended_it_and_why(cast, as_):
    ownership.end(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP, why=Reason.REQUEST,
        note="They asked for somebody nearer",
    )  # fmt: skip
    shown = body(as_(cast.li).get(url("customer-ownership", cast)))
    gap = row_of_nobody(shown)
    assert "Wish of the customer" in gap and "They asked for somebody nearer" in gap
    assert "Zhao Min" in gap


def test_the_gap_that_a_rise_to_account_manager_leaves_says_so(cast, as_):
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    gap = row_of_nobody(body(as_(cast.he).get(url("customer-ownership", cast))))
    assert "He Jun" in gap and "took another seat" in gap


def test_the_gap_in_an_imported_history_is_the_import_s(cast, as_):
    Assignment.objects.filter(customer=cast.huadong, seat="backup").delete()
    then = database_now() - timedelta(days=400)
    seat_history.record_seat(
        actor=cast.system, customer=cast.huadong, seat=Seat.BACKUP, person=cast.chen,
        start=then, end=then + timedelta(days=30),
    )  # fmt: skip
    gap = row_of_nobody(body(as_(cast.he).get(url("customer-ownership", cast))))
    assert "Import" in gap


def test_a_gap_whose_plan_was_taken_back_is_told_by_its_last_end(cast, as_):
    row = ownership.end(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP, why=Reason.REQUEST,
        ends_at=database_now() + timedelta(days=3),
    )[0]  # fmt: skip
    ownership.cancel_planned(actor=cast.zhao, customer=cast.huadong, assignment=row)
    ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.BACKUP, why=Reason.WORKLOAD)
    gap = row_of_nobody(body(as_(cast.he).get(url("customer-ownership", cast))))
    assert "He Jun" in gap and "Balance the load" in gap and "Wish" not in gap


def row_of_nobody(shown):
    """The row of the table of changes in which nobody held the seat."""
    table = shown[shown.index("Seats, the latest change first") :]
    return next(row for row in table.split("<tr>") if "Nobody" in row)


def test_the_day_before_the_first_seat_has_nobody(cast, as_):
    page = body(as_(cast.he).get(url("customer-ownership", cast), {"on": "2025-02-03"}))
    assert "Before our records" in page and "Answers for the customer" not in page


def test_who_is_away_is_away_until_the_last_day_of_it(cast, as_, absent):
    row = absent(cast.li)
    last = row.last_day
    row.period = DateTimeTZRange(row.period.lower, next_day(last, company_zone()), "[)")
    row.save()
    page = body(as_(cast.he).get(cast.huadong.get_absolute_url()))
    assert f"Li Wei is away until {day_words(last)}" in page


def test_the_page_asks_why_before_it_gives_more_than_somebody_can_carry(cast, as_):
    Capacity.objects.create(person=cast.chen, limit=4)
    page, data = url("customer-assign", cast, "account_manager"), assign_data(cast.chen)
    first = as_(cast.he).get(page)
    assert "0 of 4 points" in body(first) and "Why all the same" not in body(first)
    refused = as_(cast.he).post(page, data)
    assert refused.status_code == 422 and "Why all the same" in body(refused)
    assert "Chen Jie would carry 5 points; the limit is 4." in body(refused)
    assert holder(cast.huadong) == cast.li
    assert as_(cast.he).post(page, data | {"because": "No other"}).status_code == 303
    assert holder(cast.huadong) == cast.chen


def test_the_page_refuses_who_is_away_whatever_the_reason(cast, as_, absent):
    absent(cast.chen)
    page, data = url("customer-assign", cast, "account_manager"), assign_data(cast.chen)
    refused = as_(cast.he).post(page, data | {"because": "All the same"})
    assert refused.status_code == 422 and "is away until" in body(refused)
    assert holder(cast.huadong) == cast.li


def test_a_member_joins_the_team_with_a_duty_on_the_page(cast, as_):
    page = url("customer-assign", cast, "key_account_member")
    assert "Duty in the team" not in body(as_(cast.he).get(url("customer-assign", cast, "backup")))
    assert "Duty in the team" in body(as_(cast.he).get(page))
    assert as_(cast.he).post(page, assign_data(cast.wu, duty="boss")).status_code == 422
    assert as_(cast.he).post(page, assign_data(cast.wu, duty="delivery")).status_code == 303
    assert Assignment.objects.get(person=cast.wu, customer=cast.huadong).duty == "delivery"
