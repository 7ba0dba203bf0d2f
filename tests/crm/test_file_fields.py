"""The company decides what its customer file asks for."""

import pytest

from accounts.models import Content
from crm.models import Fact
from crm.selectors import customer_file as files
from crm.selectors import file_fields as asked
from crm.services import customer_file, file_fields
from kit.errors import Conflict, NotAllowed, Refused

PROFILE = "company_profile"
TEXTS = {"label": {"en": "Gate", "zh": "门岗"}, "help": {"en": "", "zh": ""}}
GATE = TEXTS | {"required": ["A"], "weight": 5, "refresh_days": 90}


def filled(cast, field, value):
    customer_file.save(
        actor=cast.li, customer=cast.huadong, part=PROFILE,
        values={field: {"value": value, "version": 0}},
    )  # fmt: skip


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
    file_fields.change(actor=cast.zhao, part=PROFILE, field="site_access", values=GATE)
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
        file_fields.change(actor=cast.hu, part=PROFILE, field="sites", values=GATE | wrong)
    assert not Content.objects.filter(edited_at__isnull=False).exists()


def test_a_choice_needs_two_options(cast):
    with pytest.raises(Refused):
        file_fields.add(actor=cast.hu, part=PROFILE, kind="choice", values=GATE, options=[])


def test_a_field_that_is_gone_is_a_conflict(cast):
    with pytest.raises(Conflict):
        file_fields.change(actor=cast.hu, part=PROFILE, field="nothing", values=GATE)


def test_a_rep_does_not_change_what_is_asked_for(cast):
    with pytest.raises(NotAllowed):
        file_fields.remove(actor=cast.li, part=PROFILE, field="site_access")
    assert "site_access" in cells(cast)
