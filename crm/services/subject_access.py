"""A person outside the company is given what is kept of them: an act with its trail."""

from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action, can
from accounts.audit import record
from accounts.service import service
from crm.models import Contact, Position
from crm.selectors import subject_access
from kit.disclosure import Disclosure
from kit.errors import Refused


@service(Action.ERASURE_DECIDE)
def take(*, actor, subject):
    """Take out all that is kept of a contact or a private customer; the reason says how they asked.

    Returns the Parts of crm.selectors.subject_access.
    """
    if not can(actor, None, subject):
        raise Refused(_("Choose whose data it is."))
    if not audit.current.get().reason.strip():
        raise Refused(_("Say how the person asked."), field="reason")
    parts = subject_access.of(subject)
    record(subject, {"rows": (None, sum(len(part.rows) for part in parts))}, customer=known_at(subject)[0])  # fmt: skip
    Disclosure.objects.create(
        person_id=actor.pk, kind=Disclosure.Kind.REVEAL, customer_ids=known_at(subject),
        path=f"{subject._meta.model_name}s/{subject.pk}/data",
    )  # fmt: skip
    return parts


def known_at(subject):
    """Keys of the customers at which a subject is known; of a private customer, its own."""
    if not isinstance(subject, Contact):
        return [subject.pk]
    places = Position.objects.filter(contact=subject).order_by("pk")
    return list(places.values_list("customer", flat=True)) or [None]
