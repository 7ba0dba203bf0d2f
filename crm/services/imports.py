"""Imports begin, run, and are taken back. What their rows mean is in `crm.imports`, above.

A row lies sealed under the key of its import from the moment it is read, and is gone when the import
can no longer be undone.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action, Role
from accounts.audit import record
from accounts.service import service
from accounts.services.notifications import notify
from crm.models import Import, ImportRow
from kit import crypto, jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed
from kit.locks import hold_off
from kit.models import Job, SubjectKey
from kit.state import move

UNDO_HOURS = 72
LONG = 200  # rows: of larger imports somebody is told when they are through
State, Outcome = Import.State, ImportRow.Outcome
MOVES = {
    State.MATCHING: {State.CHECKING},
    State.CHECKING: {State.CHECKED, State.REFUSED, State.FAILED},
    State.CHECKED: {State.RUNNING, State.CHECKING},
    State.REFUSED: {State.CHECKING},
    State.RUNNING: {State.DONE, State.UNDOING},
    State.DONE: {State.UNDOING},
    State.UNDOING: {State.UNDONE, State.REFUSED},
}
UNFINISHED = [State.CHECKING, State.CHECKED, State.RUNNING]
AT_WORK = [State.CHECKING, State.RUNNING, State.UNDOING]
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


@service(Action.IMPORT_RUN)
def receive(*, actor, kind, source, file_name, digest, options, chunks):
    """Seal a file whose columns are still to be matched. Returns the Import.

    options: headers, columns as they were recognised, `once` (key of the form). chunks: lists of
    (number, key, digest of the cells, header → text).
    """
    imported = Import.objects.create(
        kind=kind, source=source, file_name=file_name[:200], digest=digest, options=options,
        state=State.MATCHING, made_by=actor, key=SubjectKey.objects.create(wrapped=crypto.new_key()),
    )  # fmt: skip
    for chunk in chunks:
        stage(imported, chunk)
        imported.read += len(chunk)
    imported.save()
    record(imported, {"kind": (None, kind), "source": (None, source), "file": (None, file_name[:200]),
                      "read": (None, imported.read)})  # fmt: skip
    return imported


def made_by_form(actor, once, source, digest):
    """What this form has made of the same file already, or None. Holds off its second sending."""
    hold_off(f"import:{once}")
    made = Import.objects.filter(made_by=actor, options__once=str(once))
    return made.filter(source=source, digest=digest).first()


def same(actor, kind, source, digest, options):
    """The actor's unfinished import of the same file with the same wishes, or None. Holds others off."""
    hold_off(f"import:{digest}")
    going = Q(state__in=UNFINISHED) | Q(
        state=State.UNDOING, finished_at=None
    )  # taken back by a fault
    rows = Import.objects.filter(going, made_by=actor, kind=kind, source=source, digest=digest)
    wishes = ("mapping", "partial", "keep_incomplete", "once")
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
def match(*, actor, imported, options, work):
    """Say which column is which, and have all rows checked, by a job. Returns the import.

    `work(imported)` brings the keys of the rows in line. Only who brought the file may: it is shown.
    """
    only_maker(actor, imported)
    unerased(imported)
    before = imported.state
    move(imported, "state", State.CHECKING, MOVES)
    imported.options |= options
    work(imported)
    imported.rows.update(outcome=Outcome.WAITING, remarks=[], round=0, subject_id=None, before=None)
    imported.accepted = imported.refused = imported.unchanged = 0
    imported.created = imported.updated = 0
    imported.finished_at = imported.undo_until = None
    give(imported, CHECK, actor, imported.read)
    record(imported, {"state": (before, State.CHECKING)})
    return imported


@service(Action.IMPORT_RUN, on="imported")
def resume(*, actor, imported):
    """Go on with an import whose job was stopped by a fault. Returns the import."""
    stopped = imported.job
    kind = {State.CHECKING: CHECK, State.RUNNING: APPLY, State.UNDOING: UNDO}.get(imported.state)
    if (
        kind is None
        or stopped is None
        or stopped.state not in (Job.State.FAILED, Job.State.CANCELLED)
    ):
        raise Conflict(_("This import is not stopped."))
    unerased(imported)
    if kind != CHECK:
        keep_open(imported)
    give(imported, kind, actor, stopped.total)
    record(imported, {"state": (stopped.state, imported.state)})
    return imported


def only_maker(actor, imported):
    """Whoever may see imports of others decides nothing about them; the company may."""
    if imported.made_by_id != actor.pk and Role.SYSTEM not in actor.roles:
        raise NotAllowed(_("Only who brought this file may go on with it."))


def keep_open(imported):
    """What is begun may be taken back to its end: the database lets nothing go after `undo_until`."""
    imported.undo_until = database_now() + timedelta(hours=UNDO_HOURS)


def unerased(imported):
    """Refuse what needs the rows of a file once they are gone."""
    if imported.key_id is None:
        raise Conflict(_("The rows of this file have been erased. Choose the file again."))


@service(Action.IMPORT_RUN, on="imported")
def start(*, actor, imported):
    """Carry out what was checked, by a job. Returns the import. Only who brought the file may."""
    only_maker(actor, imported)
    unerased(imported)
    alone(imported)
    move(imported, "state", State.RUNNING, MOVES)
    keep_open(imported)
    imported.created = imported.updated = 0
    give(imported, APPLY, actor, imported.accepted - imported.unchanged)
    record(imported, {"state": (State.CHECKED, State.RUNNING)})
    return imported


def alone(imported):
    """Two imports of one source and kind at once would stand on each other's rows."""
    hold_off(f"import of {imported.source}")
    others = Import.objects.filter(source=imported.source, kind=imported.kind)
    others = others.filter(state__in=[State.RUNNING, State.UNDOING]).exclude(pk=imported.pk)
    if other := others.values_list("pk", flat=True).first():
        raise Conflict(
            _("Import %(number)s of this source is not finished. Resume it or undo it first.")
            % {"number": other}
        )


@service(Action.IMPORT_RUN, on="imported")
def carry_out(*, actor, imported, work):
    """Do one part of an import inside this verb; `work(imported)` returns the number of its rows."""
    return part(imported, work)


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
    announce(imported, "done")
    return imported


def announce(imported, what):
    """Tell who asked for it that a long import is through; what: checked, done, undone."""
    if imported.read > LONG and Role.SYSTEM not in imported.made_by.roles:
        notify("import.ended", to=imported.made_by_id, url=reverse("crm:import", args=[imported.pk]),
               values={"import": imported.pk, "what": what})  # fmt: skip


@service(Action.IMPORT_RUN, on="imported")
def undo(*, actor, imported):
    """Take back what an import did, by a job, as far as nothing else rests on it. Returns the import."""
    if imported.state == State.UNDOING:
        raise Conflict(_("This import is being undone already."))
    over = imported.undo_until is None or imported.undo_until <= database_now()
    if over and imported.state != State.RUNNING:  # what was stopped in the middle never stays so
        raise Conflict(_("An import can be undone for 72 hours only."))
    before = imported.state
    move(imported, "state", State.UNDOING, MOVES)
    keep_open(imported)
    give(imported, UNDO, actor, imported.created + imported.updated)
    record(imported, {"state": (before, State.UNDOING)})
    return imported


@service(Action.IMPORT_RUN, on="imported")
def take_back(*, actor, imported, work):
    """Undo one part of an import inside this verb; `work(imported)` returns the number of its rows."""
    return part(imported, work)


def part(imported, work):
    """Work on some rows of an import inside a running verb; returns how many they were."""
    done = work(imported)
    imported.save()
    record(imported, {"rows": (None, done)})
    return done


@service(Action.IMPORT_RUN, on="imported")
def discard(*, actor, imported):
    """Forget a file that changed nothing: one that was only tried, or refused."""
    if imported.state not in (State.MATCHING, State.CHECKING, State.CHECKED, State.REFUSED):
        raise Conflict(_("This import has changed something. It can be undone, not removed."))
    record(imported, {"file": (imported.file_name, None)})
    forget(imported)
    imported.delete()


def give(imported, kind, actor, total):
    """Write the job of an import; this process holds its lease from the start, if it says so."""
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
    over = old.filter(Q(undo_until=None) | Q(undo_until__lte=now))
    over = over.exclude(state__in=[State.RUNNING, State.UNDOING])
    for pk in over.values_list("pk", flat=True):
        with transaction.atomic():  # who begins one of them meanwhile keeps it
            for imported in over.filter(pk=pk).select_for_update(of=("self",), skip_locked=True):
                key, imported.key = imported.key, None
                imported.save()
                imported.rows.update(sealed=None, before=None)
                key.delete()
                gone += 1
    return gone
