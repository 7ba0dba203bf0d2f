"""F01: whatever is sent to the API, as anybody: no fault of the server, nothing that is not described."""

import math

from tests.accept import frame
from tests.accept.frame import patched
from tests.api.generated import Known, application, every_answer
from tests.matrix.engine import every_address
from tests.matrix.world import PERSONAS, World

CASES = frame.size(300, 20_000)
# Everybody a token can be of; nobody, frozen and left are answered 401 by each alike.
PEOPLE = [name for name in PERSONAS if name not in ("anon", "bai", "ren")]
SOME = ("li", "hu")


def run():
    people = PEOPLE if frame.FULL else SOME
    with frame.undone(), application() as app:
        world = World()
        operations = sum(len(a.methods) for a in every_address() if a.is_api)
        # good and bad ones, and about a third of what is asked for does not come about
        examples = math.ceil(CASES / len(people) / operations / 1.4)
        everybody = [Known(world, world[name]) for name in people]
        answered, wrong = every_answer(app, everybody, examples)
    undocumented = [status for status in answered if status >= 500 and status != 503]
    return not (wrong or undocumented) and answered.total() >= CASES, {
        "cases": answered.total(), "people": len(people), "operations": operations,
        "statuses": dict(sorted(answered.items())), "wrong": len(wrong), "first": wrong[:9],
    }  # fmt: skip


def untyped(self, raw):
    """A field of keys that lets everything through."""
    return raw


MUTANTS = [
    patched("an unhandled type", "kit.api.shapes.KeyField.to_internal_value", untyped),
]
