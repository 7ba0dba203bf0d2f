"""How the notices about sudden departures read. Names are those the reader may see at this moment."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.selectors.notifications import Line, renders
from handover.models import Freeze
from handover.selectors import calls
from kit.templatetags.words import grouped, moment_words, shown_name


def freezes_of(viewer, notices):
    """The freezes of some notices that the viewer may see, by key."""
    ids = {notice.values.get("freeze") for notice in notices}
    return Freeze.objects.visible_to(viewer).select_related("person", "frozen_by").in_bulk(ids)


@renders("freeze.confirm", outside=_lazy("A freeze waits for a second person."))
def freeze_confirm(viewer, notices):
    """A second person is asked for."""
    found = freezes_of(viewer, notices)
    text = _("%(by)s froze the access of %(person)s. Confirm it by %(at)s.")
    return {one.pk: freeze_line(found.get(one.values.get("freeze")), text) for one in notices}


@renders("freeze.unconfirmed", outside=_lazy("A freeze was not confirmed in time."))
def freeze_unconfirmed(viewer, notices):
    """The time for the second person is over."""
    found = freezes_of(viewer, notices)
    text = _("Nobody has confirmed the freeze of %(person)s that %(by)s ordered. Decide about it.")
    return {one.pk: freeze_line(found.get(one.values.get("freeze")), text) for one in notices}


def freeze_line(row, text):
    if row is None:
        return Line(_("A freeze that you can no longer see."), leads=False)
    names = {
        "by": shown_name(row.frozen_by), "person": shown_name(row.person),
        "at": moment_words(row.confirm_by),
    }  # fmt: skip
    return Line(text % names)


@renders("freeze.acting", outside=_lazy("You answer for customers of a colleague now."))
def freeze_acting(viewer, notices):
    """One answers for customers of somebody who was frozen."""
    text = _("You answer for customers of a colleague from now on. See who is to be called.")
    return {one.pk: Line(text) for one in notices}


@renders("freeze.calls", outside=_lazy("Customers are waiting for your call."))
def freeze_calls(viewer, notices):
    """One has customers to call."""
    number = calls.waiting(viewer).count()
    text = ngettext("%(n)s customer waits for your call.", "%(n)s customers wait for your call.",
                    number) % {"n": grouped(number)}  # fmt: skip
    return {one.pk: Line(text if number else _("Your calls are made.")) for one in notices}
