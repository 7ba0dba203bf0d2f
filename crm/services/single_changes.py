"""A change that one person decided alone and at once is a change set too, so that it can be undone."""

from accounts.audit import running
from crm.models import Change, ChangeSet


def note(actor, moved):
    """Write down, inside the running verb, a single change that has just been made (seats.Moved)."""
    wish = moved.wish
    change_set = ChangeSet.objects.create(
        origin=ChangeSet.Origin.SINGLE, state=ChangeSet.State.APPLIED, reason=wish.why,
        note=wish.note, because=running().reason[:300], former=ChangeSet.Former.REMOVED, made_by=actor, proposed_at=moved.at,
        finished_at=moved.at, undo_until=moved.at + ChangeSet.UNDO_FOR,
    )  # fmt: skip
    giver = next((row.person_id for row in moved.ended if row.seat == wish.seat), None)
    return Change.objects.create(
        change_set=change_set, customer_id=wish.customer_id, seat=wish.seat, giver_id=giver,
        taker=wish.person, state=Change.State.APPLIED, assignment=moved.assignment,
        ended=[row.pk for row in moved.ended], tasks=moved.tasks,
    )  # fmt: skip
