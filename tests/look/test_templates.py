"""Habits of templates, styles and scripts: the strict content policy, and the fixed pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
FIXED = ("400.html", "403_csrf.html", "404.html", "500.html", "503.html")


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_inline_style_or_script(path):
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|hx-on|javascript:|\bjs:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


@pytest.mark.parametrize(
    "path", [*TEMPLATES, *SCRIPTS, *(ROOT / "static" / "css").glob("*.css")], ids=name
)
def test_nothing_comes_from_another_host(path):
    found = re.findall(r"https?://[^\s\"')]+", path.read_text())
    assert not [url for url in found if not url.startswith("http://www.w3.org/")]


@pytest.mark.parametrize("page", FIXED)
def test_fixed_pages_hold_no_template_language_and_both_languages(page):
    source = (ROOT / "templates" / page).read_text()
    assert "{%" not in source and "{{" not in source
    assert 'lang="en"' in source and 'lang="zh-Hans"' in source


def test_enter_is_handled_in_one_place_only():
    """The input-method guard holds for all, so nobody else may listen for Enter."""
    others = [path for path in SCRIPTS if path.name != "keys.js" and "Enter" in code_of(path)]
    assert others == []


def code_of(path):
    """A script without its comments."""
    return re.sub(r"//.*|/\*.*?\*/", "", path.read_text(), flags=re.S)


def test_scripts_hold_no_words():
    """What a script says comes from the page, in the page's language."""
    for path in SCRIPTS:
        faults = re.search(r"alert\(|innerHTML|textContent = '[A-Za-z]", code_of(path))
        assert not faults, path.name


def test_every_icon_is_in_the_sprite():
    sprite = set(
        re.findall(
            r'<symbol id="i-([a-z-]+)"', (ROOT / "templates/components/sprite.html").read_text()
        )
    )
    for path in TEMPLATES:
        used = set(re.findall(r'{% icon "([a-z-]+)"', path.read_text()))
        assert used <= sprite, (name(path), used - sprite)
