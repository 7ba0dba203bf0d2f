"""The company decides what its customer file asks for."""

import pytest
from django.urls import reverse

from accounts.models import Content
from crm.models import Completeness, Fact
from crm.selectors import customer_file as files
from crm.selectors import file_fields as asked
from crm.services import completeness, customer_file, file_fields
from kit import jobs
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Job

PROFILE = "company_profile"
TEXTS = {"label": {"en": "Gate", "zh": "门岗"}, "help": {"en": "", "zh": ""}}
GATE = TEXTS | {"required": ["A"], "weight": 5, "refresh_days": 90}


def filled(cast, field, value):
    customer_file.save(
        actor=cast.li, customer=cast.huadong, part=PROFILE,
        values={field: {"value": value, "version": 0}},
    )  # fmt: skip


def changed(actor, field, values, seen=None):
    """Change a definition as it stands, or as it was `seen`."""
    seen = seen or asked.digest(PROFILE, field)
    return file_fields.change(actor=actor, part=PROFILE, field=field, values=values, seen=seen)


def cells(cast):
    part = files.of_customer(cast.li, cast.huadong).part(PROFILE)
    return {cell.field.id: cell for cell in part.subjects[0].cells}


def test_a_field_of_the_companys_own_is_asked_for_and_filled(cast):
    file_fields.add(actor=cast.hu, part=PROFILE, kind="text", values=GATE)
    filled(cast, "own_1", "East gate")
    assert cells(cast)["own_1"].words == ["East gate"]
    assert cells(cast)["own_1"].required


def test_a_choice_of_the_companys_own_has_its_options_in_both_languages(cast):
    options = [{"en": "North", "zh": "北"}, {"en": "South", "zh": "南"}]
    file_fields.add(actor=cast.hu, part=PROFILE, kind="choice", values=GATE, options=options)
    filled(cast, "own_1", "own_2")
    assert cells(cast)["own_1"].words == ["South"]


def test_a_field_has_another_label_tiers_weight_and_interval(cast):
    changed(cast.zhao, "site_access", GATE)
    one = asked.part(PROFILE).field("site_access")
    assert (one.label, one.required, one.weight, one.refresh_days) == ("Gate", ("A",), 5, 90)


def test_a_removed_field_is_not_asked_for_and_its_values_come_back_with_it(cast):
    filled(cast, "site_access", "Gate 1")
    file_fields.remove(actor=cast.hu, part=PROFILE, field="site_access")
    assert "site_access" not in cells(cast)
    assert Fact.objects.filter(field="site_access").exists()
    with pytest.raises(Refused):
        filled(cast, "site_access", "Gate 2")
    file_fields.restore(actor=cast.hu, part=PROFILE, field="site_access")
    assert cells(cast)["site_access"].words == ["Gate 1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": -1}, {"weight": 101}, {"refresh_days": 0}, {"refresh_days": 10_000},
        {"required": ["D"]}, {"label": {"en": "", "zh": "门"}}, {"label": {"en": "x" * 61, "zh": "门"}},
    ],
)  # fmt: skip
def test_a_definition_that_cannot_be_meant_is_refused_and_changes_nothing(cast, wrong):
    with pytest.raises(Refused):
        changed(cast.hu, "sites", GATE | wrong)
    assert not Content.objects.filter(edited_at__isnull=False).exists()


def test_a_choice_needs_two_options(cast):
    with pytest.raises(Refused):
        file_fields.add(actor=cast.hu, part=PROFILE, kind="choice", values=GATE, options=[])


def test_a_field_that_is_gone_is_a_conflict(cast):
    with pytest.raises(Conflict):
        changed(cast.hu, "nothing", GATE)


def test_a_rep_does_not_change_what_is_asked_for(cast):
    with pytest.raises(NotAllowed):
        file_fields.remove(actor=cast.li, part=PROFILE, field="site_access")
    assert "site_access" in cells(cast)


def test_of_two_who_change_one_definition_the_later_is_told(cast, client):
    seen = asked.digest(PROFILE, "site_access")
    changed(cast.zhao, "site_access", GATE)
    other = GATE | {"label": {"en": "Door", "zh": "门"}}
    with pytest.raises(Conflict):
        changed(cast.hu, "site_access", other, seen=seen)
    assert asked.part(PROFILE).field("site_access").label == "Gate"
    client.force_login(cast.hu)
    sent = {"label_en": "Door", "label_zh": "门", "weight": "5", "refresh_days": "90", "seen": seen}
    path = reverse("crm:file-field", args=[PROFILE, "site_access"])
    answer = client.post(path, sent)
    assert answer.status_code == 409 and "Door" in answer.content.decode()
    assert asked.digest(PROFILE, "site_access") in answer.content.decode()


def test_every_file_is_counted_anew_when_what_is_asked_for_changes(cast):
    completeness.count([cast.huadong.pk])
    before = Completeness.objects.get(customer=cast.huadong).parts[0]
    for one in asked.part(PROFILE).fields:
        if not one.is_kept_elsewhere:
            file_fields.remove(actor=cast.hu, part=PROFILE, field=one.id)
    assert Job.objects.filter(kind=completeness.COUNT).count() == 1  # one that waits will do
    jobs.sweep()
    assert Completeness.objects.get(customer=cast.huadong).parts[0] > before
