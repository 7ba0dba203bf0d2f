"""One activity as a page shows it: its versions, who came along, and who may do what with it."""

from dataclasses import dataclass, field
from datetime import timedelta

from accounts.access import Action, Role, can
from accounts.models import Person
from crm.models import Activity, ActivityContact, Contact
from crm.selectors.ownership import acting_for


def with_people(activities=None):
    """Activities with everybody they name, in a fixed number of queries."""
    activities = Activity.objects.all() if activities is None else activities
    return activities.select_related("customer", "author").prefetch_related(
        "contacts", "visitors__person"
    )


def may_correct(person, activity):
    """The author may correct, and whoever acts for the customer while its manager cannot."""
    return activity.author_id == person.pk or acting_for(activity.customer) == person


def may_confirm(person, activity):
    """Whether this person came along and has not confirmed yet."""
    waiting = any(v.person_id == person.pk and not v.confirmed_at for v in activity.visitors.all())
    return waiting and can(person, Action.ACTIVITY_CONFIRM, activity)


def hears_first(person):
    """Service specialists hear the customer before they read the rep: no remarks for them yet."""
    return person.has_role(Role.SERVICE) and not can(person, Action.ACTIVITY_LOG)


def readable(activity, person):
    """The activity without what this person may not read of it."""
    if hears_first(person):
        activity.note = activity.next_step = ""
    return activity


def received_apart(activity):
    """Whether the page must tell when it was received beside when it happened."""
    return abs(activity.recorded_at - activity.happened_at) > timedelta(minutes=10)


def contact_keys(activity):
    return [contact.pk for contact in activity.contacts.all()]


def to_tick(activity, places):
    """Contacts that a correction offers: those named, then those at the customer now."""
    offered = {contact.pk: contact for contact in activity.contacts.all()}
    return [*offered.values(), *(p.contact for p in places if p.contact_id not in offered)]


def as_typed(activity):
    """An activity as the first values of its correction."""
    return {
        "kind": activity.kind, "happened_at": activity.happened_at.replace(second=0, microsecond=0),
        "note": activity.note, "contacts": contact_keys(activity), "version": activity.version,
        "next_step": activity.next_step, "next_step_on": activity.next_step_on,
    }  # fmt: skip


@dataclass
class Version:
    """One version of an activity: who wrote it when, and what it said."""

    number: int
    at: object
    by: Person | None
    said: object  # the row as history kept it
    contacts: list = field(default_factory=list)


def versions(activity):
    """All versions, the original first. History keeps more rows; a version is its first one."""
    rows = {}
    for row in activity.events.order_by("pgh_id"):
        rows.setdefault(row.version, row)
    rows = list(rows.values())
    people = Person.objects.in_bulk({row.actor_id for row in rows if row.actor_id})
    named = _contacts_then(activity, [row.pgh_created_at for row in rows[1:]])
    return [
        Version(row.version, row.pgh_created_at, people.get(row.actor_id), row, contacts)
        for row, contacts in zip(rows, named, strict=True)
    ]


def _contacts_then(activity, ends):
    """The named contacts of each version: what history says until the next one began."""
    log = ActivityContact.events.rel.related_model.objects.filter(activity=activity.pk)
    log = list(log.order_by("pgh_id").values_list("pgh_created_at", "pgh_label", "contact_id"))
    contacts = Contact.objects.in_bulk({row[2] for row in log})
    present, found = {}, []
    for end in [*ends, None]:
        while log and (end is None or log[0][0] < end):
            _at, label, pk = log.pop(0)
            present.pop(pk, None) if label == "delete" else present.update({pk: contacts[pk]})
        found.append(list(present.values()))
    return found
