"""With whom at which customer a person of ours has dealt."""

from collections import defaultdict

from crm.models import Activity, Link


def dealt_with(person, customers):
    """{customer: contacts whom a person of ours met, called or knows there}, all as keys."""
    found = defaultdict(set)
    acts = Activity.objects.filter(author=person, customer__in=customers, contacts__isnull=False)
    for customer, contact in acts.order_by().values_list("customer", "contacts").distinct():
        found[customer].add(contact)
    links = Link.objects.filter(person=person, contact__positions__customer__in=customers)
    pairs = links.order_by().values_list("contact__positions__customer", "contact").distinct()
    wanted = set(customers)
    for customer, contact in pairs:
        if customer in wanted:
            found[customer].add(contact)
    return found
