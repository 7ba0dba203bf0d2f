"""Acceptance tests whose world is a whole installation run a drill in a process of its own."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

from django.conf import settings

from tests.accept.frame import Mutant

_mutant = ""


def drill(name, points, seed=1, **options):
    """(ok, figures) of `dev.py drill NAME --points N`."""
    command = [sys.executable, "-m", "tests.drill", name, "--json"]
    options = {"points": points, "seed": seed, "mutant": _mutant} | options
    command += [f"--{key}={value}" for key, value in options.items()]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, timeout=1500
    )
    lines = done.stdout.splitlines()
    if not lines:  # a drill that cannot begin says nothing about a mutant
        return bool(_mutant), {"failed": done.stderr[-600:]}
    told = json.loads(lines[-1])
    return told["ok"], told["figure"]


def fault(title, name):
    """A mutant that the drill puts into every process of its fleet (tests/drill/mutants.py)."""

    @contextmanager
    def applied():
        global _mutant
        _mutant = name
        try:
            yield
        finally:
            _mutant = ""

    return Mutant(title, applied)
