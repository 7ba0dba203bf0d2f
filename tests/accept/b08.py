"""B08: from "departed now" to somebody who answers for every customer, in a browser, clicks counted.

The lead freezes a rep with a book of customers, the head of sales confirms; both sit before a real
browser at the desk. Meanwhile somebody looks again and again, each time at one instant of the database,
whether a customer has nobody able to answer: that never happens, neither before, nor while it commits,
nor after.
"""

import os
import shutil
import threading
import time
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, transaction
from django.test.testcases import LiveServerThread

from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from crm.selectors import ownership as ask
from crm.services import seats
from handover.models import Freeze
from kit import outbox
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.cast import PASSWORD
from tests.crm.changesets_world import held

CUSTOMERS = frame.size(12, 200)
CLICKS, SECONDS = 6, 300
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def run():
    with frame.committed() as cast:
        ids = book(cast)
        with site() as address, chromium() as browser, watching(ids) as watch:
            began = time.monotonic()
            clicks, stopped = frozen(browser, address)
            seconds = time.monotonic() - began
        row = Freeze.objects.first()
        answered = sum(row.acting[place][1] for place in range(len(row.acting))) if row else 0
        confirmed = bool(row and row.confirmed_at)
    figures = {
        "customers": len(ids), "clicks": clicks, "seconds": round(seconds, 1),
        "confirmed": confirmed, "with an acting person": answered, "looks": watch.looks,
        "moments with nobody": watch.nobody, "faults": watch.faults, "stopped": stopped,
    }  # fmt: skip
    good = confirmed and clicks <= CLICKS and seconds <= SECONDS and answered == len(ids)
    return good and watch.looks > 10 and not (watch.nobody or watch.faults), figures


def book(cast):
    """Customers of Li's, every third of them with a backup."""
    with transaction.atomic():
        ids = held(cast, CUSTOMERS)
        wishes = [seats.Wish(pk, Seat.BACKUP, cast.chen, Reason.FIRST) for pk in ids[::3]]
        from accounts import audit

        with audit.verb("tests.build", cast.system):
            seats.move(cast.system, wishes)
    return [*ids, cast.huadong.pk]


# -- who answers, again and again --------------------------------------------------------------------


class Watch:
    """How often somebody looked, and how often a customer had nobody."""

    def __init__(self):
        self.looks, self.nobody, self.faults = 0, 0, 0


@contextmanager
def watching(ids):
    watch, over = Watch(), threading.Event()
    thread = threading.Thread(target=look, args=(ids, watch, over))
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def look(ids, watch, over):
    """Each look is one instant of the database: a transaction that sees nothing of later commits."""
    try:
        while not over.is_set():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                watch.nobody += sum(not able(row) for row in Customer.objects.filter(pk__in=ids))
            watch.looks += 1
    except Exception:  # it must be seen, not end quietly
        watch.faults += 1
    finally:
        connection.close()


def able(customer):
    """Whether whoever answers for a customer has access."""
    person = ask.answers_for(customer)
    return person is not None and person.has_access


# -- the browser -------------------------------------------------------------------------------------


@contextmanager
def site():
    """The address of the running site."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        close_others()


def close_others():
    """A browser keeps its lines open a moment longer than itself, and with them the database's."""
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{end} AND pid <> pg_backend_pid() AND usename = current_user")
    connection.close()


@contextmanager
def chromium():
    """A browser; without one this test fails."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("HOLDFAST_CHROMIUM") or shutil.which("chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def frozen(browser, address):
    """The whole way. Returns how many clicks it took, and where it stopped before its end."""
    try:
        with (
            desk(browser, address, "lead.east") as lead,
            desk(browser, address, "head.sales") as head,
        ):
            lead.goto("/")
            head.goto("/")
            clicks = ordered(lead)
            while outbox.relay():
                pass
            return clicks + second(head), ""
    except Exception as error:  # a button that is not there any more
        return 99, str(error)[:300]


@contextmanager
def desk(browser, address, login):
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    yield page
    context.close()


def ordered(page):
    """The lead: from Today to the freeze."""
    page.get_by_role("link", name="Sudden departure").first.click()  # 1
    page.fill("main input[type=search]", "Li Wei")
    page.keyboard.press("Enter")
    page.get_by_text("Cannot be reached for one working day").click()  # 2
    page.fill("textarea[name=reason]", "Cannot be reached since Monday")
    page.fill("input[name=name]", "Li Wei")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Freeze now").click()  # 3
    page.get_by_text("Waits for a second person").wait_for()
    return 3


def second(page):
    """The head of sales: from Today to the confirmation."""
    page.get_by_role("link", name="Inbox").first.click()  # 4
    page.get_by_role("button", name="froze the access").first.click()  # 5
    page.get_by_role("button", name="Confirm as second person").click()  # 6
    page.get_by_text("Confirmed.").first.wait_for()
    return 3


@contextmanager
def successor_first():
    """A freeze empties the seats, and nobody answers until somebody is assigned."""
    from unittest import mock

    from accounts.services import people

    whole = people.put_state

    def emptied(person, state):
        found = whole(person, state)
        rows = Assignment.objects.at().filter(person=person, seat=Seat.ACCOUNT_MANAGER)
        wishes = [seats.Wish(pk, Seat.ACCOUNT_MANAGER, None, Reason.WORKLOAD)
                  for pk in rows.values_list("customer", flat=True)]  # fmt: skip
        seats.move(person, wishes)
        return found

    with (
        mock.patch("accounts.services.people.put_state", emptied),
        mock.patch("crm.selectors.ownership.acting_for", lambda customer, at=None: None),
    ):
        yield


MUTANTS = [
    Mutant("a successor has to be assigned first", successor_first),
    patched("nobody acts for who is frozen", "crm.selectors.ownership.acting_for",
            lambda customer, at=None: None),
]  # fmt: skip
