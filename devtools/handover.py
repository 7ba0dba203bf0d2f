"""Run a program of the product with the environment of the servers."""

import os
import signal
import subprocess

from devtools import dying
from devtools.paths import BIN, PYTHON, ROOT, Stop


def environment(settings: str, servers: dict[str, str]) -> dict[str, str]:
    """This process's environment, the servers' on top; `.venv`'s tools come first on PATH."""
    return (
        os.environ
        | servers
        | {
            "DJANGO_SETTINGS_MODULE": settings,
            "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
        }
    )


def quietly(environment: dict[str, str], *command: str) -> str:
    """Run a Python command that belongs to the launcher: its output, or Stop."""
    done = subprocess.run(
        [PYTHON, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=dying.before_exec(),
    )
    if done.returncode:
        raise Stop(f"{' '.join(command)} failed.\n{done.stdout}{done.stderr}")
    return done.stdout


def over(environment: dict[str, str], *command: str, cwd: object = ROOT) -> int:
    """Let the command have terminal and signals; answer its exit code. cwd: where it runs.

    Not `exec`: this process holds the lock that keeps the servers alive.
    """
    child = subprocess.Popen(
        [PYTHON, *command], cwd=cwd, env=environment, preexec_fn=dying.before_exec()
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the child as well
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code
