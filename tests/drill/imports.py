"""An import is killed again and again, at points spread over all of it, and goes on each time.

In the end every row is there once; an undo, killed as well, takes away exactly this batch.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools.paths import say
from tests.perf import access
from tests.perf.imports import migrate, write

NAME = "drill_import"
ROWS = 50_000
STATE = """
    SELECT (SELECT count(*) FROM crm_importrow r WHERE r.imported_id = i.id)
         + coalesce((SELECT max((j.payload->>'after')::int) FROM kit_job j
                     WHERE j.kind = 'imports.check' AND (j.payload->>'import')::int = i.id), 0)
         + (SELECT count(*) FROM crm_importrow r WHERE r.imported_id = i.id AND r.outcome = 'created')
    FROM crm_import i WHERE i.source = 'drill' ORDER BY i.id DESC LIMIT 1
"""
COUNTS = {
    "customers": "SELECT count(*) FROM crm_customer",
    "contacts": "SELECT count(*) FROM crm_contact",
    "channels": "SELECT count(*) FROM crm_contactchannel",
    "keys": "SELECT count(*) FROM crm_sourcekey",
    "access": "SELECT count(*) FROM crm_customeraccess",
}
ONCE = "SELECT count(DISTINCT key), count(DISTINCT subject_id) FROM crm_sourcekey WHERE source = 'drill'"
LEFT = "SELECT count(*) FROM crm_importrow WHERE outcome IN ('created', 'updated')"


def run(options):
    """Import under kills, count, undo under kills, count again."""
    rows = getattr(options, "size", 0) or ROWS
    environment = os.environ | access.database(NAME)
    migrate(environment)
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.csv", Path(folder) / "second.csv"
        write(first, 50)
        write(second, rows)
        command(environment, first, "before").wait()
        drill = Drill(environment, second, rows, random.Random(options.seed))
        before = drill.counts()
        kills, told = drill.killed(options.points)
        after = drill.counts()
        once = drill.ask(ONCE)[0]
        undone = drill.undone(told["import"])
        back = drill.counts()
    access.drop(NAME)
    figures = {
        "rows": rows,
        "kills": kills,
        "told as created": told["created"],
        "customers more": after["customers"] - before["customers"],
        "contacts more": after["contacts"] - before["contacts"],
        "channels more": after["channels"] - before["channels"],
        "different keys": once[0],
        "different customers": once[1],
        "kills of the undo": undone,
        "left after the undo": {
            name: back[name] - before[name] for name in COUNTS if back[name] != before[name]
        },
    }
    good = (
        figures["told as created"] == figures["customers more"] == figures["contacts more"] == rows
        and figures["channels more"] == 2 * rows
        and once == (rows, rows)
        and not figures["left after the undo"]
    )
    return good, figures


def command(environment, path, source):
    """The import in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_file", "customers", str(path), "--source", source, "--json"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


class Drill:
    def __init__(self, environment, path, rows, chance):
        self.environment, self.path, self.rows, self.chance = environment, path, rows, chance

    def ask(self, sql):
        import psycopg2

        address = self.environment["OWNER_DATABASE_URL"]
        with psycopg2.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def counts(self):
        return {name: self.ask(sql)[0][0] for name, sql in COUNTS.items()}

    def progress(self):
        """Rows sealed, checked and written so far: three times the rows at the end."""
        return (self.ask(STATE) or [(0,)])[0][0]

    def killed(self, points):
        """(kills, result): the command is started again until it has come to its end."""
        marks = sorted(self.chance.uniform(0, 3 * self.rows) for _point in range(points))
        kills = 0
        for mark in marks:
            process = command(self.environment, self.path, "drill")
            while process.poll() is None and self.progress() < mark:
                time.sleep(0.02)
            time.sleep(self.chance.uniform(0, 0.05))
            if process.poll() is not None:
                return kills, json.loads(process.stdout.read().splitlines()[-1])
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
            say(f"killed at {self.progress()} of {3 * self.rows}")
        process = command(self.environment, self.path, "drill")
        out, _err = process.communicate()
        return kills, json.loads(out.splitlines()[-1])

    def undone(self, number):
        """The undo, killed once in the middle; returns how often it was killed."""
        arguments = [sys.executable, "manage.py", "undo_import", str(number)]
        process = subprocess.Popen(arguments, env=self.environment, start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        kills = 0
        while process.poll() is None and self.ask(LEFT)[0][0] > self.rows / 2:
            time.sleep(0.02)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills = 1
        subprocess.run(arguments, env=self.environment, check=False, stdout=subprocess.DEVNULL)
        return kills
