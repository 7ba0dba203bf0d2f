"""How the notices about handovers read. Names are those the reader may see at this moment."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.selectors.notifications import Line, renders
from handover.models import Departure
from kit.templatetags.words import shown_name


@renders("departure.opened", outside=_lazy("You have something to do in a handover."))
def departure_opened(viewer, notices):
    """A case in which the reader has something to do is known now."""
    ids = {notice.values.get("departure") for notice in notices}
    cases = Departure.objects.visible_to(viewer).filter(pk__in=ids).select_related("person")
    cases = cases.in_bulk()
    return {
        notice.pk: opened_line(viewer, cases.get(notice.values.get("departure")))
        for notice in notices
    }


def opened_line(viewer, departure):
    if departure is None:
        return Line(_("A handover that you can no longer see."), leads=False)
    if departure.person_id == viewer.pk:
        return Line(_("Your handover is open. Your tasks are listed with their days."))
    text = _("The handover of %(person)s is open. You have tasks in it.")
    return Line(text % {"person": shown_name(departure.person)})
