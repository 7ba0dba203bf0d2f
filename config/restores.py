"""Bring a backup back into an empty database, and prove that it is the whole of it.

First everything is checked that can be checked without touching anything. Then: the migrations that
the backup was made with, its rows in one transaction with all triggers off, a count of every table
before the commit, the migrations that came since, anchors and uploads, what was erased since, and the chain
of the trail.
"""

import gzip
import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accounts.models import Person
from accounts.selectors.audit import anchor_file, verify
from accounts.services import trail
from config import backups
from crm.services import erasure
from kit import erasures
from kit.databases import owner_alias

OWN_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
# Transaction ids of another server mean nothing here; left as they are, the sealer might wait for
# ever for one that lies in this server's future. The chain does not cover them.
HERE_AND_NOW = """
    UPDATE accounts_trailentry SET xid = pg_current_xact_id() WHERE xid > pg_current_xact_id()
"""


class Refused(Exception):
    """Why nothing was restored; the text is for whoever typed the command."""


def examine(folder, *, unverified=False):
    """Read the manifest and every file of the backup; returns the manifest or raises Refused."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise Refused(f"{folder} holds no manifest.json: it is no backup.")
    try:
        manifest = json.loads(path.read_bytes())
        if manifest["format"] != backups.FORMAT:
            raise Refused(f"This backup has format {manifest['format']}, unknown here.")
        faults = list(_faults(folder, manifest))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("manifest.json is damaged.") from None
    if faults and not unverified:
        raise Refused("\n".join([*faults, "Nothing was touched. --unverified restores it anyway."]))
    return manifest


def _faults(folder, manifest):
    if manifest["key"] != backups.key_mark():
        yield "It was made with another FIELD_KEY: its personal values cannot be read here."
    elif manifest != backups.signed(manifest):
        yield "manifest.json was changed after the backup was made."
    for name, table in manifest["tables"].items():
        if _digest(backups.file_of(folder, name)) != table["sha256"]:
            yield f"The rows of {name} were changed or are damaged."
    for name, digest in manifest["files"].items():
        path = folder / "media" / name
        if not path.is_file() or backups.digest_of(path) != digest:
            yield f"The upload {name} was changed or is missing."


def _digest(path):
    try:
        with gzip.open(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, EOFError):
        return ""


def refuse_occupied(force):
    """A database with people in it is somebody's: only `force` empties it."""
    connection = connections[owner_alias()]
    if "accounts_person" not in connection.introspection.table_names():
        return
    if Person.objects.exclude(username="system").exists() and not force:
        raise Refused("This database is not empty. --force empties it first: all of it is lost.")


def restore(folder, manifest, say):
    """Carry it out; returns the verdict on the chain. Raises Refused when something is missing."""
    _refuse_newer(manifest)
    connections["default"].close()
    _empty()
    say("Making the tables of then …")
    _migrate_to({tuple(key) for key in manifest["migrations"]})
    say(f"Loading {sum(t['rows'] for t in manifest['tables'].values()):,} rows …")
    _load(folder, manifest)
    say("Applying the migrations that came since …")
    call_command("migrate", database=owner_alias(), verbosity=0, interactive=False)
    _bring_files(folder)
    if not Person.objects.exists():  # asked as the application
        raise Refused("The application sees no rows: its role lacks rights (devtools.roles).")
    if count := _forget_again(folder):
        say(f"Erased again what had been erased since: {count} keys.")
    verdict = verify()
    trail.note_verified(verdict)
    return verdict


def _refuse_newer(manifest):
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    unknown = {tuple(key) for key in manifest["migrations"]} - loader.disk_migrations.keys()
    ours = sorted(f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps)
    if ours:
        raise Refused(f"The backup is of a newer version; unknown here: {', '.join(ours)}")


def _empty():
    """Drop our tables and functions; extensions and default rights stay."""
    connection = connections[owner_alias()]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {backups.quoted(name)} CASCADE")
        cursor.execute(OWN_FUNCTIONS)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {name} CASCADE")


def _migrate_to(recorded):
    """Make exactly the tables of then: up to the last recorded migration of every app."""
    executor = MigrationExecutor(connections[owner_alias()])
    graph = executor.loader.graph
    known = recorded & graph.nodes.keys()
    last = {key for key in known if not any(k[0] == key[0] for k in _after(graph, key) & known)}
    executor.migrate(sorted(last))


def _after(graph, key):
    """The migrations that build on one."""
    return {child.key for child in graph.node_map[key].children}


def _load(folder, manifest):
    connection = connections[owner_alias()]
    tables = manifest["tables"]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"TRUNCATE {', '.join(map(backups.quoted, tables))}")
        for name in tables:
            cursor.execute(f"ALTER TABLE {backups.quoted(name)} DISABLE TRIGGER USER")
        for name, table in tables.items():
            _copy(cursor, folder, name, table)
        for name, value in manifest["sequences"].items():
            if value is not None:
                cursor.execute("SELECT setval(%s::regclass, %s)", [backups.quoted(name), value])
        cursor.execute(HERE_AND_NOW)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in tables:
            cursor.execute(f"ALTER TABLE {backups.quoted(name)} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(cursor, folder, name, table):
    """One file into its table, all of its rows."""
    columns = ", ".join(map(backups.quoted, table["columns"]))
    with gzip.open(backups.file_of(folder, name)) as file:
        cursor.copy_expert(f"COPY {backups.quoted(name)} ({columns}) FROM STDIN", file)
    cursor.execute(f"SELECT count(*) FROM {backups.quoted(name)}")
    if (count := cursor.fetchone()[0]) != table["rows"]:
        raise Refused(f"{name} has {count} rows instead of {table['rows']}; nothing was kept.")


def _forget_again(folder):
    """Destroy again every key that was destroyed here or before the backup; returns how many."""
    marks = erasures.known(erasures.path(), folder / "erasures.log")
    return erasure.again(actor=Person.objects.system(), marks=marks) if marks else 0


def _bring_files(folder):
    """Anchors and uploads of the backup; those that were here are set aside, never deleted."""
    trail.set_aside()
    if (folder / "anchors.log").exists():
        anchor_file().parent.mkdir(parents=True, exist_ok=True)
        backups.write(anchor_file(), (folder / "anchors.log").read_bytes())
    if not (folder / "media").exists():
        return
    root = Path(settings.MEDIA_ROOT)
    if root.exists() and any(root.iterdir()):
        root.rename(root.with_name(f"{root.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    shutil.copytree(folder / "media", root, dirs_exist_ok=True)
