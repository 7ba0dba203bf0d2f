"""What happened with a customer, the latest first: activities, and changes of seats."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.access import Action, can
from accounts.models import Person
from crm.models import Activity, Assignment
from crm.seats import Seat
from crm.selectors.activities import readable, with_people

SEAT = "seat"
KINDS = [*Activity.Kind.values, SEAT]
PAGE = 20
ICONS = {"visit": "log", "call": "phone", "message": "chat", "meeting": "screen", SEAT: "assign"}


@dataclass
class Event:
    """One entry of a timeline. Either `activity` is set, or `seat` with who came and who went."""

    at: datetime
    kind: str
    key: int
    activity: Activity | None = None
    seat: str = ""
    came: Person | None = None
    went: Person | None = None
    by: Person | None = None
    note: str = ""

    @property
    def icon(self):
        return ICONS[self.kind]

    @property
    def seat_label(self):
        return Seat(self.seat).label

    @property
    def place(self):
        """Sorts the timeline: at one instant seats stand above activities."""
        return (self.at, int(self.kind == SEAT), self.key)

    @property
    def cursor(self):
        return f"{self.at.isoformat()}~{int(self.kind == SEAT)}~{self.key}"


@dataclass
class Timeline:
    """A page of events. `older` is the cursor of the next page, "" at the end."""

    events: list = field(default_factory=list)
    older: str = ""


def page(customer, person, *, kind="", who=None, before="", most=PAGE):
    """Events of a customer that `person` may see, before a cursor.

    kind: one of Activity.Kind or SEAT; who: key of a person of ours; both narrow.
    """
    place = read_cursor(before)
    events = []
    if kind != SEAT:
        events += activities(customer, person, kind, who, place, most + 1)
    if kind in ("", SEAT) and can(person, Action.SEAT_HISTORY, customer):
        events += seat_changes(customer, who, place)
    events.sort(key=lambda event: event.place, reverse=True)
    older = events[most - 1].cursor if len(events) > most else ""
    return Timeline(events[:most], older)


def activities(customer, person, kind, who, place, most):
    """Activities as events."""
    rows = with_people(Activity.objects.visible_to(person).filter(customer=customer))
    if kind:
        rows = rows.filter(kind=kind)
    if who:
        rows = rows.filter(Q(author=who) | Q(visitors__person=who)).distinct()
    if place:
        at, rank, key = place
        earlier = Q(happened_at__lt=at)
        rows = rows.filter(earlier | Q(happened_at=at) & (Q() if rank else Q(pk__lt=key)))
    return [
        Event(row.happened_at, row.kind, row.pk, activity=readable(row, person), by=row.author)
        for row in rows.order_by("-happened_at", "-pk")[:most]
    ]


def seat_changes(customer, who, place):
    """Starts of seats, with whom they replaced, and ends that left a seat empty."""
    rows = list(
        Assignment.objects.filter(customer=customer)
        .select_related("person", "made_by")
        .order_by("period", "pk")
    )
    found = []
    starts = {(row.seat, row.period.lower) for row in rows if row.seat != Seat.KEY_ACCOUNT_MEMBER}
    ends = {(row.seat, row.period.upper): row.person for row in rows}
    for row in rows:
        single = row.seat != Seat.KEY_ACCOUNT_MEMBER
        went = ends.get((row.seat, row.period.lower)) if single else None
        found.append(Event(row.period.lower, SEAT, row.pk * 2, seat=row.seat, came=row.person,
                           went=went, by=row.made_by, note=row.note))  # fmt: skip
        if row.period.upper and (row.seat, row.period.upper) not in starts:
            found.append(
                Event(row.period.upper, SEAT, row.pk * 2 + 1, seat=row.seat, went=row.person)
            )
    now = timezone.now()
    return [
        event
        for event in found
        if event.at <= now
        and (not place or event.place < place)
        and (not who or who in (event.came and event.came.pk, event.went and event.went.pk))
    ]


def read_cursor(text):
    """(instant, rank, key) of a cursor; None for anything that is not one."""
    try:
        at, rank, key = (text or "").split("~")
        place = (datetime.fromisoformat(at), int(rank), int(key))
    except (ValueError, OverflowError):
        return None
    whole = timezone.is_aware(place[0]) and place[1] in (0, 1) and 0 <= place[2] < 2**63
    return place if whole else None


def people_seen(customer, person, most=30):
    """People of ours who logged something here, for the filter."""
    authors = Activity.objects.visible_to(person).filter(customer=customer).values("author")
    return Person.objects.filter(pk__in=authors).order_by("sort_key")[:most]
