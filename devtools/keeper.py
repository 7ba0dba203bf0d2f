"""The process that owns the private servers of one data folder.

Launchers (`run`, `test`, `manage` …) are its clients: each holds a shared lock on
`clients.lock`, which the kernel lets go when it dies, however it dies. When nobody holds
it, the keeper stops the servers and ends. `dev.py env` leaves a file `stay`, which counts
as a client until `dev.py stop`. When the keeper itself is killed, the kernel stops the
servers (`dying.py`).

Servers that die are not restarted on their own: a developer who kills PostgreSQL wants to
see what the product does without it. SIGUSR1 (the next `dev.py env`) brings them back, at
the same address.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from devtools import binaries, locks, secrets
from devtools.paths import Stop, say
from devtools.postgres import Postgres
from devtools.valkey import Valkey

BUSY = 75  # another keeper was faster


def main(data: Path, kinds: list[str], may_create_databases: bool) -> int:
    try:
        with locks.exclusive(data / "servers.lock"):
            return _Keeper(data, kinds, may_create_databases).keep()
    except locks.Busy:
        return BUSY
    except Stop as stop:
        say(str(stop))
        return 1


class _Keeper:
    def __init__(self, data, kinds, may_create_databases):
        self.data = data
        self.state = data / "servers.json"
        self.state.unlink(missing_ok=True)
        (data / "stay").unlink(missing_ok=True)  # from before a crash
        passwords = secrets.load(data)
        self.servers = []
        if "postgres" in kinds:
            self.servers.append(
                Postgres(data, passwords, may_create_databases=may_create_databases)
            )
        if "valkey" in kinds:
            self.servers.append(Valkey(data, passwords))
        self.asked = {"stop": False, "revive": False}
        self.starts = 0

    def keep(self) -> int:
        signal.signal(signal.SIGTERM, lambda *_: self.asked.update(stop=True))
        signal.signal(signal.SIGINT, lambda *_: self.asked.update(stop=True))
        signal.signal(signal.SIGUSR1, lambda *_: self.asked.update(revive=True))
        try:
            self._start_missing()
            while not self.asked["stop"] and self._somebody_left():
                if self.asked["revive"]:
                    self.asked["revive"] = False
                    self._start_missing()
                time.sleep(0.2)
        finally:
            self.state.unlink(missing_ok=True)
            for server in reversed(self.servers):
                server.stop()
        return 0

    def _somebody_left(self) -> bool:
        """When nobody holds it, the lock stays ours until we end: newcomers wait for it."""
        if (self.data / "stay").exists():
            return True
        try:
            locks.take(self.data / "clients.lock", shared=False)
        except locks.Busy:
            return True
        return False

    def _start_missing(self) -> None:
        for server in self.servers:
            if server.process is None or server.process.poll() is not None:
                server.start()
        self.starts += 1
        secrets.write_private(self.state, json.dumps(self._description(), indent=1))

    def _description(self) -> dict:
        environment = {}
        for server in self.servers:
            if isinstance(server, Postgres):
                environment["DATABASE_URL"] = server.url("app")
                environment["OWNER_DATABASE_URL"] = server.url("owner")
            else:
                environment["REDIS_URL"] = server.url()
        return {
            "source": binaries.source(),
            "starts": self.starts,  # tells a client that its SIGUSR1 has been answered
            "environment": environment,
            "pids": {"keeper": os.getpid()} | {s.name: s.process.pid for s in self.servers},
        }


if __name__ == "__main__":
    folder, kinds, createdb = sys.argv[1:]
    sys.exit(main(Path(folder), kinds.split(","), createdb == "yes"))
