"""D01: processes are killed at random while people work: what was acknowledged is there once."""

from tests.accept import frame
from tests.accept.drilled import drill, fault


def run():
    return drill("chaos", frame.size(4, 100))


# Tasks carry hints only, so a lost one loses nothing; a death between commit and effect is D04.
MUTANTS = [fault("a visit that is sent again is a new visit", "no_client_id")]
