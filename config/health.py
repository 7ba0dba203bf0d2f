"""Is the process alive, can it serve, and is everything else of the installation at work?

Both addresses answer without a sign-in and hold names of checks, seconds and counts only. Three
kinds of checks: without TRAFFIC this process cannot serve; without WORK pages answer, but something
that was promised (an effect, a due date, the seal of the trail, a backup) is late; a NOTE is told
and fails nothing. `/readyz` answers 503 for the first two, `/readyz?for=traffic` for the first.
"""

import logging
import time
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import Error, connection, models
from django.db.models.functions import Now
from django.http import JsonResponse
from django.utils import timezone

from accounts.models import Anchor, Seal, TrailEntry
from kit import outbox
from kit.models import Beat, Effect, Job

log = logging.getLogger(__name__)
STARTED = time.monotonic()
TRAFFIC, WORK, NOTE = "traffic", "work", "note"

SILENT = timedelta(seconds=90)  # beat
STUCK_EFFECT = timedelta(seconds=120)
STUCK_JOB = timedelta(minutes=5)
UNSEALED = timedelta(minutes=5)
NO_BACKUP = timedelta(hours=26)  # a daily one that failed, and two hours to repeat it

# What a reported commit needs to survive a crash; `synchronous_commit` has safe values besides on.
UNSAFE = {"synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"}


def healthz(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request):
    """Every check with its reason; 503 while one of them fails that the asker cares for."""
    failing = {}
    for name, (_kind, check) in CHECKS.items():
        if "database" not in failing and (reason := _ask(check)):  # without it all say the same
            failing[name] = reason
    kinds = {CHECKS[name][0] for name in failing}
    refused = kinds & ({TRAFFIC} if request.GET.get("for") == "traffic" else {TRAFFIC, WORK})
    body = {
        "status": "failing" if refused else "degraded" if failing else "ok",
        "reasons": failing,
        "database": "database" not in failing,
        "beat": not {"database", "beat"} & failing.keys(),
    }
    response = JsonResponse(body, status=503 if refused else 200)
    response["Cache-Control"] = "no-store"
    if refused:
        response["Retry-After"] = "10"
    return response


def _ask(check):
    """Why the check fails, or "". A check that cannot be made has failed."""
    try:
        return check()
    except Error as error:
        log.warning("a check of readiness failed: %s", type(error).__name__)
        return "the database does not answer"


def database():
    """The database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def migrations():
    """Every migration of this version of the code has been applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = on_disk() - set(cursor.fetchall())
    return f"{len(missing)} not applied" if missing else ""


@cache
def on_disk():
    """The migrations that this version of the code brings."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return {key for key, found in loader.disk_migrations.items() if not found.replaces}


def durability():
    """A commit that was reported survives a crash of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(UNSAFE)])
        found = dict(cursor.fetchall())
    return ", ".join(f"{name} is {bad}" for name, bad in UNSAFE.items() if found[name] == bad)


def beat():
    """Beat, broker and a worker have carried a heartbeat."""
    row = Beat.objects.filter(name="beat").first()
    if row is None:
        return "" if _just_started() else "no heartbeat yet"
    return _older(row.beat_at, SILENT, "silent for")


def effects():
    """No effect of a change waits for longer than two minutes."""
    open_ones = Effect.objects.filter(done_at=None, tries__lt=outbox.TRIES)
    return _older(open_ones.aggregate(at=models.Min("due_at"))["at"], STUCK_EFFECT, "oldest due")


def given_up():
    """No effect has failed so often that nobody tries it any more."""
    count = Effect.objects.filter(done_at=None, tries__gte=outbox.TRIES).count()
    return f"{count} effects given up" if count else ""


def due_jobs():
    """No due job waits, or lies where a dead worker left it, for longer than five minutes."""
    waiting = models.Q(state=Job.State.WAITING)
    left = models.Q(state=Job.State.RUNNING, lease_until__lt=Now())
    since = models.Case(models.When(left, then="lease_until"), default="due_at")
    oldest = Job.objects.filter(waiting | left).aggregate(at=models.Min(since))["at"]
    return _older(oldest, STUCK_JOB, "oldest due")


def sealing():
    """The trail is chained, and the end of the chain is written outside the database."""
    seal = Seal.objects.order_by("-position").first()
    behind = TrailEntry.objects.filter(pk__gt=seal.entry_id if seal else 0).order_by("pk").first()
    late = behind and _older(behind.recorded_at, UNSEALED, "oldest entry not sealed for")
    if late or seal is None:
        return late or ""
    anchored = Anchor.objects.aggregate(at=models.Max("position"))["at"] or 0
    first = Seal.objects.filter(position__gt=anchored).order_by("position").first()
    return _older(first.sealed_at, UNSEALED, "oldest link not anchored for") if first else ""


def chain():
    """The last recomputation of the chain found no fault."""
    row = Beat.objects.filter(name="verify_audit").first()
    return "the chain of the trail is broken, see verify_audit" if row and ":" in row.owner else ""


def backup():
    """The last backup is not older than 26 hours, nor is the installation without one."""
    row = Beat.objects.filter(name="backup").first()
    if row:
        return _older(row.beat_at, NO_BACKUP, "last one")
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
        since = cursor.fetchone()[0]
    return _older(since, NO_BACKUP, "none since the installation,")


def broker():
    """The broker of hints answers; without it work is late by seconds, and nothing is lost."""
    try:
        _broker(settings.CELERY_BROKER_URL).ping()
    except (redis.RedisError, OSError, ValueError):
        return "does not answer"
    return ""


@cache
def _broker(url):
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)


def _older(moment, limit, words):
    """`words` with the age in seconds when `moment` lies longer ago than `limit`."""
    age = timezone.now() - moment if moment else timedelta(0)
    return f"{words} {int(age.total_seconds())} s" if age > limit else ""


def _just_started():
    """No heartbeat can be expected yet: everything has started with this process."""
    return time.monotonic() - STARTED < SILENT.total_seconds()


CHECKS = {
    "database": (TRAFFIC, database),
    "migrations": (TRAFFIC, migrations),
    "durability": (WORK, durability),
    "beat": (WORK, beat),
    "effects": (WORK, effects),
    "jobs": (WORK, due_jobs),
    "sealing": (WORK, sealing),
    "chain": (WORK, chain),
    # A demo is not worth a backup; an installation is.
    "backup": (NOTE if settings.DEMO else WORK, backup),
    "given up": (NOTE, given_up),
    "broker": (NOTE, broker),
}


def refuse_unsafe_server():
    """Stop the start of a process where a reported commit could be lost.

    A server that does not answer is no reason: the process waits for it and says so.
    """
    try:
        reason = durability()
    except Error:
        return
    finally:
        connection.close()
    if reason:
        raise SystemExit(f"This PostgreSQL may lose what it has confirmed: {reason}.")
