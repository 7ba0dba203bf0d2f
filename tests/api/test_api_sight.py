"""The API shows what the pages show, to the same people, and counts it."""

from uuid import uuid4

import pytest

from crm.models import Activity, Contact, Customer, Link
from crm.services import activities, links
from tests.api.conftest import disclosed
from tests.cast import PEOPLE
from tests.crm.contacts_world import CLEAR, at_both, phone_of, wang

WITH_ACCESS = [name for name, row in PEOPLE.items() if row[6] in ("active", "on_notice")]


@pytest.fixture
def world(cast):
    """Wang Fang at both customers, a link and a visit at each."""
    contact = at_both(cast)
    links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li,
              values={"through": "visit"})  # fmt: skip
    for person, customer in ((cast.li, cast.huadong), (cast.wu, cast.nanqiao)):
        activities.log(actor=person, customer=customer, client_uuid=uuid4(), note="Met.",
                       contacts=[contact])  # fmt: skip
    return contact


@pytest.mark.parametrize("name", WITH_ACCESS)
def test_everybody_reads_exactly_what_visible_to_says(cast, api, world, name):
    person = cast[name]
    for path, model in [
        ("customers", Customer),
        ("contacts", Contact),
        ("visits", Activity),
        ("links", Link),
    ]:
        rows = api(name).every(path)
        seen = model.objects.visible_to(person).values_list("pk", flat=True)
        assert sorted(row["id"] for row in rows) == sorted(seen), path
        for row in rows:
            assert api(name).get(f"{path}/{row['id']}").status_code == 200


@pytest.mark.parametrize("name", WITH_ACCESS)
def test_places_of_a_contact_at_customers_out_of_sight_stay_unknown(cast, api, world, name):
    seen = set(Customer.objects.visible_to(cast[name]).values_list("pk", flat=True))
    for row in api(name).every("contacts"):
        assert {place["customer"]["id"] for place in row["places"]} <= seen
        whole = api(name).get(f"contacts/{row['id']}").data
        assert {place["customer"]["id"] for place in whole["places"]} <= seen
    for row in api(name).every("links"):
        assert set(row["customers"]) <= seen


def test_narrowing_by_a_foreign_customer_finds_what_a_missing_one_finds(cast, api, world):
    for path in ("contacts", "links", "visits"):
        foreign = api("li").get(path, customer=cast.nanqiao.pk)
        missing = api("li").get(path, customer=987654321)
        assert foreign.data == missing.data == {"results": [], "next": None}


PATHS = [
    "customers/{}", "customers/{}/seats", "customers/{}/timeline", "contacts/{}", "links/{}",
    "visits/{}",
]  # fmt: skip


def of_the_south(cast):
    """One of every kind that li cannot see, by the beginning of its address."""
    visit = activities.log(actor=cast.wu, customer=cast.nanqiao, client_uuid=uuid4())
    contact = wang(cast, cast.wu, cast.nanqiao)
    link = links.add(actor=cast.wu, customer=cast.nanqiao, contact=contact, person=cast.wu,
                     values={"through": "phone"})  # fmt: skip
    return {
        "customers": cast.nanqiao.pk, "visits": visit.pk, "contacts": contact.pk,
        "links": link.pk, "channels": phone_of(contact).pk,
    }  # fmt: skip


def bare(response):
    headers = {k: v for k, v in response.headers.items() if k not in ("Date",)}
    return response.status_code, headers, response.content


def test_foreign_and_missing_answer_with_the_same_bytes(cast, api):
    south, li = of_the_south(cast), api("li")
    for path in PATHS:
        foreign = li.get(path.format(south[path.split("/")[0]]))
        assert foreign.status_code == 404
        for missing in (987654321, 2**63, 10**30):
            assert bare(foreign) == bare(li.get(path.format(missing))), path


WRITES = [
    ("post", "customers/{}/tier", {"tier": "C", "reason": "x", "until": "2027-01-01"}),
    ("post", "customers/{}/contacts", {"name": "Somebody"}),
    ("patch", "customers/{}", {"name": "Taken", "version": 1}),
    ("patch", "contacts/{}", {"name": "Taken", "version": 1}),
    ("post", "channels/{}/reveal", {}),
    ("post", "links/{}/end", {}),
    ("patch", "visits/{}", {"note": "Taken", "version": 1}),
]


def test_writing_to_the_foreign_is_like_writing_to_the_missing(cast, api, unchanged):
    south, li = of_the_south(cast), api("li")
    with unchanged():
        for method, path, body in WRITES:
            foreign = getattr(li, method)(path.format(south[path.split("/")[0]]), body)
            missing = getattr(li, method)(path.format(987654321), body)
            assert foreign.status_code == 404, path
            assert bare(foreign) == bare(missing), path
        for path, field in (("visits", "customer"), ("links", "contact")):
            word = f"{field}s"
            more = {"client_uuid": str(uuid4())} if path == "visits" else {}
            foreign = li.post(path, more | {field: south[word]})
            missing = li.post(path, more | {field: 987654321})
            assert foreign.status_code == 404
            assert bare(foreign) == bare(missing)


def test_visible_but_not_theirs_is_403_and_changes_nothing(cast, api, unchanged):
    contact = wang(cast)
    link = links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li,
                     values={"through": "visit"})  # fmt: skip
    body = {"client_uuid": str(uuid4()), "customer": cast.huadong.pk}
    with unchanged():
        for answer in (
            api("gao").patch(f"customers/{cast.huadong.pk}", {"name": "X", "version": 1}),
            api("gao").post(f"customers/{cast.huadong.pk}/contacts", {"name": "X"}),
            api("gao").post("visits", body),
            api("chen").post(
                f"customers/{cast.huadong.pk}/tier",
                {"tier": "C", "reason": "x", "until": "2027-01-01"},
            ),
            api("chen").patch(f"contacts/{contact.pk}", {"name": "X", "version": 1}),
            api("fang").post("customers", {"name": "X"}),
            api("fang").post(f"links/{link.pk}/end"),
        ):
            assert answer.status_code == 403
            assert answer["Content-Type"] == "application/problem+json"


def test_every_customer_shown_is_counted(cast, api, world):
    he = api("zhao")
    for path, shown in [
        ("customers", lambda row: [row["id"]]),
        ("contacts", lambda row: [place["customer"]["id"] for place in row["places"]]),
        ("visits", lambda row: [row["customer"]["id"]]),
        ("links", lambda row: row["customers"]),
    ]:
        rows = he.get(path).data["results"]
        assert disclosed(cast.zhao)[-1] == sorted({key for row in rows for key in shown(row)})
        he.get(f"{path}/{rows[0]['id']}")
        assert disclosed(cast.zhao)[-1] == sorted(set(shown(rows[0])))
    for path in ("seats", "timeline"):
        he.get(f"customers/{cast.nanqiao.pk}/{path}")
        assert disclosed(cast.zhao)[-1] == [cast.nanqiao.pk]


def test_an_answer_that_shows_nothing_counts_nothing(cast, api):
    api("hu").get("customers")
    api("li").get(f"customers/{cast.nanqiao.pk}")
    api("li").get("people")
    assert disclosed(cast.hu) == disclosed(cast.li) == []


def test_channels_are_masked_in_every_answer(cast, api, world):
    li = api("li")
    for path in ("contacts", f"contacts/{world.pk}", "links", f"customers/{cast.huadong.pk}"):
        text = li.get(path).content.decode()
        assert not any(value in text for value in CLEAR), path
    masks = {one["kind"]: one["masked"] for one in li.get(f"contacts/{world.pk}").data["channels"]}
    assert masks == {"mail": "w***@h…", "phone": "138 **** 5678"} or "****" in masks["phone"]
    assert api("gao").get(f"contacts/{world.pk}").data["channels"] == []


def test_service_line_does_not_read_the_remarks_of_the_rep(cast, api, world):
    rows = api("gao").get("visits").data["results"]
    events = api("gao").get(f"customers/{cast.huadong.pk}/timeline", kind="visit").data["results"]
    assert rows[0]["note"] == "" == events[0]["visit"]["note"]
    assert api("li").get("visits").data["results"][0]["note"] == "Met."


def test_state_of_employment_is_told_to_those_who_may_know_it_only(cast, api):
    def states(name):
        return {row["name"]: row["state"] for row in api(name).every("people", limit=100)}

    assert set(states("li").values()) == {None}
    assert states("hu")["莫凡"] == "on_notice"
    assert states("he")["莫凡"] == "on_notice"
    assert states("qian")["莫凡"] is None
    assert api("li").get("people", state="on_notice").data["results"] == []
    assert api("li").get(f"people/{cast.system.pk}").status_code == 404


def test_lists_need_a_handful_of_statements(cast, api, world, django_assert_max_num_queries):
    zhao = api("zhao")
    zhao.get("me")
    for path in ("customers", "contacts", "visits", "links", "people"):
        with django_assert_max_num_queries(10):
            zhao.get(path)


def test_the_mark_as_key_person_reaches_only_those_who_may_know_it(cast, api):
    contact = wang(cast)
    for who, mark in (("li", True), ("he", True), ("chen", None), ("gao", None)):
        for answer in (
            api(who).get("contacts").data["results"][0], api(who).get(f"contacts/{contact.pk}").data
        ):  # fmt: skip
            assert answer["places"][0]["is_key_person"] is mark, who
        found = api(who).get("contacts", is_key_person="true").data["results"]
        assert bool(found) is bool(mark)
