"""How phones, mails and chat ids are written, found and masked."""

import pytest
from django.utils import translation

from crm.selectors.channels import mask, normalised, shown, tail_index, value_index
from kit.errors import Refused

SAME = "+8613812345678"


@pytest.mark.parametrize(
    "typed",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "0086 13812345678",
     "８６ １３８ 1234 5678".replace("８６ ", "+86 "), "１３８１２３４５６７８", " (138) 1234·5678 "],
)  # fmt: skip
def test_one_phone_typed_in_many_ways_is_stored_once(typed):
    assert normalised("phone", typed) == SAME


def test_landline_keeps_its_extension():
    assert normalised("phone", "021-5888 1234 转 801") == "+862158881234;ext=801"
    assert tail_index("+862158881234;ext=801") == tail_index("1234")


@pytest.mark.parametrize(
    "typed",
    ["13812345678 / 13912345678", "13812345678 13912345678", "13812345678,13912345678",
     "13812345678、13912345678", "13812345678 或 13912345678", "+8613812345678+8613912345678"],
)  # fmt: skip
def test_two_numbers_in_one_field_are_refused_in_words(typed):
    with pytest.raises(Refused) as refused:
        normalised("phone", typed)
    assert "one number only" in str(refused.value.message)
    assert "value" in refused.value.fields


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("phone", ""), ("phone", "ask Li"), ("phone", "12"), ("phone", "1" * 40), ("phone", "<script>"),
     ("phone", "138\x001234"), ("mail", "wang"), ("mail", "a@b.com, c@d.com"), ("mail", "a@b.com;c@d.com"),
     ("wechat", ""), ("wechat", "x" * 300), ("wechat", "a\nb")],
)  # fmt: skip
def test_what_is_no_channel_is_refused_at_its_field(kind, typed):
    with pytest.raises(Refused) as refused:
        normalised(kind, typed)
    assert refused.value.fields.keys() == {"value"}


def test_mail_is_lower_case_and_a_chat_id_is_trimmed():
    assert normalised("mail", " Wang@Huadong.COM ") == "wang@huadong.com"
    assert normalised("mail", "stanisław.wójcik@wp.pl") == "stanisław.wójcik@wp.pl"
    assert normalised("wechat", "  wxid_Wang ") == "wxid_Wang"


def test_index_finds_the_whole_value_or_the_last_four_digits_and_nothing_less():
    assert value_index(SAME) == value_index(normalised("phone", "138-1234-5678"))
    assert value_index(SAME) != value_index(SAME[:-1])
    assert tail_index("５６７８") == tail_index(SAME)
    assert tail_index("678") is None
    assert value_index("5678") != tail_index("5678")


def test_mask_in_both_languages():
    with translation.override("en"):
        assert mask("phone", SAME) == "+86 138 **** 5678"
        assert mask("phone", "+12025550123") == "+1 **** 0123"
        assert mask("mail", "anna@dongfang.com") == "a***@d…"
        assert mask("wechat", "wxid_wang") == "wx****"
        assert mask("wechat", "wang") == "****"
        assert mask("phone", None) == "erased"
        assert shown("phone", SAME) == "+86 138 1234 5678"
    with translation.override("zh-hans"):
        assert mask("phone", SAME) == "138****5678"
        assert mask("phone", None) == "已删除"
        assert shown("phone", SAME) == "138 1234 5678"
