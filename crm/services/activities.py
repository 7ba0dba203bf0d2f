"""Activities are logged once, corrected in the open, confirmed by those who came along.

Nobody deletes one. What may be said of one, and that it counts once, is in `said`.
"""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import assign, initial, record, record_many
from accounts.models import Notice, Person
from accounts.service import only, service
from accounts.services.notifications import notify
from crm.models import Activity, ActivityContact, ActivityVisitor, Contact
from crm.selectors.activities import may_correct
from crm.services import access_index
from crm.services.said import LATE, SPOKEN, Said, check, once
from kit import bulk
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.once import DoneAlready, harmless_twice
from kit.versions import same_version

TOLD = {"kind", "happened_at", "note", "next_step", "next_step_on"}
# function(actor, activity), inside the verb: what else follows when one is logged or confirmed.
FOLLOWS: list[Callable] = []
CORRECTABLE = {"kind", "happened_at", "note", "contacts", "next_step", "next_step_on"}


def follows(function):
    """Register the decorated function as one that acts on activities, see FOLLOWS."""
    FOLLOWS.append(function)
    return function


def followed(actor, activity):
    """Let everything follow. Returns the activity."""
    for follow in FOLLOWS:
        follow(actor, activity)
    return activity


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
    insert([(activity, contacts, visitors)])
    for person in visitors:
        ask(activity, person.pk)
    return followed(actor, activity)


def insert(items, when=None):
    """Write new activities inside a running verb, also of many customers. Returns them.

    items: an unsaved activity, the keys of the contacts who took part, and the colleagues who came
    along; nobody is asked to confirm. when: the instant each is recorded as claimed for, a function
    of the activity; None is now.
    """
    activities = bulk.insert([activity for activity, _contacts, _visitors in items])
    bulk.insert([ActivityContact(activity=activity, contact_id=pk)
                 for activity, contacts, _visitors in items for pk in sorted(contacts)])  # fmt: skip
    bulk.insert([ActivityVisitor(activity=activity, person=person, confirmed_at=said_so(activity))
                 for activity, _contacts, visitors in items for person in visitors])  # fmt: skip
    record_many([
        {"subject": activity, "customer": activity.customer_id, "personal": SPOKEN,
         "changes": told(activity) | took_part(contacts, visitors),
         "happened_at": when and when(activity)}
        for activity, contacts, visitors in items
    ])  # fmt: skip
    access_index.touch_activities([
        (activity.customer_id, activity.happened_at, counts_from(activity, contacts))
        for activity, contacts, _visitors in items
    ])  # fmt: skip
    return activities


def said_so(activity):
    """When those who came along confirmed it; None where that is not its proof."""
    return activity.confirmed_at if activity.proof == Activity.Proof.JOINT else None


def told(activity):
    """What the trail tells of a new activity; whose it is, where that is not who writes."""
    author = activity.author_id != audit.running().actor.pk
    return initial(activity, TOLD | ({"author"} if author else set()))


def took_part(contacts, visitors):
    """Who took part, as the trail tells it."""
    told = {"contacts": sorted(contacts), "visitors": sorted(person.pk for person in visitors)}
    return {name: (None, keys) for name, keys in told.items() if keys}


def counts_from(activity, contacts):
    """The instant from which it counts as confirmed; None: no proof, a message, or nobody was met."""
    met = activity.confirmed_at and contacts and activity.kind != Activity.Kind.MESSAGE
    return activity.happened_at if met else None


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
        raise DoneAlready(activity)
    same_version(activity, version)
    check(said, activity.happened_at, timezone.now(), steps=bool(changes.keys() & {"next_step_on"}))
    if after != before:
        contacts_of(activity.customer_id, tuple(after - before))
        changes["contacts"] = (sorted(before), sorted(after))
    keep_version(activity, changes)
    name_contacts(activity, after - before, before - after)
    record(activity, changes, customer=activity.customer_id, personal=SPOKEN)
    if changes.keys() & {"happened_at", "kind", "contacts"}:
        access_index.settle_activities([activity.customer_id])
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
        raise DoneAlready(activity)
    now = database_now()
    changes = assign(mine, {"confirmed_at": now})
    mine.save()
    if not activity.proof:
        changes |= assign(activity, {"proof": Activity.Proof.JOINT, "confirmed_at": now})
        activity.save()
    record(activity, changes, customer=activity.customer_id)
    with_them = ActivityContact.objects.filter(activity=activity).exists()
    if at := counts_from(activity, with_them):
        access_index.touch_activities([(activity.customer_id, at, at)])
    return followed(actor, activity)


@harmless_twice
@service(Action.ACTIVITY_LOG, on="activity")
def finish_next_step(*, actor, activity):
    """What was to follow has been done."""
    if activity.next_step_on is None and not activity.next_step:
        raise Refused(_("There is no next step here."))
    if activity.next_step_done_at:
        raise DoneAlready(activity)
    changes = assign(activity, {"next_step_done_at": database_now()})
    activity.save()
    record(activity, changes, customer=activity.customer_id)
    return activity


# -- who took part --------------------------------------------------------------------------------


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
        bulk.insert([ActivityContact(activity=activity, contact_id=pk) for pk in sorted(added)])


def ask(activity, person_id):
    """Ask a joint visitor to confirm."""
    notify("activity.joint", to=person_id, kind=Notice.Kind.ACTION, url=activity.get_absolute_url(),
           values={"activity": activity.pk, "author": activity.author_id})  # fmt: skip
