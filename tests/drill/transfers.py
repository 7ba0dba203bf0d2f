"""The worker is killed again and again while thousands of customers change hands; Redis is emptied once.

Whatever it was doing, the next worker goes on: in the end every customer and every open item is with
exactly one receiver, nothing is lost or there twice, and an undo, killed as well, brings all of it back.
"""

import os
import random
import signal
import time
from contextlib import suppress

from tests.drill.fleet import Fleet

SIZE = 5_000
PATIENCE = 60  # seconds without any progress before the drill gives up


def run(options):
    """--points kills over --size customers, and one kill of the undo."""
    size = options.size or SIZE
    with Fleet(webs=0) as fleet:
        from tests.accept import moving
        from tests.cast import Cast

        cast = Cast()
        takers = [cast.chen, cast.wu, cast.he]
        ids = moving.book(cast, size)
        before = moving.totals(ids)
        there = Drill(fleet, random.Random(options.seed), size)
        change_set = moving.agreed(cast, ids, takers)
        done = there.killed(change_set, options.points, lose_broker=True)
        after, wrong = moving.totals(ids), moving.faults(cast, ids, takers)
        figures = {
            "customers": size, "open items": sum(before.values()), "kills": there.kills,
            "broker lost": there.broker_lost, "done": done,
            "longest wait after a kill (s)": round(max(there.waits, default=0), 1),
            "done after the last restart (s)": round(there.last, 1),
            "kinds that differ": moving.different(before, after),
            "wrong": wrong,
        }  # fmt: skip
        figures |= undone(there, cast, ids, before, change_set) if done else {}
    kept = done and not wrong and before == after and figures.get("undone")
    in_time = max(there.last, *there.waits, 0) <= PATIENCE
    return kept and in_time, figures


def undone(there, cast, ids, before, change_set):
    """The set is taken back, under a kill too: everything is with the first holder again."""
    from crm.models import Assignment, Task
    from crm.services import changeset_undo
    from tests.accept import moving

    back = changeset_undo.undo(actor=cast.sun, change_set=change_set)
    done = there.killed(back, 1)
    mine = Assignment.objects.at().filter(customer__in=ids, person=cast.li, seat=moving.MANAGER)
    tasks = Task.objects.open().filter(customer__in=ids, person=cast.li)
    whole = mine.count() == len(ids) and tasks.count() == 4 * len(ids)
    return {"undone": done and whole and moving.totals(ids) == before}


class Drill:
    """Kills at points spread over the rows of a change set."""

    def __init__(self, fleet, chance, size):
        self.fleet, self.chance, self.size = fleet, chance, size
        self.kills, self.broker_lost, self.waits, self.last = 0, 0, [], 0.0
        self.killed_at = 0.0

    def killed(self, change_set, points, lose_broker=False):
        """Whether the set came to its end under so many kills."""
        marks = sorted(self.chance.uniform(0, self.size) for _point in range(points))
        self.killed_at, middle = 0.0, len(marks) // 2
        for number, mark in enumerate(marks):
            if not self.reach(change_set, mark):
                return False
            if lose_broker and number == middle:
                self.fleet.lose_broker()
                self.fleet.valkey.start()
                self.broker_lost += 1
            if not self.over(change_set):
                self.kill(change_set)
        done = self.reach(change_set, self.size + 1)
        if self.killed_at:
            restarted = self.fleet.watched.started_at["worker-0"]
            self.last = max(self.last, time.monotonic() - max(restarted, self.killed_at))
        return done

    def kill(self, change_set):
        """kill -9 of the whole worker, or of the fork that carries the job."""
        time.sleep(self.chance.uniform(0, 0.15))
        change_set.job.refresh_from_db()
        owner = change_set.job.lease_owner.rpartition(":")[2]
        master = self.fleet.watched.running["worker-0"].pid
        with suppress(ProcessLookupError):
            if owner and self.chance.random() < 0.3:
                os.kill(int(owner), signal.SIGKILL)
            else:
                os.killpg(master, signal.SIGKILL)
        self.kills += 1
        self.killed_at = time.monotonic()
        self.reach(change_set, self.progress(change_set) + 1)
        self.waits.append(time.monotonic() - self.killed_at)

    def reach(self, change_set, mark):
        """Restart what ends until so many rows are carried out, or all; False without progress."""
        seen = {"most": -1, "at": time.monotonic()}

        def stopping():
            now = self.progress(change_set)
            if now > seen["most"]:
                seen.update(most=now, at=time.monotonic())
            stalled = time.monotonic() - seen["at"] > PATIENCE
            return now >= mark or self.over(change_set) or stalled

        self.fleet.work(stopping, seconds=3_600)
        return self.over(change_set) or seen["most"] >= mark

    def progress(self, change_set):
        return change_set.changes.exclude(state="waiting").count()

    def over(self, change_set):
        change_set.refresh_from_db()
        return change_set.finished_at is not None
