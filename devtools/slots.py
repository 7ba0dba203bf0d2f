"""Servers of their own for a run of tests, so that two runs never meet.

A slot is the first free folder `test-1`, `test-2` … of the data folder; its cluster is kept
for the next run, its servers end with this one.
"""

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from devtools import locks, servers
from devtools.paths import Stop, data_folder


@contextlib.contextmanager
def taken(kind: str, count: int = 1):
    """Take slots, start their servers side by side; gives what each server is reached by.

    kind: `test`, `bench` or `drill`. Gives a list of `count` environments.
    Raises Stop when servers do not start or too many runs are under way.
    """
    held = []
    try:
        for _ in range(count):
            held.append(_free(kind))
        with ThreadPoolExecutor(count) as pool:
            yield list(pool.map(_attach, [folder for folder, _ in held]))
    finally:
        servers.detach()
        for folder, lock in held:
            servers.wait_until_stopped(folder)
            os.close(lock)


def _attach(folder: Path) -> dict[str, str]:
    return servers.attach(folder, may_create_databases=True)


def _free(kind: str) -> tuple[Path, int]:
    for number in range(1, 20):
        folder = data_folder() / f"{kind}-{number}"
        with contextlib.suppress(locks.Busy):
            return folder, locks.take(folder / "slot.lock", shared=False)
    raise Stop(f"Nineteen runs of {kind} at once are enough.")
