"""Children that die with their parent, even when the parent gets `kill -9`.

Linux sends a signal of our choice to a child when the *thread* that forked it ends
(PR_SET_PDEATHSIG), so children are started from the main thread only. The setting is
lost at fork and at a change of user: `Popen` runs preexec_fn after it has changed the
user, and `child.py` sets it again in every grandchild. Elsewhere nothing is set, and the
next start stops the survivors (`survivors.py`).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# Loaded here, once: loading a library between fork and exec can deadlock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, how: int = signal.SIGKILL) -> None:
    """To be called in the child; leaves at once when the parent has already gone."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def before_exec(how: int = signal.SIGKILL):
    """A preexec_fn for Popen."""
    parent = os.getpid()
    return lambda: die_with_parent(parent, how)


def also_grandchildren() -> None:
    """Every process that this one forks from now on dies with it too."""
    parent = 0

    def remember():
        nonlocal parent
        parent = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: die_with_parent(parent))
