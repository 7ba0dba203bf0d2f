"""End a server of ours that outlived its launcher (no PR_SET_PDEATHSIG on that system)."""

import os
import signal
import subprocess
import time

from devtools.paths import Stop, say


def is_ours(pid: int, mark: str) -> bool:
    """Process ids are used again: only a command line that names our folder is ours."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True
    )
    return mark in shown.stdout


def end(pid: int, mark: str, signals: tuple[int, ...], patience: float = 20) -> None:
    """Ask politely, then less politely; never touch a process that is not ours."""
    for how in signals:
        if not is_ours(pid, mark):
            return
        say(f"Stopping process {pid}, left over from an earlier start …")
        try:
            os.kill(pid, how)
        except PermissionError:
            raise Stop(f"Process {pid} still serves {mark} for another user: stop it.") from None
        except ProcessLookupError:
            return
        if wait_gone(pid, mark, patience):
            return
    raise Stop(f"Process {pid} still serves {mark} and does not stop.")


def wait_gone(pid: int, mark: str, patience: float) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if not is_ours(pid, mark):
            return True
        time.sleep(0.1)
    return False


POLITE = (signal.SIGINT, signal.SIGQUIT)
