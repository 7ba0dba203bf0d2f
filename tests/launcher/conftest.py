"""A data folder of its own for each launcher test, and a way to see what still runs in it."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEY")


class Folder:
    """`dev.py` in a folder of its own."""

    def __init__(self, path: Path):
        self.path = path
        # Without what the surrounding `dev.py test` has set.
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in OURS and not name.startswith(("HOLDFAST_", "DJANGO_", "PYTEST_"))
        } | {"HOLDFAST_DATA": str(path), "WEB_CONCURRENCY": "2"}

    def dev(self, *arguments, check=True, **environment) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "dev.py", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=150,
        )

    def begin(self, *arguments, **environment) -> subprocess.Popen:
        """Start `dev.py` and do not wait for it; its output lies in `output` of the folder."""
        with open(self.path / "output", "w") as output:
            return subprocess.Popen(
                [sys.executable, "dev.py", *arguments],
                cwd=ROOT,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def output(self) -> str:
        return (self.path / "output").read_text()

    def exports(self, **environment) -> dict[str, str]:
        """What `dev.py env` prints, started servers included."""
        lines = self.dev("env", **environment).stdout.splitlines()
        pairs = (line.removeprefix("export ").split("=", 1) for line in lines)
        return {name: value.strip("'") for name, value in pairs}

    def processes(self) -> list[str]:
        """Command lines of everything that has to do with this folder."""
        return [" ".join(found) for found in map(self._about, _pids()) if found]

    def _about(self, pid: int) -> list[str]:
        try:
            process = Path(f"/proc/{pid}")
            command = (process / "cmdline").read_text().split("\0")
            place = os.readlink(process / "cwd")
            environment = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:  # gone, a zombie, or not for our eyes
            return []
        mark = str(self.path)
        return command if mark in f"{command} {place} {environment}" else []

    def wait_empty(self, patience: float = 15) -> list[str]:
        """What is still there when patience has run out: an empty list is the hope."""
        wait(lambda: not self.processes(), patience)
        return self.processes()


def _pids() -> list[int]:
    return [
        int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()
    ]


def wait(condition, patience: float = 60):
    """The condition's first true answer, or its last false one."""
    until = time.monotonic() + patience
    while not (answer := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return answer


@contextlib.contextmanager
def _temporary():
    """Outside pytest's private folders, where PostgreSQL's user could not walk to it."""
    path = Path(tempfile.mkdtemp(prefix="holdfast-test-"))
    path.chmod(0o755)
    folder = Folder(path)
    try:
        yield folder
    finally:
        folder.dev("stop", check=False)
        folder.wait_empty()
        shutil.rmtree(path, ignore_errors=True)


def begin(folder, *options):
    """Start the product and answer the launcher, the address and the logins, once it is up."""
    launcher = folder.begin("run", "--port", "0", "--json", *options)
    assert wait(lambda: _last_line(folder) or launcher.poll() is not None, 300)
    assert launcher.poll() is None, folder.output()
    return launcher, json.loads(_last_line(folder))


def _last_line(folder):
    lines = folder.output().splitlines()
    return lines[-1] if lines and lines[-1].startswith("{") else None


@pytest.fixture(scope="session")
def prepared():
    """A folder whose database is made and whose servers rest, to be copied: making one takes time."""
    with _temporary() as folder:
        launcher, _ = begin(folder, "--no-demo")
        launcher.terminate()
        launcher.wait(60)
        assert folder.wait_empty() == []
        yield folder


@pytest.fixture
def copied(prepared):
    """A folder of its own that has been prepared already."""
    with _temporary() as folder:
        subprocess.run(["cp", "-a", f"{prepared.path}/.", folder.path], check=True)
        folder.path.joinpath("output").unlink()
        yield folder


@pytest.fixture(scope="session")
def product():
    """The product with its demo, running, for tests that leave it running."""
    with _temporary() as folder:
        folder.launcher, folder.told = begin(folder)
        yield folder
        folder.launcher.terminate()
        folder.launcher.wait(60)


@pytest.fixture
def folder():
    with _temporary() as folder:
        yield folder


@pytest.fixture(scope="session")
def standing():
    """A folder whose servers run, for tests that only look (a new cluster costs seconds)."""
    with _temporary() as folder:
        folder.exported = folder.exports()
        yield folder
