"""What is wrong with a field is said in our words; no sentence of a library reaches a page."""

import ast
import inspect
import re

import pytest
from django import forms
from django.contrib.auth import password_validation
from django.core import validators
from django.core.exceptions import ValidationError
from django.forms import fields, formsets, models
from django.template import Context, Template
from django.utils import translation
from rest_framework import fields as api_fields
from rest_framework import relations, serializers
from rest_framework import validators as api_validators

from kit.messages import CHINESE, ENGLISH, catalogue
from tests.fitness import messages

LIBRARIES = [
    fields, models, formsets, validators, password_validation, api_fields, relations, serializers,
    api_validators,
]  # fmt: skip
# Names of buttons and kinds, and hints; none of them says what is wrong.
NO_REFUSALS = re.compile(r"and|Delete|Order|IPv[46]|Your password .+")
STOCK = re.compile(
    r"\b(a |not |must be )valid\b|\bplease\b|\bensure (this|that)\b|\bthis field (is|may|must)\b"
    r"|(?<!申)请(?!求|假)|这个字段|有效的",
    re.I,
)


def sentences(module):
    """Every sentence that the source of a module asks a translation for."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", "")
            if name in messages.CALLS and not NO_REFUSALS.fullmatch(node.args[0].value):
                yield node.args[0].value


@pytest.mark.parametrize("module", LIBRARIES, ids=lambda module: module.__name__)
def test_every_refusal_of_a_library_has_our_words_in_both_languages(module):
    asked = set(sentences(module))
    assert asked
    for language in (ENGLISH, CHINESE):
        assert asked - {entry.msgid for entry in catalogue(language)} == set(), language


def texts(entry):
    return [text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]


def test_our_words_are_not_those_of_a_library():
    ours = [text for entry in catalogue(ENGLISH) for text in texts(entry)]
    ours += [text for _context, text in messages.used()]
    own = {entry.msgid for entry in catalogue(ENGLISH)}
    ours += [text for entry in catalogue() if entry.msgid in own for text in texts(entry)]
    assert len(ours) > 500
    assert [text for text in ours if STOCK.search(text)] == []


def test_placeholders_stay_what_they_are():
    for entry in catalogue(ENGLISH):
        known = set(re.findall(r"%\(\w+\)[sdr]|{\w+[:\w]*}", entry.msgid))
        for text in texts(entry):
            assert set(re.findall(r"%\(\w+\)[sdr]|{\w+[:\w]*}", text)) <= known, text


class Form(forms.Form):
    """A field of every kind that our pages have."""

    name = forms.CharField(max_length=3)
    code = forms.CharField(min_length=2)
    count = forms.IntegerField(max_value=10)
    points = forms.IntegerField(min_value=1)
    amount = forms.DecimalField(max_digits=4, decimal_places=1)
    mail = forms.EmailField()
    site = forms.URLField(assume_scheme="https")
    day = forms.DateField()
    moment = forms.DateTimeField()
    step = forms.ChoiceField(choices=[("a", "A")])
    steps = forms.MultipleChoiceField(choices=[("a", "A")])
    key = forms.UUIDField()
    sheet = forms.FileField()


WRONG = {
    "name": "long", "code": "x", "count": "11", "points": "many", "amount": "1.234", "mail": "x",
    "site": "x y", "day": "22/11", "moment": "soon", "step": "b", "steps": ["b"], "key": "x",
}  # fmt: skip
SAID = {
    "name": ("Shorten this to 3 characters; it has 4", "缩短到 3 个字符以内，现有 4 个"),
    "code": ("Enter 2 characters at least; this has 1", "至少 2 个字符，现有 1 个"),
    "count": ("Enter 10 at most", "不能大于 10"),
    "points": ("Enter a whole number such as 12", "填写整数，例如 12"),
    "amount": ("Use 1 digit at most after the point", "小数点后最多 1 位"),
    "mail": ("Enter an email address such as name@example.com", "填写邮箱地址，例如 name@example.com"),
    "site": ("Enter an address such as https://example.com", "填写网址，例如 https://example.com"),
    "day": ("Enter a day such as 2026-11-22", "按 2026-11-22 的格式填写日期"),
    "moment": ("Enter a day and a time such as 2026-11-22 14:05",
               "按 2026-11-22 14:05 的格式填写日期和时间"),
    "step": ("Choose from the list; “b” is not in it", "从列表中选择，“b”不在其中"),
    "steps": ("Choose from the list; “b” is not in it", "从列表中选择，“b”不在其中"),
    "key": ("Enter a key such as 123e4567-e89b-42d3-a456-426614174000",
            "填写标识，例如 123e4567-e89b-42d3-a456-426614174000"),
    "sheet": ("Fill in: Sheet", "填写：Sheet"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh-hans", 1)])
def test_a_page_says_what_to_do_at_every_kind_of_field(language, which):
    page = Template(
        "{% load fields %}{% error_summary form %}{% for one in form %}{% field one %}{% endfor %}"
    )
    with translation.override(language):
        shown = page.render(Context({"form": Form(WRONG)}))
    assert shown.count('class="field-error"') == len(SAID)
    for name, said in SAID.items():
        assert shown.count(said[which]) >= 2, name
    assert not STOCK.search(re.sub(r"<[^>]*>", " ", shown))


@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh-hans", 1)])
def test_a_weak_password_is_told_what_would_be_better(language, which):
    with translation.override(language), pytest.raises(ValidationError) as refused:
        password_validation.validate_password("password")
    said = [("Choose a password of at least 10 characters", "密码至少 10 个字符"),
            ("Choose a password that is harder to guess; many people use this one",
             "换一个更难猜的密码，这个密码使用者过多")]  # fmt: skip
    assert refused.value.messages == [pair[which] for pair in said]


@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh-hans", 1)])
def test_the_api_says_the_same(language, which):
    class Body(serializers.Serializer):
        count = serializers.IntegerField()
        step = serializers.ChoiceField(["a"])
        name = serializers.CharField()

    with translation.override(language):
        body = Body(data={"count": "x", "step": "b"})
        assert not body.is_valid()
        said = {name: str(errors[0]) for name, errors in body.errors.items()}
    assert said == {
        "count": SAID["points"][which], "step": SAID["step"][which],
        "name": ("Fill this in", "填写此项")[which],
    }  # fmt: skip
