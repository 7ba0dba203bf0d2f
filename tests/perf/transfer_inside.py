"""What `bench transfer` does inside its database: python -m tests.perf.transfer_inside COUNT."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from statistics import quantiles

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from psycopg2.extras import DateTimeTZRange  # noqa: E402

from accounts import audit  # noqa: E402
from accounts.access import Role  # noqa: E402
from accounts.models import Membership, Person, Unit  # noqa: E402
from accounts.services import org  # noqa: E402
from crm.models import Assignment, Customer, OwnershipRules, Task  # noqa: E402
from crm.seats import Reason, Seat  # noqa: E402
from crm.selectors import changesets as ask  # noqa: E402
from crm.services import (  # noqa: E402
    approvals,
    changeset_undo,
    changesets,
    customers,
    ownership,
    seats,
)
from kit import jobs  # noqa: E402
from kit.dates import today  # noqa: E402
from kit.models import Job  # noqa: E402

START = datetime(2024, 1, 1, tzinfo=UTC)
MANAGER = Seat.ACCOUNT_MANAGER
TAKERS, EDITS = 10, 200


class World:
    """A department with two teams: one rep who holds everything, ten who shall receive it."""

    def __init__(self, count):
        self.system = Person.objects.system()
        with audit.verb("bench.build", self.system):
            root = Unit.objects.create(name="Company", kind="company", function="office")
            self.sales, self.other = (
                Unit.objects.create(name=name, parent=root, kind="department", function="sales")
                for name in ("Sales", "Other sales")
            )
            self.team = Unit.objects.create(
                name="Team", parent=self.sales, kind="team", function="sales"
            )
            self.director = self.person("director", Role.DIRECTOR, root, "head")
            self.head = self.person("head", Role.HEAD_OF_SALES, self.sales, "head")
            self.lead = self.person("lead", Role.TEAM_LEAD, self.team, "head")
            self.giver = self.person("giver", Role.REP, self.team)
            self.takers = [self.person(f"taker{n}", Role.REP, self.team) for n in range(TAKERS)]
            OwnershipRules.objects.update(default_capacity=1_000_000)
        self.ids = self.customers(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def person(self, login, role, unit, post="member"):
        person = Person.objects.create(username=login, name=login.title(), roles=[role])
        Membership.objects.create(
            person=person, unit=unit, post=post, period=DateTimeTZRange(START, None, "[)")
        )
        return person

    def customers(self, count):
        """So many customers of the giver, each with four open tasks."""
        ids = []
        for start in range(0, count, 1_000):
            with audit.verb("bench.build", self.system), transaction.atomic():
                rows = customers.insert([
                    Customer(name=f"Works {n}", tier="ABCC"[n % 4], home_unit=self.team,
                             status="active", origin="referral")
                    for n in range(start, min(start + 1_000, count))
                ])  # fmt: skip
                seats.move(self.system, [seats.Wish(row.pk, MANAGER, self.giver, Reason.FIRST)
                                         for row in rows])  # fmt: skip
                Task.objects.bulk_create(
                    Task(customer=row, title="Call back", due_on=today(), person=self.giver,
                         first_person=self.giver, made_by=self.giver, kind=kind)
                    for row in rows for kind in Task.Kind.values
                )  # fmt: skip
                ids += [row.pk for row in rows]
        return ids


def visits_during(actor, ids, work):
    """(seconds of the work, seconds of each visit that another process logs beside it)."""
    visits = subprocess.Popen(
        [sys.executable, "-m", "tests.perf.visits", str(actor.pk)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    visits.stdin.write(json.dumps(ids) + "\n")
    visits.stdin.flush()
    visits.stdout.readline()
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    return seconds, json.loads(visits.communicate()[0])


def carried_out(world, one):
    """A draft through all its hands to the end; returns the longest step in seconds."""
    changesets.propose(actor=world.lead, change_set=one, seen=ask.fingerprint(one), because="bench")
    one.refresh_from_db()
    approvals.approve(actor=world.head, change_set=one, seen=ask.fingerprint(one))
    for taker in world.takers:
        approvals.accept(actor=taker, change_set=one)
    return swept()


def swept():
    """Run what is due; returns the longest step in seconds."""
    longest, last = 0.0, time.monotonic()

    def told(job):
        nonlocal longest, last
        longest, last = max(longest, time.monotonic() - last), time.monotonic()

    while job := jobs.claim():
        last = time.monotonic()
        if jobs.run(job, told=told) != Job.State.DONE:
            raise SystemExit(f"the job ended as {Job.objects.get(pk=job.pk).error}")
    return longest


class Rows:
    """Statements and written rows of this database while it is open."""

    def __enter__(self):
        self.before = self.now()
        return self

    def __exit__(self, *error):
        self.written = self.now() - self.before

    def now(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
            cursor.execute("SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database"
                           " WHERE datname = current_database()")  # fmt: skip
            return cursor.fetchone()[0]


def main(count):
    world = World(count + 50)
    single, ids = world.ids[count:], world.ids[:count]
    began = time.monotonic()
    for pk in single:
        ownership.assign(actor=world.lead, customer=Customer(pk=pk), seat=MANAGER,
                         person=world.takers[0])  # fmt: skip
    alone = (time.monotonic() - began) / len(single)
    _seconds, before = visits_during(world.lead, ids, lambda: time.sleep(8))
    began = time.monotonic()
    one = changesets.draft(actor=world.lead, customers=ids, seat=MANAGER, taker=world.takers[0],
                           why=Reason.WORKLOAD, former="removed")  # fmt: skip
    for n, taker in enumerate(world.takers[1:], 1):
        changesets.give_to(actor=world.lead, change_set=one, customers=ids[n::TAKERS], taker=taker)
    deciding = time.monotonic() - began
    longest = 0.0

    def work():
        nonlocal longest
        longest = carried_out(world, one)

    with Rows() as rows:
        seconds, beside = visits_during(world.lead, ids, work)
    held = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER)
    tasks = Task.objects.open().filter(customer__in=ids)
    whole = held.filter(person__in=world.takers).count() == count
    whole = whole and tasks.filter(person__in=world.takers).count() == 4 * count
    for pk in ids[:EDITS]:
        customer = Customer.objects.get(pk=pk)
        customers.edit(actor=world.lead, customer=customer, values={"address": f"Road {pk}"},
                       version=customer.version)  # fmt: skip
    began = time.monotonic()
    changeset_undo.undo(actor=world.head, change_set=one)
    undo_longest = swept()
    undoing = time.monotonic() - began
    kept = Customer.objects.filter(pk__in=ids, address__startswith="Road").count()
    print(json.dumps({
        "customers": count,
        "seconds": round(seconds, 1),
        "everything arrived once": whole,
        "times a single change, per customer": round(seconds / count / alone, 2),
        "a single change (ms)": round(alone * 1000, 1),
        "draft (s)": round(deciding, 1),
        "rows written per customer": round(rows.written / count, 1),
        "longest step (s)": round(longest, 3),
        "visits beside it": len(beside),
        "median visit alone, beside it (ms)": [middle(before), middle(beside)],
        "longest visit alone (s)": round(max(before), 3),
        "longest visit beside it (s)": round(max(beside), 3),
        "undo (s)": round(undoing, 1),
        "longest step of the undo (s)": round(undo_longest, 3),
        "holders as before": held.filter(person=world.giver).count() == count,
        "edits kept": kept,
        "access rows written by moving a team": team_moved(world),
    }))  # fmt: skip


def middle(seconds):
    return round(quantiles(seconds, n=2)[0] * 1000, 1)


def team_moved(world):
    """Rows of the access index that change when a team goes to another department."""
    before = access_rows()
    org.move(actor=world.system, unit=world.team, parent=world.other)
    return len(before ^ access_rows())


def access_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text || xmin::text FROM crm_customeraccess")
        return {row[0] for row in cursor.fetchall()}


if __name__ == "__main__":
    main(int(sys.argv[1]))
