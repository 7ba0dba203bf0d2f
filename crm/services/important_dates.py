"""Important dates are entered, moved and removed here.

Days of people and own words stay out of the trail, which says of what kind a date is.
"""

from datetime import date

from django.http import Http404
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import record
from accounts.service import allow, lock, service
from crm.models import Customer, ImportantDate
from crm.models.customer_file import Guard
from crm.selectors import important_dates as shapes
from crm.selectors.contacts import place_at
from crm.services.channels import through
from kit.cells.texts import INVISIBLE
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, Refused
from kit.once import first_of, harmless_twice
from kit.versions import same_version

MOST = 24  # dates of one customer
LEAP, FURTHEST = 2000, 5  # a year that has every day; years ahead


@harmless_twice
@service(Action.CUSTOMER_EDIT, on="customer")
def add(*, actor, customer, kind, values, contact=None, client_uuid=None):
    """Enter an important date. Returns it.

    kind: id. values: month, day, year (None: every year), name; of a person month, day and
    `volunteered`, True where the person told us. contact: whose day it is.
    """
    one = the_kind(actor, customer, kind)
    first_of(ImportantDate, client_uuid, said_by=actor)
    rows = ImportantDate.objects.filter(customer=customer)
    if rows.count() >= MOST:
        raise Refused(_("These are more important dates than anybody keeps in mind."))
    contact = whose(customer, one, contact)
    row = ImportantDate(customer=customer, kind=kind, guard=one.guard, contact=contact,
                        client_uuid=client_uuid)  # fmt: skip
    put(row, one, values)
    if any(same(row, other) for other in rows.filter(kind=kind).select_related("contact__key")):
        raise Conflict(_("This date is here already."), code="date_once")
    stamp(row, actor)
    record(row, {"kind": (None, kind)}, customer=customer)
    return row


def insert(rows, when=None):
    """Write new dates of many customers inside a running verb, with their day put.

    Returns them. when: see accounts.audit.insert.
    """
    return audit.insert(rows, ("kind",), when)


@service(Action.CUSTOMER_EDIT, on="important_date")
def change(*, actor, important_date, values, version):
    """Move a date or call it something else. values: as `add` takes them. version: as it was seen."""
    customer = Customer.objects.get(pk=important_date.customer_id)
    one = the_kind(actor, customer, important_date.kind)
    same_version(important_date, version)
    whose(customer, one, important_date.contact)
    put(important_date, one, values)
    stamp(important_date, actor)
    record(important_date, {"kind": (None, one.id)}, customer=customer)
    return important_date


@service(Action.CUSTOMER_EDIT, on="important_date")
def remove(*, actor, important_date, version):
    """The date is wrong, or is not to be kept. version: as it was seen."""
    customer = Customer.objects.get(pk=important_date.customer_id)
    if important_date.guard == Guard.SETTLEMENT:
        allow(actor, Action.SETTLEMENT_VIEW, customer)
    same_version(important_date, version)
    record(important_date, {"kind": (important_date.kind, None)}, customer=customer)
    important_date.delete()


# -- rules -----------------------------------------------------------------------------------------
def the_kind(actor, customer, name):
    """The kind of this id, for who may write it here."""
    one = shapes.kind(name)
    if one is None:
        raise Http404
    if one.guard == Guard.SETTLEMENT:
        allow(actor, Action.SETTLEMENT_VIEW, customer)
    return one


def whose(customer, one, contact):
    """The contact a date speaks of, who is at the customer and was not erased."""
    if not one.is_of_person:
        return None
    if contact is None:
        raise Refused(_("Choose a person."), field="contact")
    contact = lock(contact) if contact.key_id is None else through(customer, contact)
    if contact.key_id is None:
        raise Refused(_("This contact has been erased."), field="contact")
    if place_at(customer, contact) is None:
        raise Refused(_("This contact is not at the customer any more."), field="contact")
    return contact


def put(row, one, values):
    """Set what was sent, or Refused at the field."""
    month, day, year = (values.get(name) for name in ("month", "day", "year"))
    real(month, day, year)
    if one.is_of_person:
        if year is not None:
            raise Refused(_("Of a person the day and the month are kept, never the year."), field="year")  # fmt: skip
        if values.get("volunteered") is not True:
            raise Refused(_("Enter it only if the person told us."), field="volunteered")
    name = "" if one.is_of_person else INVISIBLE.sub("", values.get("name") or "").strip()
    if len(name) > ImportantDate._meta.get_field("name").max_length:
        raise Refused(_("This text is too long."), field="name")
    now = today(company_zone())
    if year is not None and not now.year - 1 <= year <= now.year + FURTHEST:
        raise Refused(_("Enter a year from this one on."), field="year")
    if row.pk is None or (row.month_day, row.year) != ((month, day), year):
        row.said_on = now
    row.name = name
    row.put(month, day, year)


def real(month, day, year):
    """A day there is: 29 February every year, or in a year that has one."""
    try:
        date(LEAP if year is None else year, month, day)
    except (TypeError, ValueError, OverflowError):
        raise Refused(_("There is no such day."), field="day") from None


def same(row, other):
    """Whether two dates of one kind are the same one."""
    mine, theirs = ((one.contact_id, one.month_day, one.year, one.name) for one in (row, other))
    return mine == theirs or (row.contact_id is not None and row.contact_id == other.contact_id)


def stamp(row, actor):
    """Said by this person now; saved."""
    row.said_at, row.said_by = database_now(), actor
    row.version = row.version + 1 if row.pk else 1
    row.save()
