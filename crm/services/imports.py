"""Imports begin, run, and are taken back. What their rows mean is in `crm.imports`, above.

A row lies sealed under the key of its import from the moment it is read, and is gone when the import
can no longer be undone.
"""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.models import Import, ImportRow
from kit import crypto, jobs
from kit.clock import database_now
from kit.errors import Conflict
from kit.models import SubjectKey
from kit.state import move

UNDO_HOURS = 72
State, Outcome = Import.State, ImportRow.Outcome
MOVES = {
    State.CHECKING: {State.CHECKED, State.REFUSED, State.FAILED},
    State.CHECKED: {State.RUNNING, State.CHECKING},
    State.RUNNING: {State.DONE, State.UNDOING},
    State.DONE: {State.UNDOING},
    State.UNDOING: {State.UNDONE, State.REFUSED},
}
UNFINISHED = [State.CHECKING, State.CHECKED, State.RUNNING]
CHECK, APPLY, UNDO = "imports.check", "imports.apply", "imports.undo"


@service(Action.IMPORT_RUN)
def begin(*, actor, kind, source, file_name, digest, options):
    """Write down that a file is being read. Returns the Import, without rows.

    digest: SHA-256 of the file. options: what was asked for and how the columns were matched.
    """
    imported = Import.objects.create(
        kind=kind, source=source, file_name=file_name[:200], digest=digest, options=options,
        made_by=actor, key=SubjectKey.objects.create(wrapped=crypto.new_key()),
    )  # fmt: skip
    record(
        imported, {"kind": (None, kind), "source": (None, source), "file": (None, file_name[:200])}
    )
    return imported


def same(kind, source, digest, options):
    """The unfinished import of the same file with the same wishes, or None. Holds others off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import:{digest}"]
        )
    rows = Import.objects.filter(kind=kind, source=source, digest=digest, state__in=UNFINISHED)
    wishes = ("mapping", "partial", "keep_incomplete")
    return next(
        (one for one in rows.order_by("pk")
         if all(one.options.get(name) == options.get(name) for name in wishes)),
        None,
    )  # fmt: skip


def stage(imported, rows):
    """Keep rows of the file, sealed. rows: (number, key, digest of the cells, header → text)."""
    wrapped = imported.key.wrapped
    ImportRow.objects.bulk_create(
        ImportRow(imported=imported, number=number, key=key, digest=digest,
                  sealed=crypto.seal(wrapped, cells))
        for number, key, digest, cells in rows
    )  # fmt: skip


def cells_of(imported, row):
    """The cells of a row; empty when they have been erased."""
    return opened(imported, row.sealed)


def opened(imported, sealed):
    """What was sealed under the key of the import; {} when it is gone."""
    try:
        return crypto.unseal(imported.key and imported.key.wrapped, sealed) if sealed else {}
    except crypto.Erased:
        return {}


@service(Action.IMPORT_RUN, on="imported")
def check(*, actor, imported):
    """The rows are there: have them checked, by a job. Returns the import."""
    give(imported, CHECK, actor, imported.read)
    record(imported, {"read": (None, imported.read)})
    return imported


@service(Action.IMPORT_RUN, on="imported")
def start(*, actor, imported):
    """Carry out what was checked, by a job. Returns the import."""
    move(imported, "state", State.RUNNING, MOVES)
    imported.undo_until = database_now() + timedelta(hours=UNDO_HOURS)
    imported.created = imported.updated = 0
    give(imported, APPLY, actor, imported.accepted - imported.unchanged)
    record(imported, {"state": (State.CHECKED, State.RUNNING)})
    return imported


@service(Action.IMPORT_RUN, on="imported")
def carry_out(*, actor, imported, work):
    """Do one part of an import inside this verb; `work(imported)` returns the number of its rows."""
    done = work(imported)
    imported.save()
    record(imported, {"rows": (None, done)})
    return done


@service(Action.IMPORT_RUN, on="imported")
def finish(*, actor, imported):
    """The last row is written. From now on it can be undone for UNDO_HOURS."""
    move(imported, "state", State.DONE, MOVES)
    imported.finished_at = database_now()
    imported.undo_until = imported.finished_at + timedelta(hours=UNDO_HOURS)
    imported.save()
    record(
        imported,
        {name: (None, getattr(imported, name)) for name in ("created", "updated", "unchanged")},
    )
    return imported


@service(Action.IMPORT_RUN, on="imported")
def undo(*, actor, imported):
    """Take back what an import did, by a job, as far as nothing else rests on it. Returns the import."""
    if imported.state == State.UNDOING:
        raise Conflict(_("This import is being undone already."))
    if imported.undo_until is None or imported.undo_until <= database_now():
        raise Conflict(_("An import can be undone for 72 hours only."))
    before = imported.state
    move(imported, "state", State.UNDOING, MOVES)
    give(imported, UNDO, actor, imported.created + imported.updated)
    record(imported, {"state": (before, State.UNDOING)})
    return imported


@service(Action.IMPORT_RUN, on="imported")
def take_back(*, actor, imported, work):
    """Undo one part of an import inside this verb; `work(imported)` returns the number of its rows."""
    done = work(imported)
    imported.save()
    record(imported, {"rows": (None, done)})
    return done


@service(Action.IMPORT_RUN, on="imported")
def discard(*, actor, imported):
    """Forget a file that changed nothing: one that was only tried, or refused."""
    if imported.state not in (State.CHECKING, State.CHECKED, State.REFUSED):
        raise Conflict(_("This import has changed something. It can be undone, not removed."))
    record(imported, {"file": (imported.file_name, None)})
    forget(imported)
    imported.delete()


def give(imported, kind, actor, total):
    """Write the job of an import; this process holds its lease from the start, if it says so."""
    from accounts.access import Role

    person = None if Role.SYSTEM in actor.roles else actor
    imported.job = jobs.start(kind, person=person, total=total, **{"import": imported.pk})
    imported.save()


def forget(imported):
    """Erase the rows of an import: without its key they can no longer be read."""
    imported.rows.all().delete()
    if imported.key:
        key, imported.key = imported.key, None
        imported.save()
        key.delete()


def purge():
    """Erase the rows of imports that can no longer be undone, or were never started in that time."""
    now = database_now()
    old = Import.objects.filter(key__isnull=False, made_at__lt=now - timedelta(hours=UNDO_HOURS))
    gone = 0
    for imported in old.exclude(state__in=[State.RUNNING, State.UNDOING]):
        if imported.undo_until is None or imported.undo_until <= now:
            key, imported.key = imported.key, None
            imported.save()
            imported.rows.update(sealed=None, before=None)
            key.delete()
            gone += 1
    return gone
