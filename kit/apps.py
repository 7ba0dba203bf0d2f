from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "kit"

    def ready(self):
        from kit import grants, registry, subjects  # noqa: F401  (checks and grants register themselves)

        registry.refuse_undeclared()
