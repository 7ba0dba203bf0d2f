"""Tasks are planned, changed, given on and closed here; `task_moves` has them follow the customer.

Whoever has a task must be able to see its customer. The title, the note and the outcome stay out of
the trail, as what is said of a visit does.
"""

import hashlib
from copy import copy
from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, can
from accounts.audit import assign, initial, plain, record, record_many
from accounts.models import Notice, Person
from accounts.service import clean, only, service
from accounts.services.notifications import addressee, notify
from crm.models import Contact, Task
from crm.selectors import tasks as shapes
from crm.services import activities, task_reminders
from kit import bulk, guards
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, first_of, harmless_twice
from kit.state import move
from kit.versions import same_version

WANTED = {"kind", "title", "note", "due_on", "starts_at", "contact"}
TOLD = WANTED | {"person"}
SAID = ("title", "note", "outcome")
FARTHEST = timedelta(days=731)


@guards.guard("tasks.give", gettext_lazy("This person cannot receive tasks now."))
def receiver_cannot_answer(*, person, **rest):
    """Not active, or away at this moment."""
    return person.state != Person.State.ACTIVE or shapes.is_away(person)


@guards.guard("tasks.give", gettext_lazy("The role of this person does no work for customers."))
def receiver_has_another_role(*, person, **rest):
    return not shapes.does_tasks(person)


@guards.guard("tasks.give", gettext_lazy("This person cannot see the customer."))
def receiver_sees_nothing(*, person, customer, **rest):
    return not can(person, Action.CUSTOMER_VIEW, customer)


@harmless_twice
@service(Action.ACTIVITY_LOG, on="customer", people=("person",))
def plan(*, actor, customer, values, person=None, client_uuid=None):
    """Plan a task at `customer`. Returns it.

    values: fields of WANTED; `starts_at` (an instant) makes the day. person: who is to do it, the
    actor if nobody is named. client_uuid: sent twice with one body, it is one task; with another
    body it is refused at `client_uuid`.
    """
    digest = digest_of(actor, customer, person, values)
    first_of(Task, client_uuid, digest, made_by=actor)
    person = receiver(actor, customer, person or actor)
    task = Task(customer=customer, person=person, first_person=person, made_by=actor,
                client_uuid=client_uuid, client_digest=digest)  # fmt: skip
    put(task, values)
    task.save(force_insert=True)
    record(task, initial(task, TOLD), customer=customer, personal=SAID)
    tell(task, actor)
    task_reminders.plan(task)
    return task


def insert(rows, when=None):
    """Write new tasks inside a running verb, also of many customers, whose days may lie in the past.

    rows: unsaved, open or closed. when: the instant each is recorded as claimed for, a function of
    the task; None is now. Nobody is told; open ones have their reminders. Returns them.
    """
    bulk.insert(rows)
    record_many([
        {"subject": row, "customer": row.customer_id, "changes": initial(row, TOLD),
         "personal": SAID, "happened_at": when and when(row)}
        for row in rows
    ])  # fmt: skip
    for row in rows:
        if row.is_open:
            task_reminders.plan(row)
    return rows


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="task")
def change(*, actor, task, values, version):
    """Change fields of an open task. version: as it was seen; another one is a Conflict.

    values: fields of WANTED. Another day brings another reminder and takes the hour away, unless a
    new one is given.
    """
    allow(actor, task)
    same_version(task, version)
    if not task.is_open:
        raise Refused(_("This task is closed. Reopen it first."))
    changes = put(task, values)
    if not changes:
        raise DoneAlready(task)
    save(task, changes)
    task_reminders.plan(task)
    return task


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="customer", people=("person",))
def give(*, actor, customer, task, person):
    """Give an open task of `customer` to somebody who can see the customer and is here."""
    task = locked(task, customer)
    allow(actor, task)
    if person.pk == task.person_id:
        raise DoneAlready(task)
    if not task.is_open:
        raise Refused(_("This task is closed. Reopen it first."))
    save(task, assign(task, {"person": receiver(actor, customer, person)}))
    tell(task, actor)
    return task


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="task")
def finish(*, actor, task, outcome="", activity=None):
    """It has been done. outcome: what came of it. activity: the visit or call by which it was done."""
    allow(actor, task)
    if task.state == Task.State.DONE:
        raise DoneAlready(task)
    return close(actor, task, Task.State.DONE, outcome, activity)


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="task")
def drop(*, actor, task, why):
    """It will not be done. why: must be said."""
    allow(actor, task)
    if task.state == Task.State.DROPPED:
        raise DoneAlready(task)
    if not (why or "").strip():
        raise Refused(_("Say why this will not be done"), field="why")
    return close(actor, task, Task.State.DROPPED, why, at="why")


@harmless_twice
@service(Action.CUSTOMER_VIEW, on="customer")
def reopen(*, actor, customer, task):
    """Open a closed task again, for whoever had it; for the actor where that one cannot do it now."""
    task = locked(task, customer)
    allow(actor, task)
    if task.is_open:
        raise DoneAlready(task)
    changes = {"state": (task.state, Task.State.OPEN)}
    move(task, "state", Task.State.OPEN, Task.MOVES)
    had = task.person
    if not (had.has_access and can(had, Action.CUSTOMER_VIEW, customer)):
        changes |= assign(task, {"person": actor})
    changes |= assign(task, {"done_at": None, "done_by": None, "outcome": "", "activity": None})
    save(task, changes)
    task_reminders.plan(task)
    return task


def log(*, actor, customer, client_uuid, task=None, **said):
    """Log an activity, and close the task that it was planned by. Returns the activity.

    task: its key, or None. The visit counts first: a task that is closed, of another customer or out
    of sight stays as it is. said: as `activities.log` takes it.
    """
    if not task:
        return activities.log(actor=actor, customer=customer, client_uuid=client_uuid, **said)
    with transaction.atomic():
        activity = activities.log(actor=actor, customer=customer, client_uuid=client_uuid, **said)
        rows = shapes.open_at([customer.pk]).visible_to(actor).filter(pk=task)
        found = rows.select_for_update(of=("self",)).first()  # who drops it now waits, or was first
        if found and shapes.may_change(actor, found):
            finish(actor=actor, task=found, activity=activity)
    return activity


# -- rules -----------------------------------------------------------------------------------------


def allow(actor, task):
    """Whose task it is, who planned it, and whoever logs at this customer; nobody else."""
    if not shapes.may_change(actor, task):
        raise NotAllowed()


def receiver(actor, customer, person):
    """Who is to have a task; somebody else than the actor must be here and see the customer."""
    if person.pk != actor.pk:
        try:
            guards.check("tasks.give", actor=actor, person=person, customer=customer)
        except Refused as refused:
            raise Refused(refused.message, field="person", code=refused.code) from None
    return person


def locked(task, customer):
    """A task of the customer, which is locked already, under its own lock."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("person")
    found = rows.filter(pk=task.pk, customer=customer).first()
    if found is None:
        raise Http404
    return found


def put(task, values):
    """Set what is wanted of a task, or refuse it at the field. Returns the changes."""
    values = only(dict(values), WANTED)
    for name in {"title", "note"} & values.keys():
        values[name] = (values[name] or "").strip()
    if "contact" in values:
        values["contact_id"] = contact_of(task, values.pop("contact"))
    wanted = copy(task)
    assign(wanted, values)
    assign(wanted, hour_of(task, wanted, values))
    sound(wanted, task.due_on)
    names = [Task._meta.get_field(name).attname for name in WANTED]
    return assign(task, {name: getattr(wanted, name) for name in names})


def contact_of(task, contact):
    """The key of a contact, who has or had a place at the customer; None for nobody."""
    key = getattr(contact, "pk", contact) or None
    if key in (None, task.contact_id):
        return key
    if not Contact.objects.filter(pk=key, positions__customer=task.customer_id).exists():
        raise Refused(_("Choose a contact of this customer."), field="contact")
    return key


def hour_of(task, wanted, values):
    """Day and hour fit: an hour makes the day, another day without an hour takes the old one away."""
    if values.get("starts_at"):
        if wanted.kind == Task.Kind.TO_DO:
            raise Refused(_("A to-do has a day, no hour."), field="starts_at")
        return {"due_on": local_day(wanted.starts_at)}
    if wanted.kind == Task.Kind.TO_DO or wanted.due_on != task.due_on:
        return {"starts_at": None}
    return {}


def local_day(at):
    """The day of an instant where the company is."""
    try:
        return at.astimezone(company_zone()).date()
    except OverflowError:
        raise Refused(far(), field="starts_at") from None


def sound(task, before):
    """A task that can be meant, or Refused at the first field that is wrong. before: its day until now."""
    if not task.title:
        raise Refused(_("Say what is to be done"), field="title")
    if task.due_on is None:
        raise Refused(_("Enter the day by which it is to be done"), field="due_on")
    now = today(company_zone())
    if task.due_on != before and not now <= task.due_on <= now + FARTHEST:
        raise Refused(far(), field="starts_at" if task.starts_at else "due_on")
    clean(task, {"kind", "title", "due_on", "starts_at"})
    short(task, "note")


def short(task, name, at=""):
    """Refuse a text that is longer than its column is meant for."""
    if len(getattr(task, name)) > Task._meta.get_field(name).max_length:
        raise Refused(_("This text is too long."), field=at or name)


def far():
    """What is said of a day that cannot be meant."""
    return _("The day must be today or later, and within two years.")


def close(actor, task, state, outcome, activity=None, at="outcome"):
    """Close an open task as done or dropped."""
    changes = {"state": (task.state, state)}
    move(task, "state", state, Task.MOVES)
    closed = {"done_at": database_now(), "done_by": actor, "activity": activity}
    changes |= assign(task, closed | {"outcome": (outcome or "").strip()})
    short(task, "outcome", at)
    save(task, changes)
    return task


def save(task, changes):
    """Save a change as the next version, with its entry in the trail."""
    task.version += 1
    task.save()
    told = {name: pair for name, pair in changes.items() if name not in ("done_at", "done_by")}
    record(task, told, customer=task.customer_id, personal=SAID)


def digest_of(actor, customer, person, values):
    """SHA-256 of what is sent, to know a second sending by."""
    said = [(name, str(plain(value))) for name, value in sorted(values.items())]
    text = repr([actor.pk, customer.pk, person and person.pk, said])
    return hashlib.sha256(text.encode()).hexdigest()


# -- telling ---------------------------------------------------------------------------------------


def tell(task, actor):
    """Tell somebody else that a task is theirs now."""
    if task.person_id != actor.pk:
        notify("task.given", to="task.taker", kind=Notice.Kind.ACTION, url=task.get_absolute_url(),
               values={"task": task.pk, "by": actor.pk}, due_on=task.due_on,
               task=task.pk, person=task.person_id)  # fmt: skip


@addressee("task.taker")
def taker_when_sent(about):
    """Who was given the task, if they still have it and it is open."""
    found = Task.objects.open().filter(pk=about["task"], person=about["person"])
    task = found.select_related("person").first()
    return task and task.person
