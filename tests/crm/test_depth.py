"""Depth of relations: all the evidence of a level within a year, one less later, confirmed at tier A."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notice
from accounts.selectors.notifications import inbox
from crm.models import Customer, Depth
from crm.selectors import depth as shapes
from crm.services import contacts, depth
from kit import outbox
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.api.conftest import Api


def ago(days):
    return today(company_zone()) - timedelta(days=days)


@pytest.fixture
def wang(cast):
    return contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "function": "purchase"},
    )  # fmt: skip


def save(cast, wang, level, actor=None, version=0, days=(10, 20)):
    return depth.save(
        actor=actor or cast.li, customer=cast.huadong, contact=wang, level=level, version=version,
        evidence_on=[ago(one) for one in days],
    )  # fmt: skip


def told():
    while outbox.relay():
        pass
    return list(Notice.objects.filter(code="depth.confirm"))


def test_a_level_is_set_by_the_person_and_waits_for_the_supervisor_at_tier_a(cast, wang):
    row = save(cast, wang, 3)
    [one] = shapes.of_contact(cast.he, wang)
    assert (one.now, one.waits, one.may_confirm) == (3, True, True)
    assert shapes.of_customer(cast.li, cast.huadong).ours == 0
    [notice] = told()
    assert notice.person == cast.he
    assert "王芳" in inbox(cast.he)[0][0].line.text
    depth.confirm(actor=cast.he, customer=cast.huadong, depth=row, version=1)
    summary = shapes.of_customer(cast.chen, cast.huadong)
    assert (summary.best.level, summary.ours) == (3, 1)


def test_a_new_level_wants_confirming_anew(cast, wang):
    row = save(cast, wang, 3)
    depth.confirm(actor=cast.he, customer=cast.huadong, depth=row, version=1)
    save(cast, wang, 4, version=2)
    assert shapes.of_customer(cast.li, cast.huadong).best is None


def test_nobody_confirms_their_own_level_nor_a_colleagues(cast, wang):
    row = save(cast, wang, 3)
    for actor in (cast.li, cast.chen):
        with pytest.raises(NotAllowed):
            depth.confirm(actor=actor, customer=cast.huadong, depth=row, version=1)
    row.refresh_from_db()
    assert row.confirmed_by is None


def test_at_tier_b_a_level_counts_at_once(cast, wang):
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="B")
    cast.huadong.refresh_from_db()
    save(cast, wang, 2)
    save(cast, wang, 4, actor=cast.chen)
    summary = shapes.of_customer(cast.li, cast.huadong)
    assert (summary.best.level, summary.ours) == (4, 2)
    assert told() == []


def test_evidence_older_than_a_year_lowers_a_level_by_one(cast, wang):
    row = save(cast, wang, 4)
    Depth.objects.update(oldest_on=shapes.year_ago())
    row.refresh_from_db()
    assert shapes.current(row) == 4
    Depth.objects.update(oldest_on=shapes.year_ago() - timedelta(days=1))
    row.refresh_from_db()
    assert shapes.current(row) == 3


@pytest.mark.parametrize("days", [(10,), (10, -1), (10, 370), ()])
def test_a_level_needs_all_of_its_evidence_within_a_year(cast, wang, days):
    with pytest.raises(Refused):
        save(cast, wang, 2, days=days)
    assert not Depth.objects.exists()


def test_what_was_changed_meanwhile_is_a_conflict(cast, wang):
    save(cast, wang, 2)
    with pytest.raises(Conflict):
        save(cast, wang, 3)
    row = Depth.objects.get()
    with pytest.raises(Conflict):
        depth.confirm(actor=cast.he, customer=cast.huadong, depth=row, version=9)


def test_who_has_left_holds_no_level(cast, wang):
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="B")
    cast.huadong.refresh_from_db()
    save(cast, wang, 2)
    cast.li.state = "left"
    cast.li.save()
    assert shapes.of_customer(cast.he, cast.huadong).ours == 0


# -- pages and API ---------------------------------------------------------------------------------
@pytest.fixture
def li(cast, client):
    client.force_login(cast.li, backend="accounts.backends.SignIn")
    return client


def test_the_page_of_a_level_shows_its_cautions_and_takes_the_days(cast, li, wang):
    url = reverse("crm:contact-depth-level", args=[wang.pk, 4])
    page = li.get(url).content.decode()
    assert "kickback" in page and "at most 200 CNY" in page
    bad = li.post(url, {"version": 0, "day-0": ago(1).isoformat()})
    assert bad.status_code == 422 and not Depth.objects.exists()
    days = {"day-0": ago(1).isoformat(), "day-1": ago(2).isoformat()}
    assert li.post(url, {"version": 0} | days).status_code == 303
    assert Depth.objects.get().level == 4
    for address in ("crm:contact-depth", "crm:customer-depth"):
        key = wang.pk if "contact" in address else cast.huadong.pk
        for query in ("", "?panel=1"):
            page = li.get(reverse(address, args=[key]) + query)
            assert page.status_code == 200
            assert "waits for the supervisor" in page.content.decode() or query
    assert li.get(reverse("crm:contact-depth-level", args=[wang.pk, 6])).status_code == 404


def test_the_lead_confirms_on_the_page(cast, client, wang):
    row = save(cast, wang, 2)
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    page = client.get(reverse("crm:contact-depth", args=[wang.pk])).content.decode()
    assert reverse("crm:depth-confirm", args=[row.pk]) in page
    done = client.post(reverse("crm:depth-confirm", args=[row.pk]), {"version": "1"})
    assert done.status_code == 303
    row.refresh_from_db()
    assert row.confirmed_by == cast.he


def test_the_api_sets_reads_and_confirms(cast, wang):
    li = Api(cast.li).client
    url = f"/api/v1/contacts/{wang.pk}/depth"
    said = {"level": 2, "evidence_on": [ago(1).isoformat(), ago(2).isoformat()]}
    made = li.post(url, said, content_type="application/json")
    assert made.status_code == 200, made.content
    row = made.json()["results"][0]
    assert (row["level_now"], row["waits"]) == (2, True)
    bad = li.post(url, said | {"evidence_on": []}, content_type="application/json")
    assert bad.status_code in (409, 422)
    refused = li.post(
        f"/api/v1/depth/{row['id']}/confirm", {"version": 1}, content_type="application/json"
    )
    assert refused.status_code == 403
    client = Api(cast.he).client
    done = client.post(
        f"/api/v1/depth/{row['id']}/confirm", {"version": 1}, content_type="application/json"
    )
    assert done.status_code == 200
    assert client.get(f"/api/v1/customers/{cast.huadong.pk}/depth").json()["best"] == 2
