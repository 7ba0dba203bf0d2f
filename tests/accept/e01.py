"""E01: many writers at once leave no overlap, no empty period, and one holder of every customer.

The periods are counted: one a customer to begin with, and one for every accepted change.
"""

import random
import threading
from collections import Counter
from contextlib import contextmanager
from unittest import mock

from django.db import connection, connections, transaction

from accounts import audit
from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from crm.services import ownership
from kit.errors import Refused
from tests.accept import frame
from tests.accept.frame import Mutant

CUSTOMERS = 50
NAMES = ["li", "chen", "he", "wu", "qian", "zhao"]
TRANSFERS = frame.size(40, 200)
FAULTS = """
    SELECT
      (SELECT count(*) FROM crm_assignment a JOIN crm_assignment b
         ON a.customer_id = b.customer_id AND a.seat = b.seat AND a.id < b.id AND a.period && b.period
       WHERE a.seat = 'account_manager') AS overlaps,
      (SELECT count(*) FROM crm_assignment WHERE isempty(period)) AS empty,
      (SELECT count(*) FROM (
         SELECT customer_id FROM crm_assignment
         WHERE seat = 'account_manager' AND period @> clock_timestamp()
         GROUP BY customer_id HAVING count(*) = 1) one) AS with_one_holder,
      (SELECT count(*) FROM crm_assignment WHERE seat = 'account_manager'
         AND customer_id = ANY(%s)) AS periods,
      (SELECT count(*) FROM crm_assignment a WHERE seat = 'account_manager'
         AND customer_id = ANY(%s) AND upper(period) IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM crm_assignment b WHERE b.customer_id = a.customer_id
             AND b.seat = a.seat AND lower(b.period) = upper(a.period))) AS gaps
"""


def run(writers=16, transfers=TRANSFERS):
    """(ok, figures) of a race of `writers` threads with `transfers` changes each."""
    with frame.committed() as cast:
        return race(cast, writers, transfers)


def race(cast, writers, transfers):
    """The race itself, in a world whose changes are committed."""
    ids = [c.pk for c in customers(cast)]
    counts, lock = Counter(), threading.Lock()
    threads = [
        threading.Thread(
            target=write, args=(cast, ids, random.Random(seed), transfers, counts, lock)
        )
        for seed in range(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, [ids, ids])
        overlaps, empty, held, periods, gaps = cursor.fetchone()
    figures = {
        "tried": writers * transfers, "accepted": counts["accepted"], "refused": counts["refused"],
        "errors": counts["errors"], "overlaps": overlaps, "empty": empty, "gaps": gaps,
        "customers without exactly one holder": CUSTOMERS + 2 - held,
        "periods": periods, "expected": CUSTOMERS + counts["accepted"],
    }  # fmt: skip
    bad = overlaps or empty or gaps or counts["errors"] or CUSTOMERS + 2 - held
    return not bad and periods == figures["expected"], figures


def customers(cast):
    """Fifty customers, each with a first account manager."""
    found = []
    with transaction.atomic(), audit.verb("tests.build", cast.system):
        for number in range(CUSTOMERS):
            customer = Customer.objects.create(name=f"Race {number}", home_unit=cast.units["east"])
            ownership.put(cast.system, customer, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
            found.append(customer)
    return found


def write(cast, ids, choose, transfers, counts, lock):
    """One writer: random customers to random people."""
    mine = Counter()
    for _ in range(transfers):
        customer = Customer(pk=choose.choice(ids))
        try:
            ownership.assign(
                actor=cast.zhao, customer=customer, seat=Seat.ACCOUNT_MANAGER,
                person=cast[choose.choice(NAMES)], why=Reason.WORKLOAD,
            )  # fmt: skip
            mine["accepted"] += 1
        except Refused:
            mine["refused"] += 1
        except Exception as error:
            mine["errors"] += 1
            mine[f"{type(error).__name__}"] += 1
    connections.close_all()
    with lock:
        counts.update(mine)


DROPPED = ("one_holder_per_seat", "seats_are_different_people")


@contextmanager
def unguarded():
    """Neither the row lock nor the constraints: ordinary read, change, write."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)",
            [list(DROPPED)],
        )
        kept = cursor.fetchall()
        for name, _definition in kept:
            cursor.execute(f"ALTER TABLE crm_assignment DROP CONSTRAINT {name}")
    unlocked = lambda obj, shared=False: obj and type(obj)._base_manager.get(pk=obj.pk)  # noqa: E731
    plain = lambda self, **options: self.all()  # noqa: E731
    try:
        with (
            mock.patch("accounts.service.lock", unlocked),
            mock.patch.object(type(Assignment.objects.all()), "select_for_update", plain),
        ):
            yield
    finally:
        with connections["owner"].cursor() as cursor:
            for name, definition in kept:
                cursor.execute(f"ALTER TABLE crm_assignment ADD CONSTRAINT {name} {definition}")


MUTANTS = [Mutant("neither lock nor constraint", unguarded)]
