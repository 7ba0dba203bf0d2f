"""One customer as its page shows it, to one viewer: what they may not see is not in it."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F

from accounts.access import Action, Reach, reach
from accounts.models import Absence, Person
from accounts.selectors.org import able_at, supervisor_of
from crm.access import is_reached, rights_at, sight_of
from crm.models import Activity, ContactChannel, Customer
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import contacts, customers, network, ownership, qualification
from crm.selectors.activities import hears_first
from crm.selectors.threads import Threads

ACTS = (
    Action.CUSTOMER_EDIT, Action.CUSTOMER_TIER, Action.ACTIVITY_LOG, Action.CHANNEL_VIEW,
    Action.SEAT_HISTORY, Action.SEAT_ASSIGN, Action.SHARE_GRANT, Action.ACCESS_EXPLAIN,
    Action.TRADE_VIEW,
)  # fmt: skip
STEPS = 5


def powers(person, customer, actions=ACTS):
    """Those of `actions` that `person` may do to the customer, in one statement."""
    sights = {action: sight_of(person, action) for action in actions}
    narrow = any(not (sight.everything or sight.nothing) for sight in sights.values())
    rows = rights_at(customer.pk) if narrow else []
    return {action for action, sight in sights.items() if is_reached(sight, rows)}


@dataclass
class Standing:
    """Who holds which seat now, who is above, who answers while the account manager cannot."""

    customer: Customer
    seats: dict = field(default_factory=dict)  # seat → Assignment or None
    team: list = field(default_factory=list)  # the key-account team
    supervisor: Person | None = None
    acting: Person | None = None
    is_away: bool = False
    is_leaving: bool = False
    away_until: date | None = None  # the last day of it
    threads: Threads | None = None  # people in touch on both sides, where they were counted

    @property
    def manager(self):
        row = self.seats.get(Seat.ACCOUNT_MANAGER)
        return row.person if row else None

    @property
    def backup(self):
        row = self.seats.get(Seat.BACKUP)
        return row.person if row else None

    @property
    def risks(self):
        return customers.risks(self)


def standing(viewer, customer):
    """The Standing of a customer now; who is leaving is told to those who may know it."""
    rows = ownership.seats(customer)
    customer.is_stopped = qualification.is_stopped(customer)
    now = Standing(
        customer,
        seats={seat: next((r for r in rows if r.seat == seat), None) for seat in SINGLE_SEATS},
        team=[row.person for row in rows if row.seat == Seat.KEY_ACCOUNT_MEMBER],
        threads=customers.pair_of(customer),
    )
    manager = now.manager
    if manager is not None:
        away = Absence.objects.at().filter(person=manager).first()
        now.is_away = bool(away) or not manager.has_access
        now.away_until = away.last_day if away and manager.has_access else None
        now.supervisor = supervisor_of(manager)
        now.is_leaving = manager.is_on_notice and bool(network.leaving(viewer, [manager.pk]))
    if manager is None or now.is_away:
        now.acting = acting(customer, now)
    return now


def acting(customer, now):
    """`ownership.acting_for`, out of what is known already: backup, then the head above, if able."""
    near = [now.backup, now.supervisor] if now.manager else [now.backup]
    able = next((person for person in near if person and able_at(person)), None)
    return able or ownership.acting_for(customer)


@dataclass
class Place:
    """A contact at the customer: their place, and how many channels there are, masked elsewhere."""

    position: object
    channels: int = 0

    @property
    def contact(self):
        return self.position.contact


def people(viewer, customer, may_see_channels, most=8):
    """(their people, how many there are): key persons first for who may know them."""
    positions = list(contacts.at_customer(viewer, customer))
    shown = positions[:most]
    counts = {}
    if may_see_channels and shown:
        rows = ContactChannel.objects.filter(
            contact__in=[one.contact_id for one in shown], ended_at__isnull=True
        )
        counts = dict(rows.values_list("contact").annotate(number=Count("pk")).order_by())
    return [Place(one, counts.get(one.contact_id, 0)) for one in shown], len(positions)


def next_steps(viewer, customer):
    """Open next steps, the nearest first; a specialist who hears the customer first sees none."""
    if hears_first(viewer):
        return []
    return list(
        Activity.objects.visible_to(viewer)
        .filter(customer=customer, next_step_done_at__isnull=True)
        .exclude(next_step="", next_step_on__isnull=True)
        .select_related("author")
        .order_by(F("next_step_on").asc(nulls_last=True), "-pk")[:STEPS]
    )


def may_choose_manager(person):
    """Whether a new customer of this person may go to one of the people they lead."""
    return reach(person, Action.SEAT_ASSIGN) >= Reach.TEAM
