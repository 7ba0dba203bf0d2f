"""docker-compose.yml without Docker: valid, and the same processes as `dev.py run`."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from devtools import binaries, ports, processes
from devtools.paths import PYTHON, Stop
from tests.launcher.conftest import ROOT, wait


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_it_follows_the_compose_specification():
    checked = subprocess.run(
        [
            *(Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema"),
            *("vendor.compose-spec", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_commands_are_the_launchers(services):
    ours = processes.commands("0.0.0.0:8000", Path("/data"))
    assert {name: tuple(services[name]["command"]) for name in ours} == ours
    image = next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if "CMD" in line)
    assert tuple(json.loads(image.removeprefix("CMD "))) == ours["web"]


def test_only_worker_and_one_shot_steps_get_the_owner(services):
    owners = {n for n, s in services.items() if "OWNER_DATABASE_URL" in s.get("environment", {})}
    assert owners == {"roles", "migrate", "worker"}


def test_every_lasting_service_has_a_health_check_and_comes_back(services):
    for name, service in services.items():
        if name not in ("roles", "migrate"):
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_every_variable_is_in_the_example():
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert used == given


@pytest.mark.slow
def test_its_processes_run_on_servers_of_the_machine(services, folder):
    """The file's own commands and environments, with only addresses put in their place."""
    os.environ["HOLDFAST_SERVERS"] = "path"
    try:
        binaries.postgres(), binaries.valkey()
    except Stop as absent:
        pytest.skip(str(absent))
    finally:
        del os.environ["HOLDFAST_SERVERS"]
    exports = folder.exports(HOLDFAST_SERVERS="path")
    composed = Composed(services, folder, exports)
    composed.once("roles")
    composed.once("migrate")
    running = [composed.begin(name) for name in ("web", "worker", "beat")]
    try:
        assert wait(lambda: composed.healthy("web"), 60), composed.log("web")
        assert wait(lambda: composed.healthy("beat"), 90), composed.log("beat")
        assert composed.healthy("worker"), composed.log("worker")
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGTERM)
        for process in running:
            process.wait(60)


class Composed:
    """What Docker Compose would start, with loopback addresses for its host names."""

    def __init__(self, services, folder, exports):
        self.services = services
        self.folder = folder
        self.port = ports.free()
        made = json.loads((folder.path / "secrets.json").read_text())
        self.variables = {
            "POSTGRES_PASSWORD": made["superuser"],
            "OWNER_PASSWORD": made["owner"],
            "APP_PASSWORD": made["app"],
            "REDIS_PASSWORD": made["valkey"],
            "SECRET_KEY": made["secret_key"],
            "FIELD_KEY": made["field_key"],
            "ALLOWED_HOSTS": "crm.example.com",
            "CSRF_TRUSTED_ORIGINS": "https://crm.example.com",
        }
        self.places = {
            "postgres:5432": f"127.0.0.1:{urlsplit(exports['DATABASE_URL']).port}",
            "valkey:6379": f"127.0.0.1:{urlsplit(exports['REDIS_URL']).port}",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "web:8000": f"127.0.0.1:{self.port}",
            "/data": str(folder.path),
        }

    def once(self, name):
        done = subprocess.run(**self._arguments(name), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def begin(self, name):
        with open(self.folder.path / f"{name}.log", "w") as log:
            return subprocess.Popen(
                **self._arguments(name), stdout=log, stderr=log, start_new_session=True
            )

    def healthy(self, name):
        kind, *test = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *test] if kind == "CMD-SHELL" else test
        arguments = self._arguments(name, command)
        return subprocess.run(**arguments, capture_output=True, timeout=60).returncode == 0

    def log(self, name):
        return (self.folder.path / f"{name}.log").read_text()[-3000:]

    def _arguments(self, name, command=None):
        service = self.services[name]
        given = {key: self._value(str(value)) for key, value in service["environment"].items()}
        return {
            "args": [self._value(word) for word in command or service["command"]],
            "env": given
            | {
                "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
                "HOSTNAME": os.uname().nodename,
                "PYTHONUNBUFFERED": "1",
            },
            "cwd": ROOT,
            "stdin": subprocess.DEVNULL,
        }

    def _value(self, text):
        """Interpolate as Compose does, then put the addresses in their place."""

        def variable(match):
            name, default = match[1], match[2]
            return self.variables.get(name, default or "")

        text = re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", variable, text).replace("$$", "$")
        for composed, here in self.places.items():
            text = text.replace(composed, here)
        return text
