"""A database that is there and does not answer (a frozen machine, a dead line) is a lost one.

The limits of a statement are kept by the server; a client of a server that has stopped waits for
ever, and with it every thread of a web process. So each web process has a thread that asks for a
sign of life, and cuts the connections when there is none: whoever waits then has an error, the
page is an honest 503, and the next request connects anew.
"""

import logging
import os
import select
import socket
import threading
import time
from contextlib import closing, suppress
from weakref import WeakSet

import psycopg2
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg2.extensions import POLL_OK, POLL_READ

log = logging.getLogger(__name__)
EVERY = 5  # seconds between two questions
PATIENCE = 10  # seconds for an answer; a machine under load answers within one
_open = WeakSet()


def watch():
    """Begin to watch the connections of this process."""
    connection_created.connect(lambda connection, **_: _open.add(connection), weak=False)
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch():
    given = connection.get_connection_params()
    dsn = {name: value for name, value in given.items() if isinstance(value, (str, int))}
    while True:
        time.sleep(EVERY)
        try:
            if not answers(dsn):
                log.error("the database does not answer; %s connections are cut", cut())
        except Exception:  # whatever it was, the next question must be asked
            log.exception("the database could not be asked for a sign of life")


def answers(dsn, patience=PATIENCE):
    """Whether the server says anything within `patience` seconds; a refusal is an answer too."""
    end = time.monotonic() + patience
    try:
        with closing(psycopg2.connect(**dsn, async_=1)) as line:
            while (state := line.poll()) != POLL_OK:
                ways = ([line], []) if state == POLL_READ else ([], [line])
                if not any(select.select(*ways, [], max(0, end - time.monotonic()))):
                    return False
    except psycopg2.Error:
        pass
    return True


def cut():
    """End every connection of this process from our side. Returns how many there were."""
    ended = 0
    for one in list(_open):
        with suppress(psycopg2.Error, OSError, AttributeError):  # closed, or not yet open
            with closing(socket.socket(fileno=os.dup(one.connection.fileno()))) as line:
                line.shutdown(socket.SHUT_RDWR)
            ended += 1
    return ended
