"""Is the process alive, and can it serve? Both without a sign-in and without data."""

from datetime import timedelta

from django.db import connection
from django.http import JsonResponse
from django.utils import timezone


def healthz(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request):
    """The database answers; beat is only reported, since pages work without it."""
    from kit.models import Beat

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    beat = Beat.objects.filter(name="beat").first()
    alive = bool(beat and timezone.now() - beat.beat_at < timedelta(seconds=90))
    return JsonResponse({"status": "ok", "database": True, "beat": alive})
