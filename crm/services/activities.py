"""Activities are logged once, corrected in the open, confirmed by those who came along.

Nobody deletes one. The same client id with the same body is the same activity, however often and
from however many connections it is sent.
"""

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps

from django.db import IntegrityError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import assign, record
from accounts.models import Notice, Person
from accounts.service import only, service
from accounts.services.notifications import notify
from crm.models import Activity, ActivityContact, ActivityVisitor, Contact
from crm.selectors.activities import may_correct
from crm.services import access_index
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused

AHEAD = timedelta(minutes=5)  # a phone's clock may run ahead by this much
LATE = timedelta(hours=24)
FARTHEST = timedelta(days=731)  # of a next step
MOST_PEOPLE = 30
SPOKEN = ("note", "next_step")  # what was said stays out of the trail
CORRECTABLE = {"kind", "happened_at", "note", "contacts", "next_step", "next_step_on"}


@dataclass(frozen=True)
class Said:
    """What somebody says about an activity. `happened_at` None means now, or `ago` before now."""

    kind: str = Activity.Kind.VISIT
    happened_at: datetime | None = None
    note: str = ""
    contacts: tuple = ()
    visitors: tuple = ()
    next_step: str = ""
    next_step_on: date | None = None
    ago: timedelta = timedelta(0)

    @classmethod
    def of(cls, values):
        """Bring values into their one form: keys for objects, UTC, no blanks around text."""
        values = only(dict(values), set(cls.__dataclass_fields__))
        for name in ("contacts", "visitors"):
            if name in values:
                values[name] = keys(values[name], name)
        for name in SPOKEN:
            if name in values:
                values[name] = (values[name] or "").strip()
        if values.get("happened_at"):
            values["happened_at"] = in_utc(values["happened_at"])
        return cls(**values)

    def digest(self, customer_id):
        """SHA-256 of what was sent; when it was sent again does not count."""
        body = asdict(self) | {"customer": customer_id, "ago": None, "kind": str(self.kind)}
        text = json.dumps(body, default=lambda value: value.isoformat(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


class AlreadyDone(Exception):
    """The second sending of what is stored already: carries the activity out of the verb."""

    def __init__(self, activity):
        super().__init__()
        self.activity = activity


class FirstKept(Refused):
    """The client id is taken by another body. `activity` is set for its own author only."""

    code = "first_kept"
    activity = None


def once(verb):
    """The same client id and body of the same author give the first activity, not a second one."""

    @wraps(verb)
    def run(*, actor, customer, client_uuid, **values):
        key = client_key(client_uuid)
        try:
            return verb(actor=actor, customer=customer, client_uuid=key, **values)
        except IntegrityError as error:
            if not is_client_key(error):
                raise
        except (Http404, NotAllowed):
            # Sent again after the customer has moved on: what was stored then still is.
            first = Activity.objects.filter(client_uuid=key).first() if actor.has_access else None
            if first is None or not is_same(first, actor, customer, values):
                raise
            return first
        first = Activity.objects.get(client_uuid=key)
        if is_same(first, actor, customer, values):
            return first
        refusal = FirstKept(
            _("This was already saved as it was first sent; the first text is kept.")
        )
        refusal.activity = first if first.author_id == actor.pk else None
        raise refusal

    return run


def harmless_twice(verb):
    """A verb that was carried out already answers with its result."""

    @wraps(verb)
    def run(**arguments):
        try:
            return verb(**arguments)
        except AlreadyDone as done:
            return done.activity

    return run


@once
@service(Action.ACTIVITY_LOG, on="customer")
def log(*, actor, customer, client_uuid, **values):
    """Log what happened with `customer`. Returns the activity.

    client_uuid: made by the sender, once per activity. values: fields of `Said`; contacts of this
    customer, visitors who are colleagues, as objects or keys. Raises FirstKept when the id came
    with another body before.
    """
    said = Said.of(values)
    now = audit.happened_at.get() or timezone.now()
    at = said.happened_at or now - said.ago
    check(said, at, now)
    contacts = contacts_of(customer.pk, said.contacts)
    visitors = colleagues(actor, said.visitors)
    activity = Activity(
        customer=customer, author=actor, kind=said.kind, happened_at=at, note=said.note,
        next_step=said.next_step, next_step_on=said.next_step_on, is_late=at < now - LATE,
        client_uuid=client_uuid, client_digest=said.digest(customer.pk),
    )  # fmt: skip
    activity.save(force_insert=True)
    name_contacts(activity, contacts, ())
    invite(activity, visitors)
    told = asdict(said) | {"happened_at": at}
    record(activity, {name: (None, value) for name, value in told.items() if value and name != "ago"},
           customer=customer, personal=SPOKEN)  # fmt: skip
    access_index.touch_activity(customer.pk, at)
    return activity


@harmless_twice
@service(Action.ACTIVITY_LOG, on="activity")
def correct(*, actor, activity, values, version):
    """Correct an activity; every version is kept and shown. Only the author may, or who acts.

    values: fields of CORRECTABLE. version: what the corrector saw; another one is a Conflict.
    A correction of when, how or with whom takes a joint visitor's confirmation back.
    """
    if not may_correct(actor, activity):
        raise NotAllowed(_("Only who logged this, or who acts for them, may correct it."))
    said = Said.of(only(values, CORRECTABLE))
    new = {name: getattr(said, name) for name in values if name != "contacts"}
    before = set(
        ActivityContact.objects.filter(activity=activity).values_list("contact", flat=True)
    )
    after = set(said.contacts) if "contacts" in values else before
    if new.get("happened_at", True) is None:
        new.pop("happened_at")
    changes = assign(activity, new)
    if not changes and before == after:
        raise AlreadyDone(activity)
    if version != activity.version:
        raise Conflict(_("Somebody else changed this meanwhile. Choose which to keep."))
    check(said, activity.happened_at, timezone.now(), steps=bool(changes.keys() & {"next_step_on"}))
    if after != before:
        contacts_of(activity.customer_id, tuple(after - before))
        changes["contacts"] = (sorted(before), sorted(after))
    keep_version(activity, changes)
    name_contacts(activity, after - before, before - after)
    record(activity, changes, customer=activity.customer_id, personal=SPOKEN)
    if changes.keys() & {"happened_at", "kind", "contacts"}:
        access_index.settle_activity(activity.customer_id)
    return activity


def keep_version(activity, changes):
    """Save a correction as the next version; what it makes untrue is taken back with it."""
    if changes.keys() & {"next_step", "next_step_on"}:
        changes |= assign(activity, {"next_step_done_at": None})
    if activity.proof == Activity.Proof.JOINT and changes.keys() & {
        "happened_at",
        "kind",
        "contacts",
    }:
        changes |= assign(activity, {"proof": "", "confirmed_at": None})
        for row in activity.visitors.filter(confirmed_at__isnull=False):
            row.confirmed_at = None
            row.save()
            ask(activity, row.person_id)
    activity.version += 1
    activity.save()


@harmless_twice
@service(Action.ACTIVITY_CONFIRM, on="activity")
def confirm(*, actor, activity):
    """A joint visitor says that it was so: the proof that its author did not type."""
    mine = activity.visitors.select_for_update().filter(person=actor).first()
    if mine is None:
        raise NotAllowed(_("Only a colleague who came along may confirm this."))
    if mine.confirmed_at:
        raise AlreadyDone(activity)
    now = database_now()
    changes = assign(mine, {"confirmed_at": now})
    mine.save()
    if not activity.proof:
        changes |= assign(activity, {"proof": Activity.Proof.JOINT, "confirmed_at": now})
        activity.save()
    record(activity, changes, customer=activity.customer_id)
    with_them = ActivityContact.objects.filter(activity=activity).exists()
    # A message is no meeting, and without a named contact nobody was met.
    if with_them and activity.kind != Activity.Kind.MESSAGE:
        access_index.touch_activity(activity.customer_id, activity.happened_at, confirmed=True)
    return activity


@harmless_twice
@service(Action.ACTIVITY_LOG, on="activity")
def finish_next_step(*, actor, activity):
    """What was to follow has been done."""
    if activity.next_step_on is None and not activity.next_step:
        raise Refused(_("There is no next step here."))
    if activity.next_step_done_at:
        raise AlreadyDone(activity)
    changes = assign(activity, {"next_step_done_at": database_now()})
    activity.save()
    record(activity, changes, customer=activity.customer_id)
    return activity


# -- what may be said ----------------------------------------------------------------------------


def check(said, at, now, steps=True):
    """Refuse what cannot be true: a kind that does not exist, another time than this one."""
    if said.kind not in Activity.Kind.values:
        raise Refused(_("Choose one of the kinds."), field="kind")
    if at > now + AHEAD:
        raise Refused(
            _("This lies in the future. Check the clock of your device."), field="happened_at"
        )
    if at.year < 2000 or said.ago < timedelta(0):
        raise Refused(_("This lies too long ago."), field="happened_at")
    for name in SPOKEN:
        if len(getattr(said, name)) > Activity._meta.get_field(name).max_length:
            raise Refused(_("This text is too long."), field=name)
    due = said.next_step_on
    if due and steps and not (now - LATE).date() <= due <= (now + FARTHEST).date():
        raise Refused(
            _("The day must be today or later, and within two years."), field="next_step_on"
        )


def in_utc(at):
    """The instant in UTC, so that its digest does not depend on a zone."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Refused(_("This lies too long ago."), field="happened_at") from None


def keys(things, field):
    """Sorted keys of objects or keys; what is neither is refused."""
    try:
        found = {int(getattr(thing, "pk", thing)) for thing in things or ()}
    except (TypeError, ValueError):
        raise Refused(_("Choose from the list."), field=field) from None
    if len(found) > MOST_PEOPLE or any(not 0 < key < 2**63 for key in found):
        raise Refused(_("Choose from the list."), field=field)
    return tuple(sorted(found))


def contacts_of(customer_id, wanted):
    """The contacts with these keys, all of whom have or had a place at the customer."""
    found = []
    if wanted:
        at_them = Contact.objects.filter(pk__in=wanted, positions__customer=customer_id)
        found = list(at_them.distinct().values_list("pk", flat=True))
    if len(found) != len(wanted):
        raise Refused(_("Choose contacts of this customer."), field="contacts")
    return found


def colleagues(actor, wanted):
    """The people with these keys: ours, still here, not oneself."""
    found = []
    if wanted:
        found = list(Person.objects.visible_to(actor).with_access().filter(pk__in=wanted))
        found = [
            person for person in found if person.pk != actor.pk and person.username != "system"
        ]
    if len(found) != len(wanted):
        raise Refused(_("Choose colleagues who came along."), field="visitors")
    return found


def name_contacts(activity, added, dropped):
    """Bring the named contacts in line; the history of the rows keeps what was."""
    if dropped:
        ActivityContact.objects.filter(activity=activity, contact__in=dropped).delete()
    if added:
        rows = [ActivityContact(activity=activity, contact_id=pk) for pk in sorted(added)]
        ActivityContact.objects.bulk_create(rows)


def invite(activity, people):
    """Note who came along, and ask each of them to confirm."""
    if people:
        ActivityVisitor.objects.bulk_create(
            ActivityVisitor(activity=activity, person=person) for person in people
        )
    for person in people:
        ask(activity, person.pk)


def ask(activity, person_id):
    """Ask a joint visitor to confirm."""
    notify("activity.joint", to=person_id, kind=Notice.Kind.ACTION, url=activity.get_absolute_url(),
           values={"activity": activity.pk, "author": activity.author_id})  # fmt: skip


# -- exactly once --------------------------------------------------------------------------------


def client_key(value):
    """The client id as a UUID; anything else is refused."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        raise Refused(
            _("This form is out of date. Load the page again."), field="client_uuid"
        ) from None


def is_client_key(error):
    """Whether an integrity error says that the client id is taken."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    return name.startswith("crm_activity_client_uuid")


def is_same(first, actor, customer, values):
    """Whether the stored activity is what this person sends again."""
    return first.author_id == actor.pk and first.client_digest == Said.of(values).digest(
        customer.pk
    )
