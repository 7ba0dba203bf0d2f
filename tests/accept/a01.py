"""A01: every address × method × person has a declared expectation, and every one holds."""

import os

from django.db import transaction

from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.matrix import engine
from tests.matrix.world import PERSONAS, World

FEW = ("li", "yu")


def run():
    missing, stale = engine.undeclared(), engine.stale()
    with frame.undone():
        world = World()
        if os.environ.get("HOLDFAST_MATRIX"):
            print(*suggestions(world, missing), sep="\n")
            return False, {"undeclared": len(missing)}
        wrong = engine.differences(world)
        wrong += engine.silent_writes(world, PERSONAS if frame.FULL else FEW)
    cells = len(engine.table()) * len(PERSONAS)
    return not (missing or stale or wrong), {
        "addresses": len(engine.every_address()), "cells": cells, "undeclared": len(missing),
        "wrong": len(wrong), "first": [*missing, *stale, *wrong][:12],
    }  # fmt: skip


def suggestions(world, missing):
    """Rows as things are now, to be reviewed and added to the table."""
    for name, method in missing:
        with transaction.atomic():
            try:
                yield engine.observed(world, name, method)
            except Exception as error:
                yield f"# {name} {method}: {type(error).__name__}: {error}"[:200]
            transaction.set_rollback(True)


MUTANTS = [
    Mutant("a page without a row", lambda: frame.extra_address()),
    patched("everybody reaches every customer", "crm.scopes.CustomerScope.narrow",
            lambda self, queryset, person, action, at: queryset),
]  # fmt: skip
