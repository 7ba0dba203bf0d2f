"""The product's own processes on one machine: web, worker, exactly one beat.

docker-compose.yml starts the same commands; tests/launcher compares the two. A process
that ends is started again after a second, as compose's `restart: unless-stopped` does.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from devtools import dying
from devtools.paths import PYTHON, ROOT, say

WEB = ("gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind")
WORKER = (
    *("celery", "-A", "config", "worker", "--concurrency", "2", "--prefetch-multiplier", "1"),
    *("--without-gossip", "--without-mingle", "--loglevel", "info"),
)
BEAT = ("celery", "-A", "config", "beat", "--loglevel", "info", "--pidfile=", "--schedule")


def commands(address: str, data: Path) -> dict[str, tuple[str, ...]]:
    return {
        "web": (*WEB, address),
        "worker": WORKER,
        "beat": (*BEAT, str(data / "beat-schedule")),
    }


def environment_of(name: str, environment: dict[str, str]) -> dict[str, str]:
    """Only the worker, which seals the trail, may act as the owner of the tables."""
    if name.startswith("worker"):
        return environment
    return {key: value for key, value in environment.items() if key != "OWNER_DATABASE_URL"}


class Processes:
    """Start, watch and stop them. To be used from the main thread only (see dying.py)."""

    def __init__(self, commands: dict[str, tuple], environment: dict[str, str], logs: Path):
        self.commands = commands
        self.environment = environment
        self.logs = logs
        self.running: dict[str, subprocess.Popen] = {}
        self.started_at: dict[str, float] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        for name in self.commands:
            (self.logs / f"{name}.log").unlink(missing_ok=True)
            self.start_one(name)

    def start_one(self, name: str) -> None:
        with open(self.logs / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                [PYTHON, "-m", "devtools.child", *self.commands[name]],
                cwd=ROOT,
                env=environment_of(name, self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group of its own: Ctrl-C is for the launcher
                preexec_fn=dying.before_exec(),
            )
        self.started_at[name] = time.monotonic()

    def watch(self, stopping: Callable[[], bool], changed: Callable[[], None]) -> None:
        """Until we are told to stop, start again what has ended."""
        while not stopping():
            for name, process in list(self.running.items()):
                if process.poll() is not None and time.monotonic() - self.started_at[name] > 1:
                    say(f"{name} has ended ({process.returncode}): starting it again.")
                    self._kill_group(process)
                    self.start_one(name)
                    changed()
            time.sleep(0.2)

    def stop(self, patience: float = 10) -> None:
        """Ask all at once, wait, then kill what is left of each group."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + patience
        for process in self.running.values():
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            self._kill_group(process)
            process.wait()

    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self.running.items()}

    @staticmethod
    def _kill_group(process: subprocess.Popen) -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS answers EPERM for zombies
            pass
