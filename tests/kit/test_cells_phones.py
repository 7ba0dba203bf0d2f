"""Telephones are taken apart, completed where they are whole, and never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import cells


def told(text, region="CN"):
    return [
        (p.number, p.extension, p.label, [f.code for f in p.faults])
        for p in cells.phones(text, region)
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0592-2137188", [("+865922137188", "", "", [])]),
        ("05967268042", [("+865967268042", "", "", [])]),
        ("０５９２－２１３７１８８", [("+865922137188", "", "", [])]),
        ("0596—8546913", [("+865968546913", "", "", [])]),
        ("(0592)2137188", [("+865922137188", "", "", [])]),
        ("\u202d13602379443", [("+8613602379443", "", "", [])]),
        ("021-12345678 ext. 12", [("+862112345678", "12", "", [])]),
        ("0592-2137188转8001", [("+865922137188", "8001", "", [])]),
        ("7359051（急诊科）", [("7359051", "", "急诊科", ["phone_area"])]),
        ("3885120", [("3885120", "", "", ["phone_area"])]),
        ("0956-5823329", [("0956-5823329", "", "", ["phone_unknown"])]),
        ("+141506 685d", [("+141506 685d", "", "", ["phone_letters"])]),
        ("+141593 5483", [("+141593 5483", "", "", ["phone_short"])]),
        ("ask him", [("ask him", "", "", ["phone_none"])]),
        ("", []),
        ("400-820-8820", [("+864008208820", "", "", [])]),
        ("+55 (12) 3923-5555", [("+551239235555", "", "", [])]),
        ("+54 (0)11 4311 4333", [("+541143114333", "", "", [])]),
    ],
)
def test_a_number_is_read_in_the_form_people_write(text, numbers):
    assert told(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "13812345678/13912345678", "13812345678、13912345678", "138 1234 5678 139 1234 5678",
        "13812345678 或 13912345678", "+86 138 1234 5678; +86 139 1234 5678",
    ],
)  # fmt: skip
def test_two_numbers_in_a_cell_are_two(text):
    assert [number for number, *_rest in told(text)] == ["+8613812345678", "+8613912345678"]


def test_labels_and_extensions_stay_with_their_number():
    assert told("（白天）0592-5911111-8120（晚间）0592-8570120") == [
        ("+865925911111", "8120", "白天", []),
        ("+865928570120", "", "晚间", []),
    ]
    assert [p.stored for p in cells.phones("张三 13812345678 李四 0592-2137188转12")] == [
        "+8613812345678",
        "+865922137188;ext=12",
    ]


def test_the_region_says_where_a_number_without_country_is():
    assert told("(415) 776-3262", "US") == [("+14157763262", "", "", [])]
    assert told("030/22610", "DE") == [("+493022610", "", "", [])]


@given(st.text(alphabet="0123456789+-() ,;/转x（）\n　a白.", max_size=60))
def test_nothing_of_a_cell_is_lost(text):
    found = cells.phones(text)
    assert "".join(phone.raw for phone in found) == (text if text.strip() else "")


@pytest.mark.parametrize("text", ["1 " * 50_000, "(" * 50_000, "1," * 50_000, "+" * 50_000])
def test_a_hostile_cell_is_one_number_with_a_fault(text):
    (only,) = cells.phones(text)
    assert only.raw == text
    assert only.faults
