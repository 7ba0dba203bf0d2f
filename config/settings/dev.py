"""Settings of `dev.py run`: the real product with demo data on one machine."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, env

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("HOLDFAST_DEMO", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kit.storage.HashedStatic"},
}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
