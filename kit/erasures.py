"""The file of erasures: which keys were destroyed, told outside the database.

A restored backup brings destroyed keys back, and with them what was erased. The file names every key
by a mark that tells nothing of it; `known` gives the marks, and whoever restores destroys these keys
again. One JSON line per key, appended after the commit: a row of DestroyedKey waits until it is noted.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, F, Func
from django.db.models.functions import Now

from kit.models import DestroyedKey, SubjectKey

CHUNK = 1_000


def path():
    """Where the file is: beside the anchors of the trail, and like them worth a copy elsewhere."""
    return Path(settings.DATA_DIR) / "erasures.log"


def note():
    """Append every destroyed key that is not in the file yet. Returns how many.

    A key may be noted twice, after a crash between the file and the database: it is harmless.
    """
    count = 0
    while found := _note_some():
        count += found
    return count


@transaction.atomic
def _note_some():
    rows = list(
        DestroyedKey.objects.select_for_update(skip_locked=True)
        .filter(noted_at=None).order_by("pk")[:CHUNK]
    )  # fmt: skip
    if rows:
        lines = [
            json.dumps({"key": bytes(row.mark).hex(), "at": row.destroyed_at.isoformat()})
            for row in rows
        ]
        _append("".join(f"{line}\n" for line in lines).encode())
        DestroyedKey.objects.filter(pk__in=[row.pk for row in rows]).update(noted_at=Now())
    return len(rows)


def _append(data):
    """On the disk before we say so; half a line of a machine that stopped is closed first."""
    path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keys_named(marks):
    """The keys that still exist, or exist again, of those with these marks."""
    return SubjectKey.objects.alias(
        mark=Func(F("wrapped"), function="sha256", output_field=BinaryField())
    ).filter(mark__in=list(marks))


def known(*files):
    """The marks of every key that these files name; a line that is damaged is passed over."""
    found = set()
    for file in files:
        for line in file.read_bytes().splitlines() if file.exists() else ():
            try:
                found.add(bytes.fromhex(json.loads(line)["key"]))
            except (ValueError, KeyError, TypeError):
                continue
    return found
