"""What was checked is carried out, some hundred rows a step: a killed process leaves no doubles."""

import logging

from django.db import connection, transaction

from accounts.access import Action, Reach, reach
from crm.imports.check import RUNS, allowed, item_of
from crm.imports.fields import Reason
from crm.imports.run import Run
from crm.imports.undo import undo_some
from crm.models import Import, ImportRow, SourceKey
from crm.services import imports
from kit import bulk, crypto, jobs
from kit.errors import Refused

log = logging.getLogger(__name__)
CHUNK = 500
State, Outcome = Import.State, ImportRow.Outcome


@jobs.step(imports.APPLY, allowed=allowed)
def apply_some(job):
    """Write the next rows, or take back what was written when one of them cannot be."""
    rows = Import.objects.select_related("made_by", "key").select_for_update(of=("self",))
    imported = rows.get(pk=job.payload["import"])
    if imported.state == State.UNDOING:
        return undo_some(job)
    rows = due(imported)
    if not rows:
        return end(imported)
    try:
        with transaction.atomic():
            write(imported, rows)
    except Exception as error:
        RUNS.pop(imported.pk, None)
        why = type(error).__name__  # its text may quote what is in the rows
        log.info("import %s: %s rows again, one by one (%s)", imported.pk, len(rows), why)
        if not one_by_one(imported, rows):
            job.payload["back"] = True
            return False
    job.done += len(rows)
    return False


def due(imported):
    """The next waiting rows; those of one round do not refer to each other."""
    waiting = imported.rows.filter(outcome=Outcome.WAITING).order_by("round", "number")
    rows = list(waiting[:CHUNK])
    return [row for row in rows if row.round == rows[0].round]


def run_of(imported):
    """What this process knows of the import; of others' rights it asks anew at every part."""
    run = RUNS.get(imported.pk)
    for_all = reach(imported.made_by, Action.IMPORT_RUN) == Reach.ALL
    if not isinstance(run, Run) or not (run.for_all and for_all):
        run = RUNS[imported.pk] = Run(imported)
    run.imported = imported
    return run


def write(imported, rows):
    """Write one part of the rows in one verb."""
    run = run_of(imported)

    def work(imported):
        run.imported = imported
        apply(run, rows)
        return len(rows)

    imports.carry_out(actor=imported.made_by, imported=imported, work=work)


def one_by_one(imported, rows):
    """Write row after row. False when one cannot be written and that stops the import."""
    for row in rows:
        try:
            with transaction.atomic():
                write(imported, [row])
        except Exception as error:
            RUNS.pop(imported.pk, None)
            refuse(imported, row, error)
            if not imported.options.get("partial"):
                Import.objects.filter(pk=imported.pk).update(state=State.UNDOING)
                return False
    return True


def refuse(imported, row, error):
    """Say of a row why it could not be written."""
    if isinstance(error, Reason):
        told = error.told()
    elif isinstance(error, Refused):
        told = Reason("in_the_way", message=str(error.message)).told()
    else:
        log.exception("import %s: row %s", imported.pk, row.number, exc_info=error)
        told = Reason("fault", name=type(error).__name__).told()
    row.outcome, row.remarks = Outcome.REFUSED, [told]
    row.save(update_fields=["outcome", "remarks"])
    fresh = Import.objects.select_for_update().get(pk=imported.pk)
    fresh.refused, fresh.accepted = fresh.refused + 1, fresh.accepted - 1
    fresh.save()


def apply(run, rows):
    """Write rows inside the running verb: new ones, known ones, their keys, their outcome."""
    items = [item_of(run, row) for row in rows]
    known = SourceKey.objects.select_for_update().filter(
        source=run.source, kind=run.kind.name, key__in=[item.key for item in items]
    )
    by_key = {one.key: one for one in known}
    for item in items:
        item.known = by_key.get(item.key)
        reasons = run.kind.read(item, run)
        if reasons:
            raise reasons[0]
    run.prepare(items)
    for item in items:
        if item.known:
            run.may_change(item)
    new = [item for item in items if item.known is None]
    old = [item for item in items if item.known is not None]
    if new:
        run.kind.create(run, new)
    if old:
        run.kind.update(run, old)
    keep(run, rows, items)
    with connection.cursor() as cursor:  # what the database would refuse at the end, it says now
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keep(run, rows, items):
    """The keys of the source, the outcome of each row, and what an undo needs."""
    wrapped = run.imported.key.wrapped
    new, old = [], []
    for row, item in zip(rows, items, strict=True):
        before = {"made": item.made, "changed": item.changed}
        if item.known is None:
            new.append(SourceKey(
                source=run.source, kind=run.kind.name, key=item.key, subject_id=item.subject_id,
                digest=row.digest, written=item.written, made_in=run.imported,
            ))  # fmt: skip
        else:
            one = item.known
            before |= {"digest": bytes(one.digest).hex(), "written": one.written}
            one.digest, one.written = row.digest, one.written | item.written
            old.append(one)
        row.outcome = Outcome.UPDATED if item.known else Outcome.CREATED
        row.subject_id, row.remarks = item.subject_id, merged(row.remarks, item.remarks)
        row.before = crypto.seal(wrapped, before)
    bulk.write(new)
    bulk.update(old, ["digest", "written"])
    bulk.update(rows, ["outcome", "subject_id", "remarks", "before"])
    run.imported.created += len(new)
    run.imported.updated += len(old)
    run.imported.options["counts"] = run.notes


def merged(first, second):
    """Remarks of the check and of the writing, each once."""
    return first + [told for told in second if told not in first]


def end(imported):
    """After the last row: what is told of the import as a whole."""
    run = run_of(imported)
    RUNS.pop(imported.pk, None)
    actor = imported.made_by

    def work(imported):
        run.imported = imported
        run.kind.finish(run)
        imported.notes = imported.notes + run.told()
        imported.options.pop("counts", None)
        return 0

    imports.carry_out(actor=actor, imported=imported, work=work)
    imports.finish(actor=actor, imported=imported)
    return True
