"""The pages of the customer file: what is shown to whom, typed, confirmed, refused."""

import re
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from crm.access import sight_of
from crm.models import Completeness, Customer, Fact
from crm.selectors import completeness, customer_list
from crm.selectors import customer_file as files
from crm.selectors import customers as rows
from crm.services import contacts, customer_file, shares

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


def test_a_backup_reads_neither_a_guarded_part_nor_its_percentage(cast, as_, page):
    filled(cast, "secret discount", field="deductions", part="settlement_traits")
    client = as_(cast.chen)
    text = client.get(page).content.decode()
    assert "Settlement traits" in text
    found = files.of_customer(cast.chen, cast.huadong)
    assert [one.percent is None for one in found.parts] == [False, False, True, True, True]
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


def test_the_total_of_a_file_is_that_of_the_parts_its_reader_sees(cast, as_, page):
    filled(cast, "Gate 1")
    kept = Completeness.objects.get(customer=cast.huadong)
    before = {name: files.of_customer(cast[name], cast.huadong).total for name in ("li", "chen")}
    Completeness.objects.update(parts=[*kept.parts[:2], 100, 100, kept.parts[4]], total=99)
    for name, total in (("li", 99), ("he", 99), ("chen", before["chen"])):
        (row,) = shown(cast, name)
        assert row.file.total == total, name
    assert before["li"] == kept.total
    assert shown(cast, "chen")[0].file.parts[2:4] == [None, None]
    text = as_(cast.chen).get("/customers?view=all&column=file").content.decode()
    assert "99" not in re.sub(r"<[^>]*>", "", text) and text.count('class="none"') >= 2


def shown(cast, name):
    """The rows of the customer in somebody's list, least complete first."""
    person = Person.objects.get(pk=cast[name].pk)
    found = customer_list.page(
        person, sort="file", rows=rows.list_rows(["file"], person), filters=Q(pk=cast.huadong.pk)
    )
    return [rows.row(customer, sight_of(person)) for customer in found.rows]


def test_a_list_is_ordered_and_narrowed_by_what_its_reader_sees(cast):
    """To whom the guarded parts are hidden, filling them changes no place and no list."""
    person = cast.chen
    share(cast, person)
    for customer, guarded in ((cast.huadong, 0), (cast.nanqiao, 100)):
        Completeness.objects.update_or_create(
            customer=customer,
            defaults={"total": guarded, "parts": [50, 50, guarded, guarded, 50]},
        )
    by_name = sorted((cast.huadong, cast.nanqiao), key=lambda one: one.sort_key)
    for order in ("file", "-file"):
        for term in ("", "nanqiao", "华东"):
            found = customer_list.page(person, sort=order, term=term).rows
            wanted = [one for one in by_name if not term or term in one.name.lower()]
            assert found == (wanted if order == "file" else wanted[::-1]), (order, term)
            whole = customer_list.page(cast.zhao, sort=order, term=term).rows
            assert set(whole) == set(wanted), (order, term)
    first = customer_list.page(person, sort="file", limit=1)
    then = customer_list.page(person, sort="file", limit=1, after=first.next)
    assert first.rows + then.rows == by_name
    low = Customer.objects.filter(completeness.incomplete(person))
    assert set(low) == {cast.huadong, cast.nanqiao}
    Completeness.objects.update(parts=[100, 100, 0, 0, 100])
    assert not Customer.objects.filter(completeness.incomplete(person)).exists()
    assert Customer.objects.filter(completeness.incomplete(cast.li)).get() == cast.huadong


def share(cast, person):
    """Let a person read the customer of the South, too."""
    shares.grant(actor=cast.qian, customer=cast.nanqiao, person=person, right="read_customer",
                 until=timezone.now() + timedelta(days=9), why="A question")  # fmt: skip


def test_lists_show_five_dots_narrow_to_incomplete_files_and_order_by_them(cast, as_):
    filled(cast, "Gate 1")
    text = as_(cast.he).get("/customers?view=incomplete&column=file&sort=file").content.decode()
    assert "华东机电" in text and 'class="dots"' in text
