"""D04: processes die at the instant after their commit: every effect happens all the same."""

import os
import signal
import uuid

from django.db import connections, transaction

from accounts.models import Notice
from accounts.services.notifications import notify
from kit import outbox
from tests.accept import frame
from tests.accept.frame import Mutant

DEATHS = frame.size(60, 200)


def run():
    with frame.committed() as cast:
        marks = [uuid.uuid4().hex for _ in range(DEATHS)]
        committed = sum(dies_after_commit(cast.wu.pk, mark) for mark in marks)
        while outbox.relay():
            pass
        told = Notice.objects.filter(url__in=[f"/today?{mark}" for mark in marks])
        happened = told.values("url").distinct().count()
        twice = told.count() - happened
    return committed == happened == DEATHS and not twice, {
        "killed": DEATHS, "committed": committed, "effects": happened, "twice": twice,
    }  # fmt: skip


def dies_after_commit(person, mark):
    """A process of its own commits a change with an effect, and dies before its next statement."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with transaction.atomic():
                notify("trail.alarm", to=person, url=f"/today?{mark}", values={"count": 1, "tables": []})  # fmt: skip
                transaction.get_connection().run_on_commit.insert(0, (set(), die, False))
        finally:
            os.write(writing, b"lived on")
            os._exit(1)
    os.close(writing)
    _pid, status = os.waitpid(child, 0)
    lived = os.read(reading, 10)
    os.close(reading)
    return os.WTERMSIG(status) == signal.SIGKILL and not lived


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def on_commit_only():
    from unittest import mock

    from kit.models import Effect

    def post(kind, /, *, due_at=None, **payload):
        effect = Effect(kind=kind, payload=payload)
        transaction.on_commit(lambda: outbox.HANDLERS[kind](effect))

    return mock.patch.object(outbox, "post", post)


MUTANTS = [Mutant("effects live in the process that made the change", on_commit_only)]
