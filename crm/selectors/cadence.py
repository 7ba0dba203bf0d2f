"""The cadence of a tier: how long a customer may go without a confirmed contact.

Only a confirmed activity sets the clock back: with a named contact, and a proof that the account
manager did not type. Where nothing was ever confirmed, it runs since the customer was entered.
"""

from datetime import timedelta

from django.db.models import Case, DurationField, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone

from crm.models import Customer
from crm.selectors import qualification
from kit.clock import StatementNow

DAYS = {"A": 14, "B": 30, "C": 90}  # between two confirmed contacts of the account manager
OPEN = [status for status in Customer.Status.values if status != Customer.Status.CLOSED]


def since():
    """The instant from which the clock of a customer runs, as an expression."""
    return Coalesce("last_confirmed_at", "created_at")


def allowed():
    """What the tier of a customer allows, as an expression."""
    days = [When(tier=tier, then=Value(timedelta(days=n))) for tier, n in DAYS.items()]
    return Case(*days, output_field=DurationField())


def stale():
    """Customers without a confirmed contact for longer than allowed; closed ones wait for none, nor
    do those that nobody pursues.
    """
    late = Q(LessThan(since(), StatementNow() - allowed()))
    return Q(status__in=OPEN) & late & ~qualification.stopped()


def silent_days(customer):
    """Whole days on the clock of a customer in hand."""
    return (timezone.now() - (customer.last_confirmed_at or customer.created_at)).days


def is_stale(customer):
    """The same as `stale`, of a customer in hand; `is_stopped` on it says that nobody pursues it."""
    if getattr(customer, "is_stopped", False):
        return False
    return customer.status in OPEN and silent_days(customer) >= DAYS[customer.tier]
