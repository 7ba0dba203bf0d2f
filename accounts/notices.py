"""How the notices about people and the trail read."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.selectors.notifications import Line, renders


@renders("trail.alarm", outside=_("Changes came past the services."))
def alarm(viewer, notices):
    """Rows were changed past the services."""
    return {notice.pk: alarm_line(notice.values.get("count") or 1) for notice in notices}


def alarm_line(count):
    text = ngettext(
        "%(count)s change came past the services. Look at it with whoever runs the server.",
        "%(count)s changes came past the services. Look at them with whoever runs the server.",
        count,
    )
    return Line(text % {"count": count})
