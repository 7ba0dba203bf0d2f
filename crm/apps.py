from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self):
        # They register what others ask for: addresses of notices, stand-ins, what ends with a person.
        from crm import exam_notices  # noqa: F401
        from crm.filters import palette_acts, palette_file  # noqa: F401
        from crm.selectors import acting  # noqa: F401
        from crm.services import (  # noqa: F401
            capacity,
            changeset_notices,
            changeset_run,
            changeset_undo,
            date_reminders,
            depth,
            exams,
            late_visits,
            ownership,
            shares,
        )
