"""A whole installation of a drill's own: servers, and any number of web, worker and beat processes.

It begins as a copy of a prepared cluster, made once for each state of the migrations. Processes are
started and killed from the main thread only (devtools/dying.py); load comes from threads.
"""

import hashlib
import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from devtools import ports, processes, secrets
from devtools.paths import PYTHON, ROOT, data_folder, say
from devtools.postgres import Postgres
from devtools.valkey import Valkey

SETTINGS = "tests.drill.settings"
PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", database="owner", verbosity=0, interactive=False)
from tests import cast
cast.build()
"""


class Fleet:
    """`with Fleet(webs=2, workers=2, beats=1) as fleet:`; Django of this process looks at it too."""

    def __init__(self, webs=1, workers=1, beats=1, settings=SETTINGS):
        self.folder = Path(tempfile.mkdtemp(prefix="holdfast-drill-"))
        self.folder.chmod(0o755)  # PostgreSQL's own user must walk through
        self.numbers = {"web": webs, "worker": workers, "beat": beats}
        self.settings = settings
        self.kills = []

    def __enter__(self):
        try:
            template = prepared()
            copy_cluster(template, self.folder)
            passwords = secrets.load(self.folder)
            self.postgres = Postgres(self.folder, passwords, may_create_databases=True)
            self.postgres.start()
            self.valkey = Valkey(self.folder, passwords)
            self.valkey.start()
            self.environment = environment(self.folder, passwords, self.postgres, self.valkey, self.settings)  # fmt: skip
            self.watched = processes.Processes(self._commands(), self.environment, self.folder / "log")  # fmt: skip
            self.watched.start()
            os.environ.update(self.environment)
            import django

            django.setup()
            for address in self.addresses:
                self.wait_for(address)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for part in ("watched", "valkey", "postgres"):
            if hasattr(self, part):
                getattr(self, part).stop()
        if os.environ.get("HOLDFAST_KEEP"):
            say(f"Logs are kept in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _commands(self):
        self.addresses = [f"{ports.LOOPBACK}:{ports.free()}" for _ in range(self.numbers["web"])]
        commands = {f"web-{n}": (*processes.WEB, where) for n, where in enumerate(self.addresses)}
        for n in range(self.numbers["worker"]):
            commands[f"worker-{n}"] = (*processes.WORKER, "--hostname", f"w{n}@%h")
        for n in range(self.numbers["beat"]):
            commands[f"beat-{n}"] = (*processes.BEAT, str(self.folder / f"beat-schedule-{n}"))
        return commands

    # -- watching ------------------------------------------------------------------------------

    def work(self, finished, act=lambda: None, every=1.0, seconds=600):
        """Restart what ends, and call `act` every so many seconds, until `finished()`.

        Returns whether that came within `seconds`.
        """
        begun = last = time.monotonic()
        done = [False]

        def stopping():
            nonlocal last
            if time.monotonic() - last >= every:
                last = time.monotonic()
                act()
            done[0] = finished()
            return done[0] or time.monotonic() - begun > seconds

        self.watched.watch(stopping, lambda: None)
        return done[0]

    def kill_one(self, choose: random.Random):
        """kill -9 of a random process: a master of web, worker or beat, or a fork of one."""
        masters = [(name, one.pid) for name, one in self.watched.running.items() if one.poll() is None]  # fmt: skip
        forks = [(f"{name} fork", pid) for name, master in masters for pid in children(master)]
        name, pid = choose.choice(masters + forks)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills.append(name.replace("-0", ""))

    def wait_for(self, address, path="/healthz", seconds=90):
        """Until an address answers; how many seconds that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            with suppress(OSError, http.client.HTTPException):
                if ask(address, path) == 200:
                    return time.monotonic() - begun
            self.work(lambda: True)
            time.sleep(0.1)
        raise SystemExit(f"{address}{path} does not answer.\n{self.logs()}")

    def logs(self, last=1500):
        return "\n".join(path.read_text()[-last:] for path in (self.folder / "log").iterdir())

    # -- servers -------------------------------------------------------------------------------

    def lose_broker(self):
        """Kill Redis and delete whatever it may have written."""
        self.valkey.process.kill()
        self.valkey.process.wait()
        for path in self.folder.glob("*.rdb"):
            path.unlink()

    def kill_database(self):
        """kill -9 of the whole server."""
        server = self.postgres.process
        for pid in [server.pid, *children(server.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.wait()

    def crash_database(self):
        """kill -9 of the whole server, and its start on the same port; seconds until it answers."""
        self.kill_database()
        time.sleep(0.5)
        self.postgres.start()


def ask(address, path, cookies="", timeout=10):
    """The status of one GET."""
    link = http.client.HTTPConnection(address, timeout=timeout)
    try:
        link.request("GET", path, headers={"Cookie": cookies})
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def children(pid):
    """The processes that a process has forked."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


# -- the prepared cluster ------------------------------------------------------------------------


def prepared():
    """The folder of a stopped cluster with all migrations and the cast; made when it is missing."""
    home = data_folder() / "drill-clusters"
    target = home / state()
    if target.exists():
        return target
    home.mkdir(parents=True, exist_ok=True)
    for old in home.iterdir():
        shutil.rmtree(old, ignore_errors=True)
    say("Preparing a cluster for drills (once for each state of the migrations) …")
    new = Path(tempfile.mkdtemp(prefix="holdfast-drill-"))
    new.chmod(0o755)
    passwords = secrets.load(new)
    server = Postgres(new, passwords, may_create_databases=True)
    try:
        server.start()
        known = environment(new, passwords, server, None, "config.settings.test")
        done = subprocess.run([PYTHON, "-c", PREPARE], cwd=ROOT, env=known, capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            raise SystemExit(f"The cluster could not be prepared.\n{done.stderr[-3000:]}")
        server.stop()
        copy_cluster(new, target.with_name("new"))
        target.with_name("new").rename(target)
    finally:
        server.stop()
        shutil.rmtree(new)
    return target


def state():
    """A digest of everything that the prepared cluster depends on."""
    files = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "tests" / "cast.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def copy_cluster(source, target):
    """Copy cluster and secrets; the cluster belongs to whoever owns that of the source."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", source / "postgres", source / "secrets.json", target], check=True)


def environment(folder, passwords, postgres, valkey, settings):
    """What every process of the fleet gets, and nothing of the servers around it."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "HOLDFAST_MUTANT")
    return {name: os.environ[name] for name in names if name in os.environ} | {
        "HOLDFAST_DATA": str(folder), "DJANGO_SETTINGS_MODULE": settings,
        "SECRET_KEY": passwords["secret_key"], "FIELD_KEY": passwords["field_key"],
        "DATABASE_URL": postgres.url("app"), "OWNER_DATABASE_URL": postgres.url("owner"),
        "REDIS_URL": valkey.url() if valkey else "redis://127.0.0.1:1/0",
        "PYTHONUNBUFFERED": "1", "WEB_CONCURRENCY": "2",
    }  # fmt: skip


assert sys.platform == "linux", "drills look into /proc"
