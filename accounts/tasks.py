"""Tasks of the trail: chain it, and raise the alarm about rows that no service made."""

from celery import shared_task


@shared_task
def seal():
    """Chain the committed entries of the trail; once an hour look at all of them."""
    from django.utils import timezone

    from accounts.services import trail

    return trail.seal(thorough=timezone.now().minute == 0)


@shared_task
def alarm():
    """Tell auditors and administrators about changes that came past the services."""
    from accounts.services import trail

    return trail.alarm()


@shared_task
def verify():
    """Recompute the whole chain once a day, so that the trail page can say when it was checked."""
    from accounts.selectors.audit import verify as recompute
    from accounts.services import trail

    verdict = recompute()
    trail.note_verified(verdict)
    return verdict.holds
