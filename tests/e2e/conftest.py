"""A real server with the demo company, and a real browser."""

import os
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from config.demo.company import PASSWORD
from tests import database

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """The browser journeys use a database of their own, filled by seed_demo."""
    django_db_blocker.unblock()
    database.create("e2e")
    call_command("seed_demo")
    yield
    from django.db import connections

    for connection in connections.all():
        connection.close()
    database.destroy()


@pytest.fixture(scope="session")
def site(django_db_setup):
    """Address of the running site."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium; the run fails without it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["HOLDFAST_CHROMIUM"], args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site):
    """visit(login, phone=True, …): a page of somebody who is signed in, in a context of its own."""
    opened = []

    def go(login=None, phone=True, language="en", theme="light", **context):
        made = chromium.new_context(
            base_url=site, viewport=PHONE if phone else DESKTOP, has_touch=phone,
            is_mobile=phone, color_scheme=theme, locale="zh-CN" if language != "en" else "en-GB",
            **context,
        )  # fmt: skip
        opened.append(made)
        page = made.new_page()
        if login:
            sign_in(page, login)
        made.add_cookies([{"name": "language", "value": language, "url": site}])
        return page

    yield go
    for context in opened:
        context.close()


def sign_in(page, login, password=PASSWORD):
    """Through the form, as a person would."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("form.form button")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


@contextmanager
def watched(page):
    """Collects what the page asks from other hosts, and script errors; both must stay empty."""
    foreign, errors = [], []
    page.on("request", lambda r: foreign.append(r.url) if "127.0.0.1" not in r.url else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield foreign, errors
    assert foreign == []
    assert errors == []
