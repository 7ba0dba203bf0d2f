"""Files on their way in: written, imported to the end in this process, looked at."""

from pathlib import Path

import pytest

from accounts.models import Person
from crm.imports import carry, check, undo
from crm.imports.result import result
from crm.imports.staging import stage
from crm.models import SourceKey
from crm.services import imports
from kit import jobs
from kit.models import Job

__all__ = ["DATA", "absent", "bring", "carry", "check", "file", "keys", "take_back", "told", "undo"]
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
absent = pytest.mark.skipif(not DATA.is_dir(), reason="not run: data absent")


def file(folder, text, name="table.csv", encoding="utf-8"):
    """A file with this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def through(imported):
    """Carry the jobs of an import to their end."""
    while True:
        imported.refresh_from_db()
        job = Job.objects.filter(pk=imported.job_id, state__in=["waiting", "running"]).first()
        if job is None:
            return imported
        jobs.run(jobs.take(job.pk))


def bring(kind, path, source="old", actor=None, **options):
    """Import a file to the end; returns the Import."""
    actor = actor or Person.objects.system()
    wishes = {"go": True} | options
    return through(stage(actor=actor, kind=kind, path=path, source=source, options=wishes))


def told(imported):
    """The result as the command prints it, with the number of refused rows in place of the list."""
    found = result(imported)
    return found | {"refused": len(found["refused"]), "reasons": found["refused"]}


def take_back(imported, actor=None):
    """Undo an import to the end."""
    imports.undo(actor=actor or Person.objects.system(), imported=imported)
    return through(imported)


def keys(source, kind):
    """Ids of ours that a source knows."""
    return SourceKey.objects.filter(source=source, kind=kind).values("subject_id")
