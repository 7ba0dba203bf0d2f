"""What a device sends after its person lost access is kept apart; a supervisor takes it over or not.

The signature shows that the registered device wrote it; when it was written is the device's claim.
So nothing of it reaches a customer before somebody has looked, and what is taken over stays marked.
"""

import json
from datetime import UTC, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record, record_many
from accounts.models import Notice, Person
from accounts.selectors.devices import cut_at
from accounts.service import service
from accounts.services.notifications import addressee, notify
from crm.models import Activity, Contact, LateVisit
from crm.selectors import late_visits as ask
from crm.services import activities
from crm.services.said import Said, check
from kit import bulk, limits, signatures
from kit.clock import database_now
from kit.errors import Conflict, OverBudget, Refused
from kit.locks import hold_off
from kit.once import DoneAlready, harmless_twice
from kit.state import move

OPEN_FOR = timedelta(hours=72)  # after access ended
KEPT_FOR = timedelta(days=30)  # what was written, after somebody has decided
DAY = timedelta(days=1)
PREFIX = "holdfast-visit\n"  # stands before what is signed
MOST, LONGEST, A_DAY = 200, 20_000, 1_000  # items of a request, characters, items of a day
LARGEST = 2**63 - 1
State = LateVisit.State


class Closed(Exception):
    """The time for late visits of this person is over."""


class NotYet(Exception):
    """This person has access: the visits are sent as always."""


def genuine(device, items):
    """{client_uuid: item} of those items that this device signed; others are left out.

    items: dicts of `written`, JSON text as it was signed, and `signature`.
    """
    key, found = signatures.public_key(device.public_key), {}
    for item in items[:MOST]:
        number = number_of(item["written"])
        if number and signatures.holds(key, (PREFIX + item["written"]).encode(), item["signature"]):
            found.setdefault(number, item)
    return found


def number_of(written):
    """The client_uuid of a text, or None: what has none cannot be acknowledged.

    None as well where it holds a sign that no text can hold (half of a surrogate pair).
    """
    if len(written) > LONGEST or "\x00" in written:
        return None
    try:
        said = json.loads(written)
        (written + json.dumps(said, ensure_ascii=False)).encode()
        return UUID(said["client_uuid"]) if isinstance(said, dict) else None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None


def receive(device, found):
    """Keep what a device sent late (see `genuine`). Returns the client_uuids that are kept.

    Raises NotYet while its person has access, Closed after 72 h (the supervisor is told once a
    day), OverBudget.
    """
    system = Person.objects.system()
    ended = cut_at(device.person)
    if ended is None:
        raise NotYet
    if database_now() > ended + OPEN_FOR:
        refuse(actor=system, on_behalf_of=device.person, device=device, count=len(found))
        raise Closed
    limits.spend(f"late-visits:{device.pk}", limit=A_DAY, window=DAY, amount=max(1, len(found)))
    return keep(actor=system, on_behalf_of=device.person, person=device.person, device=device,
                found=found, ended=ended)  # fmt: skip


@service(Action.ACTIVITY_LOG, people=("person",))
def keep(*, actor, person, device, found, ended):
    """Write late visits into the quarantine, each once. Returns the client_uuids that are kept."""
    hold_off(f"late visits of {person.pk}")  # a phone that sends twice at once
    known = LateVisit.objects.filter(person=person, client_uuid__in=list(found))
    known = set(known.values_list("client_uuid", flat=True))
    seats = ask.seats_of(person)
    made = bulk.insert([LateVisit(**row_of(person, device, number, item, ended, seats))
                        for number, item in found.items() if number not in known])  # fmt: skip
    record_many([
        {"subject": row, "changes": {"client_uuid": (None, str(row.client_uuid)),
                                     "person": (None, person.pk)}} for row in made
    ] or [{"subject": device, "changes": {}}])  # fmt: skip
    if made:
        tell("late_visits.waiting", person, len(made))
    return sorted(map(str, found))


def row_of(person, device, number, item, ended, seats):
    """The columns of a late visit; what cannot be read of it stays empty."""
    said = json.loads(item["written"])
    customer = said.get("customer")
    whole = isinstance(customer, int) and not isinstance(customer, bool) and 0 < customer <= LARGEST
    claimed = instant(said.get("happened_at"))
    then = {ended, min(claimed, ended) if claimed else ended}
    return {
        "person": person, "device": device, "client_uuid": number, "cut_at": ended,
        "written": item["written"], "signature": item["signature"][:100], "happened_at": claimed,
        "customer_id": customer if whole and ask.looked_after(seats, customer, then) else None,
    }  # fmt: skip


def instant(text):
    """An instant with its zone, or None."""
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found and found.tzinfo and found.year > 1900 else None
    except (ValueError, OverflowError):
        return None


@service(Action.ACTIVITY_LOG)
def refuse(*, actor, device, count):
    """Something came after the time was over: nothing is kept, and the supervisor is told once a day."""
    record(device, {"refused": (None, count)})
    try:
        limits.spend(f"late-visits-refused:{device.pk}", limit=1, window=DAY)
    except OverBudget:
        return
    tell("late_visits.refused", device.person, count)


def tell(code, person, count):
    """Tell whoever decides about late visits of a person."""
    kind = Notice.Kind.ACTION if code == "late_visits.waiting" else Notice.Kind.KNOW
    notify(code, to="late_visits.supervisor", kind=kind, url=reverse("crm:late-visits"),
           values={"person": person.pk, "count": count}, person=person.pk)  # fmt: skip


@addressee("late_visits.supervisor")
def supervisor_when_sent(about):
    """Who decides at the moment of sending."""
    return ask.decides(Person.objects.get(pk=about["person"]))


# -- the supervisor --------------------------------------------------------------------------------
@harmless_twice
@service(Action.SEAT_ASSIGN, on="late_visit")
def accept(*, actor, late_visit):
    """Take a late visit over as an activity of its author, marked as late. Returns the LateVisit.

    Refused where it is of no customer of theirs, or claims to be of after their access ended.
    """
    waiting(late_visit, State.ACCEPTED)
    if late_visit.customer is None:
        raise Refused(_("This is of no customer that its author looked after. It can be rejected."))
    if late_visit.claims_too_late:
        raise Refused(_("This claims to be of after the end of access. It can be rejected."))
    first = Activity.objects.filter(client_uuid=late_visit.client_uuid).first()
    if first is not None and first.author_id != late_visit.person_id:
        raise Conflict(_("Another activity has this number. It can be rejected."))
    late_visit.activity = first or as_activity(late_visit)
    return decided(actor, late_visit, State.ACCEPTED)


@harmless_twice
@service(Action.SEAT_ASSIGN, on="late_visit")
def reject(*, actor, late_visit, why):
    """Leave a late visit out, with a reason; it stays where it is. Returns it."""
    waiting(late_visit, State.REJECTED)
    why = (why or "").strip()
    if not why or len(why) > 300:
        raise Refused(_("Say why this is rejected."), field="why")
    late_visit.why = why
    return decided(actor, late_visit, State.REJECTED)


def waiting(late_visit, wanted):
    """Refuse what has been decided otherwise; the same again is done already."""
    if late_visit.state == wanted:
        raise DoneAlready(late_visit)
    if late_visit.state != State.WAITING:
        raise Conflict(_("This has been decided already."))


def decided(actor, late_visit, state):
    """Write a decision. The reason stays out of the trail."""
    before = late_visit.state
    move(late_visit, "state", state, LateVisit.MOVES)
    late_visit.decided_by, late_visit.decided_at = actor, database_now()
    late_visit.save()
    changes = {"state": (before, state)} | ({"why": (None, "")} if late_visit.why else {})
    record(late_visit, changes, customer=late_visit.customer_id, personal=("why",))
    return late_visit


def old():
    """Late visits that were decided long ago and still hold what was written."""
    return LateVisit.objects.filter(decided_at__lt=database_now() - KEPT_FOR).exclude(written="")


@service(Action.SEAT_ASSIGN)
def forget(*, actor):
    """Empty what was written in late visits that were decided long ago. Returns how many.

    What was taken over is an activity; that it came, and what became of it, stays.
    """
    rows = list(old().order_by("pk").select_for_update(skip_locked=True)[:MOST])
    for row in rows:
        row.written = row.signature = ""
    bulk.update(rows, ["written", "signature"])
    record(actor, {"late_visits": (len(rows), 0)})
    return len(rows)


def as_activity(late_visit):
    """The activity of a late visit: what was written, at the time that the device claims."""
    said, customer = what_was_said(late_visit.said), late_visit.customer
    now = database_now()
    try:
        check(said, late_visit.happened_at, now, steps=False)
    except Refused as refused:
        raise Refused(refused.message) from None
    contacts = Contact.objects.filter(pk__in=said.contacts, positions__customer=customer)
    activity = Activity(
        customer=customer, author=late_visit.person, kind=said.kind, note=said.note,
        happened_at=late_visit.happened_at, next_step=said.next_step, is_late=True,
        next_step_on=said.next_step_on, client_uuid=late_visit.client_uuid,
        client_digest=said.digest(customer.pk),
    )  # fmt: skip
    keys = set(contacts.values_list("pk", flat=True))
    return activities.insert([(activity, keys, [])], lambda one: one.happened_at)[0]


def what_was_said(given):
    """A Said of what a device wrote; what is of another shape is left out."""
    texts = {name: given[name] for name in ("kind", "note", "next_step")
             if isinstance(given.get(name), str)}  # fmt: skip
    contacts = given.get("contacts")
    keys = [one for one in contacts if type(one) is int and 0 < one <= LARGEST] if isinstance(
        contacts, list) else []  # fmt: skip
    return Said.of(texts | {"contacts": keys, "next_step_on": day(given.get("next_step_on"))})


def day(text):
    try:
        return parse_date(text) if isinstance(text, str) else None
    except ValueError:
        return None
