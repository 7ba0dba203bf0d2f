"""How the suite is spread over the cores: processes of pytest-xdist, each with its own servers.

Tests stop servers, count transactions and commit, so two processes never share a cluster.
A process finds its own in HOLDFAST_TEST_SERVERS (config/settings/test.py).
"""

import argparse
import json
import os

from devtools import servers
from devtools.paths import ROOT, Stop

MOST = 4  # with more, the servers of the processes are in each other's way
# A choice of tests, or somebody who watches: one process starts sooner and shows more.
FOR_ONE = ("-k", "-m", "-s", "--capture", "--lf", "--last-failed", "--sw", "--stepwise")
FOR_ONE += ("--pdb", "--trace", "--co", "--collect-only", "--fixtures", "--markers", "-h", "--help")
# Whole files stay together, in the order of the collection (tests/conftest.py). A process that
# died is not replaced: another one would have no servers.
SPREAD = ("--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0")
# Few and long ones: each goes to the next process that is free.
SLOW = ["-m", "slow"]
ONE_BY_ONE = ("--dist", "load", "--maxschedchunk", "1", "--max-worker-restart", "0")


def spread(arguments: list[str]) -> tuple[int, list[str]]:
    """How many processes pytest's arguments ask for, and the arguments with pytest-xdist's own.

    `-n` decides (0 and 1: pytest's own process). Without it the suite, its slow part and whole
    folders are spread, while single files and FOR_ONE are not. Servers that were given serve one
    process.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-n", "--numprocesses")
    asked, rest = parser.parse_known_args(arguments)
    count = _wished(asked.numprocesses) if asked.numprocesses else _fitting(rest)
    if count == 1 or len(servers.missing()) < 2:
        return 1, ["-n", "0", *rest]
    return count, ["-n", str(count), *(ONE_BY_ONE if rest == SLOW else SPREAD), *rest]


def environment(each: list[dict[str, str]]) -> dict[str, str]:
    """What pytest is told: the first servers, and all of them for its processes."""
    return each[0] | ({"HOLDFAST_TEST_SERVERS": json.dumps(each)} if len(each) > 1 else {})


def _wished(number: str) -> int:
    if number in ("auto", "logical"):
        return _cores()
    if not number.isdecimal():
        raise Stop("-n takes a number of processes, or auto.")
    return min(max(int(number), 1), MOST)


def _fitting(arguments: list[str]) -> int:
    single = any(each.startswith(FOR_ONE) or _is_file(each) for each in arguments)
    return 1 if single and arguments != SLOW else _cores()


def _is_file(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::")[0]).is_file()


def _cores() -> int:
    here = hasattr(os, "sched_getaffinity")
    return min(len(os.sched_getaffinity(0)) if here else os.cpu_count() or 1, MOST)
