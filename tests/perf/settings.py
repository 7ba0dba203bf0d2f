"""The settings of `dev.py run`, with the bare page beside the product and a count of statements."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import MIDDLEWARE

ROOT_URLCONF = "tests.perf.urls"
MIDDLEWARE = ["tests.perf.wire.Counted", *MIDDLEWARE]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = None
LOGGING_CONFIG = None
