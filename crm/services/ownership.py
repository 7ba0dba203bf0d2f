"""Seats change hands here and nowhere else.

The instant of a change is the database clock read after the row lock, and at least a microsecond
after the present holder's start: two changes within a day, or within a second, both leave a period.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action
from accounts.audit import record
from accounts.models import Person
from accounts.selectors.org import home_unit
from accounts.service import service
from accounts.services.notifications import notify
from crm.models import Assignment, Customer
from crm.seats import SINGLE_SEATS, Reason, Seat
from crm.services import access_index
from kit import guards
from kit.clock import database_now
from kit.errors import Conflict, Refused


@guards.guard("ownership.assign", _("This person cannot receive customers now."))
def receiver_is_not_active(*, person, **rest):
    return person.state != Person.State.ACTIVE


@service(Action.SEAT_ASSIGN, on="customer", people=("person",))
def assign(*, actor, customer, seat, person, why=Reason.OTHER, note="", starts_at=None):
    """Give `seat` of `customer` to `person`, now or from the instant `starts_at`.

    Whoever holds a single seat gives it up at the same instant; so does `person` any other single
    seat of this customer. Raises Conflict when a later change of the seat is already planned.
    """
    guards.check("ownership.assign", person=person, customer=customer, seat=seat)
    return put(actor, customer, Seat(seat), person, why, note, starts_at)


def put(actor, customer, seat, person, why, note="", starts_at=None):
    """Change a seat inside a running verb, without asking again who may. Returns the assignment."""
    mine = Assignment.objects.select_for_update().filter(customer=customer)
    rows = [row for row in mine if is_rival(row, seat, person)]
    at = instant([row for row in rows], starts_at)
    if any(row.period.lower >= at for row in rows):
        raise Conflict(_("A later change of this seat is already planned. Cancel it first."))
    open_rows = [row for row in rows if row.period.upper is None or row.period.upper > at]
    if any(row.seat == seat and row.person_id == person.pk for row in open_rows):
        raise Refused(_("This person already holds this seat."), field="person")
    before = next((row.person_id for row in open_rows if row.seat == seat), None)
    for row in open_rows:
        close(row, at)
    assignment = Assignment.objects.create(
        customer=customer, person=person, seat=seat, period=DateTimeTZRange(at, None, "[)"),
        reason=why, note=note, made_by=actor,
    )  # fmt: skip
    if seat == Seat.ACCOUNT_MANAGER:
        follow_unit(customer, person)
    if seat == Seat.KEY_ACCOUNT_MEMBER:
        before = None
    record(assignment, {seat: (before, person.pk)}, customer=customer)
    access_index.recompute([customer.pk])
    if person.pk != actor.pk:
        notify("seat.assigned", to=person.pk, url=customer.get_absolute_url(), due_at=starts_at,
               values={"customer": customer.pk, "seat": seat})  # fmt: skip
    return assignment


@service(Action.SEAT_ASSIGN, on="customer")
def end(*, actor, customer, seat, person=None, why=Reason.OTHER, note="", ends_at=None):
    """End a seat now, or at `ends_at`: it is vacant from then on, and listed as such."""
    rows = Assignment.objects.select_for_update().filter(customer=customer, seat=seat)
    if person is not None:
        rows = rows.filter(person=person)
    rows = [row for row in rows if row.period.upper is None]
    at = instant(rows, ends_at)
    rows = [row for row in rows if row.period.lower < at]
    if not rows:
        raise Conflict(_("Nobody holds this seat now."))
    for row in rows:
        close(row, at)
        record(row, {seat: (row.person_id, None)}, customer=customer)
    access_index.recompute([customer.pk])
    return rows


@service(Action.SEAT_ASSIGN, on="customer")
def cancel_planned(*, actor, customer, assignment):
    """Take back a change that has not started; the present holder stays."""
    row = Assignment.objects.select_for_update().filter(pk=assignment.pk, customer=customer).first()
    if row is None or row.period.lower <= database_now():
        raise Conflict(_("This change has already begun."))
    before = Assignment.objects.select_for_update().filter(
        customer=customer, seat=row.seat, period__endswith=row.period.lower
    )
    if row.seat != Seat.KEY_ACCOUNT_MEMBER:
        for held in before:
            held.period = DateTimeTZRange(held.period.lower, None, "[)")
            held.save()
    record(row, {row.seat: (row.person_id, None)}, customer=customer)
    row.delete()
    access_index.recompute([customer.pk])


def is_rival(row, seat, person):
    """Whether a row must give way when `person` takes `seat`."""
    if seat in SINGLE_SEATS:
        return row.seat == seat or (row.person_id == person.pk and row.seat in SINGLE_SEATS)
    return row.seat == seat and row.person_id == person.pk


def instant(rows, wanted=None):
    """The instant of a change: the database clock, later than every start that lies behind us."""
    now = database_now()
    if wanted is not None and wanted > now:
        return wanted
    begun = [row.period.lower for row in rows if row.period.upper is None]
    latest = max(begun, default=now)
    tick = timedelta(microseconds=1)
    # A start a moment ahead is a clock that stepped back; further ahead it is a plan.
    if now <= latest < now + timedelta(seconds=5):
        return latest + tick
    return now


def close(row, at):
    """End a seat at an instant."""
    row.period = DateTimeTZRange(row.period.lower, at, "[)")
    row.save()


def follow_unit(customer, person):
    """The unit that would answer for a vacancy is that of the last account manager."""
    unit = home_unit(person)
    if unit is not None and unit.pk != customer.home_unit_id:
        Customer.objects.filter(pk=customer.pk).update(home_unit=unit)
        customer.home_unit = unit
