"""Names, codes, numbers, mails, yes and no."""

from decimal import Decimal

import pytest

from kit import cells


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("深华发Ａ", "深华发A"), ("新 希 望", "新希望"), ("*ST 金泰", "*ST金泰"), ("  Acme \u00a0 Ltd ", "Acme Ltd"),
        ("华东\u200b机电", "华东机电"), ("Acme™", "Acme™"), ("ＡＢＣ　公司", "ABC公司"), ("TROPISUEÑO", "TROPISUEÑO"),
    ],
)  # fmt: skip
def test_a_name_is_one_however_it_is_typed(text, name):
    assert cells.name(text) == name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("南口医院(中西医结合医院)", ("南口医院", "中西医结合医院")),
        ("北京华信医院（清华大学第一附属医院）", ("北京华信医院", "清华大学第一附属医院")),
        ("福能（天湖山）医院", ("福能医院", "天湖山")),
        ("Acme (UK) Ltd", ("Acme Ltd", "UK")),
        ("Acme", ("Acme", "")),
        ("(x)", ("(x)", "")),
    ],
)
def test_what_stands_in_brackets_is_an_alias(text, parts):
    assert cells.alias(text) == parts


@pytest.mark.parametrize(
    ("text", "code"),
    [("000001", "000001"), ("1.0", "1"), ("Val2 ", "Val2"), ("\u202dAb-1", "Ab-1"), ("００７", "007"), ("1.10", "1.10")],
)  # fmt: skip
def test_a_code_keeps_its_zeros_and_its_case(text, code):
    assert cells.code(text) == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.50"), ("1.234,50", "1234.50"), ("1,5", "1.5"), ("¥1,234", "1234"), ("-¥5", "-5"),
        ("(12.5)", "-12.5"), ("5-", "-5"), ("12%", "0.12"), ("3.5万", "35000"), ("1 234,5", "1234.5"),
        ("1'234.50", "1234.50"), ("12.345.678", "12345678"), ("１２３", "123"), ("1E+3", "1000"), ("5 元", "5"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_form_people_write(text, number):
    assert cells.number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "--5", "1e999999", "NaN", "Infinity", "9" * 60, "¥" * 90_000]
)
def test_what_is_no_number_is_a_fault(text):
    with pytest.raises(cells.Fault):
        cells.number(text)


def test_a_column_proves_the_decimal_sign():
    assert cells.decimal_mark(["1.234", "2,5"]) == ","
    assert cells.decimal_mark(["1,234", "2.5"]) == "."
    assert cells.decimal_mark(["1.234", ""]) is None
    assert cells.number("1.234", ",") == 1234
    assert cells.number("1.234") == Decimal("1.234")


def test_yes_and_no_in_both_languages():
    assert [cells.flag(text) for text in ("Yes", "是", "1", "√", "TRUE")] == [True] * 5
    assert [cells.flag(text) for text in ("no", "否", "0", "false")] == [False] * 4
    assert cells.flag(" ") is None
    with pytest.raises(cells.Fault):
        cells.flag("maybe")


def test_mails_are_taken_apart_and_letters_of_any_script_are_welcome():
    found = cells.mails("stanisław.wójcik@wp.pl; Li Na <LI@x.cn>, mailto:a.b@y.co\nbroken@; x@y..z")
    assert [mail.address for mail in found if not mail.faults] == [
        "stanisław.wójcik@wp.pl", "li@x.cn", "a.b@y.co",
    ]  # fmt: skip
    assert len([mail for mail in found if mail.faults]) == 2
    assert cells.mails("") == []
    assert [mail.address for mail in cells.mails("a@x.org b@x.org")] == ["a@x.org", "b@x.org"]
