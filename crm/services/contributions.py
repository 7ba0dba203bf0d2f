"""Who made this customer: what no other record tells is noted by hand, with evidence."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.models import Contribution
from kit.clock import database_now
from kit.dates import plausible, today
from kit.errors import Conflict, Refused

LONGEST = 300  # signs


@service(Action.CUSTOMER_EDIT, on="customer")
def note(*, actor, customer, kind, who, happened_on, evidence):
    """Note what a person or department did for a customer. Returns the row.

    who: a Person or a Unit. Raises Refused at `kind`, `who`, `happened_on` or `evidence`,
    Conflict where the same is noted already.
    """
    evidence = (evidence or "").strip()
    if kind not in Contribution.Kind.values:
        raise Refused(_("Choose one of these."), field="kind")
    if who is None:
        raise Refused(_("Name a person or a department"), field="who")
    if happened_on is None or happened_on > today() or not plausible(happened_on):
        raise Refused(_("Enter a day that is not ahead"), field="happened_on")
    if not evidence or len(evidence) > LONGEST:
        raise Refused(_("Say where this can be seen, in 300 signs at most"), field="evidence")
    named = {"unit": who} if who._meta.model_name == "unit" else {"person": who}
    said = named | {"kind": kind, "happened_on": happened_on, "evidence": evidence}
    if Contribution.objects.filter(customer=customer, taken_back_at=None, **said).exists():
        raise Conflict(_("This is noted already."))
    row = Contribution.objects.create(customer=customer, noted_by=actor, **said)
    record(row, {"kind": (None, kind)}, customer=customer)
    return row


@service(Action.CUSTOMER_EDIT, on="customer")
def take_back(*, actor, customer, contribution):
    """Take back what was noted by hand; it stays in the history. Returns the row."""
    row = Contribution.objects.select_for_update().filter(
        pk=contribution.pk, customer=customer, taken_back_at=None
    ).first()  # fmt: skip
    if row is None:
        raise Conflict(_("Somebody else has done this already."))
    row.taken_back_at = database_now()
    row.save(update_fields=["taken_back_at"])
    record(row, {"taken_back": (None, True)}, customer=customer)
    return row
