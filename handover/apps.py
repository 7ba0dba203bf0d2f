from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "handover"

    def ready(self):
        # They register what others ask for: effects, guards, gates, what the trail keeps back.
        from handover import gates  # noqa: F401
        from handover.services import departure_opening  # noqa: F401
