"""The pages of the customer file: what is shown to whom, typed, confirmed, refused."""

import pytest

from crm.models import Fact
from crm.services import contacts, customer_file

PROFILE = "company_profile"


@pytest.fixture
def page(cast):
    return f"/customers/{cast.huadong.pk}/file"


def filled(cast, value, version=0, actor=None, field="site_access", part=PROFILE):
    return customer_file.save(
        actor=actor or cast.li, customer=cast.huadong, part=part,
        values={field: {"value": value, "version": version}},
    )  # fmt: skip


def test_the_list_of_parts_says_how_complete_each_is_and_what_is_missing(cast, as_, page):
    text = as_(cast.li).get(page).content.decode()
    assert "Company profile" in text and "fields missing" in text
    assert "tier A should reach" in text


def test_a_backup_reads_the_percentage_of_a_guarded_part_and_not_the_part(cast, as_, page):
    filled(cast, "secret discount", field="deductions", part="settlement_traits")
    client = as_(cast.chen)
    assert "Settlement traits" in client.get(page).content.decode()
    assert client.get(f"{page}/settlement_traits").status_code == 403
    assert client.get(f"{page}/settlement_traits/edit").status_code == 403


def test_a_part_that_is_none_and_a_person_who_is_not_there_are_the_one_404(cast, as_, page):
    client = as_(cast.li)
    for address in (
        "/nothing",
        "/key_persons/edit",
        "/key_persons/edit?contact=1",
        "/sites/x/history",
    ):
        assert client.get(page + address).status_code == 404


def test_what_is_typed_is_saved_with_note_and_source(cast, as_, page):
    sent = {
        "site_access": "Gate 1", "site_access-note": "ring twice", "site_access-version": "0",
        "sites": "Works\n\nStore", "customer_since": "2020-02-29", "source": "document",
    }  # fmt: skip
    assert as_(cast.li).post(f"{page}/{PROFILE}/edit", sent).status_code == 303
    facts = {fact.field: fact for fact in Fact.objects.all()}
    assert facts["site_access"].said == ("Gate 1", "ring twice")
    assert facts["sites"].said[0] == ["Works", "Store"]
    assert facts["customer_since"].said[0] == "2020-02-29"
    assert {fact.source for fact in facts.values()} == {"document"}


def test_an_amount_keeps_its_currency(cast, as_, page):
    sent = {"category_spend": "1,200.50", "category_spend_currency": "EUR", "source": "visit"}
    assert as_(cast.li).post(f"{page}/business_situation/edit", sent).status_code == 303
    assert Fact.objects.get().value == {"amount": 1200.5, "currency": "EUR"}


def test_of_two_who_type_at_once_the_later_reads_both_and_chooses(cast, as_, page):
    filled(cast, "Gate 1")
    filled(cast, "Gate 2", version=1, actor=cast.he)
    sent = {"site_access": "Gate 3", "site_access-version": "1", "source": "visit"}
    answer = as_(cast.li).post(f"{page}/{PROFILE}/edit", sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Gate 2" in text and "Gate 3" in text and 'name="site_access-version" value="2"' in text
    assert Fact.objects.get().said[0] == "Gate 2"
    assert as_(cast.li).post(f"{page}/{PROFILE}/edit", sent | {"site_access-version": "2"}).status_code == 303  # fmt: skip
    assert Fact.objects.get().said[0] == "Gate 3"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("customer_since", "31 February"), ("founded_year", "old"), ("ownership_form", "circus"),
        ("site_access", "x" * 2_001), ("source", "gossip"), ("site_access-note", "x" * 301),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_changes_nothing(cast, as_, page, field, typed):
    sent = {"site_access": "Gate 1", "source": "visit"} | {field: typed}
    assert as_(cast.li).post(f"{page}/{PROFILE}/edit", sent).status_code == 422
    assert not Fact.objects.exists()


def test_a_script_in_a_value_is_text(cast, as_, page):
    filled(cast, "<script>alert(1)</script>")
    text = as_(cast.li).get(f"{page}/{PROFILE}").content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_a_part_is_confirmed_from_its_page(cast, as_, page):
    filled(cast, "Gate 1")
    assert as_(cast.he).post(f"{page}/{PROFILE}/confirm", {"source": "call"}).status_code == 303
    fact = Fact.objects.get(field="site_access")
    assert (fact.confirmed_by, fact.source) == (cast.he, "call")


def test_the_history_of_a_key_person_is_for_who_may_know_them(cast, as_, page):
    wang = contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "is_key_person": True},
    )  # fmt: skip
    customer_file.save(
        actor=cast.li, customer=cast.huadong, part="key_persons", contact=wang,
        values={"work_goals": {"value": "cut cost", "version": 0}},
    )  # fmt: skip
    address = f"{page}/key_persons/work_goals/history?contact={wang.pk}"
    assert "cut cost" in as_(cast.li).get(address).content.decode()
    assert as_(cast.chen).get(address).status_code == 403
    assert as_(cast.wu).get(address).status_code == 404


def test_lists_show_five_dots_narrow_to_incomplete_files_and_order_by_them(cast, as_):
    filled(cast, "Gate 1")
    text = as_(cast.he).get("/customers?view=incomplete&column=file&sort=file").content.decode()
    assert "华东机电" in text and 'class="dots"' in text
