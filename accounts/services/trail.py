"""The sealer: chains what was committed, and puts the head outside the database.

Writers never wait for it. It runs as the owner of the tables, under one lock, in batches:

1. entries whose transaction lies below every running one are final; they are taken in id order;
2. each gets a link: SHA-256 over the link before and the entry's canonical form (accounts.audit);
3. the head, the count and the first bytes of every new link go to a file outside the database.

Without that file a cut tail, or a chain that was computed anew, could not be found.
"""

import json
import logging
import os
from contextlib import contextmanager
from datetime import UTC, datetime

from django.apps import apps
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.access import Action, Role
from accounts.models import Notice, Person
from accounts.selectors.audit import MARK, anchor_file, last_anchor, whole_lines
from accounts.service import service
from accounts.services.notifications import notify
from kit.databases import owner_alias
from kit.models import Beat, Counter

log = logging.getLogger(__name__)
LOCK = 7_236_551  # any number nobody else uses
BATCH = 5_000
LOOKBACK = 100_000  # ids behind the head that every run looks at; a thorough run looks at all

READY = f"""
    SELECT {audit.canonical("e")} FROM accounts_trailentry e
    WHERE e.id > %s AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND NOT EXISTS (SELECT 1 FROM accounts_seal s WHERE s.entry_id = e.id)
    ORDER BY e.id LIMIT %s
"""
HEAD = "SELECT position, digest, entry_id FROM accounts_seal ORDER BY position DESC LIMIT 1"


class ChainBroken(Exception):
    """The chain and the file outside disagree: `verify_audit` says where. Nothing was sealed."""


def seal(batch=BATCH, *, thorough=False):
    """Seal every entry that is final, then write the anchor. Returns how many were sealed.

    thorough: look for unsealed entries among all ids, not only near the head. Returns 0 when
    another sealer is at work. Raises ChainBroken when the file outside disagrees.
    """
    connection = connections[owner_alias()]
    with _alone(connection) as mine:
        if not mine:
            return 0
        _compare_with_anchor(connection)
        sealed = 0
        while count := _seal_batch(connection, batch, thorough):
            sealed += count
            if count < batch:
                break
        _write_anchor(connection)
    return sealed


@contextmanager
def _alone(connection):
    """Hold the sealer's lock for this session, or get False."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = cursor.fetchone()[0]
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _seal_batch(connection, batch, thorough):
    """One transaction: link the next entries to the head."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        position, link, newest = head(cursor)
        cursor.execute(READY, [0 if thorough else max(0, newest - LOOKBACK), batch])
        links = []
        for row in cursor.fetchall():
            position, link = position + 1, audit.digest(link, row)
            links.append((position, int(row[0]), link))
        if links:
            _insert(cursor, links)
    return len(links)


def _insert(cursor, links):
    values = ", ".join(["(%s, %s, %s)"] * len(links))
    flat = [value for row in links for value in row]
    cursor.execute(f"INSERT INTO accounts_seal (position, entry_id, digest) VALUES {values}", flat)


def head(cursor):
    """(position, link, id of the entry) of the last link; (0, GENESIS, 0) of an empty chain."""
    cursor.execute(HEAD)
    row = cursor.fetchone()
    return (row[0], bytes(row[1]), row[2]) if row else (0, audit.GENESIS, 0)


# -- outside the database ----------------------------------------------------------------------


def _compare_with_anchor(connection):
    """Never build on a chain that was cut or computed anew."""
    anchor = last_anchor()
    if anchor is None:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM accounts_seal WHERE position = %s", [anchor[0]])
        row = cursor.fetchone()
    if row is None or bytes(row[0]) != anchor[1]:
        log.critical("the trail disagrees with its anchor at position %s", anchor[0])
        raise ChainBroken(anchor[0])


def _write_anchor(connection):
    """Append lines for all links that are not in the file yet; fsync; note it in the database."""
    done = last_anchor()
    position = done[0] if done else 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT position, digest FROM accounts_seal WHERE position > %s"
                " ORDER BY position LIMIT %s", [position, BATCH],
            )  # fmt: skip
            links = cursor.fetchall()
            if not links:
                return
            position, link = links[-1][0], bytes(links[-1][1])
            _append(position, link, [bytes(row[1])[:MARK] for row in links])
            cursor.execute(
                "INSERT INTO accounts_anchor (position, digest) VALUES (%s, %s)", [position, link]
            )


def _append(position, link, marks):
    """One line of the file outside, on the disk before we go on."""
    line = {
        "position": position,
        "digest": link.hex(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "marks": b"".join(marks).hex(),
    }
    path = anchor_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.ftruncate(descriptor, whole_lines(path))
        _write_whole(descriptor, (json.dumps(line) + "\n").encode())
    finally:
        os.close(descriptor)


def _write_whole(descriptor, data):
    """The whole line or none of it: half a line would make the file unreadable."""
    size = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        log.critical("the anchor of the trail cannot be written; nothing was anchored")
        raise


def set_aside():
    """Start a new file after a restore that lost the end of the chain; the old one is kept."""
    path = anchor_file()
    if not path.exists():
        return None
    aside = path.with_name(f"anchors-{datetime.now(UTC):%Y%m%dT%H%M%S}.log")
    path.rename(aside)
    return aside


@service(Action.TRAIL_VIEW)
def read(*, actor, about):
    """Reading other people's acts is an act of its own. about: the filters that were used."""
    return audit.record(actor, {"filters": (None, about)} if about else {})


def note_verified(verdict):
    """Remember when the chain was last recomputed, and what was found."""
    found = f"{verdict.links}" if verdict.holds else f"{verdict.kind}:{verdict.position}"
    Beat.objects.update_or_create(
        name="verify_audit", defaults={"beat_at": timezone.now(), "owner": found}
    )


# -- rows that no service made -----------------------------------------------------------------

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the counter of known rows has no window


def alarm():
    """Count the row events without a verb; new ones go to the log and to who watches.

    Those that exist at the first look (migrations, loading of a backup) are the baseline.
    Returns how many are new.
    """
    new = {}
    for model in event_models():
        label = model._meta.label_lower
        with transaction.atomic():
            known = _known(label)
            now = model.objects.filter(verb__isnull=True).count()
            if known.used != now or known.pk is None:
                added = now - known.used if known.pk else 0
                known.used = now
                known.save()
                if added > 0:
                    new[label] = _newest(model, added)
    if new:
        _raise_alarm(new)
    return sum(len(rows) for rows in new.values())


def event_models():
    """The models of field history."""
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def _known(label):
    name = f"row-events-without-verb:{label}"
    return Counter.objects.select_for_update().filter(name=name).first() or Counter(
        name=name, window_start=NEVER, used=0
    )


def _newest(model, count):
    rows = model.objects.filter(verb__isnull=True).order_by("-pgh_id")
    return list(rows.values_list("pgh_id", flat=True)[:count])


def _raise_alarm(new):
    for label, rows in new.items():
        log.error("%s row events without a service in %s: %s", len(rows), label, rows[:20])
    watching = Person.objects.with_access().filter(
        roles__overlap=[Role.AUDITOR, Role.ADMINISTRATOR]
    )
    count = sum(len(rows) for rows in new.values())
    for person in watching:
        notify("trail.alarm", to=person.pk, kind=Notice.Kind.ACTION, url=reverse("accounts:trail"),
               values={"count": count, "tables": sorted(new)})  # fmt: skip
