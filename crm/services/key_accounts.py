"""What the members of a key-account team are there for."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record
from accounts.service import service
from crm.models import Assignment
from crm.seats import Duty, Seat
from kit.errors import Conflict, Refused
from kit.registry import not_over


@service(Action.SEAT_ASSIGN, on="customer")
def set_duty(*, actor, customer, member, duty):
    """Say what a member of the key-account team is there for; "" takes it back.

    member: the assignment, also one that begins later. Raises Conflict when that person is no longer in the team.
    """
    if duty not in ("", *Duty.values):
        raise Refused(_("Choose one of the duties."), field="duty")
    rows = Assignment.objects.filter(not_over("period"), customer=customer, pk=member.pk)
    row = rows.select_for_update().filter(seat=Seat.KEY_ACCOUNT_MEMBER).first()
    if row is None:
        raise Conflict(_("This person is no longer in the key-account team."))
    changes = assign(row, {"duty": duty})
    row.save()
    record(row, changes, customer=customer)
    return row
