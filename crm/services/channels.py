"""Phones, mails and chat ids of contacts: written sealed, shown only by a counted, audited reveal."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.access import Action
from accounts.audit import record, record_many
from accounts.models import Company
from accounts.service import lock, only, service
from crm.models import ContactChannel, Position
from crm.selectors import channels as written
from crm.services import completeness
from crm.services.erased import refuse_erased
from kit import bulk, crypto, limits
from kit.clock import database_now
from kit.dates import company_zone
from kit.disclosure import Disclosure
from kit.errors import Conflict, OverBudget, Refused

DAY = timedelta(days=1)
FIELDS = {"kind", "value", "held_by", "label"}
PERSONAL = ("value",)


class Unrecorded(Refused):
    """The reveal could not be written down, so nothing is shown."""

    status = 503
    code = "unrecorded"


@dataclass
class Revealed:
    """A clear value on its way to one person, and how many more that person may reveal today."""

    value: str
    left: int


@service(Action.CUSTOMER_EDIT, on="customer")
def add(*, actor, customer, contact, values):
    """Add a channel to a contact through `customer`. values: kind, value, held_by, label."""
    made = put(customer, through(customer, contact), values)
    recount(contact)
    return made


@service(Action.CUSTOMER_EDIT, on="customer")
def edit(*, actor, customer, channel, values):
    """Replace a channel: the old row ends, a new one begins, so that both stay in the file.

    Without a `value` the old one is kept (whoever edits need not have revealed it).
    """
    old = usable(customer, channel)
    before = {"kind": old.kind, "value": clear(old), "held_by": old.held_by, "label": old.label}
    after = before | values
    if not (after["value"] or "").strip():
        if after["kind"] != old.kind:
            raise Refused(_("Enter the number, address or id"), field="value")
        after["value"] = before["value"]
    if after["value"] != before["value"]:
        after["value"] = written.normalised(after["kind"], after["value"], country())
    if after == before:
        raise Refused(_("Nothing was changed"), field="value")
    stop(old)
    made = put(customer, old.contact, after, instead_of=old)
    recount(old.contact)
    return made


@service(Action.CUSTOMER_EDIT, on="customer")
def end(*, actor, customer, channel):
    """A channel is no longer in use. Its row stays."""
    old = usable(customer, channel)
    stop(old)
    record(old, {"ended": (False, True)}, customer=customer)
    recount(old.contact)
    return old


def recount(contact):
    """Count the files of the customers where a contact is, whose channels are part of them."""
    at = Position.objects.filter(contact=contact).open()
    completeness.count(list(at.values_list("customer", flat=True)))


@service(Action.CHANNEL_REVEAL, on="channel")
def reveal(*, actor, channel):
    """Hand out the clear value of a channel: counted and written down before it leaves.

    The same channel again on the same day costs nothing and is written down all the same. Raises
    OverBudget when the day's reveals are used up, Unrecorded when it cannot be written down.
    """
    reason = audit.current.get().reason.strip()
    if written.reason_needed(actor) and not reason:
        raise Refused(_("Say why you need it"), field="reason")
    value = clear(channel)
    try:
        with transaction.atomic():
            left = spend(actor, channel.pk)
            write_down(actor, channel)
    except DatabaseError as error:
        raise Unrecorded(_("This could not be recorded, so it is not shown. Try again.")) from error
    return Revealed(value, left)


def spend(actor, key):
    """Take one distinct reveal from the day's budget, the day being the company's. key: of what."""
    most = Company.objects.values_list("reveal_budget", flat=True).get(pk=1)
    # budgets start at whole days of UTC; the company's wall clock, read as UTC, moves that to its own
    now = database_now().astimezone(company_zone()).replace(tzinfo=UTC)
    budget = f"reveal:{actor.pk}"
    try:
        limits.spend(f"{budget}:{key}", limit=1, window=DAY, now=now)
    except OverBudget:
        return max(0, most - limits.used(budget, window=DAY, now=now))
    try:
        return limits.spend(budget, limit=most, window=DAY, now=now)
    except OverBudget as error:
        raise OverBudget(used_up(most), seconds=error.seconds) from error


def used_up(most):
    """What to say when the day's reveals are gone, and what remains."""
    return ngettext(
        "Today's %(count)s reveal is used up. What you revealed today stays open to you, everything"
        " else stays masked. The count starts again tomorrow.",
        "Today's %(count)s reveals are used up. What you revealed today stays open to you,"
        " everything else stays masked. The count starts again tomorrow.",
        most,
    ) % {"count": most}


def write_down(actor, channel):
    """The trail entry and the disclosure, for the customers through which the contact is seen."""
    places = Position.objects.filter(contact=channel.contact_id).present()
    seen = list(
        places.visible_to(actor, Action.CHANNEL_REVEAL)
        .order_by("customer")
        .values_list("customer", flat=True)
    )
    record(channel, {"contact": (None, channel.contact_id)}, customer=seen[0] if seen else None)
    Disclosure.objects.create(
        person_id=actor.pk, kind=Disclosure.Kind.REVEAL, path=f"channels/{channel.pk}/reveal",
        customer_ids=seen,
    )  # fmt: skip


def put(customer, contact, values, instead_of=None):
    """Write a channel inside a running verb. Returns it."""
    if contact.key is None:
        raise Refused(_("This contact has been erased."))
    values = sound(values, country())
    if (contact.pk, values["kind"], values["value"]) in Known([contact]):
        raise Refused(_("This contact has it already"), field="value")
    return insert([(customer, contact, values | {"instead_of": instead_of})])[0]


def sound(values, country):
    """The values of a new channel in the form in which they are kept, or Refused at the wrong one.

    values: fields of FIELDS. country: where a phone without a country code is (ISO 3166).
    """
    values = only(values, FIELDS)
    if values.get("kind") not in ContactChannel.Kind.values:
        raise Refused(_("Choose what it is"), field="kind")
    return {
        "kind": values["kind"],
        "value": written.normalised(values["kind"], values.get("value"), country),
        "held_by": values.get("held_by") or ContactChannel.HeldBy.COMPANY,
        "label": values.get("label") or "",
    }


class Known:
    """The channels that contacts have in use: asked with (contact's id, kind, value)."""

    def __init__(self, contacts):
        rows = ContactChannel.objects.filter(contact__in=contacts, ended_at=None)
        found = rows.values_list("contact", "kind", "value_index")
        self.rows = {(contact, kind, bytes(index)) for contact, kind, index in found}

    def __contains__(self, asked):
        contact, kind, value = asked
        return (contact, kind, written.value_index(value)) in self.rows


def insert(items, when=None):
    """Write new channels inside a running verb, of any contacts. Returns them.

    items: the customer through which, the contact (with its key), values that `sound` gave; a
    value `instead_of` names the channel that this one replaces. when: the instant each is claimed
    for, a function of the channel; None is now.
    """
    channels = bulk.insert([sealed(contact, values) for _customer, contact, values in items])
    record_many([
        {"subject": channel, "changes": replacing(channel, values), "customer": customer,
         "key": contact.key, "personal": PERSONAL, "happened_at": when and when(channel)}
        for channel, (customer, contact, values) in zip(channels, items, strict=True)
    ])  # fmt: skip
    return channels


def sealed(contact, values):
    """An unsaved channel: its value as ciphertext, and the keys by which it is found."""
    kind, value = values["kind"], values["value"]
    return ContactChannel(
        contact=contact, kind=kind, sealed=crypto.seal(contact.key.wrapped, value),
        value_index=written.value_index(value),
        tail_index=written.tail_index(value) if kind == ContactChannel.Kind.PHONE else None,
        held_by=values["held_by"], label=values["label"],
    )  # fmt: skip


def replacing(channel, values):
    """What the trail tells of a new channel."""
    told = {name: (None, values[name]) for name in ("kind", "held_by", "value")}
    if values.get("instead_of"):
        told["replaces"] = (values["instead_of"].pk, channel.pk)
    return told


def through(customer, contact):
    """The contact, locked, if it has a present place at the customer; else it is unknown here."""
    contact = lock(contact)
    if not Position.objects.filter(customer=customer, contact=contact).present().exists():
        raise Http404
    refuse_erased(contact)
    return contact


def usable(customer, channel):
    """A channel in use of a contact with a place at the customer, locked."""
    contact = through(customer, channel.contact)
    channel = lock(channel)
    channel.contact = contact
    if channel.ended_at is not None:
        raise Conflict(_("This is no longer in use. Load the page again."))
    return channel


def stop(channel):
    """End a channel now, by the clock of the database."""
    channel.ended_at = Now()
    channel.save(update_fields=["ended_at"])
    channel.refresh_from_db(fields=["ended_at"])


def clear(channel):
    """The clear value; refused where the contact has been erased."""
    value = channel.value
    if value is None:
        raise Refused(_("This value has been erased."), field="value")
    return value


def country():
    """Where a phone without a country code is."""
    return Company.objects.values_list("country", flat=True).get(pk=1)
