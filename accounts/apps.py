from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import audit  # noqa: F401
        from accounts.services import notifications  # noqa: F401  (registers its outbox handler)
