"""Everything is destroyed: how much comes back, how fast, and is it the same?

Two ways. The dump (`backup`, `restore`) brings back the state of its own moment on any server. Base
backup and archived WAL bring back a named second, and after a loss of the machine everything up to
the last archived segment: this is what a real installation adds (docs/runbook.md).
"""

import gzip
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from devtools import binaries
from devtools.paths import PYTHON, ROOT, say
from devtools.postgres import Postgres, _user
from devtools.valkey import Valkey
from tests.drill.fleet import Fleet, environment

SEGMENT_SECONDS = 10  # archive_timeout; a real installation takes 60 at most
RPO, RTO = 60, 900
COUNTS = ["accounts_trailentry", "crm_activity", "crm_activityevent", "crm_customer", "kit_effect"]


def run(options):
    """Both ways once, in a fleet that goes on writing until its server is destroyed."""
    with Fleet(workers=0, beats=0) as fleet:
        figures = dump(fleet)
        figures |= archive(fleet)
    numbers = {name for name in figures if name.endswith((")", "rows", "to restore"))}
    good = all(figures[name] is True for name in figures.keys() - numbers)
    lost, took = figures["archive: lost (s, RPO)"], figures["archive: took (s, RTO)"]
    return good and lost <= RPO and took <= RTO, figures


# -- the dump ----------------------------------------------------------------------------------


def dump(fleet):
    say("Backup, and restore into an empty server …")
    write(fleet, 30)
    before = tables(fleet.postgres.url("owner"))
    made = json.loads(manage(fleet.environment, "backup", "--json").stdout.splitlines()[-1])
    write(fleet, 5)  # lost with the server: this is what a dump cannot give back
    folder = fleet.folder / "elsewhere"
    folder.mkdir(mode=0o755)
    shutil.copy(fleet.folder / "secrets.json", folder)
    passwords = json.loads((folder / "secrets.json").read_text())
    server = Postgres(folder, passwords)
    broker = Valkey(folder, passwords)
    try:
        server.start(), broker.start()
        known = environment(folder, passwords, server, broker, "config.settings.test")
        begun = time.monotonic()
        told = manage(known, "restore", "--from", made["folder"], "--json")
        took = time.monotonic() - begun
        verdict = json.loads(told.stdout.splitlines()[-1])
        after = tables(server.url("owner"))
        again = manage(known, "restore", "--from", made["folder"])
        noticed = tampered(known, Path(made["folder"]))
        works = works_on(known)
    finally:
        server.stop(), broker.stop()
    return {
        "dump: rows": made["rows"], "dump: seconds to restore": round(took, 1),
        "dump: counts are equal": before == after, "dump: the chain holds": verdict["holds"],
        "dump: a full database is refused": again.returncode != 0 and tables_kept(again),
        "dump: changed rows are noticed": noticed, "dump: the product writes on": works,
    }  # fmt: skip


def tables_kept(refused):
    return "not empty" in refused.stderr


def tampered(known, folder):
    """One row of one table, then one upload's digest in the manifest: both must be told."""
    file = folder / "tables" / "crm_customer.copy.gz"
    kept = file.read_bytes()
    text = gzip.decompress(kept).replace(b"Nanqiao Hardware", b"Nanqiao Hardwear", 1)
    file.write_bytes(gzip.compress(text))
    rows = manage(known, "restore", "--from", folder, "--force")
    file.write_bytes(kept)
    paper = folder / "manifest.json"
    manifest = json.loads(paper.read_text())
    manifest["tables"]["crm_customer"]["rows"] -= 1
    paper.write_text(json.dumps(manifest))
    claims = manage(known, "restore", "--from", folder, "--force")
    return (
        "crm_customer were changed" in rows.stderr
        and "manifest.json was changed" in claims.stderr
        and rows.returncode == claims.returncode == 1
    )


WORKS = """
import django; django.setup()
import uuid
from accounts.selectors.audit import verify
from accounts.services import trail
from crm.models import Activity, ActivityEvent
from crm.services import activities
from tests.cast import Cast
cast = Cast()
events = ActivityEvent.objects.count()
activities.log(actor=cast.li, customer=cast.huadong, client_uuid=uuid.uuid4(), note="After")
assert ActivityEvent.objects.count() == events + 1, "the field history is off"
assert trail.seal() >= 1, "the sealer waits"
assert verify().holds and not verify().unsealed
print("works")
"""


def works_on(known):
    """After a restore: a visit is stored, its history is kept, the chain goes on."""
    done = subprocess.run([PYTHON, "-c", WORKS], cwd=ROOT, env=known, capture_output=True, text=True)  # fmt: skip
    return done.stdout.strip() == "works" or done.stderr[-300:]


# -- base backup and WAL -------------------------------------------------------------------------


def archive(fleet):
    """Destroy the server while it writes; restore to a named second, then to the last that is left."""
    say("Base backup and WAL: destroy the server, restore to a named second …")
    wal, base = fleet.folder / "wal", fleet.folder / "base"
    for folder in (wal, base):
        folder.mkdir(mode=0o700)
        os.chown(folder, _user().get("user", os.geteuid()), -1)
    archiving(fleet, wal)
    ran(fleet, "pg_basebackup", "-D", base, "-d", fleet.postgres.url("superuser", "postgres"), "-X", "stream")  # fmt: skip
    write(fleet, 10)
    then = clock(fleet)
    counted = tables(fleet.postgres.url("owner"))
    time.sleep(1.1)
    last = time.time()
    until = time.monotonic() + SEGMENT_SECONDS + 4
    while time.monotonic() < until:
        write(fleet, 5)
        last = time.time()
    destroy(fleet)
    begun = time.monotonic()
    recovered(fleet, base, wal, f"recovery_target_time = '{then}'")
    took = time.monotonic() - begun
    same = tables(fleet.postgres.url("owner")) == counted
    cut = manage(fleet.environment, "verify_audit").returncode == 1
    manage(fleet.environment, "seal", "--restart")
    works = works_on(fleet.environment)
    destroy(fleet)
    recovered(fleet, base, wal, "")
    newest = newest_row(fleet)
    return {
        "archive: counts of the named second": same, "archive: the lost end is noticed": cut, "archive: the chain holds and goes on": works,
        "archive: lost (s, RPO)": round(max(0.0, last - newest), 1),
        "archive: took (s, RTO)": round(took, 1),
        "archive_timeout of this drill (s)": SEGMENT_SECONDS,
    }  # fmt: skip


def archiving(fleet, wal):
    """Switch WAL archiving on, as the runbook tells."""
    settings = (
        f"archive_mode = on\narchive_command = 'cp %p {wal}/%f'\n"
        f"archive_timeout = {SEGMENT_SECONDS}\n"
    )
    with open(fleet.postgres.cluster / "postgresql.auto.conf", "a") as file:
        file.write(settings)
    fleet.postgres.stop()
    fleet.postgres.start()


def destroy(fleet):
    """The machine is gone: server killed, cluster deleted."""
    fleet.kill_database()
    shutil.rmtree(fleet.postgres.cluster)


def recovered(fleet, base, wal, target):
    """Base backup in place, WAL replayed, server promoted."""
    cluster = fleet.postgres.cluster
    subprocess.run(["cp", "-a", base, cluster], check=True)
    kept = [line for line in (cluster / "postgresql.auto.conf").read_text().splitlines() if "archive" not in line]  # fmt: skip
    kept += [
        "hot_standby = off",
        f"restore_command = 'cp {wal}/%f %p'",
        target,
        "recovery_target_action = promote",
    ]
    (cluster / "postgresql.auto.conf").write_text("\n".join(kept) + "\n")
    (cluster / "recovery.signal").touch()
    fleet.postgres.start()


def ran(fleet, program, *arguments):
    """A program of PostgreSQL, as the user that the server runs as."""
    command = [binaries.postgres() / program, *arguments]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **_user())
    if done.returncode:
        raise SystemExit(f"{program} failed.\n{done.stderr}")


# -- looking -------------------------------------------------------------------------------------


def manage(known, *arguments):
    command = [PYTHON, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True)


def write(fleet, number):
    """Visits, each in a transaction of its own, then the seal: what an hour of work leaves."""
    import uuid

    from django.db import connections

    from accounts.services import trail
    from crm.services import activities
    from tests.cast import Cast

    connections.close_all()
    cast = Cast()
    for _ in range(number):
        activities.log(actor=cast.li, customer=cast.huadong, client_uuid=uuid.uuid4(), note="Drill")
    trail.seal()
    connections.close_all()


def query(url, statement):
    import psycopg2

    link = psycopg2.connect(url)
    try:
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()
    finally:
        link.close()


def tables(url):
    counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in COUNTS)
    head = "(SELECT encode(digest, 'hex') FROM accounts_seal ORDER BY position DESC LIMIT 1)"
    return query(url, f"SELECT {counts}, {head}")


def clock(fleet):
    return query(fleet.postgres.url("owner"), "SELECT clock_timestamp()::text")[0]


def newest_row(fleet):
    found = query(fleet.postgres.url("owner"), "SELECT extract(epoch FROM max(recorded_at)) FROM accounts_trailentry")  # fmt: skip
    return float(found[0])
