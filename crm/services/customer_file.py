"""The customer file is written here: values with their source, confirmations, and questions.

Whoever types a value confirms it; a part is confirmed as it stands without typing. What is kept by
another model is confirmed here and changed there. Values stay out of the trail, which says which
fields; the field history has them, those of contacts sealed under the key of the contact.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import Action
from accounts.audit import record, record_many
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import said
from accounts.service import allow, service
from crm.models import Customer, Fact, Task
from crm.models.customer_file import Guard
from crm.selectors import completeness, contacts, file_fields, ownership
from crm.services import channels, tasks
from crm.services import completeness as completeness_rows
from kit import bulk, cells
from kit.cells.texts import INVISIBLE
from kit.clock import database_now
from kit.dates import FIRST_DAY, company_zone, today
from kit.errors import Conflict, Refused

TEXT, LINES, LINE, NOTE = 2_000, 50, 300, 300  # signs, lines, signs of a line, signs of a note
HIGHEST = Decimal(10) ** 15
ANSWER = 5  # working days in which a question is answered
AHEAD = timedelta(days=50 * 366)


@service(Action.CUSTOMER_EDIT, on="customer")
def save(*, actor, customer, part, values, contact=None, source=Fact.Source.VISIT):
    """Write values of one part; what is the same as before is left as it was. Returns the facts.

    part: id. values: field id → {"value", "note", "version"}; version is that of the fact that was
    seen, 0 where there was none; another one, with another value, is a Conflict. A value of None
    empties the field. contact: whom a part that repeats speaks of.
    """
    part = the_part(actor, customer, part)
    contact = the_person(customer, part, contact)
    source_known(source)
    have, written = {row.field: row for row in locked(customer, contact)}, []
    for name, given in values.items():
        one = part.field(name)
        if one is None or one.is_kept_elsewhere:
            raise Refused(_("This field cannot be set here: %(name)s") % {"name": name[:40]})
        written.append(put(have, partial(blank, customer, contact, part), one, given))
    written = stamp(actor, [fact for fact in written if fact is not None], source)
    if not written:
        raise Refused(_("Nothing was changed"))
    trail(customer, written)
    completeness_rows.count([customer.pk])
    return written


@service(Action.CUSTOMER_EDIT, on="customer")
def confirm(*, actor, customer, part, contact=None, source=Fact.Source.VISIT, field=None):
    """All that is filled in a part, or of one person in it, is still correct. Returns the facts.

    field: id of the only one that is meant.
    """
    part = the_part(actor, customer, part)
    contact = the_person(customer, part, contact)
    source_known(source)
    known = completeness.read([customer.pk])
    subject = contact and contact.pk
    filled = [
        one for one in part.fields
        if (customer.pk, subject, one.id) in known.at and field in (None, one.id)
    ]  # fmt: skip
    if not filled:
        raise Refused(_("There is nothing to confirm yet."))
    have = {row.field: row for row in locked(customer, contact)}
    confirmed = [have.get(one.id) or blank(customer, contact, part, one) for one in filled]
    stamp(actor, confirmed, source)
    trail(customer, confirmed)
    completeness_rows.count([customer.pk])
    return confirmed


@service(Action.CUSTOMER_VIEW, on="customer")
def ask(*, actor, customer, part, field, contact=None):
    """Ask whoever answers for the customer for one field: a task for them. Returns it.

    Asked again while the question is open, it is the same task.
    """
    part = the_part(actor, customer, part, action=Action.CUSTOMER_VIEW)
    contact = the_person(customer, part, contact)
    one = part.field(field)
    if one is None:
        raise Http404
    person = ownership.answers_for(customer)
    if person is None:
        raise Refused(_("Nobody answers for this customer now."))
    # Everybody at the customer reads a task: of a guarded part it says no more than the part.
    asked, contact = (one.pair, contact) if part.guard == Guard.OPEN else (part.pair, None)
    with override(person.language):
        title = _("Customer file: %(field)s") % {"field": said(asked)}
    about = {"customer": customer, "contact": contact, "title": title, "person": person}
    if Task.objects.open().filter(**about).exists():
        raise Conflict(_("This has been asked for already."), code="asked")
    due_on = working_calendar().add_working_days(today(company_zone()), ANSWER)
    task = Task(due_on=due_on, first_person=person, made_by=actor, **about)
    tasks.insert([task])
    tasks.tell(task, actor)
    return task


def insert(rows, when=None):
    """Write new facts inside a running verb, of many customers. Returns them.

    rows: unsaved, with their value put. when: the instant each is claimed for, a function of the
    fact; None is now.
    """
    bulk.insert(rows)
    of_customer = defaultdict(list)
    for row in rows:
        of_customer[row.customer_id].append(row)
    record_many([
        {"subject": own[0].customer, "customer": pk, "happened_at": when and max(map(when, own)),
         "changes": {"fields": (None, sorted({row.field for row in own}))}}
        for pk, own in of_customer.items()
    ])  # fmt: skip
    completeness_rows.count(of_customer)
    return rows


# -- one fact --------------------------------------------------------------------------------------
def put(have, new, one, given):
    """Set one value; None where nothing changed.

    have: field id → fact of the subject, locked. new: makes an empty one of a field.
    """
    value, note = sound(one, given.get("value")), clean_note(given.get("note") or "", one)
    fact = have.get(one.id)
    before = fact.said if fact and fact.is_filled else (None, "")
    if before == (value, note):
        return None
    if fact is not None and given.get("version") != fact.version:
        raise Conflict(
            _("Somebody else changed this meanwhile. Choose which to keep."), field=one.id
        )
    fact = fact or new(one)
    fact.put(value, note)
    fact.is_filled = value is not None
    return fact


def locked(customer, contact):
    """The facts of one subject under their locks."""
    rows = Fact.objects.select_for_update(of=("self",)).select_related("contact__key")
    return rows.filter(customer=customer, contact=contact)


def blank(customer, contact, part, one):
    """A new fact of a field of a part, not saved yet."""
    return Fact(customer=customer, contact=contact, field=one.id, guard=part.guard, version=0)


def stamp(actor, facts, source):
    """Confirmed by this person now; saved."""
    now = database_now()
    for fact in facts:
        fact.confirmed_by, fact.confirmed_at, fact.source = actor, now, source
        fact.version += 1
        fact.save()
    return facts


def trail(customer, facts):
    """One entry for all facts of a verb: which fields, not what they say."""
    names = sorted({fact.field for fact in facts})
    record(customer, {"fields": (None, names)}, customer=customer)


# -- what was sent ---------------------------------------------------------------------------------
def the_part(actor, customer, name, action=Action.CUSTOMER_EDIT):
    """The part of this id, for who may do this with it; organisations alone have parts."""
    part = file_fields.part(name)
    if part is None or customer.kind != Customer.Kind.ORGANISATION:
        raise Http404
    if part.guard == Guard.SETTLEMENT:
        allow(actor, Action.SETTLEMENT_VIEW, customer)
    return part


def the_person(customer, part, contact):
    """The contact a part speaks of, who is at the customer now; None where it does not repeat."""
    if not part.repeats:
        if contact is not None:
            raise Http404
        return None
    if contact is None:
        raise Refused(_("Choose a person."), field="contact")
    contact = channels.through(customer, contact)
    if contact.key_id is None:
        raise Refused(_("This contact has been erased."))
    if contacts.place_at(customer, contact) is None:
        raise Refused(_("This contact is not at the customer any more."), field="contact")
    return contact


def source_known(source):
    if source not in Fact.Source.values:
        raise Refused(_("Choose one of these."), field="source")


def clean_note(note, one):
    note = INVISIBLE.sub("", str(note)).strip()
    if len(note) > NOTE:
        raise Refused(_("This text is too long."), field=f"{one.id}-note")
    return note


def sound(one, value):
    """A value as a fact keeps it, or Refused at its field. None, "" and [] are no value."""
    if value in (None, "", []):
        return None
    try:
        return READ[one.kind](one, value)
    except (TypeError, ValueError, KeyError, AttributeError, InvalidOperation) as error:
        raise Refused(_("This is not a value of this field."), field=one.id) from error


def text(one, value, most=TEXT):
    if not isinstance(value, str):
        raise TypeError
    value = INVISIBLE.sub("", value).strip()
    if len(value) > most:
        raise Refused(_("This text is too long."), field=one.id)
    return value or None


def lines(one, value):
    if not isinstance(value, (list, tuple)):
        raise TypeError
    found = [line for line in (text(one, entry, LINE) for entry in value) if line]
    if len(found) > LINES:
        raise Refused(_("These are too many lines."), field=one.id)
    return found or None


def choice(one, value):
    if value not in dict(one.options):
        raise Refused(_("Choose one of these."), field=one.id)
    return value


def number(one, value, least=-HIGHEST, most=HIGHEST):
    found = Decimal(str(value))
    if isinstance(value, bool) or not found.is_finite() or not least <= found <= most:
        raise ValueError
    return float(found) if found % 1 else int(found)


def money(one, value):
    amount = number(one, value["amount"], 0)
    currency = cells.letters(value["currency"], 3)
    if not currency:
        raise Refused(_("Enter a currency in three letters, such as CNY"), field=one.id)
    return {"amount": amount, "currency": currency}


def day(one, value):
    found = value if isinstance(value, date) else date.fromisoformat(value)
    if not FIRST_DAY <= found <= today() + AHEAD:
        raise ValueError
    return found.isoformat()


READ = {
    "text": text, "list": lines, "choice": choice, "number": number, "money": money, "date": day,
    "percent": lambda one, value: number(one, value, 0, 100),
}  # fmt: skip
