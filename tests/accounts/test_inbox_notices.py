"""The inbox: one's own notices, in the language of the moment, with names one may see."""

import pytest
from django.test import Client

from accounts.models import Notice
from accounts.selectors import notifications
from crm.models import Activity
from crm.seats import Seat
from crm.services import ownership
from kit import outbox
from kit.models import Disclosure


def signed_in(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["language"] = language
    return client


def text(response):
    return response.content.decode()


def seat_notice(cast, person, customer, **more):
    return Notice.objects.create(
        person=person, code="seat.assigned", url=f"/customers/{customer.pk}",
        values={"customer": customer.pk, "seat": "account_manager"}, **more,
    )  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("en", "Account manager"), ("zh-hans", "负责人")])
def test_a_seat_is_announced_in_the_language_of_the_reader(cast, language, words):
    seat_notice(cast, cast.li, cast.huadong)
    page = text(signed_in(cast.li, language).get("/inbox"))
    assert "华东机电" in page
    assert words in page


def test_a_customer_one_may_no_longer_see_is_not_named(cast):
    notice = seat_notice(cast, cast.wu, cast.huadong)
    page = text(signed_in(cast.wu).get("/inbox"))
    assert "华东机电" not in page
    assert f"/inbox/{notice.pk}/open" not in page
    assert not Disclosure.objects.filter(person_id=cast.wu.pk).exists()


def test_what_the_inbox_names_counts_as_disclosed(cast):
    seat_notice(cast, cast.li, cast.huadong)
    signed_in(cast.li).get("/inbox")
    assert Disclosure.objects.get(person_id=cast.li.pk).customer_ids == [cast.huadong.pk]


def test_being_given_a_seat_brings_a_notice(cast):
    seat = Seat.ACCOUNT_MANAGER
    ownership.assign(actor=cast.he, customer=cast.huadong, seat=seat, person=cast.chen)
    outbox.relay()
    assert "华东机电" in text(signed_in(cast.chen).get("/inbox"))


def test_a_joint_visit_names_author_and_customer(cast):
    from django.utils import timezone

    activity = Activity.objects.create(
        customer=cast.huadong, author=cast.li, happened_at=timezone.now()
    )
    for person in (cast.chen, cast.wu):
        Notice.objects.create(
            person=person, code="activity.joint", kind="action", values={"activity": activity.pk}
        )
    assert "Li Wei logged a visit at 华东机电" in text(signed_in(cast.chen).get("/inbox"))
    assert "华东机电" not in text(signed_in(cast.wu).get("/inbox"))


def test_an_unknown_code_still_reads_as_a_sentence(cast):
    Notice.objects.create(person=cast.li, code="from.the.future", values={"x": [1, {"y": 2}]})
    Notice.objects.create(person=cast.li, code="seat.assigned", values={})
    assert signed_in(cast.li).get("/inbox").status_code == 200


def test_decisions_come_first(cast):
    for kind in ("know", "action", "decision"):
        Notice.objects.create(person=cast.li, code="x", kind=kind)
    page = text(signed_in(cast.li).get("/inbox"))
    places = [page.index(word) for word in ("Needs a decision", "Needs action", "To know")]
    assert places == sorted(places)


def test_one_notice_or_all_are_marked_as_read(cast):
    client = signed_in(cast.li)
    first, second, third = (seat_notice(cast, cast.li, cast.huadong) for _ in range(3))
    client.post("/inbox/read", {"notice": first.pk})
    assert set(Notice.objects.filter(read_at=None)) == {second, third}
    client.post("/inbox/read", {"newest": second.pk})
    assert set(Notice.objects.filter(read_at=None)) == {third}
    assert "No" not in text(client.get("/inbox?view=all")).split("<h1>")[0][-20:]
    assert len(client.get("/inbox?view=all").context["notices"]) == 3
    assert len(client.get("/inbox").context["notices"]) == 1


def test_opening_marks_as_read_and_leads_on(cast):
    notice = seat_notice(cast, cast.li, cast.huadong)
    assert signed_in(cast.li).post(f"/inbox/{notice.pk}/open").url == notice.url
    assert Notice.objects.get().read_at


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "", "javascript:1"])
def test_a_notice_leads_to_no_other_place(cast, url):
    notice = Notice.objects.create(person=cast.li, code="x", url=url)
    assert signed_in(cast.li).post(f"/inbox/{notice.pk}/open").url == "/inbox"


def test_notices_of_others_are_unknown_and_stay_unread(cast):
    notice = seat_notice(cast, cast.li, cast.huadong)
    for name in ("he", "hu", "yu", "fang", "sun"):
        client = signed_in(cast[name])
        assert client.post(f"/inbox/{notice.pk}/open").status_code == 404
        client.post("/inbox/read", {"notice": notice.pk})
        client.post("/inbox/read", {"newest": notice.pk + 1000})
        assert "华东机电" not in text(client.get("/inbox?view=all"))
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("given", [{}, {"notice": "x"}, {"newest": "9" * 40}, {"notice": "9" * 18}])
def test_damaged_requests_mark_nothing(cast, given):
    seat_notice(cast, cast.li, cast.huadong)
    client = signed_in(cast.li)
    assert client.post("/inbox/read", given).status_code == 303
    assert Notice.objects.filter(read_at=None).count() == 1
    assert client.get("/inbox?after=x").status_code == 200


def test_long_inboxes_are_paged(cast, monkeypatch):
    monkeypatch.setattr(notifications, "PAGE", 2)
    for _ in range(5):
        seat_notice(cast, cast.li, cast.huadong)
    client, seen, after = signed_in(cast.li), [], ""
    while after is not None:
        context = client.get(f"/inbox?after={after}").context
        seen += [notice.pk for notice in context["notices"]]
        after = context["after"]
    assert len(seen) == len(set(seen)) == 5


def test_the_inbox_asks_the_database_little(cast, django_assert_max_num_queries):
    for _ in range(30):
        seat_notice(cast, cast.li, cast.huadong)
    client = signed_in(cast.li)
    client.get("/inbox")
    with django_assert_max_num_queries(3 + 5):
        client.get("/inbox")
