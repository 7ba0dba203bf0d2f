"""B04: a whole book changes hands: of every kind as much as before, each with one able person, nothing left behind."""

from unittest import mock

from crm.services import task_moves
from kit import jobs
from tests.accept import frame, moving
from tests.accept.frame import Mutant, patched

CUSTOMERS = frame.size(200, 5_000)


def run():
    with frame.committed() as cast:
        takers = [cast.chen, cast.wu, cast.he, cast.qian]
        ids = moving.book(cast, CUSTOMERS)
        before = moving.totals(ids)
        one = moving.agreed(cast, ids, takers)
        jobs.sweep()
        one.refresh_from_db()
        differ = moving.different(before, moving.totals(ids))
        wrong = moving.faults(cast, ids, takers)
        figures = {
            "customers": len(ids), "open items": sum(before.values()), "state": one.state,
            "kinds that differ": differ, "wrong": wrong,
        }  # fmt: skip
    return one.state == "applied" and not differ and not wrong, figures


def but_visits():
    """Planned visits are forgotten."""
    return mock.patch.object(task_moves, "FOLLOW", task_moves.FOLLOW.replace(
        "AND t.state = 'open'", "AND t.state = 'open' AND t.kind <> 'visit'"))  # fmt: skip


def dropped():
    """Whatever moves is a to-do from then on."""
    return mock.patch.object(task_moves, "FOLLOW", task_moves.FOLLOW.replace(
        "SET person_id = m.taker", "SET person_id = m.taker, kind = 'todo', starts_at = NULL"))  # fmt: skip


MUTANTS = [
    Mutant("one kind is left out", but_visits),
    Mutant("a planned visit arrives as something else", dropped),
    patched("open work stays behind", "crm.services.seats.task_moves.follow", lambda moves: {}),
    patched("seats stay reserved", "crm.services.changeset_run.bulk.update", lambda rows, fields: None),
]  # fmt: skip
