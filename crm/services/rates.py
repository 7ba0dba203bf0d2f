"""What a unit of another currency is worth in the company's, from a day on."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, initial, record
from accounts.service import clean, only, service
from crm.models import Rate
from crm.selectors.trade import company_currency
from kit import bulk, cells
from kit.dates import plausible
from kit.errors import Conflict, Refused
from kit.versions import same_version

FIELDS = {"currency", "since", "rate"}


@service(Action.RATE_EDIT)
def record_rate(*, actor, values):
    """Record the worth of a currency from a day on. Returns the rate.

    The same rate of the same day again is the one there is; another one of that day is a Conflict.
    """
    rate = Rate(**only(values, FIELDS))
    sound(rate)
    known = Rate.objects.filter(currency=rate.currency, since=rate.since).first()
    if known is None:
        bulk.insert([rate])
        record(rate, initial(rate, FIELDS))
        return rate
    if known.rate != rate.rate:
        text = _("This currency already has a rate from this day on. Change that one.")
        raise Conflict(text, field="since", code="known_rate")
    record(known)
    return known


@service(Action.RATE_EDIT, on="rate")
def change_rate(*, actor, rate, value, version):
    """Correct the worth (`value`) of a rate. version: what was seen; another one is a Conflict."""
    same_version(rate, version)
    changes = assign(rate, {"rate": value})
    if changes:
        sound(rate)
        rate.version += 1
        rate.save()
    record(rate, changes)
    return rate


def sound_currency(row):
    """Bring the currency of a row into its one writing, or Refused."""
    row.currency = cells.letters(row.currency, 3)
    if not row.currency:
        raise Refused(_("Enter a currency of three letters, such as CNY"), field="currency")


def sound(rate):
    """A rate that can be meant, or Refused at the first field that is wrong."""
    sound_currency(rate)
    if rate.currency == company_currency():
        raise Refused(_("The company's own currency always counts as 1"), field="currency")
    clean(rate, FIELDS)
    if rate.rate <= 0:
        raise Refused(_("Enter a rate above 0"), field="rate")
    if not plausible(rate.since):
        raise Refused(_("Enter a day such as 2026-11-22"), field="since")
