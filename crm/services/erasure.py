"""Erasures of people outside the company: asked for, decided by somebody else, carried out, searched.

Carrying out is one transaction; the search afterwards goes table by table. A killed worker leaves a
job that the next one continues.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.access import Action, can
from accounts.audit import record
from accounts.models import Person
from accounts.service import CONSTRAINTS, clean, lock, service
from crm.models import Contact, Customer, Erasure, Hold
from crm.selectors import erasure as ask_for
from crm.selectors import remains
from crm.services.channels import through
from crm.services.erased import refuse_erased
from crm.services.forgetting import forget
from kit import crypto, erasures, jobs
from kit.cells.texts import INVISIBLE
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Job, SubjectKey
from kit.templatetags.words import short_day_words

State = Erasure.State
RUN = "erasure.run"
CONSTRAINTS["erasure_asked_once"] = _lazy("This erasure has been asked for already.")
DECIDED = _lazy("This has been decided meanwhile. Load the page again.")


@service(Action.CUSTOMER_EDIT, on="customer")
def ask(*, actor, customer, ground, asked_on, contact=None):
    """Ask that a contact of a customer, or a private customer itself, is erased. Returns the erasure.

    ground: one of Erasure.Ground. asked_on: the day the request came. Nothing is erased before
    somebody else has agreed.
    """
    subject = the_subject(customer, contact)
    refuse_held(subject)
    if ask_for.waiting(subject):
        raise Conflict(CONSTRAINTS["erasure_asked_once"], code="erasure_asked_once")
    if asked_on is None or asked_on > today(company_zone()):
        raise Refused(_("Choose a day that is not in the future."), field="asked_on")
    row = Erasure(**named(subject), ground=ground, asked_on=asked_on, asked_by=actor)
    clean(row, {"ground", "asked_on"})
    row.save()
    record(row, {"ground": (None, ground)}, customer=customer)
    return row


@service(Action.ERASURE_DECIDE, on="erasure")
def agree(*, actor, erasure):
    """Agree, as somebody else than who asked: it is carried out at once and cannot be taken back."""
    open_for(actor, erasure)
    refuse_held(erasure.subject)
    decided(actor, erasure, State.AGREED)
    jobs.start(RUN, total=len(remains.tables()), erasure=erasure.pk)
    return erasure


@service(Action.ERASURE_DECIDE, on="erasure")
def refuse(*, actor, erasure, because):
    """Refuse it; the person has to be told why. because: without names, it is kept."""
    open_for(actor, erasure)
    erasure.refused_because = INVISIBLE.sub("", because).strip()
    if not erasure.refused_because:
        raise Refused(_("Say why. The person has a right to know."), field="because")
    clean(erasure, {"refused_because"}, at="because")
    return decided(actor, erasure, State.REFUSED)


@service(Action.ERASURE_VIEW, on="erasure")
def withdraw(*, actor, erasure):
    """Take one's own request back before it was decided."""
    if erasure.asked_by_id != actor.pk:
        raise NotAllowed(_("Only who asked takes it back."))
    if erasure.state != State.ASKED:
        raise Conflict(DECIDED)
    return decided(actor, erasure, State.WITHDRAWN)


@service(Action.ERASURE_DECIDE)
def hold(*, actor, ground, until_on, contact=None, customer=None):
    """Forbid to erase a contact or a private customer until a day. Returns the hold."""
    subject = lock(contact or customer)
    if subject is None or not can(actor, None, subject) or is_firm(subject):
        raise Refused(_("Choose whom it protects."), field="ground")
    if until_on is None or until_on < today(company_zone()):
        raise Refused(_("Choose a day that lies ahead."), field="until_on")
    coming = ask_for.waiting(subject)
    if coming is not None and coming.state == State.AGREED:
        raise Conflict(_("This person is being erased already."))
    row = Hold(**named(subject), ground=INVISIBLE.sub("", ground).strip(), until_on=until_on, set_by=actor)  # fmt: skip
    if not row.ground:
        raise Refused(_("Say what forbids it."), field="ground")
    clean(row, {"ground", "until_on"})
    row.save()
    record(row, {"until_on": (None, until_on)}, customer=row.customer_id)
    return row


@service(Action.ERASURE_DECIDE, on="hold")
def release(*, actor, hold):
    """End a hold before its day."""
    if hold.ended_at is not None:
        raise Conflict(DECIDED)
    hold.ended_by, hold.ended_at = actor, database_now()
    hold.save()
    record(hold, {"ended_at": (None, hold.ended_at)}, customer=hold.customer_id)
    return hold


# -- rules -----------------------------------------------------------------------------------------
def the_subject(customer, contact):
    """Who is to be erased: the contact at this customer, or the customer where it is a person."""
    if contact is not None:
        return through(customer, contact)
    if is_firm(customer):
        raise Refused(_("An organisation is no person: erase its contacts one by one."))
    refuse_erased(customer)
    return customer


def is_firm(subject):
    """Whether it is a customer, but no person."""
    return isinstance(subject, Customer) and subject.kind != Customer.Kind.PERSON


def named(subject):
    return {"contact": subject} if isinstance(subject, Contact) else {"customer": subject}


def refuse_held(subject):
    """Nothing is erased while a hold stands."""
    found = ask_for.hold_on(subject)
    if found is not None:
        text = _("It must be kept until %(day)s: %(why)s") % {
            "day": short_day_words(found.until_on), "why": found.ground,
        }  # fmt: skip
        raise Refused(text, code="held")


def open_for(actor, erasure):
    if erasure.state != State.ASKED:
        raise Conflict(DECIDED)
    if erasure.asked_by_id == actor.pk:
        raise NotAllowed(_("Somebody else than who asked has to decide."))


def decided(actor, erasure, state):
    """Write down what became of a request."""
    before, erasure.state = erasure.state, state
    erasure.decided_by, erasure.decided_at = actor, database_now()
    erasure.save()
    record(erasure, {"state": (before, state)}, customer=erasure.customer_id)
    return erasure


# -- carrying it out -------------------------------------------------------------------------------
def resume():
    """Begin again what was decided and has no job any more, because a fault ended it."""
    busy = Job.objects.filter(kind=RUN, state__in=[Job.State.WAITING, Job.State.RUNNING])
    known = set(busy.values_list("payload__erasure", flat=True))
    open_ones = Erasure.objects.filter(state__in=[State.AGREED, State.SEARCHING])
    for pk in open_ones.exclude(pk__in=known).values_list("pk", flat=True):
        jobs.start(RUN, total=len(remains.tables()), erasure=pk)


@jobs.step(RUN)
def step(job):
    """Erase, then look through the tables one by one. True when the last one is done."""
    erasure = Erasure.objects.select_related("key").get(pk=job.payload["erasure"])
    if erasure.state == State.AGREED:
        carry_out(actor=Person.objects.system(), erasure=erasure)
        return False
    erasures.note()
    tables = remains.tables()
    if job.done < len(tables):
        look(job, erasure, tables[job.done])
        job.done += 1
        return False
    remains_of = job.payload.get("remains", {})
    finish(actor=Person.objects.system(), erasure=erasure, found=remains_of)
    return True


@service(Action.ERASURE_DECIDE, on="erasure")
def carry_out(*, actor, erasure):
    """Forget the person everywhere; what is looked for afterwards is kept sealed until it is done."""
    around = ask_for.whole(erasure.subject).around
    customers = Customer.objects.filter(pk__in=around).order_by("pk").select_for_update()
    list(customers.values_list("pk"))  # before their contact, as whoever edits one
    found = ask_for.whole(lock(erasure.subject))
    words, keys = ask_for.words_of(found), ask_for.keys_of(found)
    keys = list(keys.values_list("pk", flat=True))
    erasure.gone = forget(erasure, found, words)
    SubjectKey.objects.filter(pk__in=keys).delete()
    erasure.key = SubjectKey.objects.create(wrapped=crypto.new_key())
    erasure.words = crypto.seal(erasure.key.wrapped, words)
    erasure.state, erasure.erased_at = State.SEARCHING, database_now()
    erasure.save()
    record(erasure, {"rows": (None, sum(erasure.gone.values()))}, customer=erasure.customer_id)
    return erasure


@service(Action.ERASURE_DECIDE)
def again(*, actor, marks):
    """After a restore: destroy keys that had been destroyed, and forget whoever they belonged to.

    marks: of those keys (kit/erasures.py). Returns how many keys were there again.
    """
    keys = set(erasures.keys_named(marks).values_list("pk", flat=True))
    for model in (Customer, Contact):
        for subject in model.objects.filter(key__in=keys).order_by("pk"):
            if model.objects.filter(pk=subject.pk, erased_at=None).exists():
                repeat(actor, subject)
    SubjectKey.objects.filter(pk__in=keys).delete()
    record(actor, {"keys": (len(keys), 0)})
    return len(keys)


def repeat(actor, subject):
    """Carry out at once what two people had decided before the backup came back; then search."""
    row = ask_for.waiting(subject) or Erasure(**named(subject), ground=Erasure.Ground.ASKED,
                                              asked_on=today(company_zone()), asked_by=actor)  # fmt: skip
    row.state, row.is_replay = State.AGREED, True
    row.save()
    carry_out(actor=actor, erasure=row)
    jobs.start(RUN, total=len(remains.tables()), erasure=row.pk)


def look(job, erasure, table):
    """Search one table; what is found is noted in the job until all are done."""
    words = crypto.unseal(erasure.key.wrapped, erasure.words)
    if words and (count := remains.count(table, words)):
        job.payload = job.payload | {"remains": job.payload.get("remains", {}) | {table: count}}


@service(Action.ERASURE_DECIDE, on="erasure")
def finish(*, actor, erasure, found):
    """The search is over: what was looked for is forgotten as well. found: table → rows."""
    key, erasure.key, erasure.words = erasure.key_id, None, None
    erasure.state, erasure.searched_at, erasure.remains = State.DONE, database_now(), found
    erasure.save()
    SubjectKey.objects.filter(pk=key).delete()
    record(
        erasure, {"remains": (None, sum(erasure.remains.values()))}, customer=erasure.customer_id
    )
    return erasure
