"""B05: a book changes hands fast, and whoever logs visits beside it hardly notices.

What decides are ratios and counts within one run: statements and rows per customer, the time of one
customer beside that of a single change, visits beside it and before it. `dev.py bench transfer` has
the seconds.
"""

import threading
import time
from statistics import quantiles
from unittest import mock
from uuid import uuid4

from django.db import connection

from crm.models import Customer
from crm.services import activities, ownership, seats
from kit import jobs
from tests.accept import frame, moving
from tests.accept.frame import patched

CUSTOMERS = frame.size(150, 5_000)
SINGLES = 15
COUNTED = 100  # customers of the set whose statements are counted, in steps of PART
PART = 50
STATEMENTS = 3  # per customer, of that set; a single change takes many times as many
SHARE = 0.6  # of the time of a single change
SECONDS = 60  # of 5,000
WAIT = 0.1  # seconds a visit may be slower than twice what it is alone


def run():
    with frame.committed() as cast:
        every = moving.book(cast, CUSTOMERS + SINGLES + COUNTED)
        single = alone(cast, every[:SINGLES])
        counted = Counted()
        part = every[SINGLES : SINGLES + COUNTED]
        share = counted.swept(cast, part) / COUNTED / single
        ids = every[SINGLES + COUNTED :]
        one = moving.agreed(cast, ids, [cast.chen, cast.wu])
        before = visits(cast, ids, lambda: time.sleep(3))
        began = time.monotonic()
        beside = visits(cast, ids, jobs.sweep)
        seconds = time.monotonic() - began
        one.refresh_from_db()
    per = counted.statements / COUNTED
    figures = {
        "customers": len(ids), "seconds": round(seconds, 1), "state": one.state,
        "statements per customer": round(per, 1), "of the time of a single change": round(share, 2),
        "visits": len(beside), "p95 alone (s)": round(p95(before), 3),
        "p95 beside (s)": round(p95(beside), 3),
    }  # fmt: skip
    fast = seconds <= SECONDS or not frame.FULL
    good = one.state == "applied" and per <= STATEMENTS and share <= SHARE and fast
    return good and p95(beside) <= 2 * p95(before) + WAIT, figures


def alone(cast, ids):
    """Seconds of one change of one customer by the single verb."""
    began = time.monotonic()
    for pk in ids:
        ownership.assign(
            actor=cast.zhao, customer=Customer(pk=pk), seat=moving.MANAGER, person=cast.wu
        )
    return (time.monotonic() - began) / len(ids)


def p95(seconds):
    return quantiles(seconds, n=20)[-1]


def visits(cast, ids, work):
    """Seconds of each visit that somebody logs while work goes on."""
    seconds, over = [], threading.Event()

    def log():
        turn = 0
        while not over.is_set() or len(seconds) < 3:
            customer = Customer(pk=ids[turn * 7919 % len(ids)])
            began = time.monotonic()
            activities.log(actor=cast.zhao, customer=customer, client_uuid=uuid4(), kind="visit",
                           note="Seen")  # fmt: skip
            seconds.append(time.monotonic() - began)
            turn += 1
            time.sleep(0.05)
        connection.close()

    thread = threading.Thread(target=log)
    thread.start()
    try:
        work()
    finally:
        over.set()
        thread.join()
    return seconds


class Counted:
    """Statements of the worker."""

    statements = 0

    def swept(self, cast, ids):
        """Seconds in which a set is carried out in steps of PART rows, with its statements counted."""

        def count(execute, sql, parameters, many, context):
            self.statements += 1
            return execute(sql, parameters, many, context)

        moving.agreed(cast, ids, [cast.chen, cast.wu])
        run = "crm.services.changeset_run"
        with (
            mock.patch(f"{run}.CHUNK", PART),
            mock.patch(f"{run}.paced", lambda rows, seconds: PART),
            connection.execute_wrapper(count),
        ):
            began = time.monotonic()
            jobs.sweep()
            return time.monotonic() - began


def one_after_the_other(actor, wishes, **more):
    """Each seat is changed on its own."""
    return [moved for wish in wishes for moved in MOVE(actor, [wish], **more)]


MOVE = seats.move
MUTANTS = [patched("row by row", "crm.services.changeset_run.seats.move", one_after_the_other)]
