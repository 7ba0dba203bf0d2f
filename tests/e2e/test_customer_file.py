"""The customer file on a phone: five parts are typed while the network comes and goes."""

from playwright.sync_api import Error, expect

from crm.models import Customer
from tests.e2e.conftest import PHONE, watched

CUSTOMER = "华东机电"


def typed(page):
    """Fill every field of the form that is there; {name: value}."""
    values = {}
    for control in page.locator("main form [data-draft]").all():
        name, kind = control.get_attribute("name"), control.evaluate("e => e.tagName + e.inputMode")
        if name.endswith("_currency") or not control.is_visible():
            continue
        if kind.startswith("SELECT"):
            value = control.locator("option").last.get_attribute("value")
            control.select_option(value)
        else:
            value = {"INPUTdecimal": "42", "INPUTnumeric": "42"}.get(kind, f"Known of {name}")
            if control.evaluate("e => e.closest('.date-field') !== null"):
                value = "2026-03-02"
            control.fill(value)
        values[name] = value
    return values


def shown(page, names):
    return {name: page.locator(f'main form [name="{name}"]').input_value() for name in names}


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_five_parts_are_filled_on_a_phone_and_a_lost_network_loses_nothing(visit):
    customer = Customer.objects.get(name=CUSTOMER)
    page = visit("rep.east")
    page.goto(f"/customers/{customer.pk}/file")
    fits(page)
    parts = [
        a.get_attribute("href") for a in page.locator(f'main a[href*="/{customer.pk}/file/"]').all()
    ]
    parts = list(dict.fromkeys(url.split("#")[0] for url in parts))
    assert len(parts) >= 5
    filled = 0
    for url in parts:
        page.goto(url)
        fits(page)
        edits = page.locator('main a[href*="/edit"]').all()
        for edit in [one.get_attribute("href") for one in edits][:1]:
            filled += saved_after_a_loss(page, edit)
    assert filled >= 4


def saved_after_a_loss(page, url):
    """Type one part, lose the network while saving, come back, save: 1 where there was a field."""
    page.goto(url)
    fits(page)
    values = typed(page)
    if not values:
        return 0
    page.context.set_offline(True)
    try:
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("chrome-error://**", timeout=5_000)
    except Error:
        pass  # how a browser tells that there is no network is its own
    page.context.set_offline(False)
    page.goto(url)
    with watched(page):
        expect(page.locator(".draft-note").first).to_be_visible()
        assert shown(page, values) == values
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(lambda now: "/edit" not in now)
    page.goto(url)
    assert shown(page, values) == values
    expect(page.locator(".draft-note")).to_have_count(0)
    return 1
