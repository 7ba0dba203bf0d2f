"""The one door to guardian: explicit shares with a right, an end and a reason."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action, Reach, reach
from accounts.audit import record
from accounts.service import service
from crm.access import SHARES
from crm.models import Share
from crm.services import access_index
from kit.clock import database_now
from kit.errors import Conflict, Refused

LONGEST = timedelta(days=366)
# The act each right is for: it helps nobody whose role never does this.
ACTS = {
    "read_customer": Action.CUSTOMER_VIEW,
    "log_customer": Action.ACTIVITY_LOG,
    "edit_customer": Action.CUSTOMER_EDIT,
    "settlement_customer": Action.SETTLEMENT_VIEW,
    "private_customer": Action.PRIVATE_VIEW,
}


@service(Action.SHARE_GRANT, on="customer", people=("person",))
def grant(*, actor, customer, person, right, until, why, starts_at=None):
    """Give `person` the named right on `customer` until an instant, with a reason.

    right: a key of crm.access.SHARES. until: an instant within a year. why: the reason, in words.
    Raises Refused with the field that is wrong, Conflict when the person has this right already.
    """
    if right not in SHARES:
        raise Refused(_("Choose one of the rights."), field="right")
    if not why.strip():
        raise Refused(_("Say why."), field="why")
    refuse_receiver(actor, person, right)
    now = database_now()
    start = starts_at if starts_at and starts_at > now else now
    if until <= start:
        raise Refused(_("The end must lie in the future"), field="until")
    if until > start + LONGEST:
        raise Refused(_("A share lasts a year at most"), field="until")
    permission = Permission.objects.get(content_type__app_label="crm", codename=right)
    share = Share.objects.create(
        content_object=customer, user=person, permission=permission, reason=why[:300],
        period=DateTimeTZRange(start, until, "[)"), granted_by=actor,
    )  # fmt: skip
    record(share, {"person": (None, person.pk), "right": (None, right), "until": (None, until)},
           customer=customer)  # fmt: skip
    access_index.recompute([customer.pk])
    return share


def refuse_receiver(actor, person, right):
    """Who cannot be given a right: oneself, whoever is going, whose role has no use for it."""
    if person.pk == actor.pk:
        raise Refused(_("Nobody shares with themselves. Ask your manager."), field="person")
    if not person.has_access or person.is_on_notice:
        raise Refused(_("This person cannot receive customers now."), field="person")
    if reach(person, ACTS[right]) == Reach.NONE:
        raise Refused(_("The role of this person does not allow this right."), field="person")


@service(Action.SHARE_GRANT, on="customer")
def revoke(*, actor, customer, share):
    """End a share now; one that has not begun disappears. Conflict when it has already ended."""
    row = Share.objects.select_for_update().filter(pk=share.pk, content_object=customer).first()
    now = database_now()
    if row is None or row.period.upper <= now:
        raise Conflict(_("This share has already ended."))
    record(row, {"until": (row.period.upper, now)}, customer=customer)
    if row.period.lower >= now:
        row.delete()
    else:
        row.period = DateTimeTZRange(row.period.lower, now, "[)")
        row.save()
    access_index.recompute([customer.pk])
