"""Important dates: five kinds, marks ten and three working days before, each told exactly once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models.functions import Now
from django.http import Http404
from django.urls import reverse

from accounts.models import Company, Notice, TrailEntry
from accounts.selectors.calendar import add_working_days, working_calendar
from accounts.selectors.notifications import inbox
from crm.models import DateReminder, ImportantDate
from crm.selectors import important_dates as shapes
from crm.services import contacts, date_reminders, important_dates
from kit import outbox
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import Effect
from tests.api.conftest import Api


@pytest.fixture
def wang(cast):
    return contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "function": "purchase", "is_key_person": True},
    )  # fmt: skip


def add(cast, kind, on, actor=None, contact=None, **more):
    values = {"month": on.month, "day": on.day} | more
    return important_dates.add(
        actor=actor or cast.li, customer=cast.huadong, kind=kind, values=values, contact=contact
    )


def birthday(cast, wang, on, actor=None):
    return add(cast, "key_person_day", on, actor, wang, volunteered=True)


def long_ago(row):
    """Entered so long ago that every mark of it counts."""
    ImportantDate.objects.filter(pk=row.pk).update(said_on=date(2026, 1, 1))


def in_working_days(count):
    return add_working_days(today(company_zone()), count)


def told():
    """Everything that waits is sent; who was told of which mark."""
    Effect.objects.filter(done_at=None, payload__code="date.due").update(due_at=Now())
    while outbox.relay():
        pass
    rows = Notice.objects.filter(code="date.due").order_by("pk").select_related("person")
    return [(row.person, row.values["days"]) for row in rows]


# -- entering --------------------------------------------------------------------------------------
def test_a_day_comes_every_year_unless_it_has_one(cast):
    yearly = add(cast, "founding_day", date(2000, 2, 29))
    assert shapes.next_on(yearly, date(2027, 1, 1)) == date(2027, 2, 28)
    assert shapes.next_on(yearly, date(2027, 3, 1)) == date(2028, 2, 29)
    once = add(cast, "business_peak", date(2000, 4, 15), year=today().year + 1, name="Fair")
    assert shapes.next_on(once, date(today().year + 2, 1, 1)) is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"month": 2, "day": 30}, "day"), ({"month": 13, "day": 1}, "day"),
        ({"month": None, "day": None}, "day"), ({"month": 2, "day": 29, "year": 2027}, "day"),
        ({"month": 1, "day": 1, "year": 1066}, "year"), ({"month": 1, "day": 1, "name": "x" * 81}, "name"),
    ],
)  # fmt: skip
def test_a_day_there_is_not_is_refused_at_its_field(cast, more, field):
    with pytest.raises(Refused) as refused:
        important_dates.add(actor=cast.li, customer=cast.huadong, kind="founding_day", values=more)
    assert field in refused.value.fields and not ImportantDate.objects.exists()


def test_the_day_of_a_person_is_kept_only_if_volunteered_never_with_a_year_and_sealed(cast, wang):
    on = date(2000, 2, 29)
    for more in ({}, {"volunteered": True, "year": today().year + 1}):
        with pytest.raises(Refused):
            add(cast, "key_person_day", on, contact=wang, **more)
    with pytest.raises(Refused):
        add(cast, "key_person_day", on, volunteered=True)
    row = birthday(cast, wang, on)
    assert (row.month, row.day, row.month_day) == (None, None, (2, 29))
    wang.key.delete()
    row = ImportantDate.objects.select_related("contact__key").get()
    assert row.month_day is None and row.in_year(2027) is None


def test_who_may_not_see_key_persons_sees_no_day_of_theirs(cast, wang):
    row = birthday(cast, wang, date(2000, 5, 5))
    assert not ImportantDate.objects.visible_to(cast.chen).exists()
    assert ImportantDate.objects.visible_to(cast.li).get() == row
    open_one = add(cast, "founding_day", date(2000, 5, 6))
    assert list(ImportantDate.objects.visible_to(cast.chen)) == [open_one]


def test_the_backup_and_strangers_change_nothing(cast):
    with pytest.raises(NotAllowed):
        add(cast, "founding_day", date(2000, 5, 6), actor=cast.chen)
    with pytest.raises(Http404):
        add(cast, "founding_day", date(2000, 5, 6), actor=cast.wu)
    assert not ImportantDate.objects.exists()


def test_the_same_day_twice_is_a_conflict_and_a_removed_one_is_gone(cast, wang):
    row = birthday(cast, wang, date(2000, 5, 5))
    with pytest.raises(Conflict):
        birthday(cast, wang, date(2000, 6, 6))
    with pytest.raises(Conflict):
        important_dates.remove(actor=cast.li, important_date=row, version=row.version + 1)
    important_dates.remove(actor=cast.li, important_date=row, version=row.version)
    assert not ImportantDate.objects.exists()
    entries = TrailEntry.objects.filter(verb__startswith="important_dates.")
    assert entries.count() == 2 and not any("5" in str(one.changes) for one in entries)


# -- reminders -------------------------------------------------------------------------------------
def test_each_mark_is_told_once_however_often_one_asks(cast):
    long_ago(add(cast, "founding_day", in_working_days(10)))
    assert date_reminders.remind() == 1 and date_reminders.remind() == 0
    assert told() == [(cast.he, 10)] and told() == [(cast.he, 10)]
    line = next(one.line for one in inbox(cast.he)[0] if one.code == "date.due")
    assert "华东机电" in line.text and "director" in line.text


def test_no_mark_is_told_before_its_day(cast):
    long_ago(add(cast, "founding_day", in_working_days(11)))
    assert date_reminders.remind() == 0


def test_of_marks_that_were_missed_the_last_one_is_told(cast):
    long_ago(add(cast, "founding_day", in_working_days(2)))
    assert date_reminders.remind() == 2
    assert told() == [(cast.he, 3)]


def test_a_mark_before_the_day_it_was_entered_is_over(cast):
    add(cast, "founding_day", in_working_days(5))
    assert date_reminders.remind() == 0


@pytest.mark.parametrize(
    ("kind", "who"),
    [("founding_day", "he"), ("cooperation_day", "he"), ("business_peak", "gao"), ("main_festival", "he")],
)  # fmt: skip
def test_who_leads_a_kind_is_told(cast, kind, who):
    long_ago(add(cast, kind, in_working_days(3)))
    date_reminders.remind()
    assert told() == [(cast[who], 3)]


def test_the_day_of_a_person_is_told_to_whoever_answers_and_may_see_it(cast, wang):
    long_ago(birthday(cast, wang, in_working_days(3)))
    date_reminders.remind()
    assert told() == [(cast.li, 3)]
    notice = Notice.objects.get(code="date.due")
    assert "王芳" in inbox(cast.li)[0][0].line.text
    assert set(notice.values) == {"date", "days", "on"}


def test_whoever_answers_at_the_moment_of_sending_is_told(cast, wang):
    long_ago(birthday(cast, wang, in_working_days(3)))
    date_reminders.remind()
    cast.li.state = "frozen"
    cast.li.save()
    [(person, _days)] = told()
    assert person in (cast.chen, cast.he)


def test_what_was_moved_or_removed_tells_nobody_and_moved_back_it_does_once(cast):
    on = in_working_days(3)
    row = add(cast, "founding_day", on)
    long_ago(row)
    date_reminders.remind()
    ImportantDate.objects.filter(pk=row.pk).update(month=1, day=1)
    assert told() == [] and not DateReminder.objects.filter(days=3).exists()
    ImportantDate.objects.filter(pk=row.pk).update(month=on.month, day=on.day)
    date_reminders.remind()
    assert told() == [(cast.he, 3)]
    row = ImportantDate.objects.get(pk=row.pk)
    important_dates.remove(actor=cast.li, important_date=row, version=row.version)
    assert date_reminders.remind() == 0


def test_the_morning_is_that_of_the_mark_where_the_company_is(cast):
    long_ago(add(cast, "founding_day", in_working_days(10)))
    at = datetime.combine(today(company_zone()), datetime.min.time(), company_zone())
    with time_machine.travel(at.astimezone(UTC), tick=False):
        date_reminders.remind()
    effect = Effect.objects.get(payload__code="date.due")
    assert effect.due_at.astimezone(company_zone()).date() <= today(company_zone())


ZONES = ["Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "America/New_York",
         "America/Santiago", "Africa/Cairo"]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_the_mark_falls_on_its_local_day_in_every_zone(cast, zone):
    Company.objects.filter(pk=1).update(time_zone=zone)
    on = date(2027, 3, 31)
    long_ago(add(cast, "founding_day", on))
    mark = working_calendar().add_working_days(on, -10)
    first = datetime.combine(mark, datetime.min.time(), company_zone()).astimezone(UTC)
    with time_machine.travel(first - timedelta(minutes=1), tick=False):
        assert date_reminders.remind() == 0
    with time_machine.travel(first, tick=False):
        assert date_reminders.remind() == 1
    at = Effect.objects.get(payload__code="date.due").due_at
    assert at.astimezone(company_zone()).date() == mark


def test_on_the_28th_of_february_a_day_of_the_29th_is_found_in_common_years_only():
    def sql(day):
        return str(shapes.falling_on(day))

    assert "29" in sql(date(2027, 2, 28)) and "29" not in sql(date(2028, 2, 28))


@pytest.mark.django_db(transaction=True)
def test_two_beats_claim_a_mark_once(cast):
    long_ago(add(cast, "founding_day", in_working_days(10)))
    claimed, together = [], threading.Barrier(2)

    def beat():
        together.wait()
        claimed.append(date_reminders.remind())
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(2)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert sorted(claimed) == [0, 1]
    assert Effect.objects.filter(payload__code="date.due").count() == 1


# -- before the day, pages, API ----------------------------------------------------------------------
def test_what_comes_is_on_today_from_the_first_mark_until_the_day(cast, wang):
    add(cast, "founding_day", in_working_days(12), name="Far")
    near = add(cast, "cooperation_day", in_working_days(9))
    now = add(cast, "main_festival", today(company_zone()))
    mine = birthday(cast, wang, in_working_days(4))
    assert [one.row for one in shapes.near(cast.li)] == [now, mine, near]
    assert [one.row for one in shapes.near(cast.he)] == [now, near]
    assert shapes.near(cast.wu) == []


@pytest.fixture
def li(cast, client):
    client.force_login(cast.li, backend="accounts.backends.SignIn")
    return client


def test_the_account_manager_enters_moves_and_removes_a_date(cast, li):
    url = reverse("crm:important-date-new", args=[cast.huadong.pk, "founding_day"])
    assert li.get(url).status_code == 200
    assert li.post(url, {"month": "2", "day": "30"}).status_code == 422
    said = {"month": "2", "day": "29", "client_uuid": "6f1c3c52-4b0f-4a5e-8f57-0d0d0d0d0d0d"}
    assert [li.post(url, said).status_code for _ in range(2)] == [303, 303]
    row = ImportantDate.objects.get()
    edit = reverse("crm:important-date-edit", args=[row.pk])
    assert li.get(edit).status_code == 200
    moved = li.post(edit, {"month": "3", "day": "1", "version": "1"})
    assert moved.status_code == 303 and ImportantDate.objects.get().month == 3
    assert li.post(edit, {"month": "3", "day": "2", "version": "1"}).status_code == 409
    page = li.get(reverse("crm:customer-dates", args=[cast.huadong.pk])).content.decode()
    assert "at most 200 CNY" in page and edit in page
    remove = reverse("crm:important-date-remove", args=[row.pk])
    assert 'name="version" value="2"' in page
    assert [li.post(remove, said).status_code for said in ({}, {"version": "1"})] == [409, 409]
    assert li.post(remove, {"version": "2"}).status_code == 303
    assert li.get(edit).status_code == 404


def test_the_page_of_a_person_asks_whether_it_was_volunteered(cast, li, wang):
    url = reverse("crm:important-date-new", args=[cast.huadong.pk, "key_person_day"])
    said = {"month": "2", "day": "3", "contact": wang.pk}
    assert li.post(url, said).status_code == 422
    assert li.post(url, said | {"volunteered": "on"}).status_code == 303
    row = ImportantDate.objects.get()
    assert li.get(reverse("crm:important-date-edit", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("query", ["", "?panel=1"])
def test_the_lists_of_dates_open(cast, li, query):
    add(cast, "founding_day", in_working_days(3), name="Jubilee")
    assert "Jubilee" in li.get(reverse("crm:important-dates") + query).content.decode()
    assert "Jubilee" in li.get(
        reverse("crm:customer-dates", args=[cast.huadong.pk]) + query
    ).content.decode()  # fmt: skip


def test_the_api_enters_moves_and_removes(cast):
    li = Api(cast.li).client
    url = f"/api/v1/customers/{cast.huadong.pk}/dates"
    said = {"kind": "founding_day", "month": 5, "day": 6}
    made = li.post(url, said, content_type="application/json")
    assert made.status_code == 201, made.content
    row = li.get(url).json()["results"][0]
    assert (row["month"], row["day"]) == (5, 6)
    change = f"/api/v1/important-dates/{row['id']}/change"
    body = {"month": 5, "day": 7, "version": 1}
    moved = li.post(change, body, content_type="application/json")
    assert moved.status_code == 200 and moved.json()["day"] == 7
    assert li.post(change, body, content_type="application/json").status_code == 409
    assert li.get("/api/v1/important-dates").status_code == 200
    remove = f"/api/v1/important-dates/{row['id']}/remove"
    asked = ({}, {"version": 1})
    refused = [li.post(remove, body, content_type="application/json") for body in asked]
    assert [one.status_code for one in refused] == [422, 409]
    gone = li.post(remove, {"version": 2}, content_type="application/json")
    assert gone.status_code == 200 and not ImportantDate.objects.exists()


def test_a_private_person_has_no_founding_day(cast):
    asked = {one.id for one, _rows in shapes.of_customer(cast.li, cast.huadong)}
    cast.huadong.kind = "person"
    of_person = {one.id for one, _rows in shapes.of_customer(cast.li, cast.huadong)}
    assert asked - of_person == {"founding_day"}
