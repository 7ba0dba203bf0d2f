"""A private PostgreSQL on loopback: make the cluster, start it, stop it.

Only `initdb` and `postgres` are called. fsync stays on: what the demo shows about lost
work must be true. Drills may use this class for a server of their own.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from devtools import binaries, dying, ports, roles, survivors
from devtools.paths import Stop, say
from devtools.secrets import write_private

CTYPE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_ROLES = {"superuser": "postgres", "owner": "holdfast_owner", "app": "holdfast_app"}


class Postgres:
    """One cluster in `data/postgres`, run by an ordinary user even when we are root."""

    name = "postgres"

    def __init__(self, data: Path, passwords: dict[str, str], *, may_create_databases=False):
        self.data = data
        self.passwords = passwords
        self.may_create_databases = may_create_databases
        self.programs = binaries.postgres()
        self.cluster = _reachable(data) / "postgres"
        self.port = 0
        self.process = None

    def start(self) -> None:
        """Start on a free port (the same one again after a crash) and prepare the roles."""
        if not (self.cluster / "PG_VERSION").exists():
            self._make()
        self._refuse_other_owner()
        self._refuse_other_version()
        self._end_survivor()
        self._launch()
        roles.prepare(
            self.url("superuser", "postgres"),
            self.url("owner"),
            self.url("app"),
            may_create_databases=self.may_create_databases,
        )

    def url(self, role: str, database: str = "holdfast") -> str:
        """The address for one of the three roles; the superuser's leaves this process never."""
        password = self.passwords[role]
        return f"postgres://{_ROLES[role]}:{password}@{ports.LOOPBACK}:{self.port}/{database}"

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed stays."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)

    def _make(self) -> None:
        """`initdb` into a folder beside, moved into place only when it is complete."""
        new = self.cluster.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700, parents=True)
        password = self.cluster.with_name("postgres.password")
        write_private(password, self.passwords["superuser"])
        for path in (new, password):
            if _user():
                os.chown(path, binaries.NOBODY, binaries.NOBODY)
        command = [self.programs / "initdb", "--pgdata", new, "--username=postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
        if binaries.major(self.programs) >= 17:
            # LC_CTYPE=C would leave pg_trgm blind for Chinese letters.
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            command += [f"--lc-ctype={CTYPE}", "--lc-collate=C"]
        else:
            command += [f"--locale={CTYPE}"]
        made = subprocess.run(
            command, cwd="/", env=_environment(), capture_output=True, text=True, **_user()
        )
        password.unlink()
        if made.returncode:
            raise Stop(f"initdb failed.\n{made.stdout}{made.stderr}")
        new.rename(self.cluster)

    def _launch(self) -> None:
        for _ in range(3):  # somebody else may take the free port in between
            self.port = self.port if self.port and ports.is_free(self.port) else ports.free()
            with open(self.data / "postgres.log", "ab") as log:
                self.process = subprocess.Popen(
                    [
                        self.programs / "postgres",
                        *("-D", self.cluster, "-p", str(self.port)),
                        *("-c", f"listen_addresses={ports.LOOPBACK}"),
                        *("-c", "unix_socket_directories="),
                        *("-c", "log_line_prefix=%m [%p] %u@%d "),
                    ],
                    cwd="/",
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dying.before_exec(signal.SIGINT),
                    **_user(),
                )
            if ports.wait_for(self.port, self.process, patience=60):
                return
            time.sleep(0.5)
        raise Stop(f"PostgreSQL does not start; see {self.data / 'postgres.log'}.")

    def _end_survivor(self) -> None:
        note = self.cluster / "postmaster.pid"
        if note.exists():
            pid = int(note.read_text().split("\n", 1)[0] or 0)
            mark = str(self.cluster)
            if pid and survivors.is_ours(pid, mark):
                survivors.end(pid, mark, survivors.POLITE)
            else:
                note.unlink(missing_ok=True)  # its number may belong to a stranger by now

    def _refuse_other_owner(self) -> None:
        runs_as = binaries.NOBODY if _user() else os.geteuid()
        if self.cluster.stat().st_uid != runs_as:
            raise Stop(
                f"{self.cluster} was made by another user. Start as that user again,\n"
                "or choose another folder with HOLDFAST_DATA."
            )

    def _refuse_other_version(self) -> None:
        made = int((self.cluster / "PG_VERSION").read_text())
        here = binaries.major(self.programs)
        if made != here:
            raise Stop(_OTHER_VERSION.format(cluster=self.cluster, made=made, here=here))


_OTHER_VERSION = """\
{cluster} was made by PostgreSQL {made}, but the server found here is {here}.
Nothing was touched. To move the data, with the programs of version {made} on PATH:

  pg_ctl -D {cluster} -o "-p 5999 -c listen_addresses=127.0.0.1" -w start
  pg_dump -h 127.0.0.1 -p 5999 -U postgres -Fc holdfast > holdfast.dump
  pg_ctl -D {cluster} stop
  mv {cluster} {cluster}-{made}
  eval "$(python3 dev.py env)"
  pg_restore --no-owner --dbname "$OWNER_DATABASE_URL" holdfast.dump
  python3 dev.py stop

The password of `postgres` is "superuser" in secrets.json of the data folder."""


def _user() -> dict:
    """Popen's arguments that make the server run as nobody when we are root."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0):
        return {}
    return {"user": binaries.NOBODY, "group": binaries.NOBODY, "extra_groups": []}


def _environment() -> dict:
    """Nothing of ours: a server has no use for the keys of the application."""
    return {"PATH": os.environ.get("PATH", ""), "LANG": CTYPE, "TZ": "UTC"}


def _reachable(data: Path) -> Path:
    """The data folder, or one under /var/tmp when nobody could not walk there from root's."""
    data.mkdir(parents=True, exist_ok=True)
    if not _user() or all(part.stat().st_mode & 0o001 for part in (data, *data.parents)):
        return data
    instead = Path("/var/tmp") / ("holdfast-data" + str(data).replace("/", "-"))
    instead.mkdir(mode=0o711, exist_ok=True)
    if instead.stat().st_uid != 0:
        raise Stop(f"{instead} does not belong to root; remove it and start again.")
    say(f"Only root can enter {data}: the databases are kept in {instead}.")
    return instead
