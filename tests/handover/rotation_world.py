"""Tenures as tests of rotation need them: seats that began so many days ago, in the company's zone."""

from datetime import datetime, time, timedelta

from django.db import transaction
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import Absence
from crm.models import Assignment
from crm.seats import Seat
from crm.services import access_index
from handover.selectors import rotation
from kit.dates import company_zone, start_of_day, today

MANAGER = Seat.ACCOUNT_MANAGER


def ago(days):
    """Noon of the day so many days ago, where the company is."""
    day = today(company_zone()) - timedelta(days=days)
    return datetime.combine(day, time(12), company_zone())


def since(customer, days, seat=MANAGER):
    """Let the present holder of a seat have held it for so many days."""
    row = Assignment.objects.at().get(customer=customer, seat=seat)
    row.period = DateTimeTZRange(ago(days), row.period.upper, "[)")
    with transaction.atomic(), audit.verb("tests.rotation", row.person):
        row.save()
        access_index.recompute([row.customer_id])
    return row


def before(customer, person, first, last, seat=MANAGER):
    """A seat of the past: from `first` to `last` days ago."""
    with transaction.atomic(), audit.verb("tests.rotation", person):
        return Assignment.objects.create(
            customer=customer, person=person, seat=seat, made_by=person,
            period=DateTimeTZRange(ago(first), ago(last), "[)"),
        )  # fmt: skip


def away(person, first, last):
    """An absence from `first` days ago to `last` days ago (negative: ahead; None: without an end)."""
    zone, day = company_zone(), today(company_zone())
    upper = None if last is None else start_of_day(day - timedelta(days=last), zone)
    period = DateTimeTZRange(start_of_day(day - timedelta(days=first), zone), upper, "[)")
    return Absence.objects.create(person=person, period=period)


def clock(customer):
    """The clock of a customer now."""
    return rotation.clocks_of([customer.pk]).get(customer.pk)
