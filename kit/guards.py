"""Guards of verbs: named reasons why an act may be stopped, in one registry.

A guard is a function `(**arguments of the verb) -> bool` that returns True when it fires. A guard
that rests on something the actor may not see says only that a second approver is needed.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from kit.errors import Refused


@dataclass(frozen=True)
class Guard:
    """One reason to stop: name, test, message, and whether a reason may override it."""

    name: str
    fires: Callable[..., bool]
    message: str
    overridable: bool = False


GUARDS: dict[str, list[Guard]] = defaultdict(list)


def guard(verb, message, *, overridable=False):
    """Register the decorated function as a guard of `verb` (for example "ownership.assign")."""

    def register(function):
        GUARDS[verb].append(Guard(function.__name__, function, message, overridable))
        return function

    return register


def check(verb, *, override=(), **arguments):
    """Raise Refused with the message of the first guard of `verb` that fires."""
    for one in GUARDS[verb]:
        if one.overridable and one.name in override:
            continue
        if one.fires(**arguments):
            raise Refused(one.message, code=one.name)
