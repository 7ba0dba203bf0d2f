"""The whole product under `dev.py run`: however it ends, nothing is left and it starts again."""

import os
import signal
import urllib.request

import pytest

from tests.launcher.conftest import begin, wait

pytestmark = pytest.mark.slow


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
def test_nothing_is_left_and_the_next_start_works(copied, how):
    launcher, told = begin(copied, "--no-demo")
    assert status(told["url"] + "/healthz") == 200
    assert wait(lambda: kinds(copied) == ALL, 20), kinds(copied)
    launcher.send_signal(how)
    launcher.wait(60)
    assert copied.wait_empty() == []
    launcher, told = begin(copied, "--no-demo")
    assert status(told["url"] + "/healthz") == 200
    launcher.terminate()
    assert launcher.wait(60) == 0
    assert copied.processes() == []


def test_a_killed_process_is_started_again_and_a_second_run_is_refused(copied):
    launcher, told = begin(copied, "--no-demo")
    refused = copied.dev("run", "--port", "0", check=False)
    assert refused.returncode == 1
    assert told["url"] in refused.stderr
    exports = copied.exports()
    assert exports["HOLDFAST_URL"] == told["url"]
    assert wait(lambda: kinds(copied) == ALL, 20), kinds(copied)
    for name in ("WEB", "WORKER", "BEAT"):
        os.kill(int(exports[f"HOLDFAST_PID_{name}"]), signal.SIGKILL)
    assert wait(lambda: kinds(copied) == ALL, 30), kinds(copied)
    launcher.terminate()
    launcher.wait(60)
    assert copied.processes() == []


def test_web_cannot_act_as_the_owner(product):
    exports = product.exports()

    def environment(name):
        pid = exports[f"HOLDFAST_PID_{name}"]
        with open(f"/proc/{pid}/environ") as file:
            return file.read()

    assert "OWNER_DATABASE_URL" not in environment("WEB")
    assert "OWNER_DATABASE_URL" not in environment("BEAT")
    assert "OWNER_DATABASE_URL" in environment("WORKER")


def test_the_demo_prints_a_login_for_each_role(product):
    assert {"login", "password"} <= set(next(iter(product.told["logins"].values())))
