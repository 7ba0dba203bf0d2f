"""The customer file: values with who confirmed them, two at once, guarded parts, completeness."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.http import Http404
from django.urls import reverse

from accounts.models import TrailEntry
from crm.models import Completeness, Contact, Fact, Link, Order, Payment, Position, Task
from crm.selectors import completeness, file_fields
from crm.selectors import customer_file as files
from crm.services import channels, contacts, customer_file, customers, links, trade
from crm.services import completeness as completeness_rows
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused

PROFILE, SITUATION = "company_profile", "business_situation"
KEY, SETTLEMENT, STAFF = "key_persons", "settlement_traits", "customer_staff"


def given(value, version=0, note=""):
    return {"value": value, "version": version, "note": note}


def save(actor, customer, part, contact=None, source="visit", **values):
    said = {name: given(value) if not isinstance(value, dict) or "amount" in value else value
            for name, value in values.items()}  # fmt: skip
    return customer_file.save(
        actor=actor, customer=customer, part=part, values=said, contact=contact, source=source
    )


@pytest.fixture
def wang(cast):
    """A key person of 华东机电."""
    return contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "function": "purchase", "is_key_person": True},
    )  # fmt: skip


@pytest.fixture
def liu(cast):
    """Somebody of the staff there."""
    return contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "刘工"},
        place={"title": "技术员", "function": "technical"},
    )  # fmt: skip


def cell(viewer, customer, part, field, contact=None):
    """The cell as this viewer's page shows it."""
    shown = files.of_customer(viewer, customer).part(part)
    subject = next(one for one in shown.subjects if contact is None or one.contact == contact)
    return next(one for one in subject.cells if one.field.id == field)


# -- values ----------------------------------------------------------------------------------------
def test_what_the_account_manager_types_shows_who_confirmed_it_when_and_from_what(cast):
    save(cast.li, cast.huadong, PROFILE, source="document", registration_no="91310000123456789X")
    shown = cell(cast.chen, cast.huadong, PROFILE, "registration_no")
    assert shown.words == ["91310000123456789X"]
    assert (shown.by, shown.fact.source, shown.state) == (cast.li, "document", "fresh")


def test_a_value_leaves_one_entry_that_names_the_fields_and_not_what_they_say(cast):
    save(cast.li, cast.huadong, SETTLEMENT, deductions="secret discount", terms_days=60)
    entry = TrailEntry.objects.get(verb="customer_file.save")
    assert entry.changes == {"fields": [None, ["deductions", "terms_days"]]}
    assert entry.customer_id == cast.huadong.pk


def test_the_history_of_a_field_says_what_it_said_before(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    save(cast.he, cast.huadong, PROFILE, site_access=given("Gate 2", version=1))
    steps = files.steps(cell(cast.li, cast.huadong, PROFILE, "site_access"))
    assert [(one.words, one.by) for one in steps] == [
        (["Gate 2"], cast.he), (["Gate 1"], cast.li),
    ]  # fmt: skip


def test_an_emptied_field_is_missing_and_its_history_stays(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    save(cast.li, cast.huadong, PROFILE, site_access=given(None, version=1))
    shown = cell(cast.li, cast.huadong, PROFILE, "site_access")
    assert shown.state == "missing"
    assert files.steps(shown)[1].words == ["Gate 1"]


def test_of_two_who_type_at_once_the_later_is_told_and_chooses(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    with pytest.raises(Conflict) as refused:
        save(cast.he, cast.huadong, PROFILE, site_access=given("Gate 2", version=0))
    assert "site_access" in refused.value.fields
    assert cell(cast.li, cast.huadong, PROFILE, "site_access").words == ["Gate 1"]
    save(cast.he, cast.huadong, PROFILE, site_access=given("Gate 2", version=1))
    assert cell(cast.li, cast.huadong, PROFILE, "site_access").words == ["Gate 2"]


def test_two_who_say_the_same_at_once_are_no_conflict(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    with pytest.raises(Refused) as refused:
        save(cast.he, cast.huadong, PROFILE, site_access="Gate 1")
    assert not isinstance(refused.value, Conflict)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        (PROFILE, "ownership_form", "circus"),
        (PROFILE, "founded_year", "long ago"),
        (PROFILE, "founded_year", True),
        (PROFILE, "founded_year", float("nan")),
        (PROFILE, "founded_year", 1e20),
        (PROFILE, "customer_since", "2026-02-30"),
        (PROFILE, "customer_since", "0001-01-01"),
        (PROFILE, "sites", "not a list"),
        (PROFILE, "sites", ["x"] * 51),
        (PROFILE, "sites", ["x" * 301]),
        (PROFILE, "site_access", "x" * 1_000_000),
        (PROFILE, "site_access", 7),
        (SITUATION, "our_share", 101),
        (SITUATION, "category_spend", {"amount": -1, "currency": "CNY"}),
        (SITUATION, "category_spend", {"amount": 5, "currency": "yuan"}),
        (SITUATION, "category_spend", 5),
        (PROFILE, "legal_name", "Kept elsewhere"),
        (PROFILE, "no_such_field", "x"),
    ],
)
def test_what_is_no_value_of_a_field_is_refused_and_changes_nothing(cast, part, field, value):
    with pytest.raises(Refused):
        customer_file.save(
            actor=cast.li, customer=cast.huadong, part=part, values={field: given(value)}
        )
    assert not Fact.objects.exists()


def test_a_private_person_has_no_five_parts(cast):
    who = customers.create(
        actor=cast.li, values={"kind": "person", "name": "张三"}, client_uuid=None, anyway=False
    )
    with pytest.raises(Http404):
        save(cast.li, who, PROFILE, site_access="x")


# -- who may ---------------------------------------------------------------------------------------
def test_a_backup_reads_open_parts_and_neither_types_nor_sees_guarded_ones(cast, wang):
    save(cast.li, cast.huadong, SETTLEMENT, deductions="secret discount")
    save(cast.li, cast.huadong, KEY, contact=wang, work_goals="secret goal")
    shown = files.of_customer(cast.chen, cast.huadong)
    assert [one.hidden for one in shown.parts] == [False, False, True, True, False]
    assert not Fact.objects.visible_to(cast.chen).exists()
    with pytest.raises(NotAllowed):
        save(cast.chen, cast.huadong, PROFILE, site_access="x")
    assert Fact.objects.count() == 2


def test_who_may_not_know_the_key_persons_finds_them_among_the_staff(cast, wang, liu):
    staff = files.of_customer(cast.chen, cast.huadong).part(STAFF)
    assert {one.contact for one in staff.subjects} == {wang, liu}
    staff = files.of_customer(cast.li, cast.huadong).part(STAFF)
    assert {one.contact for one in staff.subjects} == {liu}


def test_a_rep_of_another_team_sees_and_changes_nothing(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    assert not Fact.objects.visible_to(cast.wu).exists()
    with pytest.raises(Http404):
        save(cast.wu, cast.huadong, PROFILE, site_access="x")


def test_a_key_person_of_another_customer_is_unknown_here(cast, wang):
    with pytest.raises(Http404):
        save(cast.wu, cast.nanqiao, KEY, contact=wang, work_goals="x")
    assert not Fact.objects.exists()


def test_what_is_said_of_a_contact_is_sealed_and_gone_with_its_key(cast, wang):
    (fact,) = save(cast.li, cast.huadong, KEY, contact=wang, work_goals="cut cost")
    assert (fact.value, fact.note) == (None, "")
    assert b"cut cost" not in bytes(fact.sealed)
    assert cell(cast.li, cast.huadong, KEY, "work_goals").words == ["cut cost"]
    Contact.objects.filter(pk=wang.pk).update(key=None)
    assert cell(cast.li, cast.huadong, KEY, "work_goals").words == []


# -- confirming and asking -------------------------------------------------------------------------
def test_a_part_is_confirmed_as_it_stands_without_typing(cast):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    Fact.objects.update(confirmed_at=database_now() - timedelta(days=200))
    assert cell(cast.he, cast.huadong, PROFILE, "site_access").state == "old"
    customer_file.confirm(actor=cast.he, customer=cast.huadong, part=PROFILE, source="call")
    shown = cell(cast.he, cast.huadong, PROFILE, "site_access")
    assert (shown.state, shown.by, shown.words) == ("fresh", cast.he, ["Gate 1"])
    assert cell(cast.he, cast.huadong, PROFILE, "legal_name").by == cast.he


def test_confirming_a_person_who_has_left_the_customer_is_refused(cast, wang):
    place = Position.objects.get(contact=wang)
    contacts.end_position(
        actor=cast.li, customer=cast.huadong, position=place, ended_on=date(2026, 1, 5)
    )
    with pytest.raises(Refused):
        customer_file.confirm(actor=cast.li, customer=cast.huadong, part=KEY, contact=wang)


def test_a_question_is_a_task_of_whoever_answers_and_asked_once(cast):
    ask = {"actor": cast.chen, "customer": cast.huadong, "part": PROFILE, "field": "site_access"}
    task = customer_file.ask(**ask)
    assert (task.person, task.made_by, task.customer) == (cast.li, cast.chen, cast.huadong)
    with pytest.raises(Conflict):
        customer_file.ask(**ask)
    assert Task.objects.count() == 1


def test_nobody_asks_for_a_field_of_a_part_they_may_not_see(cast):
    with pytest.raises(NotAllowed):
        customer_file.ask(
            actor=cast.chen, customer=cast.huadong, part=SETTLEMENT, field="terms_days"
        )
    assert not Task.objects.exists()


# -- completeness ----------------------------------------------------------------------------------
def test_a_value_counts_in_full_then_half_then_not_at_all():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    ages = [now - timedelta(days=age) for age in (0, 90, 91, 180, 181)]
    assert [completeness.credit(at, 90, now) for at in ages] == [1, 1, 0.5, 0.5, 0]
    assert completeness.credit(None, 90, now) == 0


def test_the_figure_of_lists_is_that_of_the_page(cast, wang, liu):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1", registration_no="9131")
    save(cast.li, cast.huadong, KEY, contact=wang, decision_role="decides")
    row = Completeness.objects.get(customer=cast.huadong)
    shown = files.of_customer(cast.li, cast.huadong)
    assert (row.total, row.parts) == (shown.total, [one.percent for one in shown.parts])


def test_completeness_equals_a_plain_computation_by_the_pack(cast, wang, liu):
    save(cast.li, cast.huadong, PROFILE, site_access="Gate 1", registration_no="9131")
    save(cast.li, cast.huadong, SETTLEMENT, terms_days=60, method="transfer")
    save(cast.li, cast.huadong, KEY, contact=wang, decision_role="decides", work_goals="x")
    save(cast.li, cast.huadong, STAFF, contact=liu, duty="orders")
    filled = {
        PROFILE: [{"legal_name", "short_name", "origin", "site_access", "registration_no"}],
        SITUATION: [set()],
        KEY: [{"name", "position", "decision_role", "work_goals"}],
        SETTLEMENT: [{"terms_days", "method"}],
        # one of three functions is there, two are empty persons
        STAFF: [{"staff_name", "staff_position", "function", "status", "duty"}, set(), set()],
    }
    total = 0
    for part in file_fields.document()["parts"]:
        asked = [one for one in part["fields"] if one["required"]["A"]]
        whole = sum(one["weight"] for one in asked)
        shares = [sum(one["weight"] for one in asked if one["id"] in have) / whole
                  for have in filled[part["id"]]]  # fmt: skip
        total += part["weight"] * sum(shares) / len(shares)
    assert Completeness.objects.get(customer=cast.huadong).total == round(total)


def test_what_was_confirmed_and_is_gone_counts_no_more(cast, wang):
    Link.objects.create(person=cast.li, contact=wang)
    customer_file.confirm(actor=cast.li, customer=cast.huadong, part=KEY, contact=wang)
    before = Completeness.objects.get(customer=cast.huadong).parts[2]
    links.end(actor=cast.li, customer=cast.huadong, link=Link.objects.get())
    assert Completeness.objects.get(customer=cast.huadong).parts[2] < before


def test_a_question_about_a_guarded_part_says_no_more_than_the_part(cast, wang):
    task = customer_file.ask(
        actor=cast.he, customer=cast.huadong, part=KEY, field="work_goals", contact=wang
    )
    assert task.contact is None and "王芳" not in task.title
    assert "关键人" in task.title or "key persons" in task.title
    assert "measured" not in task.title and "工作目标" not in task.title


def test_the_statements_of_counting_do_not_grow_with_orders(cast, django_assert_max_num_queries):
    for number in range(5):
        order = Order.objects.create(
            customer=cast.huadong, number=f"N{number}", ordered_on=date(2026, 1, 1 + number),
            currency="CNY",
        )  # fmt: skip
        Payment.objects.create(
            customer=cast.huadong, order=order, paid_on=date(2026, 2, 1), amount=1, currency="CNY"
        )
    with django_assert_max_num_queries(9):
        completeness.scores([cast.huadong.pk])


def test_a_phone_is_counted_when_it_is_added_and_when_it_ends(cast, wang):
    def parts():
        return Completeness.objects.get(customer=cast.huadong).parts[2]

    at = {"actor": cast.li, "customer": cast.huadong}
    before = parts()
    row = channels.add(**at, contact=wang, values={"kind": "phone", "value": "13800138000"})
    assert parts() > before
    channels.end(**at, channel=row)
    assert parts() == before


def test_the_first_payment_of_an_order_is_counted(cast):
    completeness_rows.count([cast.huadong.pk])
    order = Order.objects.create(
        customer=cast.huadong, number="N1", ordered_on=date(2026, 1, 1), currency="CNY"
    )
    before = Completeness.objects.get(customer=cast.huadong).parts[3]
    trade.record_payment(
        actor=cast.tang, customer=cast.huadong,
        values={"order": order, "paid_on": date(2026, 2, 1), "amount": 1, "currency": "CNY"},
    )  # fmt: skip
    assert Completeness.objects.get(customer=cast.huadong).parts[3] > before


def test_a_file_that_is_not_counted_yet_is_the_least_complete(cast, client):
    Completeness.objects.all().delete()
    completeness_rows.count([cast.nanqiao.pk])
    client.force_login(cast.zhao)
    page = client.get(reverse("crm:customers"), {"sort": "file"}).content.decode()
    assert page.index("华东机电") < page.index("Nanqiao Hardware")


def test_of_two_who_count_at_once_the_later_sees_what_the_other_wrote(committed):
    """A save that is not committed yet: the night's job waits for it instead of reading before it."""
    completeness_rows.count([committed.huadong.pk])
    before = Completeness.objects.get(customer=committed.huadong).total
    begun, results = threading.Event(), []

    def night():
        begun.wait()
        try:
            with transaction.atomic():
                completeness_rows.count([committed.nanqiao.pk, committed.huadong.pk])
            results.append(True)
        finally:
            connections.close_all()

    thread = threading.Thread(target=night)
    thread.start()
    with transaction.atomic():
        save(committed.li, committed.huadong, PROFILE, site_access="Gate 1")
        begun.set()
        time.sleep(0.5)
        assert not results
    thread.join()
    assert results and Completeness.objects.get(customer=committed.huadong).total > before
