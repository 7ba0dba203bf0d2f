"""D03: PostgreSQL is killed under twenty writers: no acknowledged visit is lost, pages come back."""

from tests.accept import frame
from tests.accept.drilled import drill, fault


def run():
    return drill("database", frame.size(1, 10))


MUTANTS = [fault("the server confirms before it writes", "relaxed")]
