"""The file of a private customer: who sees, writes, reveals what; what is kept, and how long."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.http import Http404

from accounts.models import TrailEntry
from crm.models import Customer, PrivateFact, PrivateSwitch
from crm.models.private_file import Sight
from crm.selectors import private_fields
from crm.selectors import private_file as files
from crm.services import ownership, private_file, private_switches
from kit import jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, OverBudget, Refused
from kit.models import Disclosure, SubjectKey

DOOR, HOUSE = "service_address", "household_children"
WHY = {"purpose": "Safe products", "basis": "separate_consent", "retention_days": 365}


@pytest.fixture
def family(cast):
    """A private customer of li, with chen as backup and gao of the service line."""
    from accounts import audit
    from crm.seats import Reason, Seat

    with audit.verb("tests.family", cast.system):
        made = Customer.objects.create(
            name="Zhu family", kind="person", home_unit=cast.units["east"], origin="referral"
        )
        for seat, name in (
            (Seat.ACCOUNT_MANAGER, "li"),
            (Seat.BACKUP, "chen"),
            (Seat.SERVICE_LINE, "gao"),
        ):
            ownership.put(cast.system, made, seat, cast[name], Reason.FIRST)
    return made


def save(cast, family, actor=None, version=0, **values):
    return private_file.save(
        actor=actor or cast.li, customer=family, source="customer",
        values={name: {"value": value, "version": version} for name, value in values.items()},
    )  # fmt: skip


def switched_on(cast, field=HOUSE, **why):
    asked = private_switches.ask(actor=cast.yu, field=field, values=WHY | why)
    return private_switches.agree(actor=cast.sun, switch=asked)


def cells(viewer, family):
    return {cell.field.id: cell for section in files.of_customer(viewer, family)
            for cell in section.cells}  # fmt: skip


def aged(fact, days):
    """The value and the last contact happened this many days ago."""
    at = database_now() - timedelta(days=days)
    PrivateFact.objects.filter(pk=fact.pk).update(confirmed_at=at)


# -- who sees what -----------------------------------------------------------------------------------
def test_a_plain_value_is_read_by_whoever_sees_the_customer(cast, family):
    save(cast, family, do_not_contact="nothing", private_contact_preference="by post")
    for name in ("li", "chen", "he", "gao", "fang"):
        assert cells(cast[name], family)["private_contact_preference"].words == ("by post",)
    assert not cells(cast.wu, family)["private_contact_preference"].is_filled


def test_a_masked_value_stands_masked_for_everybody_and_is_not_there_for_the_service_line(
    cast, family
):
    save(cast, family, service_address="Lane 9, door 3", phone="13800005678")
    for name in ("li", "chen", "he"):
        seen = cells(cast[name], family)
        assert "Lane" not in " ".join(seen[DOOR].words)
        assert seen["phone"].words[0].endswith("5678") and "1380" not in seen["phone"].words[0]
    assert DOOR not in cells(cast.gao, family)


def test_a_reveal_hands_out_the_value_counted_and_written_down(cast, family):
    save(cast, family, service_address="Lane 9")
    shown = private_file.reveal(actor=cast.chen, customer=family, field=DOOR)
    assert shown.value == "Lane 9"
    assert Disclosure.objects.filter(
        person_id=cast.chen.pk, kind="reveal", customer_ids=[family.pk]
    ).exists()
    entry = TrailEntry.objects.get(verb="private_file.reveal")
    assert "Lane" not in str(entry.changes) and DOOR not in str(entry.changes)
    again = private_file.reveal(actor=cast.chen, customer=family, field=DOOR)
    assert again.left == shown.left


def test_reveals_end_with_the_budget_of_the_day(cast, family):
    from accounts.models import Company

    Company.objects.update(reveal_budget=1)
    save(cast, family, service_address="Lane 9", access_notes="ring")
    private_file.reveal(actor=cast.li, customer=family, field=DOOR)
    with pytest.raises(OverBudget):
        private_file.reveal(actor=cast.li, customer=family, field="access_notes")


def test_the_auditor_reveals_with_a_reason_only(cast, family):
    save(cast, family, service_address="Lane 9")
    with pytest.raises(Refused):
        private_file.reveal(actor=cast.fang, customer=family, field=DOOR)
    shown = private_file.reveal(actor=cast.fang, customer=family, field=DOOR, reason="Audit 7")
    assert shown.value == "Lane 9"


def test_a_stranger_and_the_service_line_reveal_nothing(cast, family):
    save(cast, family, service_address="Lane 9")
    with pytest.raises(Http404):
        private_file.reveal(actor=cast.wu, customer=family, field=DOOR)
    with pytest.raises(NotAllowed):
        private_file.reveal(actor=cast.gao, customer=family, field=DOOR)
    assert not TrailEntry.objects.filter(verb="private_file.reveal").exists()


# -- households --------------------------------------------------------------------------------------
def test_nothing_of_a_household_is_kept_before_a_second_person_has_agreed(cast, family):
    with pytest.raises(Refused):
        save(cast, family, household_children={"age_0_2": 1})
    asked = private_switches.ask(actor=cast.yu, field=HOUSE, values=WHY)
    with pytest.raises(Refused):
        save(cast, family, household_children={"age_0_2": 1})
    with pytest.raises(NotAllowed):
        private_switches.agree(actor=cast.yu, switch=asked)
    private_switches.agree(actor=cast.sun, switch=asked)
    assert save(cast, family, household_children={"age_0_2": 1})[0].guard == Sight.HOUSEHOLD


@pytest.mark.parametrize("missing", list(WHY))
def test_purpose_basis_and_retention_must_all_be_said(cast, missing):
    with pytest.raises(Refused):
        private_switches.ask(actor=cast.yu, field=HOUSE, values=WHY | {missing: None})
    with pytest.raises(Refused):
        private_switches.ask(actor=cast.yu, field=HOUSE, values=WHY | {missing: ""})
    assert not PrivateSwitch.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 3651, True, "365", 10**9])
def test_a_retention_without_measure_is_refused(cast, days):
    with pytest.raises(Refused):
        private_switches.ask(actor=cast.yu, field=HOUSE, values=WHY | {"retention_days": days})


def test_the_database_refuses_one_person_for_both(cast):
    from django.db import IntegrityError, transaction

    asked = private_switches.ask(actor=cast.yu, field=HOUSE, values=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivateSwitch.objects.filter(pk=asked.pk).update(
            agreed_by=cast.yu, agreed_at=database_now()
        )


def test_others_than_administrators_legal_and_the_director_decide_nothing(cast):
    for name in ("li", "he", "zhao", "hu", "fang", "gao"):
        with pytest.raises(NotAllowed):
            private_switches.ask(actor=cast[name], field=HOUSE, values=WHY)
    assert not PrivateSwitch.objects.exists()


def test_a_household_is_there_for_the_account_manager_and_nobody_else(cast, family):
    switched_on(cast)
    save(cast, family, household_children={"age_0_2": 2, "age_7_12": 1})
    assert HOUSE in cells(cast.li, family)
    for name in ("chen", "he", "sun", "gao", "fang"):
        assert HOUSE not in cells(cast[name], family)
        with pytest.raises(NotAllowed):
            private_file.reveal(actor=cast[name], customer=family, field=HOUSE, reason="why")
    shown = private_file.reveal(actor=cast.li, customer=family, field=HOUSE)
    assert shown.value == {"age_0_2": 2, "age_7_12": 1}


def test_the_trail_does_not_say_which_field_of_a_household_was_written(cast, family):
    switched_on(cast, "special_care")
    save(cast, family, special_care="needs a ramp")
    private_file.reveal(actor=cast.li, customer=family, field="special_care")
    said = str(list(TrailEntry.objects.filter(verb__startswith="private_file").values()))
    assert "ramp" not in said and "special_care" not in said


def test_what_is_turned_off_is_gone_at_once_and_erased_by_the_job(cast, family):
    switch = switched_on(cast)
    fact = save(cast, family, household_children={"age_0_2": 1})[0]
    private_switches.end(actor=cast.yu, switch=switch)
    assert HOUSE not in cells(cast.li, family)
    assert files.fact_of(cast.li, family, HOUSE) is None
    run_job()
    assert not SubjectKey.objects.filter(pk=fact.key_id).exists()


# -- children ----------------------------------------------------------------------------------------
def test_no_field_for_the_name_or_birth_date_of_a_child_exists(db):
    words = (
        "child",
        "kid",
        "minor",
        "daughter",
        "family",
        "birth_date",
        "birthdate",
        "birth_year",
    )
    columns = [
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models() if model._meta.app_label in ("accounts", "crm", "handover", "kit")
        for column in model._meta.get_fields() if any(word in column.name.lower() for word in words)
        and not (column.is_relation and column.auto_created)
    ]  # fmt: skip
    assert columns in ([], ["crm.Region.children"])
    of_children = [one for one in private_fields.fields() if "child" in one.id]
    assert [one.id for one in of_children] == [HOUSE] and of_children[0].kind == "bands"


@pytest.mark.parametrize(
    "value",
    [{"age_0_2": "Anna"}, {"name": "Anna"}, {"age_0_2": 1, "born": "2020-01-01"}, ["Anna"], "Anna",
     {"age_0_2": -1}, {"age_0_2": 51}, {"age_0_2": True}, {"age_0_2": "9" * 5000}, 7],
)  # fmt: skip
def test_of_children_only_counts_per_band_are_taken(cast, family, value):
    switched_on(cast)
    with pytest.raises(Refused):
        save(cast, family, household_children=value)
    assert not PrivateFact.objects.exists()


def test_an_occasion_is_a_day_without_a_year(cast, family):
    switched_on(cast, "occasions")
    save(cast, family, occasions={"own_birthday": ["2-29", True]})
    assert PrivateFact.objects.get().value == {"own_birthday": ["02-29", True]}
    for wrong in (["2001-02-03", True], ["02-30", True], ["13-01", False], [], "02-01"):
        with pytest.raises(Refused):
            save(cast, family, version=1, occasions={"own_birthday": wrong})


# -- writing -----------------------------------------------------------------------------------------
def test_a_value_is_sealed_wherever_it_is_stored(cast, family):
    save(cast, family, service_address="Marker Lane 77", private_contact_preference="Marker 78")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%Marker%"])
            assert cursor.fetchone() == (0,), table


def test_what_is_emptied_is_erased_with_its_history(cast, family):
    fact = save(cast, family, private_contact_preference="by post")[0]
    save(cast, family, version=1, private_contact_preference="by phone")
    one = private_fields.field("private_contact_preference")
    fact = files.fact_of(cast.li, family, one.id)
    assert [step.words for step in files.steps(one, fact)] == [["by phone"], ["by post"]]
    key = fact.key_id
    save(cast, family, version=2, private_contact_preference=None)
    assert not SubjectKey.objects.filter(pk=key).exists()
    save(cast, family, private_contact_preference="by mail")
    fact = files.fact_of(cast.li, family, one.id)
    said = [step.words for step in files.steps(one, fact)]
    assert said[0] == ["by mail"] and not any(said[1:])


def test_whoever_was_slower_is_told(cast, family):
    save(cast, family, service_address="Lane 9")
    with pytest.raises(Conflict):
        save(cast, family, actor=cast.li, service_address="Lane 10")
    assert PrivateFact.objects.get().value == "Lane 9"


def test_a_backup_writes_nothing_and_a_firm_has_no_private_file(cast, family):
    with pytest.raises(NotAllowed):
        save(cast, family, actor=cast.chen, service_address="Lane 9")
    with pytest.raises(Http404):
        save(cast, cast.huadong, service_address="Lane 9")
    assert not PrivateFact.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "no number"), ("phone", {"a": 1}), ("do_not_contact", "maybe"), ("product_preferences", "x"),
     ("service_address", "x" * 2_001), ("full_name", "Zhu"), ("school_of_child", "x"), ("cares_about", 7)],
)  # fmt: skip
def test_what_is_no_value_of_its_field_is_refused(cast, family, field, value):
    with pytest.raises(Refused):
        save(cast, family, **{field: value})
    assert not PrivateFact.objects.exists()


# -- retention ---------------------------------------------------------------------------------------
def run_job():
    private_file.expire_all()
    job = jobs.claim()
    while job is not None:
        jobs.run(job)
        job = jobs.claim()


def test_a_value_past_its_days_is_hidden_at_once_and_erased_by_the_job(cast, family):
    save(cast, family, access_notes="ring twice", private_contact_preference="by post")
    fact = PrivateFact.objects.get(field="access_notes")
    aged(fact, 731)
    assert not cells(cast.li, family)["access_notes"].is_filled
    with pytest.raises(Http404):
        private_file.reveal(actor=cast.li, customer=family, field="access_notes")
    run_job()
    assert not SubjectKey.objects.filter(pk=fact.key_id).exists()
    fact.refresh_from_db()
    assert fact.value is None and fact.key is None
    assert cells(cast.li, family)["private_contact_preference"].is_filled
    assert TrailEntry.objects.filter(verb="private_file.expire", customer_id=family.pk).exists()


def test_a_contact_since_then_keeps_a_value(cast, family):
    fact = save(cast, family, access_notes="ring twice")[0]
    aged(fact, 731)
    Customer.objects.filter(pk=family.pk).update(
        last_activity_at=database_now() - timedelta(days=9)
    )
    assert cells(cast.li, family)["access_notes"].is_filled
    run_job()
    assert SubjectKey.objects.filter(pk=fact.key_id).exists()


def test_a_value_of_the_last_day_is_still_there(cast, family):
    fact = save(cast, family, access_notes="ring twice")[0]
    aged(fact, 729)
    assert cells(cast.li, family)["access_notes"].is_filled


# -- how they want to be contacted -------------------------------------------------------------------
def test_who_does_not_want_to_be_contacted_is_known_until_it_is_taken_back(cast, family):
    assert files.wish(family) == ""
    save(cast, family, do_not_contact="nothing")
    assert files.wish(family) == "nothing"
    save(cast, family, version=1, do_not_contact="none")
    assert files.wish(family) == "" and files.wish(cast.huadong) == ""


# -- erased because the customer asks ----------------------------------------------------------------
def test_the_whole_file_is_erased_with_its_history_for_a_reason(cast, family):
    switched_on(cast)
    save(cast, family, service_address="Lane 9", household_children={"age_0_2": 1})
    save(cast, family, version=1, service_address="Lane 10")
    aged(PrivateFact.objects.get(field=DOOR), 4000)
    keys = list(PrivateFact.objects.values_list("key", flat=True))
    with pytest.raises(Refused):
        private_file.erase(actor=cast.li, customer=family)
    with pytest.raises(NotAllowed):
        private_file.erase(actor=cast.chen, customer=family, reason="Asked by letter")
    assert SubjectKey.objects.filter(pk__in=keys).count() == 2
    assert private_file.erase(actor=cast.li, customer=family, reason="Asked by letter") == 2
    assert not SubjectKey.objects.filter(pk__in=keys).exists()
    for event in apps.get_model("crm", "PrivateFactEvent").objects.all():
        assert PrivateFact(key=None, sealed=event.sealed).value is None
    assert not any(cell.fact for cell in cells(cast.li, family).values())
    with pytest.raises(Refused):
        private_file.erase(actor=cast.li, customer=family, reason="Once more")


def test_an_erasure_adds_to_the_trail_and_changes_nothing_there(cast, family):
    save(cast, family, service_address="Lane 9")
    before = TrailEntry.objects.count()
    private_file.erase(actor=cast.li, customer=family, reason="Asked by letter")
    assert TrailEntry.objects.count() == before + 1  # it adds, and changes nothing
    entry = TrailEntry.objects.get(verb="private_file.erase")
    assert entry.customer_id == family.pk and "Lane" not in str(entry.changes)
