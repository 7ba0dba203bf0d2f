"""The whole product under `dev.py run`: however it ends, nothing is left and it starts again."""

import json
import os
import signal
import urllib.request

import pytest

from tests.launcher.conftest import wait

pytestmark = pytest.mark.slow


def begin(folder, *options):
    """Start it and answer the launcher, the address and the logins, once it is up."""
    launcher = folder.begin("run", "--port", "0", "--json", *options)
    assert wait(lambda: _last_line(folder) or launcher.poll() is not None, 120)
    assert launcher.poll() is None, folder.output()
    return launcher, json.loads(_last_line(folder))


def _last_line(folder):
    lines = folder.output().splitlines()
    return lines[-1] if lines and lines[-1].startswith("{") else None


def status(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status


def kinds(folder):
    """How many processes of each kind run: masters with the workers they have forked."""
    words = {"web": "gunicorn config.wsgi", "worker": "config worker", "beat": "config beat"}
    shown = folder.processes()
    return {name: sum(words[name] in line for line in shown) for name in words}


ALL = {"web": 3, "worker": 3, "beat": 1}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_and_the_next_start_works(folder, how):
    launcher, told = begin(folder, "--no-demo")
    assert status(told["url"] + "/healthz") == 200
    assert wait(lambda: kinds(folder) == ALL, 20), kinds(folder)
    launcher.send_signal(how)
    launcher.wait(60)
    assert folder.wait_empty() == []
    launcher, told = begin(folder, "--no-demo")
    assert status(told["url"] + "/healthz") == 200
    launcher.terminate()
    assert launcher.wait(60) == 0
    assert folder.processes() == []


def test_a_killed_process_is_started_again_and_a_second_run_is_refused(folder):
    launcher, told = begin(folder, "--no-demo")
    refused = folder.dev("run", "--port", "0", check=False)
    assert refused.returncode == 1
    assert told["url"] in refused.stderr
    exports = folder.exports()
    assert exports["HOLDFAST_URL"] == told["url"]
    assert wait(lambda: kinds(folder) == ALL, 20), kinds(folder)
    for name in ("WEB", "WORKER", "BEAT"):
        os.kill(int(exports[f"HOLDFAST_PID_{name}"]), signal.SIGKILL)
    assert wait(lambda: kinds(folder) == ALL, 30), kinds(folder)
    launcher.terminate()
    launcher.wait(60)
    assert folder.processes() == []


def test_web_cannot_act_as_the_owner(folder):
    launcher, _ = begin(folder, "--no-demo")
    exports = folder.exports()

    def environment(name):
        pid = exports[f"HOLDFAST_PID_{name}"]
        with open(f"/proc/{pid}/environ") as file:
            return file.read()

    assert "OWNER_DATABASE_URL" not in environment("WEB")
    assert "OWNER_DATABASE_URL" not in environment("BEAT")
    assert "OWNER_DATABASE_URL" in environment("WORKER")
    launcher.terminate()
    launcher.wait(60)


def test_the_demo_prints_a_login_for_each_role(folder):
    launcher, told = begin(folder)
    assert {"login", "password"} <= set(next(iter(told["logins"].values())))
    launcher.terminate()
    launcher.wait(60)
