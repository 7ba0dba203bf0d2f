"""Guards that a drill takes away in every process of its fleet (HOLDFAST_MUTANT)."""

import os
import random

from django.apps import AppConfig


class Mutants(AppConfig):
    """Applies the one that the environment names, when Django is ready."""

    name = "tests.drill.mutants"
    label = "drill_mutants"

    def ready(self):
        if name := os.environ.get("HOLDFAST_MUTANT"):
            MUTANTS[name]()


def on_commit_only():
    """An effect lives in the process that made the change, not in a row."""
    from django.db import transaction

    from kit import outbox
    from kit.models import Effect

    def post(kind, /, *, due_at=None, **payload):
        effect = Effect(pk=random.getrandbits(60), kind=kind, payload=payload)
        transaction.on_commit(lambda: outbox.HANDLERS[kind](effect))
        return effect

    outbox.post = post


def queue_only():
    """An effect lives in the queue of the broker, not in a row."""
    from celery import shared_task
    from django.db import transaction

    from kit import outbox
    from kit.models import Effect

    @shared_task(name="tests.drill.carry_out")
    def carry_out(kind, payload):
        outbox.HANDLERS[kind](Effect(pk=random.getrandbits(60), kind=kind, payload=payload))

    def post(kind, /, *, due_at=None, **payload):
        transaction.on_commit(lambda: carry_out.delay(kind, payload), robust=True)

    outbox.post = post


def no_client_id():
    """Every sending of a visit is a new visit."""
    import uuid

    from crm.services import said

    said.client_key = lambda value: uuid.uuid4()


def relaxed():
    """The server may confirm what is not on the disk, and nobody looks."""
    from config import health

    health.refuse_unsafe_server = lambda: None


def no_claim():
    """Due rows are read without taking them."""
    from kit.models import Effect

    manager = type(Effect.objects.all())
    manager.select_for_update = lambda self, **options: self.all()


def no_takeover():
    """Nobody goes on with what a killed worker left: its progress was in the task."""
    from kit import jobs
    from kit.models import Job

    claim = jobs.claim
    waiting = Job.objects.filter(state=Job.State.WAITING, attempts=0)

    def fresh(pk=None):
        return next(filter(None, (claim(one.pk) for one in waiting.order_by("pk"))), None)

    jobs.claim = fresh


MUTANTS = {
    "on_commit": on_commit_only,
    "queue": queue_only,
    "no_client_id": no_client_id,
    "relaxed": relaxed,
    "no_claim": no_claim,
    "no_takeover": no_takeover,
}
