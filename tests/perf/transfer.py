"""Thousands of customers with their open work change hands, while others go on logging visits.

The ratio compares with one change of one customer, and with the same visits before the transfer.
"""

import json
import os
import subprocess
import sys

from tests.perf import access
from tests.perf.imports import migrate

NAME = "bench_transfer"
MOST_SECONDS, LONGEST_WAIT = 60, 0.1  # of 5,000 customers; seconds a visit may wait beside it


def run(size, count, rounds, keep):
    """Build the world, move it, take it back, in a process of its own; returns the figures."""
    access.drop(NAME)  # of a run that was broken off
    environment = os.environ | access.database(NAME)
    environment["DJANGO_SETTINGS_MODULE"] = "tests.perf.settings"
    migrate(environment)
    told = subprocess.run(
        [sys.executable, "-m", "tests.perf.transfer_inside", str(count)],
        env=environment, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    if not keep:
        access.drop(NAME)
    figures = json.loads(told.stdout.splitlines()[-1])
    figures["held"] = (
        figures["seconds"] <= MOST_SECONDS * max(count, 1_000) / 5_000
        and figures["longest visit beside it (s)"] <= LONGEST_WAIT + figures["longest visit alone (s)"]
        and figures["access rows written by moving a team"] == 0
    )  # fmt: skip
    for name, value in figures.items():
        print(f"{name:40} {value}", file=sys.stderr)
    return figures
