"""The question after a visit is answered, confirmed or put off."""

from datetime import timedelta

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.models import SkippedQuestion
from crm.services import customer_file
from kit.dates import company_zone, today

REST = timedelta(days=14)  # a question that was put off is not asked again before


def answer(*, actor, customer, question, value):
    """Say what the field is: it is written and confirmed as known from a visit. Returns the facts."""
    cell = question.cell
    return customer_file.save(
        actor=actor, customer=customer, part=question.part.id, contact=question.subject.contact,
        values={cell.field.id: {"value": value, "note": cell.note, "version": cell.version}},
    )  # fmt: skip


def confirm(*, actor, customer, question):
    """The value that has grown old is still correct. Returns the facts."""
    return customer_file.confirm(
        actor=actor, customer=customer, part=question.part.id, contact=question.subject.contact,
        field=question.cell.field.id,
    )  # fmt: skip


@service(Action.CUSTOMER_EDIT, on="customer")
def skip(*, actor, customer, field, contact=None):
    """Not now: this person is asked something else for a while. Returns the row."""
    row, _made = SkippedQuestion.objects.update_or_create(
        person=actor, customer=customer, contact=contact, field=field,
        defaults={"until_on": today(company_zone()) + REST},
    )  # fmt: skip
    record(row, {"field": (None, field)}, customer=customer)
    return row
