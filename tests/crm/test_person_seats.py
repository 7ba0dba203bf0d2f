"""Everything a person ever held, and the customers somebody answered for on a day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from crm.selectors import person_seats
from crm.services import access_index, ownership
from kit.dates import company_zone, start_of_day, today
from tests.accept.frame import api

HUGE = 10**30


def body(response):
    return response.content.decode()


@pytest.fixture
def past(cast):
    """Nanqiao was Wu's until noon of 10 March 2026, then Qian's until the end of April."""
    Assignment.objects.filter(customer=cast.nanqiao).delete()
    noon = datetime(2026, 3, 10, 12, tzinfo=company_zone())
    ends = start_of_day(date(2026, 5, 1), company_zone())
    begins = start_of_day(date(2024, 6, 1), company_zone())
    for person, start, end in ((cast.wu, begins, noon), (cast.qian, noon, ends)):
        Assignment.objects.create(
            customer=cast.nanqiao, person=person, seat=Seat.ACCOUNT_MANAGER, made_by=cast.zhao,
            period=DateTimeTZRange(start, end, "[)"), reason=Reason.REGION, note="New borders",
        )  # fmt: skip
    access_index.recompute([cast.nanqiao.pk])
    return cast


def page_of(person):
    return reverse("crm:person-seats", args=[person.pk])


# -- everything somebody ever held ----------------------------------------------------------------


def test_what_a_person_held_is_shown_through_the_eyes_of_the_reader(cast, as_):
    page = page_of(cast.li)
    assert "华东机电" in body(as_(cast.he).get(page))
    assert "华东机电" not in body(as_(cast.wu).get(page))
    assert as_(cast.hu).get(page).status_code == 403


def test_a_customer_that_moved_on_stays_in_the_record_of_its_holder(cast, as_):
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    page = page_of(cast.li)
    assert "华东机电" in body(as_(cast.he).get(page))
    assert "华东机电" not in body(as_(cast.he).get(page, {"view": "now"}))
    assert "华东机电" not in body(as_(cast.li).get(page))


def test_each_seat_says_why_it_was_given_and_by_whom(past, as_):
    shown = body(as_(past.zhao).get(page_of(past.wu)))
    for words in ("Nanqiao", "Change of region", "New borders", "Zhao Min", "1 Jun 2024"):
        assert words in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"seat": "account_manager"}, True), ({"seat": "backup"}, False), ({"year": "2024"}, True),
     ({"year": "2026"}, True), ({"year": "2023"}, False), ({"on": "2026-03-10"}, True),
     ({"on": "2026-03-11"}, False), ({"on": "2024-05-31"}, False), ({"view": "now"}, False),
     ({"seat": "account_manager", "year": "2025", "on": "2025-01-01"}, True)],
)  # fmt: skip
def test_the_filters_narrow_by_seat_year_and_day(past, as_, asked, found):
    assert ("Nanqiao" in body(as_(past.zhao).get(page_of(past.wu), asked))) is found


@pytest.mark.parametrize(
    "asked",
    [{"on": "x"}, {"on": "2026-02-31"}, {"year": "abc"}, {"year": "1"}, {"year": str(HUGE)},
     {"year": "9999"}, {"seat": "owner"}, {"on": "0001-01-01"}],
)  # fmt: skip
def test_a_filter_that_is_none_is_said_at_its_field(cast, as_, asked):
    assert as_(cast.he).get(page_of(cast.li), asked).status_code == 422


def test_a_page_beyond_the_last_is_empty(cast, as_):
    assert as_(cast.he).get(page_of(cast.li), {"page": HUGE, "view": "now"}).status_code == 200
    assert "No seats here" in body(as_(cast.he).get(page_of(cast.li), {"page": "90"}))


def test_the_page_needs_few_statements(cast, as_):
    client = as_(cast.he)
    client.get(page_of(cast.li))
    with CaptureQueriesContext(connection) as asked:
        client.get(page_of(cast.li), {"on": today().isoformat()})
    passing = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    told = [q["sql"][:150] for q in asked if not q["sql"].startswith(passing)]
    assert len(told) <= 11, "\n".join(told)  # session, reader, notices, disclosure included


@pytest.mark.parametrize("key", [0, HUGE, -1])
def test_a_person_who_is_none_is_the_one_404(cast, as_, key):
    assert as_(cast.sun).get(f"/people/{key}/seats").status_code == 404


def test_the_api_lists_the_same_with_the_same_filters(past):
    path = f"/api/v1/people/{past.wu.pk}/seats"
    row = api(past.zhao).get(f"{path}?year=2025").json()["results"][0]
    assert row["customer"]["id"] == past.nanqiao.pk and row["made_by"]["id"] == past.zhao.pk
    assert (row["reason"], row["note"]) == ("region", "New borders")
    assert api(past.zhao).get(f"{path}?year=2023").json()["results"] == []
    assert api(past.zhao).get(f"{path}?seat=backup").json()["results"] == []
    assert api(past.zhao).get(f"{path}?now=true").json()["results"] == []
    assert api(past.li).get(path).json()["results"] == []
    assert api(past.zhao).get(f"{path}?year=0").status_code == 400
    assert api(past.zhao).get(f"{path}?seat=owner").status_code == 400


# -- whose was it on a day --------------------------------------------------------------------------


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("who", "day", "found"),
    [("wu", "2026-03-09", True), ("wu", "2026-03-10", False), ("qian", "2026-03-10", True),
     ("qian", "2026-04-30", True), ("qian", "2026-05-01", False), ("wu", "2024-05-31", False),
     ("wu", "2024-06-01", True), ("li", "2026-03-09", False)],
)  # fmt: skip
def test_the_holder_at_the_end_of_a_day_answered_for_it(past, as_, who, day, found):
    asked = {"held_by": past[who].pk, "on": day}
    assert ("Nanqiao Hardware" in names(api(past.zhao).get("/api/v1/customers", asked))) is found
    page = as_(past.zhao).get("/customers", asked)
    assert ("Nanqiao" in body(page)) is found
    condition = person_seats.answered_for(past[who], past.zhao, date.fromisoformat(day))
    assert Customer.objects.filter(condition, pk=past.nanqiao.pk).exists() is found


def test_without_a_day_it_is_asked_of_now(cast, as_):
    assert "华东机电" in body(as_(cast.sun).get("/customers", {"held_by": cast.li.pk}))
    assert "华东机电" not in body(as_(cast.sun).get("/customers", {"held_by": cast.chen.pk}))
    assert names(api(cast.sun).get("/api/v1/customers", {"held_by": cast.li.pk})) == ["华东机电"]


def test_the_day_asks_through_the_sight_of_today(past, as_):
    asked = {"held_by": past.wu.pk, "on": "2026-01-01"}
    assert "Nanqiao" not in body(as_(past.wu).get("/customers", asked))
    assert "Nanqiao" in body(as_(past.qian).get("/customers", asked))


def test_who_reads_a_customer_but_not_its_history_cannot_find_its_former_holder(past, monkeypatch):
    from accounts.access import POWERS, Action, Power, Reach, Role

    row = POWERS[Role.HEAD_OF_SALES] | {Action.SEAT_HISTORY: Power(Reach.NONE)}
    monkeypatch.setitem(POWERS, Role.HEAD_OF_SALES, row)
    answer = api(past.zhao).get("/api/v1/customers", {"held_by": past.wu.pk, "on": "2026-01-01"})
    assert answer.status_code == 403
    condition = person_seats.answered_for(past.wu, past.zhao, date(2026, 1, 1))
    assert not Customer.objects.filter(condition).exists()


@pytest.mark.parametrize("said", ["rep.south", "REP.SOUTH"])
def test_the_colleague_may_be_typed_by_user_name(past, as_, said):
    shown = body(as_(past.zhao).get("/customers", {"held_by": said, "on": "2026-01-01"}))
    assert "Nanqiao" in shown and "华东机电" not in shown
    assert "Wu Hao" in shown and "1 Jan 2026" in shown  # the filters in force


@pytest.mark.parametrize(
    "asked",
    [{"held_by": "nobody"}, {"held_by": str(HUGE)}, {"held_by": "-1"}, {"on": "2026-01-01"},
     {"held_by": "", "on": "x"}, {"held_by": "system"}],
)  # fmt: skip
def test_a_filter_of_the_list_that_is_none_counts_as_not_said(cast, as_, asked):
    shown = as_(cast.sun).get("/customers", asked)
    assert shown.status_code == 200 and "华东机电" in body(shown)


@pytest.mark.parametrize(
    "asked",
    [{"held_by": "rep.east"}, {"held_by": HUGE}, {"held_by": 0}, {"on": "2026-01-01"},
     {"held_by": 1, "on": "x"}],
)  # fmt: skip
def test_the_api_refuses_a_filter_that_is_none(cast, asked):
    assert api(cast.sun).get("/api/v1/customers", asked).status_code == 400


def test_the_opened_filter_keeps_the_question(past, as_):
    asked = {"held_by": past.wu.pk, "on": "2026-01-01", "filter": "open"}
    shown = body(as_(past.zhao).get("/customers", asked))
    assert 'value="rep.south"' in shown and 'value="2026-01-01"' in shown


def test_a_day_of_a_person_links_to_the_list_of_that_day(past, as_):
    shown = body(as_(past.zhao).get(page_of(past.qian), {"on": "2026-03-10"}))
    assert "Account manager of 1 customer at the end of 10 Mar 2026" in shown
    assert f"/customers?held_by={past.qian.pk}&amp;on=2026-03-10" in shown
    shown = body(as_(past.zhao).get(page_of(past.wu), {"on": "2026-03-10"}))
    assert "Account manager of 0 customers" in shown and "held_by" not in shown


def test_days_are_those_of_the_company(past):
    before = datetime(2026, 3, 9, 23, 59, tzinfo=company_zone()) + timedelta(minutes=1)
    assert before.date() == date(2026, 3, 10)
    rows = person_seats.manager_at_end(past.wu, past.zhao, date(2026, 3, 9))
    assert rows.count() == 1
