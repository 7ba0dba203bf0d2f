"""People at work during a drill: each sends again until it is told that the thing is stored."""

import http.client
import threading
import time
import uuid
from collections import Counter
from urllib.parse import urlencode

PATIENCE = 90  # seconds that one item is tried for
STORED = (302, 303)  # the page of what was stored


class Browser:
    """One signed-in person."""

    def __init__(self, address, person):
        from django.conf import settings
        from django.test import Client

        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person, backend="accounts.backends.SignIn")
        self.token = uuid.uuid4().hex
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}"  # fmt: skip
        self.address = address
        self.link = None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, data):
        return self.ask("POST", path, urlencode(data))

    def ask(self, method, path, body=None):
        """The status; 0 when the connection failed, so that nobody knows what has happened."""
        headers = {"Cookie": self.cookies, "X-CSRFToken": self.token, "Accept-Language": "en",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        try:
            if self.link is None:
                self.link = http.client.HTTPConnection(self.address, timeout=20)
            self.link.request(method, path, body, headers)
            answer = self.link.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.link = self.link and self.link.close()
            return 0


class Crew:
    """Threads that each carry out a list of tries; a try answers True when it was acknowledged."""

    def __init__(self):
        self.counts = Counter()
        self.threads = []
        self.lock = threading.Lock()
        self.stopped = threading.Event()

    def hire(self, tries):
        """A thread for an iterable of functions, each repeated until it answers True."""
        thread = threading.Thread(target=self._carry_out, args=(tries,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _carry_out(self, tries):
        for attempt in tries:
            if self.stopped.is_set():
                break
            begun = time.monotonic()
            while not attempt():
                self.note("sent again")
                if time.monotonic() - begun > PATIENCE:
                    self.note("given up")
                    break
                time.sleep(0.2)
        from django.db import connections

        connections.close_all()

    def note(self, what):
        with self.lock:
            self.counts[what] += 1

    def finished(self):
        return not any(thread.is_alive() for thread in self.threads)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)


def visit(browser, customer, key, note, answers=1):
    """A try to log a visit: True when it is stored, however often it was sent.

    answers: how many the phone waits for; with 2 the first one is lost on its way.
    """
    data = {"customer": customer, "client_uuid": key, "kind": "visit", "note": note}
    heard = []

    def attempt():
        if browser.post("/log", data) in STORED:
            heard.append(key)
        return len(heard) >= answers

    return attempt


def transfer(browser, customer, person):
    """A try to give a customer to a person; when it had been done before, the product says so."""
    unsure = [False]

    def attempt():
        status = browser.post(
            f"/customers/{customer}/seats/account_manager/assign",
            {"person": person, "why": "workload"},
        )
        if status in STORED or (unsure[0] and status in (409, 422)):
            return True
        unsure[0] = True
        return False

    return attempt


def reminder(person, key):
    """A try to plan a reminder: a notice that is due in a moment, in a transaction of its own."""

    def attempt():
        from datetime import timedelta

        from django.db import Error, connection, transaction
        from django.utils import timezone

        from accounts.services.notifications import notify
        from kit.models import Effect

        try:
            with transaction.atomic():
                if not Effect.objects.filter(payload__url=f"/today?{key}").exists():
                    notify("trail.alarm", to=person, url=f"/today?{key}", values={"count": 1, "tables": []},
                           due_at=timezone.now() + timedelta(seconds=3))  # fmt: skip
        except Error:
            connection.close()
            return False
        return True

    return attempt
