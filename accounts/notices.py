"""How the notices about people and the trail read."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agreement
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


@renders("agreements.sign", outside=_("An agreement waits for your signature."))
def to_sign(viewer, notices):
    """The reader is asked to sign an agreement."""
    ids = {notice.values.get("agreement") for notice in notices}
    rows = Agreement.objects.visible_to(viewer).in_bulk(ids)
    return {notice.pk: sign_line(rows.get(notice.values.get("agreement"))) for notice in notices}


def sign_line(agreement):
    if agreement is None:
        return Line(gettext("An agreement that is no longer there."), leads=False)
    text = gettext("Read and sign: %(title)s, version %(number)s.")
    return Line(text % {"title": agreement, "number": agreement.number})
