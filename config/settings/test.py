"""Settings of the test suite: the same database rules, cheap passwords, plain static files."""

import json
import os

# Each process of pytest-xdist has servers of its own (devtools/suite.py), and what it starts has them too.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _worker and "HOLDFAST_TEST_SERVERS" in os.environ:
    os.environ |= json.loads(os.environ.pop("HOLDFAST_TEST_SERVERS"))[int(_worker)]

from config.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
DEMO = True
