"""The firm a customer belongs to, and those that belong to it: only the ones somebody sees."""

from dataclasses import dataclass, field

from django.db.models import Q

from crm.models import Customer
from crm.selectors import customer_list
from kit import names

MOST = 12  # subsidiaries on the page
SIMILAR = 5  # customers offered where a name was not found


@dataclass
class Family:
    """What is above and below a customer, as far as it is seen."""

    parent: Customer | None = None
    subsidiaries: list = field(default_factory=list)

    @property
    def keys(self):
        """Keys of all of them, for the counter."""
        return [one.pk for one in (self.parent, *self.subsidiaries) if one]


def of_customer(viewer, customer):
    """The Family of a customer, in one statement."""
    near = Q(parent=customer.pk)
    if customer.parent_id:
        near |= Q(pk=customer.parent_id)
    rows = Customer.objects.visible_to(viewer).filter(near).order_by("sort_key")[: MOST + 1]
    rows = list(rows)
    parent = next((one for one in rows if one.pk == customer.parent_id), None)
    return Family(parent, [one for one in rows if one is not parent][:MOST])


def seen_parents(viewer, customers):
    """key → parent of these customers, of those that the viewer sees: one statement, or none."""
    wanted = {one.parent_id for one in customers} - {None}
    return Customer.objects.visible_to(viewer).in_bulk(wanted) if wanted else {}


def called(viewer, text):
    """Customers that the viewer sees with exactly this short or legal name, at most two."""
    same, bare = Q(sort_key=names.sort_key(text)), names.bare(text)[:200]
    if bare:
        same |= Q(legal_key=bare)
    rows = Customer.objects.visible_to(viewer).filter(same)[:50]
    typed = names.fold(text)
    return [one for one in rows if typed in (names.fold(one.name), names.fold(one.legal_name))][:2]


def similar(viewer, text):
    """A few customers that the viewer may have meant."""
    return customer_list.page(viewer, term=text, limit=SIMILAR).rows
