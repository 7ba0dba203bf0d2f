"""kill -9 of PostgreSQL under twenty writers: what was acknowledged is there afterwards."""

import subprocess
import time
import uuid

from devtools.paths import PYTHON, ROOT
from tests.drill.fleet import Fleet, ask
from tests.drill.load import Browser, Crew, visit

WRITERS = 20
BETWEEN = 3  # seconds of writing between two crashes
HEALTHY_WITHIN = 30


def run(options):
    """--points crashes; every writer sends again until it is told that its visit is stored."""
    with Fleet(webs=2) as fleet:
        from crm.models import Activity
        from tests.cast import Cast

        if options.mutant == "relaxed":
            alter(fleet, "off")
            write_late(fleet)
        cast, crew, kept = Cast(), Crew(), []
        for number in range(WRITERS):
            browser = Browser(fleet.addresses[number % 2], [cast.li, cast.chen][number % 2])
            crew.hire(writing(browser, cast.huadong.pk, kept, crew))
        back = [crash(fleet) for _ in range(options.points)]
        fleet.work(lambda: False, seconds=1)
        crew.stop()
        wait_for_connection()
        stored = set(Activity.objects.filter(note="Drill").values_list("client_uuid", flat=True))
        count = Activity.objects.filter(note="Drill").count()
        refused = {} if options.mutant else refusals(fleet)
    lost = [key for key in kept if key not in stored]
    figures = {
        "crashes": options.points, "writers": WRITERS, "acknowledged": len(kept),
        "lost": len(lost), "twice": count - len(stored), "sent again": crew.counts["sent again"],
        "slowest recovery of the pages (s)": round(max(back), 1),
    } | refused  # fmt: skip
    good = not lost and count == len(stored) and max(back) <= HEALTHY_WITHIN and len(kept) > 0
    return good and all(refused.values()), figures


def writing(browser, customer, kept, crew):
    while not crew.stopped.is_set():
        key = uuid.uuid4()
        yield visit(browser, customer, key, "Drill")
        kept.append(key)


def crash(fleet):
    """Crash after a while of writing; how long after its return the pages took, not restarted."""
    fleet.work(lambda: False, seconds=BETWEEN)
    fleet.crash_database()
    back = time.monotonic()
    while time.monotonic() - back < 2 * HEALTHY_WITHIN:
        if all(healthy(address) for address in fleet.addresses):
            break
        fleet.work(lambda: True)
        time.sleep(0.1)
    return time.monotonic() - back


def healthy(address):
    try:
        return ask(address, "/readyz?for=traffic") == 200
    except OSError:
        return False


def wait_for_connection():
    """This process's own connection was lost with the server."""
    from django.db import connections

    connections.close_all()


def alter(fleet, value):
    """Set synchronous_commit of the application's role, as a careless administrator would."""
    import psycopg2

    link = psycopg2.connect(fleet.postgres.url("superuser", "postgres"))
    link.autocommit = True
    link.cursor().execute(f"ALTER ROLE holdfast_app SET synchronous_commit = {value}")
    link.close()


def write_late(fleet):
    """As on a server with slow disks: what was confirmed too early is not there yet for long."""
    import psycopg2

    link = psycopg2.connect(fleet.postgres.url("superuser", "postgres"))
    link.autocommit = True
    for setting in ("wal_writer_delay = '10s'", "wal_writer_flush_after = '1GB'"):
        link.cursor().execute(f"ALTER SYSTEM SET {setting}")
    link.cursor().execute("SELECT pg_reload_conf()")
    link.close()


def refusals(fleet):
    """Do web and beat refuse to start on a server that may lose what it confirms?"""
    alter(fleet, "off")
    web = [PYTHON, "-c", "import config.wsgi"]
    beat = [PYTHON, "-m", *fleet.watched.commands["beat-0"]]
    return {f"{name} refuses an unsafe server": refuses(fleet, command)
            for name, command in (("web", web), ("beat", beat))}  # fmt: skip


def refuses(fleet, command):
    try:
        done = subprocess.run(command, cwd=ROOT, env=fleet.environment, capture_output=True, text=True, timeout=60)  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode != 0 and "may lose what it has confirmed" in done.stderr
