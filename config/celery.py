"""The Celery application: it carries hints, PostgreSQL holds the truth."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("holdfast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["kit", "accounts", "crm", "handover"])


@worker_init.connect
@beat_init.connect
def refuse_unsafe_server(**_options):
    """What web refuses, worker and beat refuse as well."""
    from config.health import refuse_unsafe_server

    refuse_unsafe_server()


@worker_ready.connect
def look_at_once(**_options):
    """Whoever comes after a killed worker does not wait for the next round of beat."""
    from kit.tasks import relay, sweep

    relay.delay()
    sweep.delay()
