"""What lies before a person today: due steps, customers out of cadence, those one stands in for."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.access import Action, Reach, reach
from accounts.models import Absence, Membership, Person
from accounts.selectors.org import people_led_by, units_led_by
from crm.models import Activity, Assignment, Customer, Position
from crm.seats import Seat
from crm.selectors import cadence, qualification
from crm.selectors.ownership import vacant

SOON = timedelta(days=7)  # how far ahead a next step is shown
FEED = timedelta(days=7)  # how far back a lead reads what the team logged
CHIPS = 4


@dataclass
class Mine:
    """Keys of the customers a person answers for now: as account manager, or acting."""

    held: list = field(default_factory=list)
    acting: list = field(default_factory=list)

    @property
    def all(self):
        return [*self.held, *self.acting]


def mine(person):
    """The customers `person` holds, and those where the manager cannot answer and they are backup."""
    found = Mine()
    for customer, seat in answered(person).values_list("customer", "seat"):
        (found.held if seat == Seat.ACCOUNT_MANAGER else found.acting).append(customer)
    return found


def answered(person):
    """The seats by which `person` answers for a customer now."""
    now = Assignment.objects.at()
    away = Person.objects.unavailable().values("pk")
    able = now.filter(customer=OuterRef("customer"), seat=Seat.ACCOUNT_MANAGER).exclude(
        person__in=away
    )
    own = now.filter(person=person)
    return own.filter(seat=Seat.ACCOUNT_MANAGER) | own.filter(~Exists(able), seat=Seat.BACKUP)


def due_steps(person, customers, most=8):
    """Open next steps up to a week ahead, the oldest first: own ones, and those of `customers`.

    Customers that nobody pursues are left out; tasks that somebody planned there stay.
    """
    until = timezone.localdate() + SOON
    return (
        Activity.objects.visible_to(person, Action.ACTIVITY_LOG)
        .filter(Q(author=person) | Q(customer__in=customers))
        .filter(next_step_on__lte=until, next_step_done_at__isnull=True)
        .exclude(qualification.stopped("customer"))
        .select_related("customer", "author")
        .order_by("next_step_on", "pk")[:most]
    )


def out_of_cadence(person, customers, most=5):
    """Of `customers`, those that are stale (see `cadence`), the worst first.

    Each has `silent_days` (without a confirmed contact) and `cadence_days`.
    """
    rows = (
        Customer.objects.visible_to(person, Action.ACTIVITY_LOG)
        .filter(cadence.stale(), pk__in=customers)
        .order_by(cadence.since() + cadence.allowed(), "pk")[:most]
    )
    for row in rows:
        row.silent_days, row.cadence_days = cadence.silent_days(row), cadence.DAYS[row.tier]
    return rows


def stood_in_for(person, customers, most=5):
    """Of `customers`, each with its manager and until when that one is away; None where vacant."""
    rows = list(
        Customer.objects.visible_to(person).filter(pk__in=customers).order_by("sort_key")[:most]
    )
    seats = Assignment.objects.at().filter(customer__in=rows, seat=Seat.ACCOUNT_MANAGER)
    managers = {seat.customer_id: seat.person for seat in seats.select_related("person")}
    absences = Absence.objects.at().filter(person__in=[one.pk for one in managers.values()])
    until = {absence.person_id: absence.last_day for absence in absences}
    for row in rows:
        row.manager = managers.get(row.pk)
        row.away_until = row.manager and until.get(row.manager.pk)
    return rows


def last_logged(person, most=5):
    """What the person logged last."""
    own = Activity.objects.visible_to(person).filter(author=person)
    return own.select_related("customer", "author").order_by("-happened_at", "-pk")[:most]


def last_note(person, customer):
    """The last activity with a note at a customer, for the card of the next visit."""
    seen = Activity.objects.visible_to(person).filter(customer=customer).exclude(note="")
    return seen.order_by("-happened_at", "-pk").first()


# -- who leads people ----------------------------------------------------------------------------


def leads(person):
    """Whether the person looks after the work of others."""
    return reach(person, Action.SEAT_ASSIGN) >= Reach.TEAM


def team_feed(person, team, most=8):
    """What the people with keys `team` logged within a week, the latest first."""
    return (
        Activity.objects.visible_to(person)
        .filter(author__in=team - {person.pk}, happened_at__gte=timezone.now() - FEED)
        .select_related("customer", "author")
        .order_by("-happened_at", "-pk")[:most]
    )


def away_now(person, team, most=8):
    """Absences of the team now, each with `held`: how many customers lack their manager."""
    return (
        Absence.objects.at()
        .filter(person__in=team)
        .select_related("person")
        .annotate(
            held=RawSQL(
                "(SELECT count(*) FROM crm_assignment s WHERE s.person_id = accounts_absence.person_id"
                " AND s.seat = 'account_manager' AND s.period @> statement_timestamp())",
                [],
            )
        )
        .order_by("-held", "person__sort_key")[:most]
    )


def vacancies(person, units, most=6):
    """Customers of these units that nobody holds."""
    seen = Customer.objects.visible_to(person).filter(home_unit__in=units)
    return vacant(seen).select_related("home_unit").order_by("tier", "sort_key")[:most]


def led(person):
    """(keys of the people, keys of the units) that a person leads."""
    return people_led_by(person), units_led_by(person)


# -- the log sheet -------------------------------------------------------------------------------

# The page's customer, then what is due, what was opened, what was logged, what is held.
CANDIDATES = """
    ARRAY(SELECT c FROM (
        SELECT %s::bigint AS c, 0 AS way, 0::double precision AS age
        UNION ALL (SELECT customer_id, 1, extract(epoch FROM next_step_on) FROM crm_activity
            WHERE author_id = %s AND next_step_on <= current_date + 1 AND next_step_done_at IS NULL
            ORDER BY next_step_on LIMIT 8)
        UNION ALL (SELECT unnest(customer_ids), 2, -extract(epoch FROM shown_at) FROM (
            SELECT customer_ids, shown_at FROM kit_disclosure
            WHERE person_id = %s AND kind = 'detail' AND path LIKE '/customers/%%'
            ORDER BY shown_at DESC LIMIT 12) opened)
        UNION ALL (SELECT customer_id, 3, -extract(epoch FROM happened_at) FROM crm_activity
            WHERE author_id = %s ORDER BY happened_at DESC LIMIT 12)
        UNION ALL (SELECT customer_id, 4, 0 FROM crm_assignment
            WHERE person_id = %s AND period @> statement_timestamp() LIMIT 8)
    ) way WHERE c IS NOT NULL GROUP BY c ORDER BY min(way), min(age))
"""


def suggestions(person, first=None, most=CHIPS):
    """The customers that the log sheet offers, the likeliest first, in one statement.

    first: key of the customer of the page, or None. Only customers where the person may log.
    """
    given = [first, person.pk, person.pk, person.pk, person.pk]
    return list(
        Customer.objects.visible_to(person, Action.ACTIVITY_LOG)
        .filter(pk__in=RawSQL(f"SELECT unnest({CANDIDATES})", given))  # noqa: S611
        .annotate(place=RawSQL(f"array_position({CANDIDATES}, crm_customer.id)", given))  # noqa: S611
        .order_by("place")[:most]
    )


def offered_contacts(person, customers, most=4):
    """customer key → its contacts to be offered as met, in one statement; see `at_customer`."""
    places = (
        Position.objects.visible_to(person)
        .open()
        .filter(customer__in=[customer.pk for customer in customers])
        .select_related("contact")
        .marked_for(person)
        .key_first("contact__sort_key", "pk")
    )
    found = {}
    for place in places:
        row = found.setdefault(place.customer_id, [])
        if len(row) < most:
            row.append(place)
    return found


def offered_colleagues(person, most=12):
    """Colleagues who may have come along: of one's own units, and the heads above them."""
    units = Membership.objects.at().filter(person=person).values("unit")
    near = Q(unit__in=units) | Q(unit__children__in=units, post=Membership.Post.HEAD)
    return (
        Person.objects.with_access()
        .filter(pk__in=Membership.objects.at().filter(near).values("person"))
        .exclude(pk=person.pk)
        .order_by("sort_key")[:most]
    )
