"""Rotation by the API: clocks, plans, swaps and exemptions, allowed and not, and nothing changed then."""

from datetime import timedelta
from uuid import uuid4

import pytest

from crm.models import ChangeSet
from handover.models import RotationExemption
from kit.dates import company_zone, today
from tests.crm.changesets_world import held
from tests.handover.rotation_world import since

CLOCKS, PLAN, SWAP, EXEMPTIONS = "rotation", "rotation/plan", "rotation/swap", "rotation/exemptions"
NOBODY = 10**9


def ahead(days):
    return (today(company_zone()) + timedelta(days=days)).isoformat()


def wish(cast, until=60, **more):
    until = until if isinstance(until, str) else ahead(until)
    return {"customer": cast.huadong.pk, "why": "customer_request", "until": until,
            "second_contact": cast.chen.pk} | more  # fmt: skip


def asked(cast, api, name="li", **more):
    answer = api(name).post(EXEMPTIONS, wish(cast, **more))
    assert answer.status_code == 201, answer.data
    return f"{EXEMPTIONS}/{answer.data['id']}"


def tier_c(cast):
    type(cast.huadong).objects.filter(pk=cast.huadong.pk).update(tier="C")


# -- clocks ----------------------------------------------------------------------------------------
def test_a_lead_reads_the_clocks_of_the_team_page_by_page(cast, api):
    ids = [*held(cast, 4), cast.huadong.pk]
    for number, pk in enumerate(ids):
        since(type(cast.huadong)(pk=pk), 175 + 2 * number)
    rows = api("he").every(CLOCKS, show="all")
    assert [row["due_on"] for row in rows] == sorted(row["due_on"] for row in rows)
    assert {row["customer"]["id"] for row in rows} == set(ids)
    assert {row["clock"] for row in rows} == {"running", "overdue"}
    overdue = api("he").get(CLOCKS, show="overdue", tier="C").data["results"]
    assert [row["customer"]["id"] for row in overdue] == [ids[3]]


@pytest.mark.parametrize(("name", "sees"), [("li", "huadong"), ("wu", "nanqiao"), ("qian", "nanqiao"), ("chen", None)])  # fmt: skip
def test_one_reads_the_clocks_that_are_ones_own_or_of_people_one_leads(cast, api, name, sees):
    rows = api(name).get(CLOCKS).data["results"]
    assert [row["customer"]["id"] for row in rows] == ([getattr(cast, sees).pk] if sees else [])


@pytest.mark.parametrize("name", ["hu", "tang", "yu"])
def test_who_looks_after_nobody_reads_no_clocks(api, name):
    assert api(name).get(CLOCKS).status_code == 403


@pytest.mark.parametrize("query", [{"show": "soon"}, {"tier": "Z"}, {"person": "x"}, {"person": NOBODY},
                                   {"limit": 0}, {"cursor": "-1"}, {"cursor": "9" * 30}, {"cursor": "x"}])  # fmt: skip
def test_a_question_that_cannot_be_meant_is_refused(api, query):
    assert api("he").get(CLOCKS, **query).status_code in (400, 422)


# -- plans and swaps -------------------------------------------------------------------------------
def test_a_lead_plans_a_rotation_and_a_second_sending_is_the_same_draft(cast, api):
    body = {"customers": [cast.huadong.pk], "client_uuid": str(uuid4())}
    answers = [api("he").post(PLAN, body) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    draft = ChangeSet.objects.get()
    assert {answer.data["change_set"] for answer in answers} == {draft.pk}
    assert (draft.origin, draft.changes.get().taker) == ("rotation", cast.chen)


def test_two_books_are_swapped(cast, api):
    answer = api("zhao").post(SWAP, {"one": cast.li.pk, "other": cast.wu.pk})
    assert answer.status_code == 201
    rows = ChangeSet.objects.get(pk=answer.data["change_set"]).changes
    assert dict(rows.values_list("customer", "taker")) == {
        cast.huadong.pk: cast.wu.pk, cast.nanqiao.pk: cast.li.pk}  # fmt: skip


@pytest.mark.parametrize("name", ["li", "chen", "gao", "hu", "fang", "yu", "mo"])
def test_who_leads_nobody_plans_and_swaps_nothing(cast, api, name):
    plan = api(name).post(PLAN, {"customers": [cast.huadong.pk]})
    swap = api(name).post(SWAP, {"one": cast.li.pk, "other": cast.wu.pk})
    assert plan.status_code == 403 and swap.status_code in (403, 422)
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    "customers", [[], ["x"], "all", [NOBODY], [0], [-1], [10**30], None, [[1]], [None]]
)
def test_customers_that_are_none_of_ones_own_make_no_plan(api, customers):
    assert api("he").post(PLAN, {"customers": customers}).status_code in (400, 422)
    assert not ChangeSet.objects.exists()


def test_a_customer_of_another_team_is_refused_like_one_that_is_not_there(cast, api):
    other = api("he").post(PLAN, {"customers": [cast.nanqiao.pk]})
    none = api("he").post(PLAN, {"customers": [NOBODY]})
    assert (other.status_code, other.content) == (none.status_code, none.content)
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("more", [{"other": None}, {"other": NOBODY}, {"one": "li"}, {"client_uuid": "x"}, {"extra": 1}])  # fmt: skip
def test_a_swap_that_cannot_be_meant_is_refused(cast, api, more):
    body = {"one": cast.li.pk, "other": cast.wu.pk} | more
    assert api("zhao").post(SWAP, body).status_code in (400, 422)
    assert not ChangeSet.objects.exists()


def test_nobody_swaps_with_themselves(cast, api):
    answer = api("zhao").post(SWAP, {"one": cast.li.pk, "other": cast.li.pk})
    assert answer.status_code == 422 and "other" in answer.data["errors"]
    assert not ChangeSet.objects.exists()


# -- exemptions ------------------------------------------------------------------------------------
def test_an_exemption_from_the_wish_to_its_end(cast, api):
    tier_c(cast)
    place = asked(cast, api)
    assert [row["stage"] for row in api("li").get(EXEMPTIONS).data["results"]] == ["asked"]
    assert api("he").post(f"{place}/decide", {"approved": True}).data["stage"] == "approved"
    [row] = api("he").get(CLOCKS).data["results"]
    assert (row["clock"], row["exempt_until"]) == ("exempt", ahead(60))
    answer = api("he").post(f"{place}/second-contact", {"second_contact": cast.he.pk})
    assert answer.data["second_contact"]["id"] == cast.he.pk
    assert api("he").post(f"{place}/end", {}).data["stage"] == "ended"
    assert api("he").post(f"{place}/end", {}).status_code == 409


def test_sent_twice_it_is_one_exemption(cast, api):
    body = wish(cast, client_uuid=str(uuid4()))
    first, second = (api("li").post(EXEMPTIONS, body) for _time in range(2))
    assert first.data["id"] == second.data["id"] == RotationExemption.objects.get().pk


@pytest.mark.parametrize("more", [{"why": "because"}, {"until": "soon"}, {"until": 181}, {"until": -1},
                                  {"second_contact": NOBODY}, {"note": "x" * 301}, {"customer": "x"}, {"extra": 1}])  # fmt: skip
def test_an_exemption_that_cannot_be_meant_is_refused(cast, api, more):
    assert api("li").post(EXEMPTIONS, wish(cast, **more)).status_code in (400, 422)
    assert not RotationExemption.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("wu", 404), ("qian", 404), ("hu", 404), ("yu", 404), ("fang", 403), ("chen", 403)])  # fmt: skip
def test_who_may_not_edit_the_customer_asks_for_nothing(cast, api, name, status):
    assert api(name).post(EXEMPTIONS, wish(cast)).status_code == status
    assert not RotationExemption.objects.exists()


@pytest.mark.parametrize(("name", "status"), [("wu", 404), ("hu", 404), ("li", 403), ("chen", 403), ("fang", 403), ("he", 403)])  # fmt: skip
@pytest.mark.parametrize(
    ("act", "body"), [("decide", {"approved": True}), ("end", {}), ("second-contact", "he")]
)
def test_who_may_not_decide_changes_nothing(cast, api, name, status, act, body):
    """The lead could, but for tier A somebody higher decides; of what waits nothing ends."""
    place = asked(cast, api)
    if name == "he" and act != "decide":
        status = 409
    body = {"second_contact": cast.he.pk} if act == "second-contact" else body
    assert api(name).post(f"{place}/{act}", body).status_code == status
    row = RotationExemption.objects.get()
    assert (row.state, row.second_contact, row.decided_by) == ("asked", cast.chen, None)


def test_exemptions_of_others_are_not_listed(cast, api):
    asked(cast, api)
    assert api("wu").get(EXEMPTIONS).data["results"] == []
    assert len(api("he").get(EXEMPTIONS).data["results"]) == 1


@pytest.mark.parametrize(
    "body", [{}, {"approved": "perhaps"}, {"approved": None}, {"approved": False}]
)
def test_a_decision_that_says_nothing_is_refused(cast, api, body):
    tier_c(cast)
    place = asked(cast, api)
    assert api("he").post(f"{place}/decide", body).status_code in (400, 422)
    assert RotationExemption.objects.get().state == "asked"
