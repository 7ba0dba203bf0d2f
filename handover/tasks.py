"""Tasks of the handover, named in config/schedule.py. Bodies make one call: due work is rows."""

from celery import shared_task


@shared_task
def remind_of_rotation():
    """Post the reminders of rotation whose mark has come."""
    from handover.services import rotation_reminders

    return rotation_reminders.remind()
