"""First meetings after a freeze, the most valuable customer first: a proposal."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from accounts.access import Action
from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from handover.models import EmergencyCall
from handover.selectors import calls, emergency
from kit.dates import company_zone, today

HOURS = (time(10), time(14, 30))  # two a day: the head of sales comes to all of them
MOST = 20
MET = ("A", "B")


@dataclass
class Meeting:
    """A call with the meeting that is proposed for its customer."""

    call: EmergencyCall
    at: datetime
    person: Person | None

    @property
    def value(self):
        """What the form sends back."""
        return f"{self.call.pk}@{self.at.isoformat()}"


def proposed(viewer, freeze):
    """Meetings with customers of tiers A and B that the viewer may plan, on free hours ahead."""
    rows = calls.listed(viewer, freeze).visible_to(viewer, Action.ACTIVITY_LOG)
    rows = rows.filter(tier__in=MET, meeting=None).exclude(state=EmergencyCall.State.DROPPED)
    found = list(rows.order_by("place")[:MOST])
    answers = emergency.answering([row.customer_id for row in found])
    taken = set(freeze.calls.exclude(meeting=None).values_list("meeting__starts_at", flat=True))
    free = (at for at in hours() if at not in taken)
    return [Meeting(row, next(free), answers.get(row.customer_id)) for row in found]


def planned(viewer, freeze):
    """Calls whose customers have their first meeting planned."""
    rows = calls.listed(viewer, freeze).exclude(meeting=None)
    return rows.select_related("customer", "caller", "meeting__person").order_by("place")


def hours():
    """The hours of meetings from the next working day on, without an end."""
    calendar, zone = working_calendar(), company_zone()
    day = today(zone)
    while True:
        day = calendar.add_working_days(day + timedelta(days=1), 0)
        yield from (datetime.combine(day, hour, zone) for hour in HOURS)
