"""Seats that were held before this system knew of them: from files, and in the demo."""

from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action
from accounts.service import service
from crm.models import Assignment
from crm.seats import Reason
from crm.services import seats
from kit.clock import database_now
from kit.errors import Refused


@service(Action.SEAT_ASSIGN, on="customer", people=("person",))
def record_seat(*, actor, customer, seat, person, start, end=None, why=Reason.IMPORT):
    """Record that `person` held `seat` from `start` to `end` (None = still holds it).

    The period must have begun. What overlaps another holder is refused as a conflict by the rules of
    seats; the trail says when it happened and when it was recorded.
    """
    if start >= database_now() or (end is not None and end <= start):
        raise Refused(_("The period must begin before it ends, and have begun."), field="start")
    row = Assignment(
        customer=customer, person=person, seat=seat, period=DateTimeTZRange(start, end, "[)"),
        reason=why, made_by=actor,
    )  # fmt: skip
    return seats.insert([row], when=lambda row: row.period.lower)[0]


@service(Action.SEAT_ASSIGN)
def record_all(*, actor, assignments):
    """Record whole histories of seats of many customers. Returns the assignments.

    assignments: unsaved, all of them begun. What overlaps is refused as a conflict, with the rest.
    """
    return seats.insert(assignments, when=lambda row: row.period.lower)
