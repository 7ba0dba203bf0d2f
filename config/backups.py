"""A backup: one folder with every row, the anchors of the trail and the uploads.

    holdfast-20261122T093000Z/
        manifest.json         what is in it: rows and digest of every table, migrations, head of the trail
        tables/NAME.copy.gz   COPY's text format, readable by every PostgreSQL
        anchors.log           the file outside the database, up to the head of this backup
        erasures.log          which keys had been destroyed (kit/erasures.py)
        media/                uploads

All tables come from one snapshot, while everybody goes on working. Tables, triggers and rights are
not in it: the migrations named in the manifest make them, so that a backup of one server, whatever
its version, can be restored on another. FIELD_KEY is not in it either: without the key nobody
reads personal values in a stolen backup, nor changes a backup unnoticed.
"""

import gzip
import hashlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from accounts.selectors.audit import anchor_file
from accounts.services import trail
from kit import crypto, erasures
from kit.databases import owner_alias
from kit.models import Beat

FORMAT = 1
# Made anew by itself. Sessions would let whoever holds the backup in: everybody signs in again.
LEFT_OUT = {"django_session", "kit_cache", "django_migrations"}
CHUNK = 1 << 20

TABLES = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    GROUP BY c.relname ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


def take(into):
    """Write a backup into a new folder inside `into`; returns the folder and its manifest."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"holdfast-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    partial = into / f"{name}.partial"
    (partial / "tables").mkdir(mode=0o700, parents=True)
    partial.chmod(0o700)
    try:
        trail.seal(thorough=True)
        manifest = {"format": FORMAT, "made_at": timezone.now().isoformat()} | _rows(partial)
        _anchors(partial / "anchors.log", manifest["trail"]["position"])
        _erasures(partial / "erasures.log")
        manifest["files"] = _uploads(partial / "media")
        manifest["key"] = key_mark()
        write(partial / "manifest.json", json.dumps(signed(manifest), indent=1).encode())
    except BaseException:
        shutil.rmtree(partial)
        raise
    folder = into / name
    partial.rename(folder)
    Beat.objects.update_or_create(name="backup", defaults={"beat_at": timezone.now(), "owner": name})  # fmt: skip
    return folder, manifest


def _rows(folder):
    """Copy every table out of one snapshot; what the manifest says about the database."""
    alias = owner_alias()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(TABLES)
        tables = {name: columns for name, columns in cursor.fetchall() if name not in LEFT_OUT}
        # A migration has to wait until we have read; writers do not.
        cursor.execute(f"LOCK TABLE {', '.join(map(quoted, tables))} IN ACCESS SHARE MODE")
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = cursor.fetchall()
        found = {name: _table(cursor, folder, name, columns) for name, columns in tables.items()}
        head = trail.head(cursor)
        cursor.execute(SEQUENCES)
        sequences = dict(cursor.fetchall())
    return {
        "server": cursor.connection.server_version, "migrations": migrations, "tables": found,
        "sequences": sequences, "trail": {"position": head[0], "digest": head[1].hex()},
    }  # fmt: skip


def _table(cursor, folder, name, columns):
    """One table into its file; its columns, number of rows and digest."""
    chosen = ", ".join(map(quoted, columns))
    with Measured(file_of(folder, name)) as out:
        cursor.copy_expert(f"COPY (SELECT {chosen} FROM {quoted(name)}) TO STDOUT", out)
        return {"columns": columns, "rows": cursor.rowcount, "sha256": out.digest.hexdigest()}


class Measured:
    """A compressed file of one's own eyes only, with the digest of what was written."""

    def __init__(self, path):
        self.file = private(path)
        self.zipped = gzip.GzipFile(fileobj=self.file, mode="wb", compresslevel=1, mtime=0)
        self.digest = hashlib.sha256()

    def write(self, data):
        self.digest.update(data)
        return self.zipped.write(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.zipped.close()
        finish(self.file)


def _anchors(path, head):
    """The anchors of links in this backup: later ones would look like a trail that was cut."""
    if not anchor_file().exists():
        return
    with anchor_file().open("rb") as lines, private(path) as out:
        for line in lines:
            if line.endswith(b"\n") and json.loads(line)["position"] <= head:
                out.write(line)
        out.flush()
        os.fsync(out.fileno())


def _erasures(path):
    """What was erased before this backup; what is erased later is in the file of then."""
    erasures.note()
    if erasures.path().exists():
        write(path, erasures.path().read_bytes())


def _uploads(target):
    """Copy the uploads, after the database: a file without a row harms nobody."""
    root, found = Path(settings.MEDIA_ROOT), {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file():
            name = path.relative_to(root).as_posix()
            for folder in reversed([target, *(target / part for part in Path(name).parents)]):
                folder.mkdir(exist_ok=True, mode=0o700)
            with path.open("rb") as file, private(target / name) as out:
                shutil.copyfileobj(file, out, CHUNK)
            found[name] = digest_of(target / name)
    return found


# -- the manifest ------------------------------------------------------------------------------


def signed(manifest):
    """The manifest with a mark that only who has FIELD_KEY can make."""
    plain = {name: value for name, value in manifest.items() if name != "mark"}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    return plain | {"mark": crypto.blind_index(f"backup {digest}").hex()}


def key_mark():
    """Tells FIELD_KEY from another one without telling it."""
    return crypto.blind_index("backup key").hex()


# -- files and names ---------------------------------------------------------------------------


def file_of(folder, table):
    return folder / "tables" / f"{table}.copy.gz"


def quoted(name):
    return connections[owner_alias()].ops.quote_name(name)


def private(path):
    """Open a new file that its owner alone may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def finish(file):
    """On the disk before we say so."""
    file.flush()
    os.fsync(file.fileno())
    file.close()


def write(path, data):
    with private(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def digest_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
