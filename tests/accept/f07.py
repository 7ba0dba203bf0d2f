"""F07: Django's own deployment checks are clean, and fifty parallel tries get five failures.

Tries are counted per account and, more generously, per address: an office shares one.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from unittest import mock

from django.conf import settings
from django.db import connections
from django.test import Client

from accounts import adapter, sessions
from tests.accept import frame
from tests.accept.frame import Mutant
from tests.cast import PASSWORD

TRIES = 50
LOGIN = "/accounts/login/"


def run():
    deployed = deploy()
    with frame.committed() as cast:
        account = attack(lambda n: "rep.east")
        right = Client().post(LOGIN, {"login": "rep.east", "password": PASSWORD}).status_code
        with mock.patch.object(adapter, "PER_ADDRESS", 10):
            address = attack(lambda n: f"somebody.{n}", network="198.51.100.7")
        idle, absolute = lives(cast)
    figures = {
        "deploy warnings": deployed, "tries at once": TRIES,
        "failures of one account": account[200], "locked": account[429],
        "right password while locked": right, "failures of one address, limit 10": address[200],
        "ends after 31 min idle": idle, "ends after 12 h": absolute,
    }  # fmt: skip
    good = deployed == 0 and account == {200: 5, 429: TRIES - 5} and right == 429
    return good and address == {200: 10, 429: TRIES - 10} and idle and absolute, figures


def deploy():
    """How many faults `check --deploy` finds under the settings of an installation."""
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.prod",
             "ALLOWED_HOSTS": "crm.example.com", "HOLDFAST_DEMO": "0"}  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=known, capture_output=True, text=True, timeout=120
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith(("?:", "<"))]
    return max(len(lines), done.returncode)


def attack(login, network="203.0.113.9"):
    """Fifty wrong passwords at the same instant: how often which status."""
    begin, statuses = threading.Barrier(TRIES), []

    def attempt(number):
        begin.wait(60)
        client = Client(REMOTE_ADDR=network, raise_request_exception=False)
        answer = client.post(LOGIN, {"login": login(number), "password": "wrong"})
        statuses.append(answer.status_code)
        connections.close_all()

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(Counter(statuses) | Counter())


def lives(cast):
    """Do sessions end when nobody has used them, and when they are old?"""
    ended = []
    for clock, ago in ((sessions.SEEN, 31 * 60), (sessions.SIGNED_IN, 12 * 3600 + 1)):
        browser = frame.browser(cast.he)
        session = browser.session
        session[clock] = int(time.time()) - ago
        session.save()
        ended.append(browser.get("/customers").status_code == 302)
    return ended


def not_atomic():
    """Counting and noting are two steps: all fifty read before one writes."""
    from kit import limits
    from kit.errors import OverBudget
    from kit.models import Counter as Row

    def spend_recent(name, *, limit, window, step):
        used = sum(Row.objects.filter(name=name).values_list("used", flat=True))
        if used >= limit:
            raise OverBudget("")
        time.sleep(0.05)
        row, _made = Row.objects.get_or_create(name=name, window_start="2026-01-01T00:00Z", defaults={"used": 0})  # fmt: skip
        Row.objects.filter(pk=row.pk).update(used=row.used + 1)
        return name, row.window_start

    return mock.patch.object(limits, "spend_recent", spend_recent)


MUTANTS = [Mutant("the limiter is not atomic", not_atomic)]
