"""What waits for somebody who leads people. Every piece of the product adds its own by `@needs`."""

from typing import NamedTuple

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Action, Reach, reach
from crm.selectors import approvals
from handover.models import Departure, HandoverTask
from kit.dates import company_zone, today
from kit.templatetags.words import short_day_words, shown_name

NEEDS: list = []
MOST = 5  # of one kind that are named each


class Need(NamedTuple):
    """One line of *Needs you*. count: how many things it stands for; sign: of the sprite."""

    text: str
    url: str
    count: int = 1
    note: str = ""
    sign: str = "check"
    urgent: bool = False


def needs(find):
    """Register find(person) → Needs, or tuples that begin like one: (text, url, count)."""
    NEEDS.append(find)
    return find


def of(person):
    """Everything that waits for a person, what is urgent first."""
    found = [Need(*one) for find in NEEDS for one in find(person)]
    return sorted(found, key=lambda need: not need.urgent)


@needs
def decisions(person):
    """Proposals to approve and customers that wait for a yes."""
    proposals, offers = approvals.proposals(person).count(), approvals.offers(person).count()
    url = reverse("crm:approvals")
    if proposals:
        text = ngettext("%(count)s transfer waits for your decision",
                        "%(count)s transfers wait for your decision", proposals)  # fmt: skip
        yield Need(text % {"count": proposals}, url, proposals, sign="assign")
    if offers:
        text = ngettext("%(count)s transfer waits for an answer, yours or that of somebody silent",
                        "%(count)s transfers wait for an answer, yours or that of somebody silent",
                        offers)  # fmt: skip
        yield Need(text % {"count": offers}, url, offers, sign="handshake")


@needs
def departures(person):
    """Open departure cases of people one leads, the nearest last day first."""
    if reach(person, Action.SEAT_ASSIGN) < Reach.TEAM:
        return
    day = today(company_zone())
    late = Q(tasks__state__in=HandoverTask.OPEN, tasks__due_on__lt=day)
    rows = Departure.objects.visible_to(person).filter(state=Departure.State.OPEN)
    rows = rows.exclude(person=person.pk).select_related("person")
    for case in rows.annotate(late=Count("tasks", filter=late)).order_by("last_day", "pk")[:MOST]:
        text = _("%(name)s leaves on %(day)s")
        said = {"name": shown_name(case.person), "day": short_day_words(case.last_day)}
        note = ngettext("%(count)s task is overdue", "%(count)s tasks are overdue", case.late)
        note = note % {"count": case.late} if case.late else case.get_kind_display()
        yield Need(text % said, case.get_absolute_url(), 1, note, "door", bool(case.late))
