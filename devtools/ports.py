"""Ports on loopback: find a free one, wait for a server to answer."""

import socket
import time

LOOPBACK = "127.0.0.1"


def free() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def is_free(port: int) -> bool:
    """Whether a server could listen there now (connections in TIME_WAIT do not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(port: int, process, patience: float) -> bool:
    """True when something listens; False when the process ended or patience ran out."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        if answers(port):
            return True
        time.sleep(0.05)
    return False
