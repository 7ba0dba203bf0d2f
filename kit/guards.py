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
    """One reason to stop: name, test, message, and whether a reason may override it.

    message: words, or a function of the same arguments that gives them.
    """

    name: str
    fires: Callable[..., bool]
    message: str | Callable[..., str]
    overridable: bool = False

    def words(self, **arguments):
        """What is said when it fires."""
        return self.message(**arguments) if callable(self.message) else self.message


GUARDS: dict[str, list[Guard]] = defaultdict(list)


def guard(verb, message, *, overridable=False):
    """Register the decorated function as a guard of `verb` (for example "ownership.assign")."""

    def register(function):
        GUARDS[verb].append(Guard(function.__name__, function, message, overridable))
        return function

    return register


def firing(verb, **arguments):
    """The guards of `verb` that fire, those first that no reason overrides."""
    ordered = sorted(GUARDS[verb], key=lambda one: one.overridable)
    return (one for one in ordered if one.fires(**arguments))


def check(verb, *, because="", **arguments):
    """Raise Refused with the message of the first guard of `verb` that fires.

    because: a reason, for which overridable guards give way. Returns the names of those that did.
    """
    passed = []
    for one in firing(verb, **arguments):
        if not (one.overridable and because):
            field = "because" if one.overridable else ""
            raise Refused(one.words(**arguments), field=field, code=one.name)
        passed.append(one.name)
    return passed


def overridable(verb, code):
    """Whether a refusal with this code gives way to a reason."""
    return any(one.name == code and one.overridable for one in GUARDS[verb])
