"""A09: what runs in the background runs as the asker, and rights that were lost since stop it."""

import random
import tempfile
from pathlib import Path

from accounts.access import Action, can
from accounts.models import Person
from crm.imports.staging import stage
from crm.models import Customer
from kit import jobs
from kit.errors import NotAllowed
from kit.models import Job
from tests.accept import frame
from tests.accept.frame import patched
from tests.cast import PEOPLE, Cast

ROUNDS = frame.size(12, 60)
ROWS = "id,name\n" + "".join(f"{number},Mill {number}\n" for number in range(1, 6))
# How somebody loses the right between asking and running.
LOSSES = {
    "on notice": {"state": "on_notice"},
    "frozen": {"state": "frozen"},
    "left": {"state": "left"},
    "another role": {"roles": ["rep"]},
    "a new epoch": {"auth_epoch": 99},
}


def run():
    wrong, stopped = [], 0
    chance = random.Random(9)
    with frame.undone(), tempfile.TemporaryDirectory() as folder:
        cast = Cast()
        path = Path(folder) / "customers.csv"
        path.write_text(ROWS)
        wrong += same_as_by_hand(cast, path)
        for number in range(ROUNDS):
            loss = list(LOSSES)[number % len(LOSSES)]
            carried = chance.randint(0, 1)  # jobs that still ran before
            found = lost(cast, path, loss, carried, f"old{number}")
            wrong += [f"{loss} after {carried} jobs: {one}" for one in found]
            stopped += not found
        control = lost(cast, path, None, 0, "control")
    return not wrong and control == ["5 customers", "done"], {
        "askers": len(PEOPLE), "rounds": ROUNDS, "stopped": stopped, "control": control,
        "wrong": len(wrong), "first": wrong[:5],
    }  # fmt: skip


def same_as_by_hand(cast, path):
    """Asked for by anybody, an import is let in exactly where the table of powers lets it in."""
    wrong = []
    for name in PEOPLE:
        person = cast[name]
        with frame.undone():
            try:
                ask(person, path, f"of {name}")
                let_in = True
            except NotAllowed:
                let_in = False
            if let_in != can(person, Action.IMPORT_RUN):
                wrong.append(f"{name} was {'let in' if let_in else 'refused'}")
    return wrong


def ask(person, path, source):
    return stage(actor=person, kind="customers", path=path, source=source, options={"go": True})


def lost(cast, path, loss, carried, source):
    """Ask as the head of sales, lose the right, let the queue run: what happened all the same."""
    found = []
    with frame.undone():
        before = Customer.objects.count()
        imported = ask(Person.objects.get(pk=cast.zhao.pk), path, source)
        for _number in range(carried):
            carry(imported)
        if loss:
            Person.objects.filter(pk=cast.zhao.pk).update(**LOSSES[loss])
        while carry(imported):
            pass
        made = Customer.objects.count() - before
        found += [f"{made} customers"] if made else []
        state = Job.objects.get(pk=imported.job_id).state
        found += [state] if state != Job.State.CANCELLED else []
    return found


def carry(imported):
    """Let a worker take the next job of an import; whether there was one."""
    imported.refresh_from_db()
    waiting = Job.objects.filter(pk=imported.job_id, state=Job.State.WAITING).first()
    job = waiting and jobs.claim(waiting.pk)
    if job is not None:
        jobs.run(job)
    return job is not None


MUTANTS = [
    patched("the task ignores its asker", "kit.jobs.still_there", lambda job: True),
    patched("nobody asks again", "kit.jobs.ALLOWED", {}),
]
