"""The pages about access: shares, and why somebody sees a customer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.access import can
from crm.models import Share
from kit.dates import company_zone, today


def url(name, cast, *more, customer="huadong"):
    return reverse(f"crm:{name}", args=[getattr(cast, customer).pk, *more])


def body(response):
    return response.content.decode()


def data(cast, **more):
    until = today(company_zone()) + timedelta(days=3)
    return {"person": "rep.south", "right": "read_customer", "until_on": until.isoformat(),
            "why": "Fair", **more}  # fmt: skip


def test_a_lead_shares_and_ends_the_share(cast, as_):
    client = as_(cast.he)
    assert client.post(url("customer-shares", cast), data(cast)).status_code == 303
    assert can(cast.wu, None, cast.huadong)
    shown = body(client.get(url("customer-shares", cast)))
    assert "Wu Hao" in shown and "End now" in shown
    share = Share.objects.get()
    assert client.get(url("share-revoke", cast, share.pk)).status_code == 405
    assert client.post(url("share-revoke", cast, share.pk)).status_code == 303
    assert not can(cast.wu, None, cast.huadong)
    assert client.post(url("share-revoke", cast, share.pk)).status_code == 409


def test_the_same_share_twice_is_a_conflict(cast, as_):
    as_(cast.he).post(url("customer-shares", cast), data(cast))
    again = as_(cast.he).post(url("customer-shares", cast), data(cast))
    assert again.status_code == 409 and "already has this right" in body(again)
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"person": ""}, {"person": "nobody"}, {"person": "system"}, {"person": "x" * 500},
        {"person": "lead.east"}, {"person": "finance"}, {"right": "own"}, {"right": ""},
        {"until_on": ""}, {"until_on": "2001-01-01"}, {"until_on": "2190-01-01"}, {"why": ""},
        {"why": "w" * 2000}, {"why": "a\x00b"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_shared(cast, as_, change):
    answer = as_(cast.he).post(url("customer-shares", cast), data(cast) | change)
    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_a_rep_neither_sees_nor_gives_shares(cast, as_):
    client = as_(cast.li)
    assert client.get(url("customer-shares", cast)).status_code == 403
    assert client.post(url("customer-shares", cast), data(cast)).status_code == 403
    assert client.get(url("customer-access", cast)).status_code == 403
    assert not Share.objects.exists()


def test_an_auditor_reads_shares_and_gives_none(cast, as_):
    client = as_(cast.fang)
    assert "Share this customer" not in body(client.get(url("customer-shares", cast)))
    assert client.post(url("customer-shares", cast), data(cast)).status_code == 403
    assert not Share.objects.exists()


def test_a_share_of_another_customer_is_unknown_here(cast, as_):
    as_(cast.he).post(url("customer-shares", cast), data(cast))
    share = Share.objects.get()
    answer = as_(cast.qian).post(url("share-revoke", cast, share.pk, customer="nanqiao"))
    assert answer.status_code == 404
    assert can(cast.wu, None, cast.huadong)


def test_why_names_the_way_or_says_that_there_is_none(cast, as_):
    client = as_(cast.he)
    page = client.get(url("customer-access", cast), {"who": "rep.east"})
    assert "can see this customer" in body(page) and "Account manager" in body(page)
    page = client.get(url("customer-access", cast), {"who": "Wu Hao"})
    assert "cannot see this customer" in body(page)
    page = client.get(url("customer-access", cast), {"who": "rep.east", "on": "2001-01-01"})
    assert "could not see this customer" in body(page)
    assert client.get(url("customer-access", cast), {"who": ""}).status_code == 422
    page = client.get(url("customer-access", cast), {"who": "rep.east", "on": "9999-12-31"})
    assert page.status_code == 422


def test_a_lead_makes_a_share_longer_over_its_page(cast, as_):
    client = as_(cast.he)
    client.post(url("customer-shares", cast), data(cast))
    share = Share.objects.get()
    page = url("share-change", cast, share.pk)
    assert page in body(client.get(url("customer-shares", cast)))
    assert "Wu Hao" in body(client.get(page))
    until = (today(company_zone()) + timedelta(days=20)).isoformat()
    given = {"right": "log_customer", "until_on": until, "why": "Takes longer"}
    assert client.post(page, given | {"right": "own"}).status_code == 422
    assert client.post(page, given).status_code == 303
    assert can(cast.wu, "activity.log", cast.huadong)
    assert client.post(page, given).status_code == 409
    assert Share.objects.count() == 2


def test_nobody_else_changes_a_share(cast, as_):
    as_(cast.he).post(url("customer-shares", cast), data(cast))
    share = Share.objects.get()
    given = {"right": "log_customer", "until_on": "2099-01-01", "why": "More"}
    for name, status in {"li": 403, "fang": 403, "qian": 404, "hu": 404}.items():
        assert (
            as_(cast[name]).post(url("share-change", cast, share.pk), given).status_code == status
        )
    elsewhere = url("share-change", cast, share.pk, customer="nanqiao")
    assert as_(cast.qian).get(elsewhere).status_code == 404
    assert list(Share.objects.all()) == [share]


def test_sharing_with_whoever_holds_a_seat_says_why_not(cast, as_):
    answer = as_(cast.he).post(url("customer-shares", cast), data(cast, person="rep.east2"))
    assert answer.status_code == 422 and "holds a seat here" in body(answer)
    assert not Share.objects.exists()
