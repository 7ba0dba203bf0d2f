"""What a race may reach in the tables of the handover although a verb has checked first, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.service import CONSTRAINTS

HERE_ALREADY = _("Somebody else has done this already.")
CONSTRAINTS.update(
    {
        "one_departure_per_person": _("There is a departure case of this person already."),
        "departure_once": _("This has been saved already."),
        "one_freeze_in_force": _("This person is frozen already."),
        "one_open_incident": _("There is an open incident of this customer already."),
        **dict.fromkeys(
            (
                "brief_answer_once", "waived_once", "handover_task_once", "follow_up_once",
                "apprentice_step_once", "exemption_asked_once", "exemption_sent_once",
                "file_complete_once", "seat_handover_once", "original_once_in_departure",
            ),
            HERE_ALREADY,
        ),
    }
)  # fmt: skip
