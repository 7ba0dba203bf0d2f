"""Names in both scripts are sorted and found by what a reader would type."""

import pytest

from kit import names


@pytest.mark.parametrize(
    ("name", "person", "key"),
    [
        ("华东机电", False, "hua dong ji dian"),
        ("单国栋", True, "shan guo dong"),  # a surname has its own reading
        ("曾庆华", True, "zeng qing hua"),
        ("曾氏铸造", False, "zeng shi zhu zao"),  # a firm under the name of a family
        ("仇记五金行", False, "qiu ji wu jin hang"),
        ("单位", False, "dan wei"),  # no surname here
        ("Ångström Ltd.", False, "angstrom ltd"),
        ("ＡＢＣ公司", False, "abc gong si"),  # full width
    ],
)
def test_a_name_sorts_by_its_reading(name, person, key):
    assert names.sort_key(name, person=person) == key


def test_a_name_is_found_by_name_pinyin_and_initials():
    key = names.search_key("华东机电", "华东机电有限公司")
    for term in ("华东", "huadong", "hdjd", "有限"):
        assert term in key


def test_short_chinese_terms_have_grams():
    assert names.grams("华东Co机") == ["东", "华", "华东", "机"]
