"""Every figure of an exposure equals what plain loops count over the same rows."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.models import Completeness
from crm.selectors.threads import live
from handover.selectors import exposure, exposure_absorb
from tests.handover.exposure_world import build, figures, threads

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")
FEW = settings(max_examples=10)  # each builds a company; HYPOTHESIS_PROFILE does not lengthen it


def same(known, expected):
    """The figures of an Exposure are those of the oracle."""
    picked = {name: {row.customer.pk for row in known.having(name)} for name in exposure.VIEWS}
    assert picked[""] == expected.customers
    assert picked["alone"] == expected.alone
    assert picked["single"] == expected.single
    assert picked["backup"] == expected.no_backup
    assert picked["file"] == expected.lacking
    assert picked["thin"] == expected.thin
    assert {(key.customer_id, key.contact_id) for key in known.keys} == expected.keys
    assert {row.customer.pk: set(row.others) for row in known.rows} == expected.others
    assert (len(known.promises), len(known.tasks)) == (expected.promises, expected.tasks)
    assert len(known.overdue) == expected.overdue


def same_money(known, expected):
    assert known.value.quantize(CENT) == expected.value.quantize(CENT)
    assert known.owed.quantize(CENT) == expected.owed.quantize(CENT)
    assert known.owed_late.quantize(CENT) == expected.old.quantize(CENT)
    assert known.left_out == expected.left_out


@FEW
@given(seed=st.integers(0, 10**6))
def test_every_figure_equals_the_oracle_for_whoever_sees_everything(cast, seed):
    with transaction.atomic():
        build(cast, seed)
        known, expected = exposure.of(cast.sun, [cast.li]), figures([cast.li])
        same(known, expected)
        same_money(known, expected)
        assert (known.team or 0) == (expected.team if expected.customers else 0)
        transaction.set_rollback(True)


@FEW
@given(seed=st.integers(0, 10**6))
def test_several_at_once_count_for_none_of_each_other(cast, seed):
    with transaction.atomic():
        build(cast, seed)
        people = [cast.li, cast.chen]
        known, expected = exposure.of(cast.sun, people), figures(people)
        same(known, expected)
        same_money(known, expected)
        absorbing = exposure_absorb.of(cast.sun, known)
        assert not absorbing or not {one.person.pk for one in absorbing.people} & known.leaving
        transaction.set_rollback(True)


@FEW
@given(seed=st.integers(0, 10**6))
def test_lead_rep_and_hr_count_the_same_of_one_person(cast, seed):
    """The own readiness has the figures of the lead; HR has the counts without the money."""
    with transaction.atomic():
        build(cast, seed)
        expected = figures([cast.li])
        for viewer in (cast.he, cast.zhao, cast.li, cast.hu, cast.fang):
            known = exposure.of(viewer, [cast.li])
            picked = {row.customer.pk for row in known.having("alone")}
            assert (known.total, picked) == (len(expected.customers), expected.alone)
            assert {row.customer.pk for row in known.having("backup")} == expected.no_backup
            if viewer == cast.hu:
                assert not known.sees_money and not any(row.is_named for row in known.rows)
            else:
                same_money(known, expected)
        transaction.set_rollback(True)


@FEW
@given(seed=st.integers(0, 10**6))
def test_threads_of_each_customer_equal_the_oracle(cast, seed):
    with transaction.atomic():
        made = build(cast, seed)
        found = live([one.pk for one in made])
        assert {one.pk: tuple(found.get(one.pk, (0, 0))) for one in made} == {
            one.pk: threads(one) for one in made
        }
        transaction.set_rollback(True)


def test_who_has_no_right_to_the_guarded_parts_reads_no_figure_of_them(cast):
    build(cast, 7)
    seen = {row.customer.pk: row.percent for row in exposure.of(cast.sun, [cast.li]).rows}
    hidden = {row.customer.pk: row.percent for row in exposure.of(cast.hu, [cast.li]).rows}
    rows = {row.pk: row for row in Completeness.objects.all()}
    assert rows
    for pk, row in rows.items():
        if pk in seen:
            profile, situation, _keys, _settlement, _staff = row.parts
            rest = int((profile + situation) / 2 + 0.5)
            assert (seen[pk], hidden[pk]) == (row.total, rest)
