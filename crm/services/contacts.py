"""Contacts come into being, change, and move between customers.

Every verb goes through one customer: the power is asked there, and only the contact's place at that
customer is touched. What it holds at other customers stays as it is.
"""

from datetime import timedelta

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import assign, initial, record, record_many
from accounts.service import allow, lock, only, service
from crm.models import Contact, Position
from crm.selectors.contacts import place_at
from crm.services import channels as channel_verbs
from crm.services import completeness
from crm.services.channels import through
from crm.services.erased import refuse_erased
from kit import bulk
from kit.dates import company_zone, plausible, today
from kit.errors import Conflict, Refused
from kit.versions import same_version, unchanged

EDITABLE = {"name", "latin_name", "form_of_address", "note", "do_not_contact"}
DAY = timedelta(days=1)
PLACE = {"title", "function", "is_key_person", "started_on"}
SHOWN = PLACE - {"is_key_person"} | {"ended_on"}  # what everybody knows who sees the place


@service(Action.CUSTOMER_EDIT, on="customer")
def create(*, actor, customer, values, place=None, channels=(), client_uuid=None):
    """Create a contact with a place at `customer`. Returns the contact.

    values: fields of EDITABLE. place: fields of PLACE. channels: kind, value, held_by, label of
    each. client_uuid: key of the form; the second use of it is a Conflict with code "twice".
    """
    if client_uuid and Contact.objects.filter(client_uuid=client_uuid).exists():
        raise Conflict(_("This contact has been saved already."), code="twice")
    refuse_erased(customer)
    values = only(values, EDITABLE)
    named(values)
    place = placed(actor, customer, place or {})
    in_order(place.get("started_on"), None, "started_on")
    contact = Contact(client_uuid=client_uuid, **values)
    insert([contact], [Position(contact=contact, customer=customer, **place)])
    for channel in channels:
        try:
            channel_verbs.put(customer, contact, channel)
        except Refused as refused:  # said at the field of its kind
            raise Refused(refused.message, field=channel.get("kind", "")) from refused
    completeness.count([customer.pk])
    return contact


@service(Action.CUSTOMER_EDIT, on="customer")
def edit(*, actor, customer, contact, values, version):
    """Change a contact. `version` is what the editor saw; another one is a Conflict."""
    contact = through(customer, contact)
    same_version(contact, version)
    if not change([(contact, only(values, EDITABLE), customer)]):
        leave_trail([(contact, {}, customer)])
    return contact


@service(Action.CUSTOMER_EDIT, on="customer")
def add_position(*, actor, customer, contact, values):
    """Give a contact a place at `customer`, beside its other places.

    The actor may edit the contact already: a place opens its channels, so seeing it is not enough.
    """
    allow(actor, Action.CUSTOMER_EDIT, contact)
    place = put(customer, lock(contact), placed(actor, customer, values))
    completeness.count([customer.pk])
    return place


@service(Action.CUSTOMER_EDIT, on="customer")
def edit_position(*, actor, customer, position, values, version=None):
    """Change post, function, mark as key person or first day of a place at `customer`.

    version: the tag of SHOWN that was seen; another one is a Conflict.
    """
    position = at(customer, position)
    unchanged(position, SHOWN, version)
    values = only(values, PLACE)
    may_mark(actor, customer, "is_key_person" in values)
    in_order(values.get("started_on", position.started_on), position.ended_on, "started_on")
    changes = assign(position, values)
    position.save()
    key = position.contact.key
    record(position, changes, customer=customer, key=key, personal=Position.personal)
    completeness.count([customer.pk])
    return position


@service(Action.CUSTOMER_EDIT, on="customer")
def end_position(*, actor, customer, position, ended_on=None):
    """The contact leaves `customer`; its last day is `ended_on` (default: yesterday)."""
    place = close(customer, at(customer, position), ended_on)
    completeness.count([customer.pk])
    return place


@service(Action.CUSTOMER_EDIT, on="customer")
def move(*, actor, customer, contact, position, values):
    """The contact moves to `customer` from the place `position`, which the actor may edit too.

    The old place ends on the day before the new one begins. The contact stays one person.
    """
    old = Position.objects.visible_to(actor, Action.CUSTOMER_EDIT).filter(pk=position.pk).first()
    if old is None or old.contact_id != contact.pk or old.customer_id == customer.pk:
        raise Http404
    lock(contact)
    start = values.get("started_on")
    in_order(start, None, "started_on")
    close(old.customer, at(old.customer, old), start and start - DAY)
    place = put(customer, contact, placed(actor, customer, values))
    completeness.count([customer.pk, old.customer_id])
    return place


def placed(actor, customer, values):
    """The values of a new place; only who may see the mark as key person may give it."""
    values = only(values, PLACE)
    may_mark(actor, customer, values.get("is_key_person"))
    return values


def may_mark(actor, customer, marks):
    """Refuse a mark to who may edit the customer and not know its key persons."""
    if marks and not can(actor, Action.SETTLEMENT_VIEW, customer):
        raise Refused(
            _("Only who may see the key persons of this customer sets this."), field="is_key_person"
        )


def put(customer, contact, values):
    """Write a place inside a running verb."""
    in_order(values.get("started_on"), None, "started_on")
    if place_at(customer, contact) is not None:
        raise Conflict(
            _("This contact already has a place at this customer."), code="position_once"
        )
    return place_all([Position(contact=contact, customer=customer, **values)])[0]


def insert(contacts, positions, when=None):
    """Write new contacts with their places inside a running verb. Returns the contacts.

    contacts, positions: unsaved, the second pointing to the first; the first place of a contact
    says under which customer the trail tells of it. when: the instant each row is claimed for, a
    function of the row; None is now.
    """
    bulk.give_keys(contacts)
    bulk.insert(contacts)
    first = {id(position.contact): position.customer_id for position in reversed(positions)}
    leave_trail([(one, initial(one, EDITABLE), first.get(id(one))) for one in contacts], when)
    place_all(positions, when)
    return contacts


def place_all(positions, when=None):
    """Write new places inside a running verb. Returns them. See `insert`."""
    for position in positions:
        refuse_erased(position.contact)
    bulk.insert(positions)
    record_many([
        {"subject": position, "changes": initial(position, {"contact", "ended_on"} | PLACE),
         "customer": position.customer_id, "happened_at": when and when(position),
         "key": position.contact.key, "personal": Position.personal}
        for position in positions
    ])  # fmt: skip
    return positions


def change(items, when=None):
    """Change contacts inside a running verb; returns (contact, changes, customer) of those that differ.

    items: a contact, locked by the caller, field → new value, and the customer through which.
    """
    changed = []
    for contact, values, customer in items:
        refuse_erased(contact)
        if "name" in values:
            named(values)
        if changes := assign(contact, values):
            contact.version += 1
            contact.save()
            changed.append((contact, changes, customer))
    leave_trail(changed, when)
    return changed


def close(customer, position, ended_on):
    """End a place inside a running verb."""
    yesterday = today(company_zone()) - DAY
    if position.ended_on is not None and position.ended_on <= yesterday:
        raise Conflict(_("This place has ended already."))
    ended_on = ended_on or max(yesterday, position.started_on or yesterday)
    in_order(position.started_on, ended_on, "ended_on")
    changes = assign(position, {"ended_on": ended_on})
    position.save()
    record(position, changes, customer=customer)
    return position


def at(customer, position):
    """The place, locked, if it is one at this customer; else it is unknown here."""
    position = lock(position)
    if position.customer_id != customer.pk:
        raise Http404
    return position


def named(values):
    """A contact has a name."""
    if not (values.get("name") or "").strip():
        raise Refused(_("Enter the name"), field="name")


def in_order(start, end, field):
    """First and last day in their order, and days of this world."""
    for day in filter(None, (start, end)):
        if not plausible(day):
            raise Refused(_("This day lies too far away"), field=field)
    if start and end and end < start:
        raise Refused(_("The last day must not lie before the first"), field=field)


def leave_trail(changed, when=None):
    """The entries about contacts, (contact, changes, customer): personal values under their own keys."""
    record_many([
        {"subject": contact, "changes": changes, "customer": customer, "key": contact.key,
         "personal": Contact.personal, "happened_at": when and when(contact)}
        for contact, changes, customer in changed
    ])  # fmt: skip
