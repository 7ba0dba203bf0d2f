"""The pages about load and about the rules of ownership."""

from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import Capacity, OwnershipRules
from tests.crm.test_capacity_load import held

HUGE = 10**30


def body(response):
    return response.content.decode()


RULES = {
    "weight_a": "6", "weight_b": "2.5", "weight_c": "0.5", "default_capacity": "80",
    "approval_tier": "never", "approval_rows": "10", "acceptance_days": "2",
}  # fmt: skip


def test_a_lead_reads_who_is_over_the_limit_with_the_numbers(cast, as_):
    Capacity.objects.create(person=cast.li, limit=4)
    page = body(as_(cast.he).get("/load"))
    assert "1 person carries more than the limit." in page and "Over the limit" in page
    assert "125%" in page and "Wu Hao" not in page
    assert reverse("crm:person-load", args=[cast.li.pk]) in page
    assert f"{reverse('crm:transfer-new')}?person={cast.li.pk}" in page
    assert "transfers/new" not in body(as_(cast.fang).get("/load"))


def test_within_limits_the_page_says_so(cast, as_):
    assert "Load is within limits." in body(as_(cast.he).get("/load"))


def test_fifty_people_stand_on_one_page(cast, as_, monkeypatch):
    monkeypatch.setattr("crm.views.capacity.ROWS", 2)
    first = body(as_(cast.zhao).get("/load"))
    second = body(as_(cast.zhao).get("/load?page=1"))
    assert "Li Wei" in first and "page=1" in first and "Li Wei" not in second
    for strange in ("-1", "x", "99999999", "٣"):
        assert as_(cast.zhao).get("/load", {"page": strange}).status_code == 200


@pytest.mark.parametrize("name", ["li", "gao", "hu", "tang", "yu", "mo"])
def test_who_leads_nobody_has_no_page_of_loads(cast, as_, name):
    assert as_(cast[name]).get("/load").status_code == 403


def test_everybody_reads_the_own_load_and_sets_nothing(cast, as_):
    held(cast, cast.li, "C")
    page = body(as_(cast.li).get(f"/people/{cast.li.pk}/load"))
    assert "5.5 of 100 points" in page and "/capacity" not in page
    assert as_(cast.li).get(f"/people/{cast.li.pk}/capacity").status_code == 403
    assert as_(cast.li).get(f"/people/{cast.chen.pk}/load").status_code == 403
    assert f"/people/{cast.li.pk}/load?panel=1" in body(as_(cast.li).get(f"/people/{cast.li.pk}"))
    assert "/load?panel=1" not in body(as_(cast.li).get(f"/people/{cast.chen.pk}"))


def test_a_lead_sets_the_limit_of_one_of_the_team_and_takes_it_back(cast, as_):
    url = f"/people/{cast.li.pk}/capacity"
    assert as_(cast.he).post(url, {"limit": "60"}).status_code == 303
    page = body(as_(cast.he).get(f"/people/{cast.li.pk}/load"))
    assert "5 of 60 points" in page and "a limit of their own" in page
    assert as_(cast.he).post(url, {"limit": ""}).status_code == 303
    assert not Capacity.objects.exists()


@pytest.mark.parametrize("limit", ["-1", "many", "10001", str(HUGE), "1.5"])
def test_a_limit_that_is_none_is_said_at_the_field(cast, as_, limit):
    page = as_(cast.he).post(f"/people/{cast.li.pk}/capacity", {"limit": limit})
    assert page.status_code == 422 and not Capacity.objects.exists()


def test_a_lead_sets_no_limit_of_another_team(cast, as_):
    assert as_(cast.he).post(f"/people/{cast.wu.pk}/capacity", {"limit": "1"}).status_code == 403
    assert as_(cast.he).get(f"/people/{cast.wu.pk}/load").status_code == 403
    assert as_(cast.he).get(f"/people/{HUGE}/load").status_code == 404
    assert not Capacity.objects.exists()


def test_the_director_changes_the_rules_on_the_page(cast, as_):
    assert as_(cast.sun).post("/settings/ownership", RULES).status_code == 303
    rules = OwnershipRules.objects.get(pk=1)
    assert (rules.weight_b, rules.default_capacity, rules.approval_tier) == (Decimal("2.5"), 80, "")
    assert 'value="6"' in body(as_(cast.sun).get("/settings/ownership"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("weight_a", ""), ("weight_a", "-1"), ("weight_a", "1"), ("weight_c", "NaN"),
     ("approval_rows", "x"), ("approval_tier", "D"), ("acceptance_days", "400"),
     ("default_capacity", str(HUGE)), ("weight_b", "1e999")],
)  # fmt: skip
def test_rules_that_are_none_are_said_at_the_field(cast, as_, field, value):
    page = as_(cast.sun).post("/settings/ownership", RULES | {field: value})
    assert page.status_code == 422
    assert OwnershipRules.objects.get(pk=1).default_capacity == 100


def test_rules_from_an_old_page_do_not_overwrite_newer_ones(cast, as_):
    from crm.services.capacity import RULES as NAMES
    from kit.versions import tag

    seen = tag(OwnershipRules.objects.get(pk=1), NAMES)
    as_(cast.sun).post("/settings/ownership", RULES)
    again = as_(cast.zhao).post(
        "/settings/ownership", RULES | {"approval_rows": "5000", "version": seen}
    )
    assert again.status_code == 409
    assert OwnershipRules.objects.get(pk=1).approval_rows == 10


@pytest.mark.parametrize("name", ["li", "he", "hu", "ming"])
def test_everybody_reads_the_rules_and_only_two_roles_change_them(cast, as_, name):
    page = as_(cast[name]).get("/settings/ownership")
    assert page.status_code == 200 and "Never" in body(page) and 'name="weight_a"' not in body(page)
    assert as_(cast[name]).post("/settings/ownership", RULES).status_code == 403
    assert OwnershipRules.objects.get(pk=1).default_capacity == 100


def test_the_page_of_loads_needs_as_few_statements_for_many_people_as_for_some(
    cast, as_, django_assert_max_num_queries
):
    for number in range(5):
        held(cast, (cast.li, cast.chen, cast.he)[number % 3], "C")
    client = as_(cast.he)
    client.get("/load")
    with django_assert_max_num_queries(7):  # session and person among them
        assert client.get("/load").status_code == 200
