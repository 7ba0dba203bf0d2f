"""Effects that follow a change: rows in the same transaction, carried out after the commit.

`post` is called inside a service. The relay claims rows with SKIP LOCKED and calls the handler that
was registered for the kind. A handler must be idempotent; a row that fails is tried again later
with growing patience and stays visible after the last try.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

log = logging.getLogger(__name__)
HANDLERS: dict[str, Callable] = {}
TRIES = 8


class Effect(models.Model):
    """One pending or finished effect."""

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at__isnull=True), name="effect_open"
            )
        ]


def handler(kind):
    """Register the decorated function as the one that carries out effects of `kind`."""

    def register(function):
        HANDLERS[kind] = function
        return function

    return register


def post(kind, /, *, due_at=None, **payload):
    """Write an effect of `kind` into the present transaction. `payload` holds ids only."""
    if kind not in HANDLERS:
        raise LookupError(f"no handler for effects of kind {kind!r}")
    return Effect.objects.create(
        kind=kind, payload=payload, **({"due_at": due_at} if due_at else {})
    )


def relay(limit=2_000):
    """Carry out due effects, oldest first. Returns how many were done."""
    done = 0
    for _ in range(limit):
        outcome = _relay_one()
        if outcome is None:
            break
        done += outcome
    return done


@transaction.atomic
def _relay_one():
    effect = (
        Effect.objects.select_for_update(skip_locked=True)
        .filter(done_at__isnull=True, due_at__lte=Now(), tries__lt=TRIES)
        .order_by("due_at", "pk")
        .first()
    )
    if effect is None:
        return None
    effect.tries += 1
    try:
        with transaction.atomic():
            HANDLERS[effect.kind](effect)
        effect.done_at, effect.error = timezone.now(), ""
    except Exception as error:  # the row remembers; the relay goes on with the next one
        log.exception("effect %s of kind %s failed", effect.pk, effect.kind)
        effect.error = type(error).__name__
        effect.due_at = timezone.now() + timedelta(seconds=5 * 2**effect.tries)
    effect.save()
    return int(effect.done_at is not None)
