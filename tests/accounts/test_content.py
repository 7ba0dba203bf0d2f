"""Content that ships with the product: complete in both languages, loaded once, then the company's own."""

import re

import pytest
from django.core.management import call_command

from accounts.models import Content, TrailEntry
from accounts.selectors.content import content, files, said, shipped, unloaded
from accounts.services import content as service
from kit.errors import Conflict, NotAllowed

NAMES = [path.stem for path in files()]


def pairs(value):
    """Every text in two languages that a document holds."""
    if isinstance(value, dict) and "en" in value:
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from pairs(one)
    elif isinstance(value, list):
        for one in value:
            yield from pairs(one)


@pytest.mark.parametrize("name", NAMES)
def test_every_document_says_everything_in_both_languages(name):
    document = shipped(name)
    found = list(pairs(document))
    assert document["version"] >= 1 and (found or name == "exam")  # figures alone
    for pair in found:
        assert set(pair) == {"en", "zh"} and pair["en"].strip() and pair["zh"].strip()
        names = [set(re.findall(r"{(\w+)}", pair[language])) for language in ("en", "zh")]
        assert names[0] == names[1], pair


def test_before_anything_is_loaded_the_product_reads_what_it_ships(db):
    assert not Content.objects.exists()
    assert content("rotation") == shipped("rotation") and set(unloaded()) == set(NAMES)
    with pytest.raises(LookupError):
        content("nothing")


def test_the_command_loads_each_document_once(db, capsys):
    call_command("load_content")
    assert set(Content.objects.values_list("name", flat=True)) == set(NAMES)
    assert unloaded() == []
    capsys.readouterr()
    call_command("load_content")
    assert capsys.readouterr().out == ""


def test_what_the_company_edited_is_never_overwritten(cast):
    def shorter(body):
        body["reminders_days_before"] = [20]

    call_command("load_content", verbosity=0)
    service.edit(actor=cast.hu, name="rotation", change=shorter)
    assert content("rotation")["reminders_days_before"] == [20]
    assert "rotation" not in unloaded()
    with pytest.raises(Conflict):
        service.load(actor=cast.system, name="rotation")
    row = Content.objects.get(name="rotation")
    assert row.edited_by == cast.hu and TrailEntry.objects.filter(verb="content.edit").count() == 1
    assert shipped("rotation")["reminders_days_before"] == [30, 14, 7]


def test_who_may_not_edit_content_changes_nothing(cast):
    with pytest.raises(NotAllowed):
        service.edit(actor=cast.li, name="rotation", change=lambda body: body.clear())
    assert not Content.objects.exists()


def test_a_text_is_said_in_the_language_of_the_reader():
    pair = {"en": "Yes", "zh": "是"}
    assert (said(pair), said(pair, "zh-hans"), said(pair, "en")) == ("Yes", "是", "Yes")


def test_the_trail_says_which_parts_of_a_document_were_changed(cast):
    def longer(body):
        body["reminders_days_before"] = [20]

    service.edit(actor=cast.hu, name="rotation", change=longer)
    entry = TrailEntry.objects.get(verb="content.edit")
    assert entry.changes == {"body": [None, "reminders_days_before"]}
