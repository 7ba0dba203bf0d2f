"""Rows that carry the machinery: jobs, effects, counters, keys. No word of the domain."""

import hashlib

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kit.disclosure import Disclosure
from kit.outbox import Effect
from kit.registry import Held, Holding

__all__ = ["Beat", "Counter", "DestroyedKey", "Disclosure", "Effect", "Job", "Sent", "SubjectKey"]


class SubjectKey(models.Model):
    """The wrapped key of one data subject. Deleting the row erases the subject's values."""

    wrapped = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="key_destroyed",
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                func="""
                    INSERT INTO kit_destroyedkey (mark) VALUES (sha256(OLD.wrapped));
                    RETURN NULL;
                """,
            )
        ]

    @property
    def mark(self):
        """By what a destroyed key is known again in an old backup; it tells nothing of the key."""
        return hashlib.sha256(bytes(self.wrapped)).digest()


class DestroyedKey(models.Model):
    """That a key was destroyed, by whomever: a trigger writes it. See kit/erasures.py."""

    mark = models.BinaryField()  # SHA-256 of the wrapped key
    destroyed_at = models.DateTimeField(db_default=Now())
    noted_at = models.DateTimeField(null=True)  # in the file outside the database

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(noted_at=None), name="destroyed_key_open"
            )
        ]


class Counter(models.Model):
    """How much of a budget is spent in one window of time."""

    name = models.CharField(max_length=120)
    window_start = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "window_start"], name="counter_once")
        ]


class Sent(models.Model):
    """A number that a sender gave to what it sent, and the key of the row that came of it."""

    person_id = models.BigIntegerField()
    client_uuid = models.UUIDField()
    digest = models.BinaryField()  # of what was sent
    made = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(db_default=Now())

    held = {"person_id": Held.HISTORY}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "client_uuid"], name="sent_once")
        ]


class Beat(models.Model):
    """The last heartbeat of a process that must exist exactly once."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    owner = models.CharField(max_length=120)


class Job(models.Model):
    """Work that outlives a request: a row with a lease, carried on by whoever holds it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    # The person who asked, with the epoch of then; null for work of the company itself.
    person_id = models.BigIntegerField(null=True, db_index=True)
    epoch = models.IntegerField(null=True)

    held = {
        "person_id": Holding(
            Held.CLOSE, _("Background work"), open=models.Q(state__in=["waiting", "running"])
        )
    }

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="job_open",
            )
        ]
