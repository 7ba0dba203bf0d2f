"""The pages and the API of a private customer's file, and of what may be kept of households."""

import pytest

from crm.models import PrivateFact, PrivateSwitch
from crm.services import private_file
from tests.accept import frame
from tests.crm.test_private_file import DOOR, HOUSE, family, save, switched_on  # noqa: F401


@pytest.fixture
def page(family):  # noqa: F811
    return f"/customers/{family.pk}/private"


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_file_shows_plain_values_and_masks_the_others(cast, family, page, as_):  # noqa: F811
    save(cast, family, service_address="Lane 9", private_contact_preference="by post",
         do_not_contact="service_only")  # fmt: skip
    seen = text(as_(cast.li).get(page))
    assert "by post" in seen and "Lane 9" not in seen and "Recorded, hidden" in seen
    assert "kept until" in seen and "service matters only" in seen
    assert "Address to the door" not in text(as_(cast.gao).get(page))
    assert as_(cast.wu).get(page).status_code == 404


def test_a_firm_has_no_private_file_and_a_private_customer_no_five_parts(cast, family, page, as_):  # noqa: F811
    client = as_(cast.li)
    assert client.get(f"/customers/{cast.huadong.pk}/private").status_code == 404
    assert client.get(f"/customers/{family.pk}/file").status_code == 404
    assert f'href="{page}"' in text(client.get(f"/customers/{family.pk}"))


def test_what_is_typed_is_saved_and_what_is_left_empty_is_kept(cast, family, page, as_):  # noqa: F811
    client, sent = as_(cast.li), {"source": "customer"}
    first = {
        "service_address": "Lane 9",
        "product_preferences": "tea\ncoffee",
        "phone": "13800005678",
    }
    assert client.post(f"{page}/service/edit", sent | first).status_code == 303
    shown = text(client.get(f"{page}/service/edit"))
    assert "Lane 9" not in shown and "coffee" not in shown and 'data-draft="file' not in shown
    again = {"service_address-version": "1", "product_preferences-version": "1", "phone-version": "1",
             "access_notes": "ring", "product_preferences-remove": "on"}  # fmt: skip
    assert client.post(f"{page}/service/edit", sent | again).status_code == 303
    values = {row.field: row.value for row in PrivateFact.objects.select_related("key")}
    assert values == {"service_address": "Lane 9", "product_preferences": None,
                      "phone": "+8613800005678", "access_notes": "ring"}  # fmt: skip


def test_a_household_is_typed_as_counts_and_days_without_a_year(cast, family, page, as_):  # noqa: F811
    client = as_(cast.li)
    assert client.get(f"{page}/household/edit").status_code == 403  # nothing may be kept
    switched_on(cast)
    switched_on(cast, "occasions")
    sent = {"household_children-age_0_2": "2", "occasions-own_birthday": "02-29",
            "occasions-own_birthday-greet": "on", "source": "customer"}  # fmt: skip
    assert client.post(f"{page}/household/edit", sent).status_code == 303
    values = {row.field: row.value for row in PrivateFact.objects.select_related("key")}
    assert values == {HOUSE: {"age_0_2": 2}, "occasions": {"own_birthday": ["02-29", True]}}
    assert "0–2 · 2" not in text(client.get(page))
    assert "0–2 · 2" in text(client.post(f"{page}/{HOUSE}/reveal"))


@pytest.mark.parametrize(
    ("field", "typed"),
    [("phone", "no number"), ("do_not_contact", "maybe"), ("service_address", "x" * 2_001),
     ("source", "gossip"), ("phone-version", "x")],
)  # fmt: skip
def test_what_is_wrong_is_told_and_changes_nothing(cast, family, page, as_, field, typed):  # noqa: F811
    sent = {"access_notes": "ring", "source": "customer"} | {field: typed}
    assert as_(cast.li).post(f"{page}/service/edit", sent).status_code == 422
    assert not PrivateFact.objects.exists()


def test_whoever_was_slower_is_told_and_chooses(cast, family, page, as_):  # noqa: F811
    save(cast, family, service_address="Lane 9")
    sent = {"service_address": "Lane 10", "source": "customer"}
    answer = as_(cast.li).post(f"{page}/service/edit", sent)
    assert answer.status_code == 409
    assert 'name="service_address-version" value="1"' in answer.content.decode()
    assert PrivateFact.objects.get().value == "Lane 9"


def test_a_value_is_revealed_in_place_and_on_a_page(cast, family, page, as_):  # noqa: F811
    save(cast, family, service_address="Lane <9>")
    client = as_(cast.chen)
    assert "Lane &lt;9&gt;" in text(client.post(f"{page}/{DOOR}/reveal"))
    part = text(client.post(f"{page}/{DOOR}/reveal", headers={"HX-Request": "true"}))
    assert "Lane &lt;9&gt;" in part and "<html" not in part
    assert as_(cast.fang).post(f"{page}/{DOOR}/reveal").status_code == 422
    assert "Lane" in text(as_(cast.fang).post(f"{page}/{DOOR}/reveal", {"reason": "Audit"}))
    for name in ("nothing", "phone", "full_name"):
        assert client.post(f"{page}/{name}/reveal").status_code == 404


def test_the_file_is_erased_from_its_page_with_a_reason(cast, family, page, as_):  # noqa: F811
    save(cast, family, service_address="Lane 9")
    client = as_(cast.li)
    assert f"{page}/erase" in text(client.get(page))
    assert client.post(f"{page}/erase", {"reason": ""}).status_code == 422
    assert PrivateFact.objects.get().key
    assert client.post(f"{page}/erase", {"reason": "By letter"}).status_code == 303
    assert PrivateFact.objects.get().key is None
    assert client.post(f"{page}/erase", {"reason": "By letter"}).status_code == 422
    assert as_(cast.chen).get(f"{page}/erase").status_code == 403


def test_the_history_of_a_masked_value_says_who_and_when_only(cast, family, page, as_):  # noqa: F811
    save(cast, family, service_address="Lane 9", private_contact_preference="by post")
    client = as_(cast.li)
    seen = text(client.get(f"{page}/{DOOR}/history"))
    assert "Lane 9" not in seen and "Li Wei" in seen
    assert "by post" in text(client.get(f"{page}/private_contact_preference/history"))
    assert as_(cast.gao).get(f"{page}/{DOOR}/history").status_code == 404


def test_who_logs_and_who_plans_is_told_of_the_wish(cast, family, page, as_):  # noqa: F811
    save(cast, family, do_not_contact="nothing")
    client = as_(cast.li)
    for address in (f"/customers/{family.pk}", f"/log?customer={family.pk}",
                    f"/customers/{family.pk}/tasks/new"):  # fmt: skip
        assert "o not contact" in text(client.get(address)) or "not want to be contacted" in text(
            client.get(address)
        )


def test_what_may_be_kept_is_asked_for_agreed_and_taken_back(cast, as_):
    one, two = frame.browser(cast.yu), frame.browser(cast.sun)
    assert "Children by age band" in text(one.get("/private-file"))
    sent = {"purpose": "Safe products", "basis": "consent", "retention_days": "365"}
    assert one.post(f"/private-file/{HOUSE}", sent | {"purpose": " "}).status_code == 422
    assert one.post(f"/private-file/{HOUSE}", sent).status_code == 303
    assert one.post(f"/private-file/{HOUSE}", sent).status_code == 409
    switch = PrivateSwitch.objects.get()
    assert one.post(f"/private-switches/{switch.pk}/agree").status_code == 403
    assert "Waits for a second person" in text(two.get("/private-file"))
    assert two.post(f"/private-switches/{switch.pk}/agree").status_code == 303
    assert two.post(f"/private-switches/{switch.pk}/agree").status_code == 409
    assert "agreed by" in text(one.get("/private-file"))
    assert one.post(f"/private-switches/{switch.pk}/end").status_code == 303
    assert one.get("/private-file/phone").status_code == 404
    assert as_(cast.li).get("/private-file").status_code == 403
    assert as_(cast.he).post(f"/private-switches/{switch.pk}/end").status_code == 404


def test_the_api_has_the_file_without_its_household(cast, family, page):  # noqa: F811
    switched_on(cast)
    save(cast, family, household_children={"age_0_2": 1}, service_address="Lane 9")
    client, home = frame.api(cast.li), f"/api/v1/customers/{family.pk}/private"
    cells = {cell["field"]: cell for cell in client.get(home).json()["cells"]}
    assert HOUSE not in cells and cells[DOOR]["masked"] and "Lane" not in str(cells)
    shown = client.post(f"{home}/reveal", {"field": DOOR}, content_type="application/json")
    assert shown.json()["value"] == "Lane 9"
    hidden = client.post(f"{home}/reveal", {"field": HOUSE}, content_type="application/json")
    assert hidden.status_code == 422
    sent = {"values": {"access_notes": {"value": "ring"}}}
    answer = client.post(f"{home}/save", sent, content_type="application/json")
    assert answer.status_code == 200
    sent = {"values": {HOUSE: {"value": {"age_0_2": 9}, "version": 1}}}
    assert client.post(f"{home}/save", sent, content_type="application/json").status_code == 422
    assert frame.api(cast.wu).get(home).status_code == 404
    assert frame.api(cast.li).get(f"/api/v1/customers/{cast.huadong.pk}/private").status_code == 404


def test_the_export_of_customers_has_nothing_of_a_private_file(cast, family, page, as_):  # noqa: F811
    switched_on(cast)
    save(cast, family, service_address="Marker 1", household_children={"age_0_2": 1})
    private_file.reveal(actor=cast.li, customer=family, field=DOOR)
    client = as_(cast.li)
    for address in ("/customers", "/customers?q=Marker", "/trail", "/contacts", f"/customers/{family.pk}",
                    f"/customers/{family.pk}/timeline"):  # fmt: skip
        seen = text(client.get(address))
        assert "Marker 1" not in seen and HOUSE not in seen
