"""Why can this person see this customer? Computed from the models, one fact after the other.

On purpose it shares nothing with the access index but the words (which seat and which share gives
which right): the two are held equal by tests, and by `rebuild_access --check`.
"""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Reach, Role, reach
from accounts.models import Absence, Membership, Person, Unit
from crm.access import ACTING, NEEDS, SEATS, SHARES, VACANT, Right
from crm.models import Assignment, Share
from crm.seats import Seat
from kit.clock import database_now


class Way(TextChoices):
    """How somebody reaches a customer."""

    SEAT = "seat", _("Holds a seat")
    ACTING = "acting", _("Acts for the account manager")
    LINE = "line", _("Service line")
    SHARE = "share", _("Share")
    LEADS = "leads", _("Leads the holder")
    VACANCY = "vacancy", _("Answers for the vacancy")
    ROLE = "role", _("Role")


@dataclass
class Path:
    """One reason why: what it permits, since when and until when, who gave it and why."""

    way: Way
    actions: list[Action]
    since: datetime | None = None
    until: datetime | None = None
    seat: str = ""
    right: str = ""  # codename of a share
    roles: list[str] = field(default_factory=list)
    through: Person | None = None  # the holder one leads, acts for, or shares a line with
    unit: Unit | None = None
    given_by: Person | None = None
    reason: str = ""

    @property
    def seat_label(self):
        return Seat(self.seat).label if self.seat else ""

    @property
    def role_labels(self):
        return [Role(role).label for role in self.roles]


def explain(person, customer, at=None):
    """Every Path by which `person` reaches `customer` at an instant (default: now).

    Roles and state of the person are those of that instant. Empty: the person sees nothing of it.
    """
    at = at or database_now()
    who = as_of(person, at)
    if not who.has_access:
        return []
    facts = Facts(who, customer, at)
    paths = [
        *by_role(facts), *by_seat(facts), *by_share(facts), *by_line(facts), *by_acting(facts),
        *by_leading(facts), *by_vacancy(facts),
    ]  # fmt: skip
    return [path for path in paths if path.actions]


def permits(paths, action=Action.CUSTOMER_VIEW):
    """Whether one of the paths permits the action."""
    return any(action in path.actions for path in paths)


def as_of(row, at):
    """A copy of a person or customer with the fields kept by field history as they were at `at`."""
    events = row.events.order_by("pgh_id")
    event = events.filter(pgh_created_at__lte=at).last() or events.first()
    then = copy(row)
    then._state = copy(row._state)
    then._state.fields_cache = {}
    if event is not None:
        for one in event._meta.concrete_fields:
            if (
                not one.name.startswith("pgh_")
                and hasattr(type(row), one.attname)
                and one.name != "id"
            ):
                setattr(then, one.attname, getattr(event, one.attname))
    return then


class Facts:
    """What is true of one person, one customer and one instant."""

    def __init__(self, who, customer, at):
        self.who, self.customer, self.at = who, customer, at
        self.seats = list(
            Assignment.objects.at(at).filter(customer=customer).select_related("person", "made_by")
        )
        self.memberships = list(Membership.objects.at(at).select_related("unit"))
        self.manager = next((s for s in self.seats if s.seat == Seat.ACCOUNT_MANAGER), None)

    def own(self, rights):
        """Actions that rights of one's own permit, where the role does them at all."""
        return [a for a in NEEDS if reach(self.who, a) >= Reach.OWN and NEEDS[a] & rights]

    def managing(self):
        """Actions that come from leading people."""
        return [a for a in NEEDS if Reach.TEAM <= reach(self.who, a) < Reach.ALL]

    def led_units(self):
        """Unit id → the membership as a head from which it is led: the headed units and all below."""
        parents = dict(Unit.objects.values_list("pk", "parent"))
        headed = {
            m.unit_id: m for m in self.memberships
            if m.person_id == self.who.pk and m.post == Membership.Post.HEAD
        }  # fmt: skip
        led = {}
        for unit in parents:
            above = unit
            while above is not None and above not in headed:
                above = parents[above]
            if above is not None:
                led[unit] = headed[above]
        return led

    def unavailable(self, person):
        """(since, until) while a person cannot answer at the instant, else None."""
        then = as_of(person, self.at)
        if not then.has_access:
            return since_event(person, self.at, lambda event: event.state == then.state), None
        row = Absence.objects.filter(person=person, period__contains=self.at).first()
        return (row.period.lower, row.period.upper) if row else None


def since_event(row, at, same):
    """Since when, up to an instant, the copies of a row have been alike."""
    since = None
    for event in row.events.filter(pgh_created_at__lte=at).order_by("-pgh_id"):
        if not same(event):
            break
        since = event.pgh_created_at
    return since


def both(*periods):
    """Start and end of what periods have in common; an open side is None."""
    lowers = [p.lower for p in periods if p.lower]
    uppers = [p.upper for p in periods if p.upper]
    return {"since": max(lowers, default=None), "until": min(uppers, default=None)}


def by_role(facts):
    """A role that reaches every customer."""
    who = facts.who
    actions = [a for a in NEEDS if reach(who, a) == Reach.ALL]
    if actions:
        same = lambda event: event.roles == who.roles and event.state == who.state  # noqa: E731
        yield Path(Way.ROLE, actions, since_event(who, facts.at, same), roles=list(who.roles))


def by_seat(facts):
    for row in facts.seats:
        if row.person_id == facts.who.pk:
            yield Path(
                Way.SEAT, facts.own(SEATS[row.seat][1]), **both(row.period), seat=row.seat,
                given_by=row.made_by, reason=f"{row.get_reason_display()} {row.note}".strip(),
            )  # fmt: skip


def by_share(facts):
    rows = Share.objects.filter(
        content_object=facts.customer, user=facts.who.pk, period__contains=facts.at
    )
    for row in rows.select_related("permission", "granted_by"):
        code = row.permission.codename
        yield Path(
            Way.SHARE, facts.own(SHARES.get(code, Right(0))), **both(row.period), right=code,
            given_by=row.granted_by, reason=row.reason,
        )  # fmt: skip


def by_line(facts):
    """A service specialist shares what colleagues of the same unit hold."""
    if Role.SERVICE not in facts.who.roles:
        return
    mine = {m.unit_id: m for m in facts.memberships if m.person_id == facts.who.pk}
    for row in facts.seats:
        theirs = [
            m for m in facts.memberships if m.person_id == row.person_id and m.unit_id in mine
        ]
        if row.seat != Seat.SERVICE_LINE or row.person_id == facts.who.pk or not theirs:
            continue
        unit = theirs[0].unit
        yield Path(
            Way.LINE, facts.own(SEATS[row.seat][1]), seat=row.seat, through=row.person, unit=unit,
            given_by=row.made_by, **both(row.period, theirs[0].period, mine[unit.pk].period),
        )  # fmt: skip


def by_acting(facts):
    """The backup acts while nobody able is account manager."""
    mine = next(
        (s for s in facts.seats if s.seat == Seat.BACKUP and s.person_id == facts.who.pk), None
    )
    if mine is None or facts.unavailable(facts.who):
        return
    away = facts.manager and facts.unavailable(facts.manager.person)
    if facts.manager and not away:
        return
    actions = [a for a in facts.own(ACTING) if NEEDS[a] & ACTING]
    since, until = away or (None, None)
    yield Path(
        Way.ACTING, actions, since=max(filter(None, [since, mine.period.lower])), until=until,
        seat=mine.seat, through=facts.manager and facts.manager.person,
    )  # fmt: skip


def by_leading(facts):
    """A head reaches what the people below hold as account manager or backup."""
    actions = facts.managing()
    led = facts.led_units() if actions else {}
    for row in facts.seats:
        if row.seat not in (Seat.ACCOUNT_MANAGER, Seat.BACKUP):
            continue
        for member in facts.memberships:
            if member.person_id == row.person_id and member.unit_id in led:
                yield Path(
                    Way.LEADS, actions, seat=row.seat, through=row.person, unit=member.unit,
                    given_by=row.made_by,
                    **both(row.period, member.period, led[member.unit_id].period),
                )  # fmt: skip


def by_vacancy(facts):
    """While nobody is account manager, the heads above the customer's unit answer."""
    actions = facts.managing()
    if facts.manager is not None or not actions:
        return
    unit = as_of(facts.customer, facts.at).home_unit_id
    head = facts.led_units().get(unit)
    if head is None or not VACANT & Right.VIEW:
        return
    ended = Assignment.objects.filter(
        customer=facts.customer, seat=Seat.ACCOUNT_MANAGER, period__endswith__lte=facts.at
    ).order_by("period__endswith")
    last = ended.values_list("period__endswith", flat=True).last()
    since = max(filter(None, [last, head.period.lower]))
    yield Path(Way.VACANCY, actions, since=since, unit=Unit.objects.get(pk=unit))


def close_ones(customer, at=None):
    """People to ask about first: seats and shares of the customer, now or ahead."""
    seats = Assignment.objects.filter(customer=customer).values("person")
    shares = Share.objects.filter(content_object=customer).values("user")
    return Person.objects.filter(pk__in=seats.union(shares))
