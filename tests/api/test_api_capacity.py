"""Load, limits, rules of ownership and duties over the API."""

from crm.models import Assignment, Capacity, OwnershipRules
from crm.services import ownership


def test_a_lead_lists_the_load_of_the_team_page_by_page(cast, api):
    rows = {row["person"]["id"]: row for row in api("he").every("load")}
    li = rows[cast.li.pk]
    assert li["points"] == "5.00" and li["limit"] == 100 and not li["over"] and not li["own_limit"]
    assert li["customers"] == {"A": 1, "B": 0, "C": 0} and cast.wu.pk not in rows
    assert [row["person"]["id"] for row in api("li").every("load")] == [cast.li.pk]
    assert api("hu").get("load").data["results"] == []


def test_the_load_of_one_person_is_for_who_may_see_it(cast, api, unchanged):
    with unchanged():
        assert api("li").get(f"people/{cast.li.pk}/load").data["points"] == "5.00"
        assert api("li").get(f"people/{cast.chen.pk}/load").status_code == 403
        assert api("he").get(f"people/{cast.wu.pk}/load").status_code == 403
        assert api("he").get(f"people/{10**15}/load").status_code == 404


def test_a_lead_sets_a_limit_and_takes_it_back(cast, api):
    answer = api("he").patch(f"people/{cast.li.pk}/load", {"limit": 4})
    assert answer.status_code == 200 and answer.data["over"] and answer.data["own_limit"]
    assert api("he").patch(f"people/{cast.li.pk}/load", {"limit": None}).data["limit"] == 100
    assert not Capacity.objects.exists()


def test_a_limit_that_is_none_changes_nothing(cast, api, unchanged):
    he, path = api("he"), f"people/{cast.li.pk}/load"
    with unchanged():
        for wrong in ({"limit": -1}, {"limit": "many"}, {"limit": 10**30}, {"more": 1}, {}):
            assert he.patch(path, wrong).status_code == 422, wrong
        assert api("li").patch(path, {"limit": 5}).status_code == 403
        assert api("qian").patch(path, {"limit": 5}).status_code == 403


def test_the_rules_are_read_by_all_and_changed_from_the_version_that_was_seen(cast, api):
    seen = api("li").get("ownership-rules")
    assert seen.data["weight_c"] == "0.50" and seen["ETag"] == f'"{seen.data["version"]}"'
    assert api("li").patch("ownership-rules", {"approval_rows": 1}).status_code == 403
    assert api("sun").patch("ownership-rules", {"approval_rows": 1}).status_code == 428
    change = {"approval_rows": 30, "version": seen.data["version"]}
    assert api("sun").patch("ownership-rules", change).data["approval_rows"] == 30
    assert api("zhao").patch("ownership-rules", change | {"approval_rows": 9}).status_code == 409
    assert OwnershipRules.objects.get(pk=1).approval_rows == 30


def test_rules_that_nobody_can_mean_are_refused(cast, api, unchanged):
    seen = {"version": api("sun").get("ownership-rules").data["version"]}
    wrong = ({"weight_a": "-1"}, {"weight_a": "1"}, {"weight_b": "x"}, {"approval_tier": "D"},
             {"acceptance_days": 31}, {"default_capacity": 10**30}, {"id": 2})  # fmt: skip
    with unchanged():
        for body in wrong:
            assert api("sun").patch("ownership-rules", body | seen).status_code == 422, body


def test_the_duty_of_a_member_is_set_and_read(cast, api):
    path = f"customers/{cast.huadong.pk}/seats"
    member = ownership.assign(
        actor=cast.he, customer=cast.huadong, seat="key_account_member", person=cast.wu
    )
    answer = api("he").post(f"{path}/duty", {"member": member.pk, "duty": "technical"})
    assert answer.status_code == 200
    assert [row["duty"] for row in answer.data["seats"] if row["id"] == member.pk] == ["technical"]
    other = Assignment.objects.get(customer=cast.nanqiao)
    for number in (other.pk, 10**15):
        assert api("he").post(f"{path}/duty", {"member": number, "duty": ""}).status_code == 404
    manager = Assignment.objects.get(customer=cast.huadong, seat="account_manager")
    assert api("he").post(f"{path}/duty", {"member": manager.pk, "duty": ""}).status_code == 409
    assert api("li").post(f"{path}/duty", {"member": member.pk, "duty": ""}).status_code == 403


def test_more_than_somebody_can_carry_asks_for_a_reason(cast, api, unchanged):
    Capacity.objects.create(person=cast.chen, limit=4)
    path, he = f"customers/{cast.huadong.pk}/seats", api("he")
    body = {"seat": "account_manager", "person": cast.chen.pk, "why": "workload"}
    with unchanged():
        refused = he.post(path, body)
        assert refused.status_code == 422 and list(refused.data["errors"]) == ["because"]
        assert he.post(path, body | {"duty": "technical"}).status_code == 422
    assert he.post(path, body | {"because": "No other"}).status_code == 201
    member = {"seat": "key_account_member", "person": cast.wu.pk, "why": "other"}
    rows = he.post(path, member | {"duty": "sponsor"}).data["seats"]
    assert [row["duty"] for row in rows if row["person"]["id"] == cast.wu.pk] == ["sponsor"]
