"""How deep a relation is: set by whoever has it, confirmed by a supervisor at customers of tier A."""

from datetime import date

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record, record_many
from accounts.models import Notice
from accounts.selectors.org import able_head_above, people_led_by
from accounts.service import lock, service
from accounts.services.notifications import addressee, notify
from crm.models import Depth
from crm.selectors import depth as shapes
from crm.selectors.contacts import place_at
from crm.services.channels import through
from kit import bulk
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.versions import changed_meanwhile


@service(Action.ACTIVITY_LOG, on="customer")
def save(*, actor, customer, contact, level, evidence_on, version=0):
    """Set the level of one's own relation to a contact. Returns the row.

    evidence_on: the day of each evidence that the level needs, in the order of its list, all within a
    year. version: as it was seen, 0 where there was none. What was confirmed has to be confirmed anew.
    """
    one = shapes.level(level)
    if one is None:
        raise Http404
    contact = through(customer, contact)
    if place_at(customer, contact) is None:
        raise Refused(_("This contact is not at the customer any more."))
    rows = Depth.objects.select_for_update(of=("self",)).filter(person=actor, contact=contact)
    row = rows.first() or Depth(person=actor, contact=contact, version=0)
    if version != row.version:
        raise changed_meanwhile()
    days = sound(one, evidence_on)
    before = row.level if row.version else None
    row.level, row.evidence_on, row.oldest_on = level, [day.isoformat() for day in days], min(days)
    row.set_at, row.confirmed_at, row.confirmed_by = database_now(), None, None
    row.version += 1
    row.save()
    changes = {"contact": (None, contact.pk), "level": (before, level)}
    record(row, changes, customer=customer)
    ask_supervisor(row, contact)
    return row


def insert(items, when=None):
    """Write levels where none was set, inside a running verb. Returns the rows.

    items: the customer through which, and an unsaved row. when: the instant each is claimed for, a
    function of the row; None is now.
    """
    rows = bulk.insert([row for _customer, row in items])
    record_many([
        {"subject": row, "customer": customer, "happened_at": when and when(row),
         "changes": {"contact": (None, row.contact_id), "level": (None, row.level)}}
        for customer, row in items
    ])  # fmt: skip
    return rows


def sound(one, evidence_on):
    """The days of all the evidence of a level, or Refused at the one that is wrong."""
    needed, oldest, now = len(one.evidence_pairs), shapes.year_ago(), today(company_zone())
    days = [*evidence_on, *[None] * needed][:needed]
    for number, day in enumerate(days):
        field = f"day-{number}"
        if not isinstance(day, date):
            raise Refused(_("A level needs all of its evidence, each with its day."), field=field)
        if day > now:
            raise Refused(_("The day must be today or earlier"), field=field)
        if day < oldest:
            raise Refused(_("This is more than a year ago: it does not count any more."), field=field)  # fmt: skip
    return days


@service(Action.CUSTOMER_VIEW, on="customer")
def confirm(*, actor, customer, depth, version):
    """A head above the person confirms the level. version: as it was seen. Returns the row."""
    contact = through(customer, depth.contact)
    row = lock(depth)
    if row.person_id == actor.pk or row.person_id not in people_led_by(actor):
        raise NotAllowed()
    if version != row.version:
        raise changed_meanwhile()
    if row.confirmed_at:
        raise Conflict(_("This has been confirmed already."), code="confirmed")
    row.confirmed_at, row.confirmed_by = database_now(), actor
    row.version += 1
    row.save()
    changes = {"contact": (None, contact.pk), "person": (None, row.person_id),
               "level": (None, row.level)}  # fmt: skip
    record(row, changes, customer=customer)
    return row


# -- telling ---------------------------------------------------------------------------------------
def ask_supervisor(row, contact):
    """Have a head above confirm a level where one is wanted."""
    if shapes.needs_confirming(contact):
        notify("depth.confirm", to="depth.supervisor", kind=Notice.Kind.ACTION,
               url=reverse("crm:contact-depth", args=[contact.pk]),
               values={"depth": row.pk}, depth=row.pk, version=row.version)  # fmt: skip


@addressee("depth.supervisor")
def supervisor_when_sent(about):
    """The head above who can answer now; nobody where the level has changed or was confirmed."""
    rows = Depth.objects.filter(pk=about["depth"], version=about["version"])
    row = rows.select_related("person").first()
    return row and able_head_above(row.person)
