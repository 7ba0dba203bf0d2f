"""Everything a person ever held, and the customers they answered for on a day."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from accounts.access import Action
from crm.models import Assignment
from crm.seats import Seat
from kit.dates import company_zone, end_of_day, start_of_day


def seats_of(person, viewer, *, seat="", year=None, on=None, now=False):
    """Every assignment of a person that `viewer` may know of, the latest first.

    seat: one of Seat. year: only what reached into that year (int). on: what was held at some time
    of that day (date). now: only what is held now. Years and days are those of the company's zone.
    """
    rows = Assignment.objects.filter(person=person).visible_to(viewer, Action.SEAT_HISTORY)
    if seat:
        rows = rows.filter(seat=seat)
    if year:
        rows = rows.filter(period__overlap=year_range(year, company_zone()))
    if on:
        rows = rows.during(on, company_zone())
    return rows.current() if now else rows


def year_range(year, zone):
    """(start, end) of a year as a half-open pair of instants."""
    return start_of_day(date(year, 1, 1), zone), start_of_day(date(year + 1, 1, 1), zone)


def totals(rows):
    """How many assignments these are, and at how many customers."""
    return rows.order_by().aggregate(seats=Count("pk"), customers=Count("customer", distinct=True))


def manager_at_end(person, viewer, on):
    """The seats of account manager that a person held at the end of a day (date), or now (None)."""
    at = end_of_day(on, company_zone()) if on else None
    rows = Assignment.objects.at(at).filter(person=person, seat=Seat.ACCOUNT_MANAGER)
    return rows.visible_to(viewer, Action.SEAT_HISTORY)


def answered_for(person, viewer, on=None):
    """A condition on customers: `person` was their account manager at the end of a day, or is now.

    Only customers whose seats `viewer` may know of: a filter must not tell what a page would not.
    """
    return Q(Exists(manager_at_end(person, viewer, on).filter(customer=OuterRef("pk"))))
