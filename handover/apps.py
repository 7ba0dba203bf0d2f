from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "handover"

    def ready(self):
        # They register what others ask for: effects, guards, gates, addresses and words of notices.
        from handover import case_notices, gates  # noqa: F401
        from handover.services import (  # noqa: F401
            briefs,
            departure_opening,
            handover_reminders,
            introductions,
        )
