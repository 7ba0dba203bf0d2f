"""D05: two beats, three sweepers, many due reminders: each fires once, overdue ones oldest first.

The short form calls the tasks in processes of its own; `dev.py drill reminders` has real beats and
workers. Nothing anywhere asks the broker to keep a date.
"""

import os
import re
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.db import connection, connections

from kit import outbox
from kit.models import Counter, Effect
from tests.accept import frame
from tests.accept.frame import Mutant

REMINDERS = frame.size(300, 10_000)
SWEEPERS, BEATS = 3, 2
KIND = "tests.reminder"
DATES = re.compile(r"\b(apply_async|countdown|eta)\s*[(=]")  # what would leave a date to the broker
APPS = ("kit", "accounts", "crm", "handover", "config")
PLAN = """
    INSERT INTO kit_effect (kind, payload, due_at, tries, error)
    SELECT %s, jsonb_build_object('n', n), now() - interval '24 hours' + n * interval '1 second', 0, ''
    FROM generate_series(1, %s) n
"""


def run():
    with frame.committed(), mock.patch.dict(outbox.HANDLERS, {KIND: fire}):
        with connection.cursor() as cursor:
            cursor.execute(PLAN, [KIND, REMINDERS])
        started = time.perf_counter()
        sweep_at_once()
        took = time.perf_counter() - started
        fired = dict(Counter.objects.filter(name__startswith=KIND).values_list("name", "used"))
        disorder = out_of_order()
        left = Effect.objects.filter(done_at=None).count()
    twice = sum(count > 1 for count in fired.values())
    found = broker_dates()
    return not (twice or left or disorder or found) and len(fired) == REMINDERS, {
        "reminders": REMINDERS, "sweepers": SWEEPERS * BEATS, "fired": len(fired), "twice": twice,
        "left": left, "out of order": disorder, "dates left to the broker": found,
        "per second": round(REMINDERS / took),
    }  # fmt: skip


def fire(effect):
    """A reminder that cannot hide a second firing: it counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_counter AS c (name, window_start, used) VALUES (%s, '2026-01-01', 1)"
            " ON CONFLICT (name, window_start) DO UPDATE SET used = c.used + 1",
            [f"{KIND}:{effect.payload['n']}"],
        )


def sweep_at_once():
    """Both beats have told all sweepers: every hint is carried out by a process of its own."""
    connections.close_all()
    sweepers = []
    for _ in range(SWEEPERS * BEATS):
        child = os.fork()
        if child == 0:
            try:
                outbox.relay(REMINDERS)
            finally:
                os._exit(0)
        sweepers.append(child)
    for child in sweepers:
        os.waitpid(child, 0)


def out_of_order():
    """Reminders that were done before ones which had been due long before them."""
    done = list(Effect.objects.filter(kind=KIND).order_by("due_at").values_list("done_at", flat=True))  # fmt: skip
    apart = SWEEPERS * BEATS * 4
    return sum(b < a for a, b in zip(done, done[apart:], strict=False) if a and b)


def broker_dates():
    """Places of the product that hand a date to the broker."""
    root = Path(settings.BASE_DIR)
    files = [path for app in APPS for path in sorted((root / app).rglob("*.py"))]
    return [str(path) for path in files if DATES.search(path.read_text(encoding="utf-8"))]


def no_claim():
    """Due rows are read without being taken."""
    plain = lambda self, **options: self.all()  # noqa: E731
    return mock.patch.object(type(Effect.objects.all()), "select_for_update", plain)


@contextmanager
def left_to_the_broker():
    """Somebody writes a reminder as a task with a date."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tasks.py").write_text("remind.apply_async(eta=tomorrow)\n")
        with mock.patch("tests.accept.d05.APPS", (*APPS, folder)):
            yield


MUTANTS = [
    Mutant("due rows are not claimed", no_claim),
    Mutant("a date is left to the broker", left_to_the_broker),
]
