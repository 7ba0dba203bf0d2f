"""E02: batches of seats at once over shared customers: no deadlock, hardly a second try, none lost.

Change sets of three different seats of the same customers are carried out by eight workers at a time:
the reservation of one seat does not keep them apart, only the order of the locks does.
"""

import random
import threading
import time
from collections import Counter
from unittest import mock

from django.db import connection, connections, transaction

from crm.models import Change, ChangeSet, Customer
from crm.seats import Reason, Seat
from crm.services import changeset_run, changesets
from kit import jobs
from kit.errors import Refused
from kit.models import Job
from tests.accept import frame, moving
from tests.accept.frame import Mutant
from tests.crm.changesets_world import held

THREADS = 8
BATCHES = frame.size(48, 200)
CUSTOMERS, SIZE = 24, 16
TAKERS = {Seat.BACKUP: ["chen", "wu", "he"], Seat.SERVICE_LINE: ["gao", "pan"],
          Seat.KEY_ACCOUNT_MEMBER: ["chen", "wu", "he", "qian"]}  # fmt: skip
DEADLOCKS = """
    SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot(), deadlocks
    FROM pg_stat_database WHERE datname = current_database()
"""


def run():
    with frame.committed() as cast:
        with transaction.atomic():
            ids = held(cast, CUSTOMERS)
        before, counts, chance = deadlocks(), Counter(), random.Random(2)
        rounds = BATCHES // THREADS
        for _round in range(rounds):
            made = batches(cast, ids, chance)
            counts["batches"] += len(made)
            together(lambda: worked(counts))
            rows = Change.objects.filter(change_set__in=made).exclude(state="left_out")
            counts["rows"] += rows.count()
            done = rows.filter(state__in=["applied", "failed"])
            counts["carried out"] += done.count()
        time.sleep(1.1)  # statistics of other sessions are written once a second
        unfinished = ChangeSet.objects.exclude(state__in=["applied", "draft"]).count()
        figures = {
            "batches": counts["batches"], "rows": counts["rows"],
            "lost": counts["rows"] - counts["carried out"], "unfinished": unfinished,
            "failed jobs": Job.objects.filter(state="failed").count(),
            "steps": counts["steps"], "tried again": counts["tried again"],
            "deadlocks": deadlocks() - before, "errors": counts["errors"],
        }  # fmt: skip
    bad = [figures[name] for name in ("lost", "unfinished", "failed jobs", "deadlocks", "errors")]
    enough = counts["batches"] >= rounds * len(TAKERS)
    return not any(bad) and enough and counts["tried again"] <= 0.01 * counts["steps"], figures


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute(DEADLOCKS)
        return cursor.fetchone()[-1]


def batches(cast, ids, chance):
    """Sets of random customers, as many as there are workers, which may overlap in every customer."""
    made = []
    for number in range(THREADS):
        seat = list(TAKERS)[number % len(TAKERS)]
        taker = cast[chance.choice(TAKERS[seat])]
        try:
            made.append(batch(cast, chance.sample(ids, SIZE), seat, taker).pk)
        except Refused:
            continue  # the seat is on its way to somebody else, or the person has it
    return made


def batch(cast, ids, seat, taker):
    from crm.selectors.changeset_preview import plan

    one = changesets.draft(actor=cast.zhao, customers=ids, seat=seat, taker=taker,
                           why=Reason.WORKLOAD, former="removed")  # fmt: skip
    stopped = [
        warned.change.customer_id for warned in plan(cast.zhao, one).of("stop") if warned.change
    ]
    if stopped:
        changesets.leave_out(actor=cast.zhao, change_set=one, customers=stopped)
    return changesets.propose(
        actor=cast.zhao, change_set=one, seen=moving.seen(one), because="agreed"
    )


def together(work):
    """The same work in all threads at the same time."""
    gate = threading.Barrier(THREADS)

    def one():
        gate.wait()
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def worked(counts):
    """A worker until nothing is left; steps that had to be tried again are counted."""
    while job := jobs.claim():
        told = Counter()
        state = jobs.run(job, told=lambda now, told=told: note(told, now))
        counts["steps"] += told["steps"]
        counts["tried again"] += told["tried again"]
        counts["errors"] += state not in (Job.State.DONE, None)


def note(told, job):
    """Count a step; one that has done nothing is tried again."""
    told["steps"] += 1
    if told["steps"] > 2 and job.done == told["done"]:
        told["tried again"] += 1
    told["done"] = job.done


def unsorted():
    """Customers are locked as they come."""

    def held_customers(rows):
        ids = [row.customer_id for row in rows]
        random.shuffle(ids)
        for pk in ids:
            list(Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk))
            time.sleep(0.002)

    return mock.patch.object(changeset_run, "held_customers", held_customers)


MUTANTS = [Mutant("unsorted locks", unsorted)]
