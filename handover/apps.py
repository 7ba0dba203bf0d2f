from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "handover"

    def ready(self):
        # They register what others ask for: effects, guards, gates, addresses and words of notices.
        from handover import (  # noqa: F401
            case_notices,
            constraints,
            emergency_trail,
            gates,
            rotation_notices,
            rotation_trail,
        )
        from handover.filters import palette  # noqa: F401
        from handover.selectors import emergency_lines  # noqa: F401
        from handover.services import (  # noqa: F401
            briefs,
            closing,
            departure_opening,
            emergency,
            emergency_notices,
            handover_reminders,
            introductions,
            leaving,
            rotation,
            rotation_exemptions,
            rotation_gaps,
            rotation_guards,
            rotation_reminders,
            sign_offs,
        )
