"""File locks that the kernel lets go when their holder dies, even by `kill -9`."""

import contextlib
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: one launcher at a time is up to the developer
    fcntl = None


class Busy(Exception):
    """Somebody else holds the lock."""


@contextlib.contextmanager
def exclusive(path: Path, *, wait: bool = False):
    """Hold the file alone for the block, or raise Busy."""
    lock = take(path, shared=False, wait=wait)
    try:
        yield
    finally:
        os.close(lock)


def take(path: Path, *, shared: bool, wait: bool = False) -> int:
    """Take the lock until the returned descriptor is closed or the process ends.

    The descriptor is not inherited (PEP 446): a child can never prolong the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if fcntl is None:
        return descriptor
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        raise Busy(path) from None
    return descriptor
