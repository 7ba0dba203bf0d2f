"""The palette by keys alone, with an input method, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from crm.models import Customer
from tests.e2e.conftest import watched

AXE = Axe()


def chosen(page):
    """The line that the field calls the active one."""
    active = page.locator("#palette-field").get_attribute("aria-activedescendant")
    return page.locator(f"#{active}")


def answered(page, term):
    expect(page.locator(f'#palette-list [data-term="{term}"]')).to_be_attached()


def test_four_letters_and_enter_lead_to_a_customer(visit):
    page = visit("rep.east", phone=False)
    with watched(page):
        page.goto("/people")
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-field")).to_be_focused()
        expect(page.locator("#palette-list [role=option]").first).to_be_visible()
        page.keyboard.type("hdjd")
        page.keyboard.press("Enter")  # before the answer is here
        page.wait_for_url(f"**/customers/{Customer.objects.get(name='华东机电').pk}")


def test_arrows_home_and_end_move_escape_closes_and_gives_the_focus_back(visit):
    page = visit("rep.east", phone=False)
    with watched(page):
        page.goto("/profile")
        button = page.locator(".topbar-search")
        button.focus()
        page.keyboard.press("/")
        page.keyboard.type("li")
        answered(page, "li")
        options = page.locator("#palette-list [role=option]").all()
        assert len(options) > 2
        expect(page.locator("#palette-said")).to_have_text(f"{len(options)} results")
        for key, at in [
            ("ArrowDown", 1),
            ("ArrowUp", 0),
            ("ArrowUp", -1),
            ("Home", 0),
            ("End", -1),
        ]:
            page.keyboard.press(key)
            expect(chosen(page)).to_have_attribute("id", options[at].get_attribute("id"))
            expect(page.locator('[role=option][aria-selected="true"]')).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator("#palette")).to_be_hidden()
        expect(button).to_be_focused()


def test_enter_that_takes_a_word_of_an_input_method_goes_nowhere(visit):
    page = visit("lead.east", phone=False, language="zh-hans")
    asked = []
    with watched(page):
        page.goto("/profile")
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-list [role=option]").first).to_be_visible()
        page.on(
            "request",
            lambda request: asked.append(request.url) if "/search" in request.url else None,
        )
        ime = page.context.new_cdp_session(page)
        ime.send(
            "Input.imeSetComposition", {"text": "huad", "selectionStart": 4, "selectionEnd": 4}
        )
        for key in ("ArrowDown", "Enter"):
            page.locator("#palette-field").evaluate(
                "(field, key) => field.dispatchEvent(new KeyboardEvent('keydown', {key, keyCode: 229,"
                " isComposing: true, bubbles: true, cancelable: true}))", key)  # fmt: skip
        page.wait_for_timeout(300)
        assert asked == []  # half a word is no term
        assert page.url.endswith("/profile")
        ime.send("Input.insertText", {"text": "华东"})
        answered(page, "华东")
        expect(chosen(page)).to_contain_text("华东机电")


def test_log_and_a_name_opens_the_sheet_for_that_customer(visit):
    page = visit("rep.east")
    with watched(page):
        page.goto("/tasks")
        page.locator(".topbar .narrow-only[data-open=palette]").click()
        page.locator("#palette-field").fill("log hdjd")
        answered(page, "log hdjd")
        page.keyboard.press("Enter")
        expect(page.locator("#palette")).to_be_hidden()
        sheet = page.locator("#log-sheet")
        expect(sheet).to_be_visible()
        expect(sheet.locator("input[name=customer]:checked")).to_have_value(
            str(Customer.objects.get(name="华东机电").pk)
        )


def test_search_works_without_javascript(visit):
    page = visit("rep.east", java_script_enabled=False)
    page.goto("/people")
    page.locator(".topbar .narrow-only[href='/search']").click()
    page.locator("#search").fill("hdjd")
    page.locator("#search").press("Enter")
    page.get_by_role("main").get_by_role("link", name="华东机电").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("华东机电")


@pytest.mark.parametrize("language, phone, theme", [
    ("en", True, "dark"), ("zh-hans", True, "light"), ("en", False, "light"), ("zh-hans", False, "dark"),
])  # fmt: skip
def test_the_open_palette_has_no_accessibility_finding_and_fits(visit, language, phone, theme):
    page = visit("lead.east", phone=phone, language=language, theme=theme, reduced_motion="reduce")
    page.goto("/profile")
    page.locator("[data-open=palette]:visible").first.click()
    for term in ("hua", "no such thing"):
        page.locator("#palette-field").fill(term)
        answered(page, term)
        found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [f"{one['id']} {one['nodes'][0]['target']}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
