"""The product as the suite has it, with a fault put in from outside where a drill asks for one."""

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BEAT_SCHEDULE, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drill.mutants.Mutants"]
# A drill does not wait a quarter of an hour for the first look at clocks.
CELERY_BEAT_SCHEDULE = CELERY_BEAT_SCHEDULE | {
    "rotation": CELERY_BEAT_SCHEDULE["rotation"] | {"schedule": 3.0},
    "dates": CELERY_BEAT_SCHEDULE["dates"] | {"schedule": 3.0},
}
