"""B07: a transfer is taken back: holders as before, and everything that the receivers did since is kept."""

from contextlib import contextmanager
from datetime import timedelta
from unittest import mock
from uuid import uuid4

from crm.models import Activity, Assignment, Customer, Task
from crm.services import activities, changeset_undo, customers, tasks
from kit import jobs
from kit.dates import company_zone, today
from tests.accept import frame, moving
from tests.accept.frame import Mutant, patched

CUSTOMERS = frame.size(150, 5_000)
EDITS = frame.size(20, 200)
SIGN = "Road of the receiver"


def run():
    with frame.committed() as cast:
        takers = [cast.chen, cast.wu]
        ids = moving.book(cast, CUSTOMERS)
        before = moving.totals(ids)
        one = moving.agreed(cast, ids, takers)
        jobs.sweep()
        done = worked(cast, takers, ids)
        changeset_undo.undo(actor=cast.sun, change_set=one)
        jobs.sweep()
        one.refresh_from_db()
        now = Assignment.objects.at().filter(customer__in=ids, seat=moving.MANAGER)
        open_ones = Task.objects.open().filter(customer__in=ids)
        figures = {
            "customers": len(ids), "state": one.state,
            "holders as before": now.filter(person=cast.li).count(),
            "edits": done, "edits kept": Customer.objects.filter(address=SIGN, pk__in=ids).count(),
            "visits kept": Activity.objects.filter(note=SIGN).count(),
            "tasks done kept": Task.objects.filter(state="done", outcome=SIGN).count(),
            "new tasks kept": open_ones.filter(title=SIGN).count(),
            "open tasks not with the holder": open_ones.exclude(person=cast.li).count(),
            "kinds that differ": moving.different(before, moving.totals(ids)),
        }  # fmt: skip
    kept = {figures[name] for name in figures if name.endswith("kept")} == {done}
    back = figures["holders as before"] == len(ids) and one.state == "undone"
    # Of each customer that was worked at, one call is done, and one to-do is new, with its reminder.
    differ = {"reminders": done, "tasks: call": -done, "tasks: todo": done}
    expected = {kind: (before[kind], before[kind] + more) for kind, more in differ.items()}
    return (
        back
        and kept
        and not figures["open tasks not with the holder"]
        and figures["kinds that differ"] == expected
    ), figures


def worked(cast, takers, ids):
    """The receivers edit, visit, finish and plan at so many customers. Returns how many."""
    day = today(company_zone()) + timedelta(days=2)
    for place, pk in enumerate(ids[:EDITS]):
        actor, customer = takers[place % len(takers)], Customer.objects.get(pk=pk)
        customers.edit(
            actor=actor, customer=customer, values={"address": SIGN}, version=customer.version
        )
        activities.log(actor=actor, customer=customer, client_uuid=uuid4(), kind="visit", note=SIGN)
        called = Task.objects.open().get(customer=pk, kind="call")
        tasks.finish(actor=actor, task=called, outcome=SIGN)
        tasks.plan(actor=actor, customer=customer, values={"title": SIGN, "due_on": day})
    return min(EDITS, len(ids))


@contextmanager
def snapshot():
    """An undo puts back the customers as they were when they were given away."""
    real = changeset_undo.take_back

    def take_back(*, change_set, rows, **more):
        done = real(change_set=change_set, rows=rows, **more)
        Customer.objects.filter(pk__in=[row.customer_id for row in rows]).update(address="")
        return done

    with mock.patch.object(changeset_undo, "take_back", take_back):
        yield


MUTANTS = [
    Mutant("an undo restores a snapshot", snapshot),
    patched("open work stays where it is", "crm.services.changeset_undo.tasks_back", lambda *rest: None),
]  # fmt: skip
