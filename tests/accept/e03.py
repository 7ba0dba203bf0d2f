"""E03: stories of seats, of random acts in random order: product and plain model agree after every step."""

from contextlib import contextmanager
from unittest import mock

from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.stories.seats_machine import told, walk

STORIES, STEPS = frame.size(20, 500), frame.size(25, 50)


def run():
    with frame.undone():
        told()
        walk(STORIES, STEPS, derandomize=not frame.FULL, database=None)
    return True, {"stories": STORIES, "steps of each": STEPS}


@contextmanager
def unmoved():
    """Whatever has moved, a set begins as it was decided."""
    with mock.patch("crm.selectors.changesets.fingerprint", lambda change_set, work=True: "same"):
        yield


SERVICES = "crm.services"
MUTANTS = [
    Mutant("nothing is asked again when a set begins", unmoved),
    patched("open work stays behind", f"{SERVICES}.seats.task_moves.follow", lambda moves: {}),
    patched("who moves up stays backup too", f"{SERVICES}.seats.is_rival",
            lambda row, seat, person: row.seat == seat),
    patched("an undo leaves open work", f"{SERVICES}.changeset_undo.tasks_back", lambda *rest: None),
    patched("an undo overrides what came later", f"{SERVICES}.changeset_undo.Since.hindrance",
            lambda *rest: ""),
    patched("a reserved seat is free to others", f"{SERVICES}.ownership.refuse_pending",
            lambda *rest: None),
    patched("what a plan has stopped stays stopped", f"{SERVICES}.ownership.stopped_for",
            lambda *rest: []),
    patched("work of an emptied seat is forgotten", f"{SERVICES}.ownership.leave_tasks",
            lambda *rest: None),
    patched("whoever is away answers", "crm.selectors.ownership.able", lambda person, at: bool(person)),
    patched("the index is not told of an end", f"{SERVICES}.ownership.access_index.recompute",
            lambda ids: None),
]  # fmt: skip
