"""How many processes a run of tests takes, and that each finds servers of its own."""

import json
import os
import subprocess
import sys

import pytest

from devtools import suite
from tests.launcher.conftest import ROOT


@pytest.fixture
def four_cores(monkeypatch):
    """A machine with four cores on which nobody has given servers."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(suite, "_cores", lambda: 4)


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ("", 4),
        ("tests/kit tests/crm -x --durations 5", 4),
        ("-n 2", 2),
        ("-n auto tests/kit/test_names.py", 4),
        ("-n 0", 1),
        ("tests/kit/test_names.py", 1),
        ("tests/kit/test_names.py::test_one tests/kit", 1),
        ("-k visit", 1),
        ("-kvisit", 1),
        ("-m slow", 4),
        ("-m data", 1),
        ("--lf", 1),
        ("--pdb tests/kit", 1),
    ],
)
def test_whole_folders_are_spread_and_a_choice_of_tests_is_not(four_cores, arguments, count):
    asked = arguments.split()
    found, passed = suite.spread(asked)
    assert found == count
    assert passed[:2] == ["-n", "0" if count == 1 else str(count)]
    rest = [each for each in asked if each not in ("-n", "auto", "0", "2")]
    assert passed[-len(rest) :] == rest or not rest


def test_slow_tests_of_one_file_go_to_several_processes(four_cores):
    assert "loadfile" not in suite.spread(["-m", "slow"])[1]


def test_given_servers_serve_one_process(four_cores, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://given")
    assert suite.spread(["-n", "4"])[0] == 1


def test_each_process_works_on_servers_of_its_own():
    code = "from config.settings import test; import os; print(os.environ['REDIS_URL'], 'HOLDFAST_TEST_SERVERS' in os.environ)"
    told = suite.environment([{"REDIS_URL": f"redis://127.0.0.1:{n}/0"} for n in (1, 2)])
    assert json.loads(told["HOLDFAST_TEST_SERVERS"])
    for worker, expected in (
        ("gw1", "redis://127.0.0.1:2/0 False"),
        ("", "redis://127.0.0.1:1/0 True"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | told | {"PYTEST_XDIST_WORKER": worker},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected
