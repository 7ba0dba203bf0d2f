"""Tasks of the machinery: bodies load nothing, they look for due rows."""

from celery import shared_task
from django.utils import timezone


@shared_task
def heartbeat():
    """Say that beat and a worker are alive."""
    from kit.jobs import me
    from kit.models import Beat

    Beat.objects.update_or_create(name="beat", defaults={"beat_at": timezone.now(), "owner": me()})


@shared_task
def relay():
    """Carry out effects that are due."""
    from kit import outbox

    return outbox.relay()


@shared_task(time_limit=3_600)
def sweep():
    """Run jobs that wait or were left behind, a while at a time: heartbeats pass between."""
    from kit import jobs

    if jobs.sweep(seconds=20):
        sweep.delay()


@shared_task
def note_erasures():
    """Tell the file outside the database which keys were destroyed."""
    from kit import erasures

    return erasures.note()
