"""The one question that is asked after a visit: the fact a successor would miss most.

Of the required fields that the visitor may change, the one of which most is lost: the weight of the
part × the field's share of it × what its age takes away. Persons met at the visit come first.
"""

from dataclasses import dataclass

from accounts.access import Action, can
from crm.models import Customer, SkippedQuestion
from crm.selectors import customer_file
from kit.dates import company_zone, today

INLINE = {"choice", "text", "number", "percent", "date"}  # asked with one control


@dataclass
class Question:
    """A field of somebody or of the customer, and the cell as it stands."""

    customer: Customer
    part: object
    subject: object
    cell: object

    @property
    def is_confirmation(self):
        """Whether a value is there and has only grown old."""
        return self.cell.is_filled

    @property
    def is_inline(self):
        """Whether it can be answered on the spot, with one control."""
        return self.cell.field.kind in INLINE and not self.cell.field.is_kept_elsewhere


def after_visit(viewer, activity):
    """The Question after an activity, or None: nothing is missing, or nothing is theirs to say."""
    customer = activity.customer
    if not may_answer(viewer, customer):
        return None
    met = set(activity.contacts.values_list("pk", flat=True))
    skipped = set(
        SkippedQuestion.objects.visible_to(viewer)
        .filter(person=viewer, customer=customer, until_on__gt=today(company_zone()))
        .values_list("contact", "field")
    )
    found = [
        (loss(part, subject, cell, met), Question(customer, part.part, subject, cell))
        for part in customer_file.of_customer(viewer, customer).parts
        for subject in part.subjects
        for cell in subject.wanting
        if askable(cell) and (key_of(subject), cell.field.id) not in skipped
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def may_answer(viewer, customer):
    """Whether there is a file of the customer, and it is this person's to change."""
    kept = customer.kind == Customer.Kind.ORGANISATION
    return kept and can(viewer, Action.CUSTOMER_EDIT, customer)


def key_of(subject):
    """The key of the contact a subject is about, or None."""
    return subject.place and subject.place.contact_id


def askable(cell):
    """What nobody can answer is no question: a computed value, a missing one kept elsewhere."""
    if cell.is_computed:
        return False
    return cell.is_filled or (not cell.field.is_kept_elsewhere and cell.field.kind in INLINE)


def loss(part, subject, cell, met):
    """Points of the whole file that are lost by this cell; twice for a person who was met."""
    weights = sum(one.field.weight for one in subject.cells if one.required) or 1
    lost = part.part.weight * cell.field.weight / weights * (1 - cell.credit)
    return lost / max(len(part.subjects), 1) * (2 if key_of(subject) in met else 1)


def asked(viewer, activity, part, field, contact):
    """The Question of these words (part, field, key of a contact or None), or None."""
    if not may_answer(viewer, activity.customer):
        return None
    shown = customer_file.of_customer(viewer, activity.customer).part(part)
    for subject in shown.subjects if shown else ():
        for cell in subject.cells:
            if key_of(subject) == contact and cell.field.id == field:
                return Question(activity.customer, shown.part, subject, cell)
    return None
