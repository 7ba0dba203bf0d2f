"""Who of ours knows whom of theirs: recorded, and ended when it is over."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, initial, record, record_many
from accounts.models import Person
from accounts.service import lock, service
from crm.models import Link
from crm.services import completeness
from crm.services.channels import through
from crm.services.contacts import in_order
from kit import bulk
from kit.dates import company_zone, today
from kit.errors import Conflict, Refused


@service(Action.CUSTOMER_EDIT, on="customer", people=("person",))
def add(*, actor, customer, contact, person, values):
    """Record that `person` knows `contact`. values: through, since_on, note."""
    contact = through(customer, contact)
    if person.state == Person.State.LEFT:
        raise Refused(_("This person has left"), field="person")
    if values.get("through") not in Link.Through.values:
        raise Refused(_("Choose the way"), field="through")
    since = values.get("since_on")
    in_order(since, None, "since_on")
    if since and since > today(company_zone()):
        raise Refused(_("The first day must be today or earlier"), field="since_on")
    same = Link.objects.filter(contact=contact, person=person, through=values["through"])
    if same.filter(ended_on__isnull=True).exists():
        raise Conflict(_("This link is already recorded."), code="link_once")
    link = Link(
        person=person, contact=contact, through=values["through"], since_on=since,
        note=values.get("note") or "",
    )  # fmt: skip
    link = insert([(customer, link)])[0]
    completeness.count([customer.pk])
    return link


def insert(items, when=None):
    """Write new links inside a running verb. Returns them.

    items: the customer through which, and an unsaved link. when: the instant each is claimed for,
    a function of the link; None is now.
    """
    links = bulk.insert([link for _customer, link in items])
    record_many([
        {"subject": link, "customer": customer, "happened_at": when and when(link),
         "changes": initial(link, {"person", "contact", "through", "since_on", "ended_on"})}
        for customer, link in items
    ])  # fmt: skip
    return links


@service(Action.CUSTOMER_EDIT, on="customer")
def end(*, actor, customer, link, ended_on=None):
    """The link is over; its last day is `ended_on` (default: today). It stays in the history."""
    through(customer, link.contact)
    link = lock(link)
    if link.ended_on is not None:
        raise Conflict(_("This link has ended already."))
    day = today(company_zone())
    ended_on = ended_on or day
    in_order(link.since_on, ended_on, "ended_on")
    if ended_on > day:  # it counts as over from the moment it has a last day
        raise Refused(_("The last day must be today or earlier"), field="ended_on")
    changes = assign(link, {"ended_on": ended_on})
    link.save()
    record(link, changes, customer=customer)
    completeness.count([customer.pk])
    return link
