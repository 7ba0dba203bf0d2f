"""The file of a private customer is written, revealed and forgotten here.

No value and no name of a household's field enters the trail. What is emptied, or past its days, is
erased with its key, history included.
"""

import calendar
from decimal import InvalidOperation

from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import record, record_many
from accounts.models import Person
from accounts.service import allow, service
from crm.models import Customer, PrivateFact
from crm.models.private_file import Sight
from crm.selectors import channels as written
from crm.selectors import private_fields
from crm.selectors.private_fields import KEPT_ELSEWHERE, PHONE
from crm.selectors.private_file import NEEDS, kept, past
from crm.services import channels, customer_file
from crm.services.erased import refuse_erased
from kit import jobs
from kit.clock import database_now
from kit.disclosure import Disclosure
from kit.errors import Conflict, Refused
from kit.models import Job, SubjectKey

MOST = 50  # people of one band
EXPIRE = "private_file.expire"
CHUNK = 500


@service(Action.CUSTOMER_EDIT, on="customer")
def save(*, actor, customer, values, source):
    """Write values of the file; a value of None erases it, with what it was before.

    values: field id → {"value", "version"}; version is that of the value that was seen, 0 where
    there was none; another one is a Conflict. Returns the facts.
    """
    the_person(customer)
    customer_file.source_known(source)
    rows = kept(PrivateFact.objects.filter(customer=customer))
    have, written_down = {row.field: row for row in rows.select_related("key")}, []
    known = {one.id: one for one in private_fields.fields()}
    for name, given in values.items():
        one = usable(actor, customer, known.get(name), name)
        value = sound(one, given.get("value"))
        fact = put(customer, one, have.get(name), (value, given.get("version") or 0))
        if fact is not None:
            stamp(actor, fact, value, source)
            written_down.append(fact)
    if not written_down:
        raise Refused(_("Nothing was changed"))
    trail(customer, written_down)
    return written_down


@service(Action.CUSTOMER_VIEW, on="customer")
def reveal(*, actor, customer, field):
    """Hand out one clear value: counted and written down before it leaves. Returns a Revealed.

    Raises OverBudget when the day's reveals are used up.
    """
    the_person(customer)
    one = private_fields.field(field)
    if one is None or one.guard == Sight.OPEN or one.id in KEPT_ELSEWHERE:
        raise Http404
    allow(actor, NEEDS[one.guard], customer)
    rows = PrivateFact.objects.visible_to(actor).filter(customer=customer, field=field)
    fact = kept(rows).select_related("key").first()
    if fact is None:
        raise Http404
    if written.reason_needed(actor) and not audit.current.get().reason.strip():
        raise Refused(_("Say why you need it"), field="reason")
    try:
        with transaction.atomic():
            left = channels.spend(actor, f"private:{fact.pk}")
            write_down(actor, customer, one)
    except DatabaseError as error:
        text = _("This could not be recorded, so it is not shown. Try again.")
        raise channels.Unrecorded(text) from error
    return channels.Revealed(fact.value, left)


def write_down(actor, customer, one):
    """The trail entry and the disclosure; which field of a household it was, neither says."""
    record(customer, {"part": (None, one.section)}, customer=customer)
    Disclosure.objects.create(
        person_id=actor.pk, kind=Disclosure.Kind.REVEAL, customer_ids=[customer.pk],
        path=f"customers/{customer.pk}/private/reveal",
    )  # fmt: skip


@service(Action.CUSTOMER_EDIT, on="customer")
def erase(*, actor, customer):
    """Erase the whole file, because the customer asks for it; the reason says how they asked.

    Every key is destroyed, of values past their days too. Returns how many values there were.
    """
    the_person(customer)
    if not audit.current.get().reason.strip():
        raise Refused(_("Say who asked for it and how."), field="reason")
    gone = list(PrivateFact.objects.filter(customer=customer, key__isnull=False).order_by("pk"))
    if not gone:
        raise Refused(_("Nothing is kept in this file."))
    forget(gone)
    record(customer, {"values": (len(gone), 0)}, customer=customer)
    return len(gone)


# -- what may not be kept any longer -----------------------------------------------------------------
def expire_all():
    """Begin to erase what is past its days, as a job that survives its worker; one at a time."""
    busy = [Job.State.WAITING, Job.State.RUNNING]
    if not Job.objects.filter(kind=EXPIRE, state__in=busy).exists():
        jobs.start(EXPIRE)


@jobs.step(EXPIRE)
def expire_some(job):
    """Erase the next values; readers have not seen them since their days were over."""
    found = list(past(PrivateFact.objects.all()).order_by("pk")[:CHUNK])
    if found:
        expire(actor=Person.objects.system(), facts=found)
    job.done += len(found)
    return len(found) < CHUNK


@service(Action.PRIVATE_SWITCH)
def expire(*, actor, facts):
    """Erase values whose days are over. Returns how many. A value written anew meanwhile stays."""
    ids = [fact.pk for fact in facts]
    customers = {fact.customer_id for fact in facts}
    locked = (
        Customer.objects.filter(pk__in=customers).order_by("pk").select_for_update(of=("self",))
    )
    list(locked.values_list("pk"))
    gone = list(past(PrivateFact.objects.filter(pk__in=ids)))
    SubjectKey.objects.filter(pk__in=[fact.key_id for fact in gone]).delete()
    own = Customer.objects.filter(pk__in=customers).order_by("pk")
    record_many([{"subject": one, "changes": None, "customer": one.pk} for one in own])
    return len(gone)


# -- one value ---------------------------------------------------------------------------------------
def the_person(customer):
    """Organisations have another file, and of who was erased nothing is kept."""
    if customer.kind != Customer.Kind.PERSON:
        raise Http404
    refuse_erased(customer)


def usable(actor, customer, one, name):
    """The field (None where there is none of this name), for who may write it; one that is off is refused."""
    if one is None or one.id in KEPT_ELSEWHERE:
        raise Refused(_("This field cannot be set here: %(name)s") % {"name": name[:40]})
    allow(actor, NEEDS[one.guard], customer)
    if not one.is_on:
        raise Refused(_("This is not kept: nobody has decided that it may be."), field=one.id)
    return one


def put(customer, one, fact, given):
    """Set or erase one value; the row of it, not saved yet, or None where nothing changes."""
    value, version = given
    if value == (fact.value if fact else None):
        return None
    if version != (fact.version if fact else 0):
        raise Conflict(_("Somebody else changed this meanwhile. Choose which to keep."),
                       field=one.id)  # fmt: skip
    fact = fact or old_row(customer, one)
    if value is not None:
        fact.put(value)
    return fact


def old_row(customer, one):
    """The row of a field without a value: there is at most one, whose key is destroyed."""
    fact = PrivateFact.objects.filter(customer=customer, field=one.id).select_related("key").first()
    if fact is None:
        return PrivateFact(customer=customer, field=one.id, guard=one.guard, version=0)
    forget([fact])
    return fact


def stamp(actor, fact, value, source):
    """Confirmed by this person now; saved; without a value its key is destroyed."""
    fact.confirmed_by, fact.confirmed_at, fact.source = actor, database_now(), source
    fact.version += 1
    if value is None:
        forget([fact])
    fact.save()


def forget(facts):
    """Destroy the keys of values, and with them every copy."""
    SubjectKey.objects.filter(pk__in=[fact.key_id for fact in facts if fact.key_id]).delete()
    for fact in facts:
        fact.key = None


def trail(customer, facts):
    """One entry for all values of a verb; of a household it says no more than that."""
    names = {"household" if fact.guard == Sight.HOUSEHOLD else fact.field for fact in facts}
    record(customer, {"fields": (None, sorted(names))}, customer=customer)


# -- what was sent -----------------------------------------------------------------------------------
def sound(one, value):
    """A value as it is kept, or Refused at its field. None, "", [] and {} are no value."""
    if value in (None, "", [], {}):
        return None
    if one.id == PHONE:
        return phone(one, value)
    try:
        return READ[one.kind](one, value)
    except (TypeError, ValueError, KeyError, AttributeError, InvalidOperation) as error:
        raise Refused(_("This is not a value of this field."), field=one.id) from error


def phone(one, value):
    try:
        return written.normalised("phone", str(value), channels.country())
    except Refused as refused:
        raise Refused(refused.message, field=one.id) from refused


def count(one, value):
    """How many people: a whole number."""
    if isinstance(value, bool) or not 0 <= int(str(value)) <= MOST:
        raise ValueError
    return int(str(value))


def bands(one, value):
    """Band → how many people are in it."""
    found = {name: count(one, value.pop(name)) for name, _pair in one.options if name in value}
    return checked(value, {name: number for name, number in found.items() if number})


def days(one, value):
    """Occasion → [month-day, whether a greeting is welcome]; no year, so no age."""
    found = {name: occasion(*value.pop(name)) for name, _pair in one.options if name in value}
    return checked(value, found)


def occasion(day, greet):
    return [month_day(day), bool(greet)]


def checked(rest, found):
    """What was found, if nothing else was sent."""
    if rest:
        raise ValueError
    return found or None


def month_day(text):
    """A day of any year, "02-29" included."""
    month, day = (int(part) for part in text.split("-"))
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]):
        raise ValueError
    return f"{month:02d}-{day:02d}"


READ = {
    "text": customer_file.text, "list": customer_file.lines, "choice": customer_file.choice,
    "number": count, "bands": lambda one, value: bands(one, dict(value)),
    "days": lambda one, value: days(one, dict(value)),
}  # fmt: skip
