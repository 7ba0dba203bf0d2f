"""What the pages can do, the API can: seats, shares, places, channels, people, units, calendar."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import CalendarDay, Notice, TrailEntry, Unit
from crm.models import Assignment, ContactChannel, Position, Share
from kit.dates import company_zone, today
from tests.crm.contacts_world import phone_of, wang


def soon(days=3):
    return (timezone.now() + timedelta(days=days)).isoformat()


def seat(cast, **more):
    return {"seat": "account_manager", "person": cast.chen.pk, "why": "workload"} | more


# -- once, and from what was seen -------------------------------------------------------------------


def test_every_creation_takes_a_number_and_happens_once(cast, api):
    contact = wang(cast)
    he, hu = api("he"), api("hu")
    acts = [
        (he, f"customers/{cast.huadong.pk}/seats", seat(cast, seat="backup", person=cast.he.pk)),
        (he, f"customers/{cast.huadong.pk}/shares",
         {"person": cast.wu.pk, "right": "read_customer", "until": soon(), "why": "Holiday"}),
        (he, "links", {"contact": contact.pk, "person": cast.chen.pk, "through": "mail"}),
        (he, f"contacts/{contact.pk}/channels", {"kind": "mail", "value": "w@example.com"}),
        (hu, "units", {"name": "West", "parent": cast.units["sales"].pk}),
        (hu, "people", {"username": "new.one", "name": "新人", "email": "n@example.com",
                        "unit": cast.units["east"].pk, "roles": ["rep"]}),
        (hu, f"people/{cast.wu.pk}/absences", {"first_day": soon()[:10], "last_day": soon(5)[:10]}),
    ]  # fmt: skip
    for client, path, body in acts:
        numbered = body | {"client_uuid": str(uuid4())}
        first = client.post(path, numbered)
        entries = TrailEntry.objects.count()
        again = client.post(path, numbered)
        assert (first.status_code, again.status_code) == (201, 200), (path, first.data, again.data)
        assert TrailEntry.objects.count() == entries, path


def test_a_number_that_came_with_another_body_is_refused(cast, api):
    body = {"name": "West", "parent": cast.units["sales"].pk, "client_uuid": str(uuid4())}
    api("hu").post("units", body)
    again = api("hu").post("units", body | {"name": "North"})
    assert (again.status_code, again.data["code"]) == (422, "first_kept")
    assert not Unit.objects.filter(name="North").exists()


def test_what_was_refused_leaves_its_number_free(cast, api):
    body = {"name": " ", "parent": cast.units["sales"].pk, "client_uuid": str(uuid4())}
    assert api("hu").post("units", body).status_code == 422
    assert api("hu").post("units", body | {"name": "North"}).status_code == 201


@pytest.mark.parametrize(
    ("who", "path", "change", "other"),
    [
        ("hu", "people/{wu}", {"title": "A"}, {"title": "B"}),
        ("hu", "units/{east}", {"name_zh": "甲"}, {"name_zh": "乙"}),
        ("hu", "company", {"name": "A"}, {"name": "B"}),
        ("li", "positions/{place}", {"title": "A"}, {"title": "B"}),
        ("li", "me", {"theme": "dark"}, {"theme": "light"}),
    ],
)
def test_a_change_says_what_it_was_made_from(cast, api, who, path, change, other):
    place = Position.objects.get(contact=wang(cast))
    path = path.format(wu=cast.wu.pk, east=cast.units["east"].pk, place=place.pk)
    client = api(who)
    seen = client.get(path)
    assert seen["ETag"] == f'"{seen.data["version"]}"'
    assert client.patch(path, change).status_code == 428
    assert client.patch(path, change, headers={"If-Match": seen["ETag"]}).status_code == 200
    late = client.patch(path, other, headers={"If-Match": seen["ETag"]})
    assert late.status_code == 409
    name, value = next(iter(change.items()))
    assert client.get(path).data[name] == value


# -- seats and shares -------------------------------------------------------------------------------


def test_lead_hands_a_customer_over_and_the_history_tells_it(cast, api):
    answer = api("he").post(f"customers/{cast.huadong.pk}/seats", seat(cast, person=cast.he.pk))
    assert answer.status_code == 201
    held = {row["seat"]: row["person"]["id"] for row in answer.data["seats"]}
    assert held["account_manager"] == cast.he.pk
    assert [r["person"]["id"] for r in answer.data["history"] if r["seat"] == "account_manager"] == [
        cast.li.pk, cast.he.pk
    ]  # fmt: skip


def test_lead_plans_a_change_and_takes_it_back(cast, api):
    path = f"customers/{cast.huadong.pk}/seats"
    planned = api("he").post(path, seat(cast, person=cast.he.pk, at=soon())).data["planned"]
    assert [(one["seat"], one["starts"]) for one in planned] == [("account_manager", True)]
    answer = api("he").post(f"{path}/cancel", {"change": planned[0]["id"]})
    assert (answer.status_code, answer.data["planned"]) == (200, [])
    assert Assignment.objects.get(customer=cast.huadong, person=cast.li).period.upper is None


def test_a_day_that_is_over_is_no_plan(cast, api, unchanged):
    with unchanged():
        answer = api("he").post(f"customers/{cast.huadong.pk}/seats", seat(cast, at=soon(-2)))
    assert (answer.status_code, list(answer.data["errors"])) == (422, ["at"])


def test_rep_hands_nothing_over(cast, api, unchanged):
    with unchanged():
        path = f"customers/{cast.huadong.pk}/seats"
        assert api("li").post(path, seat(cast)).status_code == 403
        assert api("li").post(f"{path}/end", {"seat": "backup", "why": "other"}).status_code == 403
        assert api("wu").post(path, seat(cast)).status_code == 404


def test_seats_of_a_day_are_those_of_its_end(cast, api):
    path = f"customers/{cast.huadong.pk}/seats"
    assert api("he").get(path, on="2020-01-01").data["seats"] == []
    assert len(api("he").get(path, on=today(company_zone()).isoformat()).data["seats"]) == 3
    assert api("he").get(path, on="2020-01-01", at="2020-01-01T00:00:00Z").status_code == 400


def test_share_is_given_changed_and_ended_and_explains_itself(cast, api):
    path = f"customers/{cast.huadong.pk}"
    terms = {"right": "read_customer", "until": soon(), "why": "Holiday"}
    share = api("he").post(f"{path}/shares", terms | {"person": cast.wu.pk}).data
    why = api("he").get(f"{path}/access", person=cast.wu.pk).data
    assert (why["sees"], [one["way"] for one in why["paths"]]) == (True, ["share"])
    new = api("he").post(f"shares/{share['id']}/change", terms | {"until": soon(9)}).data
    again = api("he").post(f"shares/{share['id']}/change", terms | {"until": soon(9)})
    assert again.status_code == 409
    assert api("he").post(f"shares/{new['id']}/revoke").status_code == 200
    assert not api("he").get(f"{path}/access", person=cast.wu.pk).data["sees"]
    assert api("he").get(f"{path}/shares", open="true").data["results"] == []
    assert len(api("he").get(f"{path}/shares").data["results"]) == Share.objects.count()


# -- contacts, channels, visits ---------------------------------------------------------------------


def test_channel_is_replaced_and_the_old_one_stays_in_the_file(cast, api):
    contact = wang(cast)
    old = phone_of(contact)
    path = f"channels/{old.pk}/replace"
    answer = api("li").post(path, {"value": "13911112222"})
    assert answer.status_code == 200
    assert "13911112222" not in answer.content.decode()
    assert api("li").post(path, {"value": "13911113333"}).status_code == 409
    assert ContactChannel.objects.get(pk=old.pk).ended_at is not None


def test_backup_reads_no_mark_of_a_key_person_in_a_place(cast, api):
    place = Position.objects.get(contact=wang(cast))
    before = api("chen").get(f"positions/{place.pk}")
    Position.objects.filter(pk=place.pk).update(is_key_person=not place.is_key_person)
    after = api("chen").get(f"positions/{place.pk}")
    assert before.data["is_key_person"] is None
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


def test_joint_visitor_confirms_and_the_author_ticks_off_the_step(cast, api):
    visit = api("li").post("visits", {
        "customer": cast.huadong.pk, "client_uuid": str(uuid4()), "note": "Met.",
        "visitors": [cast.chen.pk], "next_step": "Call", "next_step_on": soon()[:10],
    }).data  # fmt: skip
    path = f"visits/{visit['id']}"
    assert api("li").post(f"{path}/confirm").status_code == 403
    assert api("chen").post(f"{path}/confirm").data["proof"]
    due = api("li").get("visits", due_until=soon()[:10]).data["results"]
    assert [row["id"] for row in due] == [visit["id"]]
    assert api("li").post(f"{path}/next-step").data["next_step_done_at"]
    assert api("li").get("visits", due_until=soon()[:10]).data["results"] == []
    api("li").patch(path, {"note": "Met twice.", "version": 1})
    told = api("he").get(f"{path}/versions").data["versions"]
    assert [one["note"] for one in told] == ["Met.", "Met twice."]


# -- people, organisation, inbox, trail -------------------------------------------------------------


def test_hr_takes_somebody_on_and_the_rep_may_not(cast, api, unchanged):
    body = {"username": "new.one", "name": "新人", "email": "n@example.com", "roles": ["rep"],
            "unit": cast.units["east"].pk}  # fmt: skip
    with unchanged():
        assert api("li").post("people", body).status_code == 403
    answer = api("hu").post("people", body)
    assert (answer.status_code, answer.data["units"][0]["name"]) == (201, "East team")
    assert api("hu").post("people", body).status_code == 422


def test_calendar_is_set_again_and_cleared(cast, api):
    day = {"day": "2027-01-04", "is_working": False}
    for _time in range(2):
        assert api("hu").post("calendar", day).status_code == 200
    assert [row["day"] for row in api("li").get("calendar", year=2027).data["results"]] == [
        "2027-01-04"
    ]
    assert api("hu").post("calendar/clear", {"day": "2027-01-04"}).status_code == 200
    assert not CalendarDay.objects.filter(day="2027-01-04").exists()


def test_inbox_is_ones_own(cast, api):
    notice = Notice.objects.create(person=cast.li, code="seat.assigned")
    assert [row["id"] for row in api("li").get("notices", unread="true").data["results"]] == [
        notice.pk
    ]
    assert api("chen").post(f"notices/{notice.pk}/read").status_code == 404
    assert api("li").post("notices/read", {"newest": notice.pk}).data == {"read": 1}
    assert api("li").get("notices", unread="true").data["results"] == []


def test_trail_tells_ones_own_acts_and_reading_that_of_others_is_written_down(cast, api):
    api("li").patch(f"customers/{cast.huadong.pk}", {"address": "1 Road", "version": 1})
    mine = api("li").get("trail").data["results"]
    assert [row["verb"] for row in mine] == ["customers.edit"]
    assert "华东机电" in mine[0]["sentence"]
    assert "<" not in mine[0]["sentence"]
    api("fang").get("trail")
    assert TrailEntry.objects.filter(verb="trail.read", actor_id=cast.fang.pk).exists()
    assert api("lin").get("trail").status_code == 403
