"""What the permission system costs: the product's pages against the bare page B, interleaved.

A database of its own, loaded by SQL; the web server as `dev.py run` starts it, on loopback. Figures
are ratios to B of the same run: B is session, user, frame and one unfiltered query by key under the
same template with 25 rows.
"""

import hashlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2

from tests.perf import company

ROOT = Path(__file__).resolve().parents[2]


def run(label, count, rounds, keep):
    """Load, serve, measure, print; returns the figures."""
    name = f"bench_{label}"
    environment = database(name)
    os.environ.update(environment)
    import django

    django.setup()
    loaded = prepare(name, count)
    server, address = serve(environment)
    try:
        figures = measure(address, count, rounds)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    if not keep:
        drop(name)
    return {"size": count, "load_seconds": loaded} | figures


# -- database ----------------------------------------------------------------------------------
def at(url, name):
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database(name):
    """Create the database if it is missing; the environment that points at it."""
    owner = os.environ["OWNER_DATABASE_URL"]
    with admin(at(owner, "holdfast")) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}" ENCODING UTF8')
    return {
        "DATABASE_URL": at(os.environ["DATABASE_URL"], name), "OWNER_DATABASE_URL": at(owner, name),
        "DJANGO_SETTINGS_MODULE": "tests.perf.settings", "HOLDFAST_DEMO": "0",
    }  # fmt: skip


class admin:
    """A cursor of the owner that commits every statement."""

    def __init__(self, url):
        self.connection = psycopg2.connect(url)
        self.connection.autocommit = True

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *_):
        self.connection.close()


def prepare(name, count, loader=company.Loader):
    """Migrate and load, unless an earlier run with --keep has; seconds that it took."""
    from django.core.management import call_command
    from django.db import connections

    started = time.perf_counter()
    owner = connections["owner"]
    owner.ensure_connection()
    with owner.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                       " WHERE datname = %s", [name])  # fmt: skip
        mark = cursor.fetchone()[0]
    if mark == source(loader):
        print(f"{name} is loaded already.", flush=True)
        return 0
    if owner.introspection.table_names():  # of another version, or half-loaded
        drop(name)
        database(name)
    print(f"Loading {name}: {count:,} customers, {company.VISITS} visits each …", flush=True)
    call_command("migrate", database="owner", verbosity=0)
    call_command("createcachetable", database="owner", verbosity=0)
    with admin(os.environ["OWNER_DATABASE_URL"]) as cursor:
        loader(cursor.connection, count, lambda line: print(line, flush=True)).run()
        cursor.execute("VACUUM (ANALYZE) crm_customeraccess")
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [source(loader)])
    return round(time.perf_counter() - started, 1)


def source(loader):
    """A digest of everything that a loaded database depends on."""
    own = Path(sys.modules[loader.__module__].__file__)
    files = [*sorted(ROOT.glob("*/migrations/*.py")), Path(company.__file__), own]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def drop(name):
    from django.db import connections

    connections.close_all()
    with admin(at(os.environ["OWNER_DATABASE_URL"], "holdfast")) as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# -- server ------------------------------------------------------------------------------------
def serve(environment):
    """gunicorn as in `dev.py run`, on a free port of loopback; (process, address)."""
    from devtools import dying, ports, processes
    from devtools.paths import PYTHON

    address = f"{ports.LOOPBACK}:{ports.free()}"
    with open(Path(os.environ["HOLDFAST_DATA"]) / "bench-web.log", "wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", *processes.WEB, address], cwd=ROOT, env=os.environ | environment,
            stdout=log, stderr=log, preexec_fn=dying.before_exec(),
        )  # fmt: skip
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection(address, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return process, address
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The web server does not answer.")


class Browser:
    """One signed-in person with a connection that stays open."""

    def __init__(self, address, person):
        from django.conf import settings
        from django.test import Client

        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person, backend="accounts.backends.SignIn")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.token = uuid.uuid4().hex
        self.cookies = (
            f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}"
        )
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.person = person

    def ask(self, path, data=None, htmx=False):
        """(milliseconds, status, statements, milliseconds in the database) of one request.

        What is sent is sent as the log sheet does, through htmx. htmx: ask for the fragment too.
        """
        headers = {"Cookie": self.cookies, "Accept-Language": "en"}
        if htmx:
            headers["HX-Request"] = "true"
        body = None
        if data is not None:
            body = urlencode(data)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "HX-Request": "true",
                "X-CSRFToken": self.token,
            }
        started = time.perf_counter()
        try:
            answer = self.send(path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):  # was idle for too long
            self.connection.close()
            started = time.perf_counter()
            answer = self.send(path, body, headers)
        answer.read()
        took = (time.perf_counter() - started) * 1000
        return (took, answer.status, int(answer.getheader("X-Statements")),
                float(answer.getheader("X-Database-Ms")))  # fmt: skip

    def send(self, path, body, headers):
        self.connection.request("POST" if body else "GET", path, body, headers)
        return self.connection.getresponse()


# -- measuring ---------------------------------------------------------------------------------
def measure(address, count, rounds):
    """All pages in turn, `rounds` times; prints a table and returns it."""
    people, sees = viewers()
    browsers = {who: Browser(address, person) for who, person in people.items()}
    bare = Browser(address, people["rep"])
    pages = {"B bare page": lambda: bare.ask("/bench/bare")} | requests(browsers)
    for page, ask in pages.items():  # warm: planner, templates, both workers
        for _ in range(6):
            expect(page, ask()[1])
    samples = {page: [] for page in pages}
    for _ in range(rounds):
        for page, ask in pages.items():
            answer = ask()
            expect(page, answer[1])
            samples[page].append(answer)
    table = {page: summary(rows, samples["B bare page"]) for page, rows in samples.items()}
    show(table, count, sees, rounds)
    return {"sees": sees, "rounds": rounds, "pages": table}


def expect(page, status):
    if status != 200:
        raise SystemExit(f"{page}: answered {status}.")


def viewers():
    """A rep, a lead, heads of a region and a division, and how many customers each sees."""
    from accounts.models import Person
    from crm.models import Customer

    ids = {"rep": company.FIRST_REP + 7, "lead": company.FIRST_PERSON + company.FIRST_TEAM + 6,
           "region": company.FIRST_PERSON + 13, "division": company.FIRST_PERSON + 3}  # fmt: skip
    people = {who: Person.objects.get(pk=pk) for who, pk in ids.items()}
    sees = {who: Customer.objects.visible_to(person).count() for who, person in people.items()}
    return people, sees


def requests(browsers):
    """Page → function that asks for it once."""
    pages = {}
    for who, browser in browsers.items():
        pages[f"list by name, {who}"] = lambda b=browser: b.ask("/customers")
    for who, browser in browsers.items():
        pages[f"list by activity, {who}"] = lambda b=browser: b.ask("/customers?sort=-activity")
    for who in ("rep", "division"):
        browser = browsers[who]
        for kind, term in terms(browser.person).items():
            path = f"/customers?{urlencode({'q': term})}"
            pages[f"search, {kind}, {who}"] = lambda b=browser, p=path: b.ask(p)
    rep = browsers["rep"]
    ids = some_customers(rep.person)
    turn = iter(range(10**9))
    pages["customer, rep"] = lambda: rep.ask(f"/customers/{ids[next(turn) % len(ids)]}")
    pages["save a visit, rep"] = lambda: rep.ask("/log", {
        "customer": ids[next(turn) % len(ids)], "client_uuid": uuid.uuid4(), "kind": "visit",
        "note": "Saw the new line; offer by Friday.",
    })  # fmt: skip
    return pages


def some_customers(person):
    from crm.models import Customer

    return list(
        Customer.objects.visible_to(person).order_by("pk").values_list("pk", flat=True)[:40]
    )


def terms(person):
    """A rare term, one of two Han characters, and a common one, all with hits for this person."""
    from crm.models import Customer

    one = Customer.objects.visible_to(person).order_by("-pk").first()
    return {
        "rare": one.search_key.split("|")[1],
        "two characters": company.COMMON,
        "common": "jidian",
    }


def summary(rows, bare):
    """Medians and 95th percentiles, as milliseconds and as ratios to B."""
    took = [row[0] for row in rows]
    base = [row[0] for row in bare]
    return {
        "p50_ms": round(statistics.median(took), 1), "p95_ms": round(high(took), 1),
        "p50_ratio": round(statistics.median(took) / statistics.median(base), 2),
        "p95_ratio": round(high(took) / statistics.median(base), 2),
        "statements": round(statistics.median(row[2] for row in rows)),
        "database_ms": round(statistics.median(row[3] for row in rows), 1),
    }  # fmt: skip


def high(values):
    return sorted(values)[int(len(values) * 0.95) - 1]


def show(table, count, sees, rounds, of="visible"):
    seen = ", ".join(f"{who} {number:,}" for who, number in sees.items())
    print(f"\n{count:,} customers; {seen} {of}; {rounds} rounds, interleaved, B's median = 1")
    print(f"{'page':34}{'p50':>7}{'p95':>7}{'ms':>8}{'SQL':>6}{'in SQL':>9}{'elsewhere':>11}")
    for page, row in table.items():
        rest = row["p50_ms"] - row["database_ms"]
        print(f"{page:34}{row['p50_ratio']:7.2f}{row['p95_ratio']:7.2f}{row['p50_ms']:8.1f}"
              f"{row['statements']:6}{row['database_ms']:6.1f} ms{rest:8.1f} ms")  # fmt: skip
