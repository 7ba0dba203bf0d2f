"""D02: Redis is killed and its data deleted: pages answer, nothing is lost, due work is done."""

from tests.accept import frame
from tests.accept.drilled import drill, fault


def run():
    return drill("broker", frame.size(1, 3), seconds=frame.size(6, 30))


MUTANTS = [fault("an effect exists only in the queue", "queue")]
