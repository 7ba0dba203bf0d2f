"""B06: the worker is killed at random points of a transfer: it is finished, once, without anybody's help."""

from tests.accept import frame
from tests.accept.drilled import drill, fault


def run():
    return drill("transfer", frame.size(3, 50), size=frame.size(300, 5_000))


MUTANTS = [fault("progress is held in the task", "no_takeover")]
