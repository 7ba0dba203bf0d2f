"""The walking skeleton in a browser: a rep logs a visit on a phone, the lead sees it, a stranger learns nothing."""

from playwright.sync_api import expect

from tests.e2e.conftest import watched

NOTE = "Spindle order agreed, delivery before the holiday"


def test_rep_finds_a_customer_and_logs_a_visit_in_three_taps_and_the_lead_sees_it(visit):
    page = visit("rep.east")
    with watched(page):
        page.goto("/customers")
        page.get_by_role("searchbox").first.fill("hdjd")
        page.get_by_role("link", name="华东机电").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("华东机电")
        customer = page.url

        page.get_by_role("main").get_by_text("Log visit").first.click()  # tap 1
        sheet = page.locator("#log-sheet")
        expect(sheet).to_be_visible()
        expect(sheet.locator("textarea").first).to_be_focused()
        page.keyboard.type(NOTE)  # tap 2 is the microphone of the keyboard
        sheet.get_by_role("button", name="Save").click()  # tap 3
        expect(sheet).to_be_hidden()
        # The page tells what happened without being loaded again, and keeps the message.
        expect(page.locator("#happened").get_by_text(NOTE)).to_be_visible()
        expect(page.get_by_role("main").get_by_text("Visit logged.")).to_be_visible()
        page.goto(customer)
        expect(page.get_by_text(NOTE).first).to_be_visible()

    lead = visit("lead.east", phone=False)
    lead.goto(customer)
    expect(lead.get_by_text(NOTE).first).to_be_visible()

    stranger = visit("rep.south")
    ask = stranger.context.request
    foreign, missing = ask.get(customer), ask.get("/customers/987654321")
    assert foreign.status == missing.status == 404
    assert foreign.body() == missing.body()
    assert NOTE not in foreign.text()


def test_today_shows_what_the_sheet_has_logged_without_being_loaded_again(visit):
    page = visit("rep.east")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with watched(page):
        page.goto("/")
        page.wait_for_load_state("networkidle")
        assert not any("/log/" in url for url in asked)  # nobody has asked for customers to choose
        page.get_by_role("navigation").get_by_text("Log visit").last.click()
        sheet = page.locator("#log-sheet")
        sheet.locator("input[name=customer]").first.check(force=True)
        sheet.locator("textarea").first.fill("Seen on Today at once")
        sheet.get_by_role("button", name="Save").click()
        expect(sheet).to_be_hidden()
        expect(page.locator("#today").get_by_text("Seen on Today at once").first).to_be_visible()
        page.get_by_role("navigation").get_by_text("Log visit").last.click()
        sheet.locator("textarea").first.fill("And a second one")
        sheet.locator("input[name=customer]").first.check(force=True)
        sheet.get_by_role("button", name="Save").click()
        expect(page.locator("#today").get_by_text("And a second one").first).to_be_visible()
        assert sum("/log/" in url for url in asked) == 1


def test_visit_is_logged_without_javascript(visit):
    page = visit("rep.south", java_script_enabled=False)
    page.goto("/customers?q=zjzg")
    page.get_by_role("link", name="珠江重工").first.click()
    page.get_by_role("main").get_by_text("Log visit").first.click()
    page.locator("main textarea").first.fill("Without a script")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Without a script").first).to_be_visible()


def test_double_tap_on_save_logs_one_visit(visit):
    page = visit("rep.east")
    page.goto("/customers?q=hdjd")
    page.get_by_role("link", name="华东机电").first.click()
    page.get_by_role("main").get_by_text("Log visit").first.click()
    sheet = page.locator("#log-sheet")
    sheet.locator("textarea").first.fill("Only once")
    sheet.get_by_role("button", name="Save").dblclick()
    expect(sheet).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Only once")).to_have_count(1)


def test_network_lost_at_save_keeps_the_text_and_sends_it_once_later(visit):
    page = visit("rep.east")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("navigation").get_by_text("Log visit").last.click()
    sheet = page.locator("#log-sheet")
    sheet.locator("input[name=customer]").first.check(force=True)
    sheet.locator("textarea").first.fill("Typed in a tunnel")
    page.context.set_offline(True)
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.get_by_text("Your text is kept on this device")).to_be_visible()
    page.context.set_offline(False)
    sheet.get_by_role("button", name="Try again").click()
    expect(sheet).to_be_hidden()


def test_language_switch_keeps_the_page_and_its_query(visit):
    page = visit("rep.east", phone=False)
    page.goto("/customers?tier=A")
    page.get_by_role("button", name="中文").click()
    page.wait_for_load_state()
    assert "tier=A" in page.url
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    expect(page.get_by_role("heading", level=1)).to_contain_text("客户")


def test_chinese_input_method_does_not_submit_while_composing(visit):
    page = visit("rep.east", phone=False)
    page.goto("/customers")
    box = page.get_by_role("searchbox").first
    box.focus()
    before = page.url
    page.evaluate(
        """() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"""
    )
    assert page.url == before
