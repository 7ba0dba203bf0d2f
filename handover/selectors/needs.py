"""What waits for somebody who leads people. Every piece of the product adds its own by `@needs`."""

from collections import Counter
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Action, Reach, reach
from crm.selectors import approvals
from handover.models import Departure, HandoverTask
from kit.dates import company_zone, today
from kit.templatetags.words import grouped, short_day_words, shown_name

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
        yield Need(text % {"count": grouped(proposals)}, url, proposals, sign="assign")
    if offers:
        text = ngettext("%(count)s transfer waits for an answer, yours or that of somebody silent",
                        "%(count)s transfers wait for an answer, yours or that of somebody silent",
                        offers)  # fmt: skip
        yield Need(text % {"count": grouped(offers)}, url, offers, sign="handshake")


@needs
def departures(person):
    """Open departure cases of people one leads, the nearest last day first."""
    if reach(person, Action.SEAT_ASSIGN) < Reach.TEAM:
        return
    rows = Departure.objects.visible_to(person).filter(state=Departure.State.OPEN)
    rows = rows.exclude(person=person.pk).select_related("person").order_by("last_day", "pk")
    cases = list(rows[:MOST])
    late = late_of(person, cases)
    for case in cases:
        text = _("%(name)s leaves on %(day)s")
        said = {"name": shown_name(case.person), "day": short_day_words(case.last_day)}
        note = ngettext("%(count)s task is overdue", "%(count)s tasks are overdue", late[case.pk])
        note = (
            note % {"count": grouped(late[case.pk])} if late[case.pk] else case.get_kind_display()
        )
        yield Need(text % said, case.get_absolute_url(), 1, note, "door", bool(late[case.pk]))


def late_of(person, cases):
    """Case → how many of its tasks that a person sees are overdue."""
    tasks = HandoverTask.objects.visible_to(person).filter(
        departure__in=cases, state__in=HandoverTask.OPEN, due_on__lt=today(company_zone())
    )
    return Counter(tasks.values_list("departure", flat=True) if cases else ())
