"""What a list of customers shows of each, and the views that lists are cut by."""

from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import Absence, Person
from crm.access import Kind, principal
from crm.models import Assignment, Customer
from crm.seats import Seat
from crm.selectors import cadence, completeness, qualification
from crm.selectors.threads import Threads, pair


# -- conditions: a Q on the customer without joins, as the fast list takes them -------------------
def held_in(seat, person=None):
    """Customers whose `seat` somebody holds now (that `person` holds now)."""
    rows = Assignment.objects.at().filter(customer=OuterRef("pk"), seat=seat)
    return Exists(rows if person is None else rows.filter(person=person))


def vacant():
    """Nobody is account manager now."""
    return Q(~held_in(Seat.ACCOUNT_MANAGER))


def without_backup():
    """In service, of whatever tier, and nobody in the second seat."""
    return Q(~held_in(Seat.BACKUP)) & ~Q(status=Customer.Status.CLOSED)


# -- rows ------------------------------------------------------------------------------------------
def seat_holder(seat):
    """The person in a seat now, as JSON: one subquery for all that a row shows of them."""
    away = Absence.objects.at().filter(person=OuterRef("person"))
    now = Assignment.objects.at().filter(customer=OuterRef("pk"), seat=seat)
    return Subquery(
        now.values(
            holder=JSONObject(
                id="person_id", name="person__name", latin_name="person__latin_name",
                state="person__state", away=Exists(away),
            )
        )[:1]
    )  # fmt: skip


def list_rows(columns=(), viewer=None):
    """The queryset behind lists: customers with region, account manager and backup, and what else
    the chosen columns show. viewer: must be named for the column `file`.
    """
    found = Customer.objects.select_related("region").annotate(
        manager_json=seat_holder(Seat.ACCOUNT_MANAGER), backup_json=seat_holder(Seat.BACKUP),
        is_stopped=ExpressionWrapper(qualification.stopped(), BooleanField()),
    )  # fmt: skip
    if "service" in columns:
        found = found.annotate(service_json=seat_holder(Seat.SERVICE_LINE))
    if "risks" in columns:
        found = found.annotate(thread_pair=pair())
    if "file" in columns:
        found = found.select_related("completeness").annotate(
            sees_guarded=ExpressionWrapper(completeness.sees_guarded(viewer), BooleanField())
        )
    return found.select_related("industry") if "industry" in columns else found


@dataclass
class Row:
    """A customer as lists show it."""

    customer: Customer
    manager: Person | None = None
    backup: Person | None = None
    service: Person | None = None
    is_away: bool = False
    is_leaving: bool = False
    threads: Threads | None = None  # where they have been counted

    @property
    def file(self):
        """How complete the file is as the viewer may know it, or None."""
        counted = getattr(self.customer, "completeness", None)
        return counted and completeness.seen_score(counted, self.customer.sees_guarded)

    @property
    def days(self):
        """Days since the last activity; None where there was none."""
        return days_since(self.customer.last_activity_at)

    @property
    def silent_days(self):
        """Days without a confirmed contact."""
        return cadence.silent_days(self.customer)

    @property
    def cadence(self):
        return cadence.DAYS[self.customer.tier]

    @property
    def note(self):
        """The second line: legal name and region."""
        customer = self.customer
        legal = customer.legal_name if customer.legal_name != customer.name else ""
        return " · ".join(str(part) for part in (legal, customer.region) if part)

    @property
    def risks(self):
        return risks(self)


def row(customer, sight):
    """The Row of a customer out of `list_rows`; who leaves is told to those who lead them only."""
    held, second = customer.manager_json, customer.backup_json
    manager = known(held)
    led = manager and (sight.everything or principal(manager.pk, Kind.BOOK) in sight.led)
    return Row(
        customer, manager, known(second), known(getattr(customer, "service_json", None)),
        is_away=bool(manager and (held["away"] or not manager.has_access)),
        is_leaving=bool(led and manager.is_on_notice), threads=pair_of(customer),
    )  # fmt: skip


def pair_of(customer):
    """The Threads that `list_rows` has counted, or None."""
    counted = getattr(customer, "thread_pair", None)
    return Threads(*counted) if counted else None


def known(held):
    """A Person with what the JSON of `seat_holder` says, or None."""
    if not held:
        return None
    return Person(**{name: held[name] for name in ("id", "name", "latin_name", "state")})


def days_since(instant):
    """Whole days since an instant, or None."""
    return (timezone.now() - instant).days if instant else None


def risks(row):
    """Names of what is wrong with a customer, the worst first: the badges of its row and its page."""
    customer, found = row.customer, []
    if row.manager is None:
        found.append("vacant")
    if row.is_leaving:
        found.append("leaving")
    if row.is_away:
        found.append("away")
    if row.backup is None and customer.tier in "AB" and customer.status in cadence.OPEN:
        found.append("no_backup")
    if getattr(customer, "is_stopped", False):
        found.append("stopped")
    if cadence.is_stale(customer):
        found.append("stale")
    if (side := hangs(row)) and customer.tier in "AB":
        found.append(f"single_{side}")
    return found


def hangs(row):
    """On which side a customer in service hangs on one person: ours, theirs, both; else nothing."""
    is_asked = row.threads is not None and row.customer.status in cadence.OPEN
    return row.threads.side if is_asked else ""


def last_change(customer):
    """(who, when) changed the customer last, by its history; who is None for work without a verb."""
    last = customer.events.order_by("-pgh_id").first()
    if last is None:
        return None, None
    return Person.objects.filter(pk=last.actor_id).first(), last.pgh_created_at
