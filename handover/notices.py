"""How the notices about handovers read. Names are those the reader may see at this moment."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.selectors.notifications import Line, renders
from handover.models import Departure, FollowUp
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


@renders("departure.access_stays", outside=_lazy("The access of a leaver could not be ended."))
def access_stays(viewer, notices):
    """The last day of somebody is over, and their access could not be ended."""
    ids = {notice.values.get("departure") for notice in notices}
    cases = Departure.objects.visible_to(viewer).filter(pk__in=ids).select_related("person")
    cases = cases.in_bulk()
    return {notice.pk: access_line(cases.get(notice.values.get("departure"))) for notice in notices}


def access_line(departure):
    if departure is None:
        return Line(_("A handover that you can no longer see."), leads=False)
    text = _("The last day of %(person)s is over, but their access could not be ended. They may be "
             "the last administrator.")  # fmt: skip
    return Line(text % {"person": shown_name(departure.person)})


@renders("sign_offs.turn", outside=_lazy("A handover is waiting for your signature."))
def sign_off_turn(viewer, notices):
    """It is the reader's turn to sign."""
    ids = {notice.values.get("departure") for notice in notices}
    rows = Departure.objects.visible_to(viewer).filter(pk__in=ids)
    cases = rows.select_related("person").in_bulk()
    return {notice.pk: turn_line(cases.get(notice.values.get("departure"))) for notice in notices}


def turn_line(departure):
    if departure is None:
        return Line(_("A handover that you can no longer see."), leads=False)
    return Line(
        _("Your signature is next in the handover of %(person)s.")
        % {"person": shown_name(departure.person)}
    )


@renders("follow_up.due", outside=_lazy("A customer is to be called after a handover."))
def follow_up_due(viewer, notices):
    """A call after a handover is due."""
    ids = {notice.values.get("follow_up") for notice in notices}
    rows = FollowUp.objects.visible_to(viewer).filter(pk__in=ids)
    rows = rows.select_related("handover__customer").in_bulk()
    return {notice.pk: call_line(rows.get(notice.values.get("follow_up"))) for notice in notices}


def call_line(row):
    if row is None:
        return Line(_("A call that is no longer yours."), leads=False)
    customer = row.handover.customer
    text = _("Call %(customer)s: %(days)s days after the handover.")
    return Line(text % {"customer": customer.name, "days": row.days}, customers=[customer.pk])
