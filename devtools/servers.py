"""The client's side of the private servers: given URLs first, else the keeper's.

`attach` returns the environment that every process of the product gets.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from devtools import binaries, keeper, locks, ports, secrets
from devtools.paths import PYTHON, ROOT, Stop, say

URLS = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL")
_held: list[int] = []  # our client's lock: the servers run while it is held (keeper.py)


def attach(data: Path, *, may_create_databases: bool = False) -> dict[str, str]:
    """Be a client of the folder's servers until this process ends; start what is missing."""
    # Others may walk through (PostgreSQL's user when we are root), but not look around.
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    made = secrets.load(data)
    environment = {
        "HOLDFAST_DATA": str(data),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or made["secret_key"],
        "FIELD_KEY": os.environ.get("FIELD_KEY") or made["field_key"],
    }
    environment |= _given()
    kinds = missing()
    if kinds:
        _held.append(locks.take(data / "clients.lock", shared=True, wait=True))
        environment |= _kept(data, kinds, may_create_databases)["environment"]
    return environment


def missing() -> list[str]:
    """Which servers nobody has given us."""
    needed = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return [kind for kind, url in needed.items() if not os.environ.get(url)]


def _given() -> dict[str, str]:
    given = {name: os.environ[name] for name in URLS if os.environ.get(name)}
    if "DATABASE_URL" in given and "OWNER_DATABASE_URL" not in given:
        say("OWNER_DATABASE_URL is not set: DATABASE_URL's role must own the tables as well.")
        given["OWNER_DATABASE_URL"] = given["DATABASE_URL"]
    if "DATABASE_URL" not in given:
        given.pop("OWNER_DATABASE_URL", None)
    return given


def _kept(data: Path, kinds: list[str], may_create_databases: bool) -> dict:
    state = running(data)
    if state is None:
        state = _start_keeper(data, kinds, may_create_databases)
    if set(kinds) - set(state["pids"]) or state["source"] != (binaries.source() or state["source"]):
        raise Stop("Other servers than the ones asked for run here: python3 dev.py stop")
    if not all(_listening(url) for url in state["environment"].values()):
        state = _revive(data, state)
    return state


def running(data: Path) -> dict | None:
    """What the keeper of this folder says, or None when there is no keeper."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        with contextlib.suppress(locks.Busy):
            os.close(locks.take(data / "servers.lock", shared=True))
            return None
        with contextlib.suppress(OSError, ValueError):
            return json.loads((data / "servers.json").read_text())
        time.sleep(0.1)
    raise _failed(data)


def _failed(data: Path) -> Stop:
    """Why the keeper could not start the servers, in its own last words."""
    with contextlib.suppress(OSError):
        if words := (data / "keeper.log").read_text().strip():
            return Stop(words)
    return Stop(f"The servers do not come up; see the logs in {data}.")


def _start_keeper(data: Path, kinds: list[str], may_create_databases: bool) -> dict:
    say(f"Starting {' and '.join(kinds)} …")
    with open(data / "keeper.log", "wb") as log:
        started = subprocess.Popen(
            [
                *(PYTHON, "-m", "devtools.keeper", data, ",".join(kinds)),
                "yes" if may_create_databases else "no",
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the launcher; the servers stop last
        )
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if started.poll() == keeper.BUSY:
            return running(data) or _start_keeper(data, kinds, may_create_databases)
        if started.poll() is not None:
            raise _failed(data)
        with contextlib.suppress(OSError, ValueError):
            state = json.loads((data / "servers.json").read_text())
            if state["pids"]["keeper"] == started.pid:
                return state
        time.sleep(0.05)
    raise _failed(data)


def _listening(url: str) -> bool:
    return ports.answers(int(url.rpartition(":")[2].split("/")[0]))


def _revive(data: Path, state: dict) -> dict:
    """A server was killed under its keeper: have it started again."""
    say("Starting the server that has ended …")
    os.kill(state["pids"]["keeper"], signal.SIGUSR1)
    until = time.monotonic() + 150
    while time.monotonic() < until:
        time.sleep(0.1)
        now = running(data)
        if now is None or now["starts"] > state["starts"]:
            break
    if now and now["starts"] > state["starts"]:
        return now
    raise _failed(data)


def stay(data: Path) -> None:
    """Let the servers outlive their clients, until `dev.py stop`."""
    (data / "stay").touch()


def detach() -> None:
    """Be no client any more."""
    while _held:
        os.close(_held.pop())


def wait_until_stopped(data: Path) -> None:
    """Return when the keeper has stopped everything, or at once when others still use it."""
    until = time.monotonic() + 45
    while time.monotonic() < until:
        with contextlib.suppress(locks.Busy):
            os.close(locks.take(data / "servers.lock", shared=True))
            return
        if _others_use_it(data):
            return
        time.sleep(0.1)
    sys.exit(f"The servers of {data} are still running.")


def _others_use_it(data: Path) -> bool:
    """Alone we would get the lock exclusively; while the keeper ends, nobody gets it at all."""
    for shared in (False, True):
        with contextlib.suppress(locks.Busy):
            os.close(locks.take(data / "clients.lock", shared=shared))
            return shared
    return False
