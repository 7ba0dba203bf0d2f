"""Readiness says what is wrong, one fault at a time; alive is all that the other address says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import TrailEntry
from config import health
from kit import outbox
from kit.models import Beat, Effect, Job


def ready(address="/readyz"):
    answer = Client().get(address)
    return answer.status_code, answer.json()


def beats(name, **ago):
    Beat.objects.update_or_create(
        name=name, defaults={"beat_at": timezone.now() - timedelta(**ago), "owner": "1"}
    )


@pytest.fixture
def healthy(db):
    """An installation at work: heartbeat, backup, nothing due, the trail sealed."""
    Effect.objects.update(due_at=timezone.now())  # the mails of the cast, however long ago built
    beats("beat", seconds=5)
    beats("backup", hours=3)


@pytest.fixture(autouse=True)
def as_installed(monkeypatch):
    """The tests run as a demo; an installation is meant here. The trail of the cast is not sealed."""
    monkeypatch.setitem(health.CHECKS, "backup", (health.WORK, health.backup))
    monkeypatch.setattr(health, "UNSEALED", timedelta(days=999))
    monkeypatch.setattr(health, "_broker", lambda url: type("B", (), {"ping": lambda self: True})())


def effect(**fields):
    fields = {"due_at": timezone.now() - timedelta(seconds=121)} | fields
    return Effect.objects.create(kind="notice", payload={}, **fields)


def job(**fields):
    return Job.objects.create(kind="tests", **fields)


def test_a_healthy_installation_is_ready_and_says_nothing_else(healthy):
    assert ready() == (200, {"status": "ok", "reasons": {}, "database": True, "beat": True})


def six_minutes():
    return timezone.now() - timedelta(minutes=6)


FAULTS = {
    "beat": lambda: beats("beat", seconds=91),
    "effects": effect,
    "jobs": lambda: job(due_at=six_minutes()),
    "backup": lambda: beats("backup", hours=27),
    "chain": lambda: Beat.objects.create(name="verify_audit", beat_at=timezone.now(), owner="cut:9"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named_and_alarms_the_watch_but_pages_are_served(healthy, name):
    FAULTS[name]()
    status, told = ready()
    assert (status, told["status"], list(told["reasons"])) == (503, "failing", [name])
    status, told = ready("/readyz?for=traffic")
    assert (status, told["status"], list(told["reasons"])) == (200, "degraded", [name])


def test_a_job_that_a_dead_worker_left_is_found_by_the_end_of_its_lease(healthy):
    job(state="running", due_at=six_minutes(), lease_until=timezone.now() + timedelta(seconds=9))
    assert ready()[0] == 200
    job(state="running", due_at=six_minutes(), lease_until=six_minutes())
    assert list(ready()[1]["reasons"]) == ["jobs"]


def test_entries_that_nobody_seals_are_found(healthy, monkeypatch):
    TrailEntry.objects.create(actor_id=1, verb="tests.act", subject_type="", subject_id="")
    assert ready()[0] == 200
    monkeypatch.setattr(health, "UNSEALED", timedelta(0))
    assert "sealing" in ready()[1]["reasons"]


def test_a_dead_letter_and_a_lost_broker_are_told_and_fail_nothing(healthy, monkeypatch):
    effect(tries=outbox.TRIES)
    monkeypatch.setattr(health, "_broker", lambda url: health.redis.Redis(port=1))
    status, told = ready()
    assert (status, told["status"]) == (200, "degraded")
    assert told["reasons"] == {"given up": "1 effects given up", "broker": "does not answer"}


def test_a_missing_migration_keeps_traffic_away(healthy, monkeypatch):
    monkeypatch.setattr(health, "on_disk", lambda: {("crm", "9999_tomorrow")})
    status, told = ready("/readyz?for=traffic")
    assert (status, told["reasons"]) == (503, {"migrations": "1 not applied"})


def test_a_server_that_may_lose_what_it_confirms_is_named_and_refused(healthy):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert ready()[1]["reasons"] == {"durability": "synchronous_commit is off"}
    with pytest.raises(SystemExit, match="may lose what it has confirmed"):
        health.refuse_unsafe_server()


def test_no_backup_since_the_installation_is_a_fault_after_a_day(healthy):
    Beat.objects.filter(name="backup").delete()
    assert ready()[0] == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied) FROM django_migrations")
    health_limit, health.NO_BACKUP = health.NO_BACKUP, timedelta(0)
    try:
        assert list(ready()[1]["reasons"]) == ["backup"]
    finally:
        health.NO_BACKUP = health_limit


def test_alive_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/healthz").json() == {"status": "ok"}
