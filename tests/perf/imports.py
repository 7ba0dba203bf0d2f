"""Fifty thousand customers with their contacts through the importer: rows a second, and memory.

The ratio compares with the same rows written bare: one table, no keys, no trail, no history.
"""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.perf import access

NAME = "bench_import"
MOST_SECONDS, MOST_MEMORY = 300, 512  # for 50,000 rows; MiB of the importing process
HEADER = ["customer id", "company name", "city", "province", "address", "industry", "tier",
          "contact name", "contact title", "phone", "email"]  # fmt: skip
PLACES = [
    ("苏州", "江苏"),
    ("杭州", "浙江"),
    ("Lyon", "Rhône"),
    ("Austin", "Texas"),
    ("南京", "江苏"),
]


def run(size, count, rounds, keep):
    """Write the file, import it in a process of its own, measure; returns the figures."""
    environment = os.environ | access.database(NAME)
    migrate(environment)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write(path, count)
        seconds, memory, told = imported(environment, path)
        bare = bare_seconds(environment, path)
    if not keep:
        access.drop(NAME)
    figures = {
        "rows": told["created"],
        "seconds": round(seconds, 1),
        "rows a second": round(count / seconds),
        "times a bare insert": round(seconds / bare, 1),
        "memory of the process (MiB)": memory,
        "held": told["created"] == count
        and memory <= MOST_MEMORY
        and seconds <= MOST_SECONDS * max(count, 5_000) / 50_000,
    }
    for name, value in figures.items():
        print(f"{name:30} {value}", file=sys.stderr)
    return figures


def write(path, count):
    """A file of customers, each with a person, a phone and a mail."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n in range(count):
            city, province = PLACES[n % len(PLACES)]
            out.writerow([
                f"K{n:06}", f"第{n}机电有限公司" if n % 2 else f"Works {n} Ltd", city, province, f"Road {n}",
                f"Trade {n % 40}", "ABC"[n % 3], f"Person {n}", "Buyer", f"138{n:08}", f"p{n}@example.com",
            ])  # fmt: skip


def migrate(environment):
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database=owner", "-v0"],
        env=environment,
        check=True,
    )


def imported(environment, path):
    """(seconds, MiB, result) of the command."""
    command = [
        sys.executable,
        "manage.py",
        "import_file",
        "customers",
        str(path),
        "--source",
        "bench",
        "--json",
    ]
    begun = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        out = process.stdout.read()
        _pid, _status, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.monotonic() - begun, usage.ru_maxrss // 1024, json.loads(out.splitlines()[-1])


BARE = """
import csv, sys
import psycopg2, os
from psycopg2.extras import execute_values
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8")))[1:]
with psycopg2.connect(os.environ["OWNER_DATABASE_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TEMP TABLE bare (a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text)")
    for start in range(0, len(rows), 500):
        execute_values(cursor, "INSERT INTO bare VALUES %s", rows[start:start + 500], page_size=500)
"""


def bare_seconds(environment, path):
    """How long the same rows take into one bare table."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", BARE, str(path)], env=environment, check=True)
    return time.monotonic() - begun
