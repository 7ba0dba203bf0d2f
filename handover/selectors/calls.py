"""Whom to call after a freeze: in which order, by whom, until when, and what is said."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, Q

from accounts.access import Action, Role, can
from accounts.models import Person
from accounts.selectors.content import content
from accounts.selectors.org import able_at, able_head_above
from crm.models import Assignment, Customer, Order
from crm.seats import Seat
from crm.selectors.key_accounts import known_by
from handover.models import EmergencyCall
from handover.scopes import seats_of
from handover.selectors import plan
from handover.selectors.emergency import answering
from kit.clock import StatementNow
from kit.dates import company_zone, today

WITHIN = {"A": timedelta(hours=24), "B": timedelta(hours=24)}  # else LAST
LAST = timedelta(hours=72)
SOON = timedelta(days=14)
ATTEMPTS, CHANNELS = 3, 2  # before a customer counts as not reached
STEPS = (EmergencyCall.State.OPEN, EmergencyCall.State.EXHAUSTED)
OPEN = Q(state__in=STEPS, freeze__lifted_at=None)


@dataclass
class Planned:
    """One customer to be called."""

    customer: Customer
    value: Decimal
    alone: bool
    due_soon: bool
    caller: Person | None

    @property
    def weight(self):
        """Value of twelve months × 3 if nobody else knows them × 2 if something is due in 14 days."""
        return self.value * (3 if self.alone else 1) * (2 if self.due_soon else 1)

    @property
    def within(self):
        """How long after the freeze the customer is to be called at the latest."""
        return WITHIN.get(self.customer.tier, LAST)


def planned(person, answers, own):
    """Calls to the customers of `person` (keys in `own`), in the order in which they are made.

    answers: customer → whoever answers there without that person.
    """
    rows = Customer.objects.filter(pk__in=own).exclude(status=Customer.Status.CLOSED)
    values, soon, known = plan.values(own), due_soon(own), known_by(own)
    callers = Callers(person)
    lines = [
        Planned(
            row, values.get(row.pk, Decimal(0)), not known[row.pk] - {person.pk}, row.pk in soon,
            callers.of(row, answers.get(row.pk)),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (one.within, -one.weight, one.customer.sort_key))


def due_soon(ids):
    """Customers with a delivery that is promised within 14 days, or late."""
    day = today(company_zone()) + SOON
    rows = Order.objects.filter(customer__in=list(ids), state="open", promised_on__lte=day)
    return set(rows.values_list("customer", flat=True))


class Callers:
    """Who calls a customer of a tier, by the company's texts; whoever answers there where nobody can."""

    def __init__(self, person):
        self.person = person
        self.roles = {one["tier"]: one["caller"] for one in content("emergency")["call_scripts"]}
        self.supervisor = able_head_above(person)
        self.head = able_head_above(person, leads_sales) or self.supervisor
        lines = Assignment.objects.at().filter(seat=Seat.SERVICE_LINE).select_related("person")
        self.lines = {row.customer_id: row.person for row in lines if row.person.has_access}

    def of(self, customer, acting):
        """The caller, or None where nobody at all answers."""
        role = self.roles.get(customer.tier, self.roles.get("C"))
        found = {"sales_head": self.head, "supervisor": self.supervisor}.get(role)
        if role == "service_specialist":
            found = self.lines.get(customer.pk)
            found = found if found and able_at(found) else None
        return found or acting


def leads_sales(head):
    """Whether somebody is head of sales or a director."""
    return head.has_role(Role.HEAD_OF_SALES, Role.DIRECTOR)


# -- the list --------------------------------------------------------------------------------------


def calls():
    """Calls with everything they name, in one statement."""
    return EmergencyCall.objects.select_related(
        "customer", "caller", "freeze__person", "activity", "meeting"
    )


def listed(viewer, freeze=None):
    """Calls that a viewer sees, of one freeze or of all, in their order."""
    rows = calls().visible_to(viewer)
    rows = rows if freeze is None else rows.filter(freeze=freeze)
    return rows.order_by("due_at", "place", "pk")


def counts(rows):
    """State → how many of some calls."""
    return Counter(rows.order_by().values_list("state", flat=True))


def mine(person):
    """Calls that this person is to make, or that are to be made where they answer."""
    rows = listed(person).filter(OPEN)
    left = left_to(person, rows)
    return rows.filter(Q(caller=person) | Q(pk__in=left) | Q(Exists(seats_of(person))))


def waiting(person):
    """Open calls that this person is to make themselves."""
    rows = EmergencyCall.objects.visible_to(person).filter(OPEN)
    return rows.filter(Q(caller=person) | Q(pk__in=left_to(person, rows)))


def left_to(person, rows):
    """Keys of those calls whose caller cannot call now, at customers for whom this person answers."""
    away = Person.objects.unavailable().values("pk")
    left = rows.order_by().filter(Q(caller=None) | Q(caller__in=away))
    pairs = dict(left.values_list("pk", "customer"))
    answers = answering(pairs.values()) if pairs else {}
    return [pk for pk, customer in pairs.items() if answers[customer] == person]


def left_by(caller):
    """(key of a freeze, key of who answers) → how many open calls of somebody who cannot call now."""
    rows = EmergencyCall.objects.filter(OPEN, caller=caller)
    pairs = list(rows.values_list("freeze", "customer"))
    answers = answering([customer for _freeze, customer in pairs]) if pairs else {}
    found = [(freeze, answers[customer]) for freeze, customer in pairs]
    return Counter((freeze, person.pk) for freeze, person in found if person is not None)


def may_log(person, call):
    """Whether a person may say what came of a call: the caller, and whoever logs at this customer."""
    if not EmergencyCall.objects.visible_to(person).filter(pk=call.pk).exists():
        return False
    return person.pk == call.caller_id or can(person, Action.ACTIVITY_LOG, call.customer)


def used_up(attempts):
    """Whether so many attempts by so many channels count as not reached."""
    return len(attempts) >= ATTEMPTS and len({one[2] for one in attempts}) >= CHANNELS


def late():
    """The condition of calls that are past their time."""
    return Q(state="open", due_at__lt=StatementNow())
