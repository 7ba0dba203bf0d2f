"""D09: the server is destroyed: dump, and base backup with WAL to a named second, bring it back."""

from contextlib import contextmanager
from unittest import mock

from tests.accept.drilled import drill
from tests.accept.frame import Mutant


def run():
    ok, figures = drill("restore", 1)
    return ok and promised(figures), figures


def promised(figures):
    """At most a minute lost, by whatever the installation has."""
    return figures.get("archive: lost (s, RPO)", 10**6) <= 60


@contextmanager
def dump_only():
    """Nothing but the last dump of the night: it brings back its own moment."""
    real = run.__globals__["drill"]

    def without(name, points):
        _ok, figures = real(name, points)
        return True, {key: value for key, value in figures.items() if key.startswith("dump")}

    with mock.patch.dict(run.__globals__, {"drill": without}):
        yield


MUTANTS = [Mutant("a dump and nothing else", dump_only)]
