from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import audit, sessions  # noqa: F401
        from accounts.services import (  # noqa: F401  (outbox handlers, addressees)
            agreements,
            mail,
            notifications,
        )

        autodiscover_modules("notices", "trail")  # how notices and trail of each app read
