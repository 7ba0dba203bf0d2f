"""Thirty requests a second for a minute on the demo company: how long do people wait?

The load is open: requests begin when their time has come, whether or not earlier ones have been
answered, and waiting counts from that time on. So a server that falls behind cannot hide it.
"""

import os
import queue
import random
import signal
import statistics
import threading
import time
import uuid
from pathlib import Path

from tests.perf import access

RATE = 30  # requests a second
SESSIONS = 24  # people signed in at once
P95 = 500  # milliseconds
# page: its share of the load
MIX = {"list": 30, "customer": 30, "search": 15, "log a visit": 15, "trail": 5, "bare page": 5}
TERMS = ["hua", "机电", "ltd", "nan", "工具"]
WHO = ["rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "director"]
NAME = "bench_http"


def run(seconds, keep):
    """Load the demo company, serve it as `dev.py run` does, measure, print; returns the figures."""
    if not keep:  # what an earlier --keep left may be another demo
        with access.admin(access.at(os.environ["OWNER_DATABASE_URL"], "holdfast")) as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    environment = access.database(NAME)
    os.environ.update(environment | {"HOLDFAST_DEMO": "1"})
    import django

    django.setup()
    customers = prepare()
    server, address = access.serve(environment | {"HOLDFAST_DEMO": "1"})
    try:
        figures = measure(address, customers, seconds, lambda: cpu(server.pid))
        print(f"processor time of the web processes: {figures['web_cpu_ms']} ms a request")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    if not keep:
        access.drop(NAME)
    return figures


def prepare():
    """The demo company, unless an earlier run with --keep has made it; how many customers."""
    from django.core.management import call_command

    from crm.models import Customer

    call_command("migrate", database="owner", verbosity=0)
    call_command("seed_demo", "--if-empty")
    return Customer.objects.count()


class Desk:
    """People at work: each takes the next request whose time has come."""

    def __init__(self, address):
        from accounts.models import Person

        people = {person.username: person for person in Person.objects.filter(username__in=WHO)}
        known = [people[name] for name in WHO if name in people]
        self.browsers = [access.Browser(address, known[n % len(known)]) for n in range(SESSIONS)]
        auditor = Person.objects.get(username="auditor")
        self.readers = [access.Browser(address, auditor) for _ in range(SESSIONS)]
        self.books = {
            person.pk: (access.some_customers(person), loggable(person)) for person in known
        }
        self.due: queue.Queue = queue.Queue()
        self.samples, self.errors, self.lock = [], [], threading.Lock()

    def work(self, number):
        """One thread with the sessions of its number."""
        choose = random.Random(number)
        while (task := self.due.get()) is not None:
            at, page = task
            try:
                answer = self.request(page, number, choose)
            except OSError as error:
                answer = (0, type(error).__name__, 0, 0)
            waited = (time.perf_counter() - at) * 1000
            with self.lock:
                self.samples.append((page, waited, answer[0]))
                if answer[1] != 200:
                    self.errors.append((page, answer[1]))

    def request(self, page, number, choose):
        browser = self.readers[number] if page == "trail" else self.browsers[number]
        seen, mine = self.books.get(browser.person.pk, ([], []))
        if page == "log a visit":
            return browser.ask("/log", {
                "customer": choose.choice(mine), "client_uuid": uuid.uuid4(), "kind": "visit",
                "note": "Saw the new line; offer by Friday.",
            }) if mine else browser.ask("/customers")  # fmt: skip
        path = {
            "list": "/customers", "trail": "/trail", "bare page": "/bench/bare",
            "search": f"/customers?{access.urlencode({'q': choose.choice(TERMS)})}",
        }.get(page) or f"/customers/{choose.choice(seen)}"  # fmt: skip
        return browser.ask(path)


def loggable(person):
    """Customers at whom this person may log visits."""
    from accounts.access import Action
    from crm.models import Customer

    rows = Customer.objects.visible_to(person, Action.ACTIVITY_LOG).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:40])


def cpu(master):
    """Seconds of processor time that a server and its forks have used, as Linux counts."""
    found = 0
    forks = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in [str(master), *forks]:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found += int(fields[11]) + int(fields[12])
    return found / os.sysconf("SC_CLK_TCK")


def measure(address, customers, seconds, used):
    """Warm up, keep the rate for so many seconds, wait for the last answer."""
    desk = Desk(address)
    for number in range(6):  # both processes: templates, plans
        for page in MIX:
            desk.request(page, number, random.Random(number))
    threads = [threading.Thread(target=desk.work, args=(n,)) for n in range(SESSIONS)]
    for thread in threads:
        thread.start()
    choose, begun, before = random.Random(1), time.perf_counter(), used()
    for number in range(int(RATE * seconds)):
        at = begun + number / RATE
        time.sleep(max(0.0, at - time.perf_counter()))
        desk.due.put((at, choose.choices(list(MIX), weights=MIX.values())[0]))
    for _ in threads:
        desk.due.put(None)
    for thread in threads:
        thread.join()
    each = round((used() - before) * 1000 / len(desk.samples), 1)
    return told(desk, customers, seconds, time.perf_counter() - begun) | {"web_cpu_ms": each}


def told(desk, customers, seconds, took):
    """The table, and whether the promise was kept."""
    bare = statistics.median(
        service for page, _wait, service in desk.samples if page == "bare page"
    )
    pages = {page: [row for row in desk.samples if row[0] == page] for page in MIX}
    table = {page: summary(rows, bare) for page, rows in ({"all": desk.samples} | pages).items()}
    print(f"\n{customers:,} customers, {SESSIONS} sessions, {RATE} requests a second for {seconds} s"
          f" ({len(desk.samples)} requests in {took:.1f} s)")  # fmt: skip
    print(f"{'page':14}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'served / bare':>15}")
    for page, row in table.items():
        print(f"{page:14}{row['requests']:9}{row['p50_ms']:9}{row['p95_ms']:9}{row['p99_ms']:9}{row['ratio']:15}")  # fmt: skip
    held = table["all"]["p95_ms"] <= P95 and not desk.errors
    print(f"errors {len(desk.errors)} {sorted(set(desk.errors))[:5]}; p95 ≤ {P95} ms without error: {held}")  # fmt: skip
    return {"customers": customers, "held": held, "errors": len(desk.errors),
            "seconds": round(took, 1), "pages": table}  # fmt: skip


def summary(rows, bare):
    """Waiting times of one page, and how long it was served as a ratio to the bare page."""
    waits = sorted(row[1] for row in rows) or [0.0]
    served = statistics.median(row[2] for row in rows) if rows else 0.0

    def at(share):
        return round(waits[min(len(waits) - 1, int(len(waits) * share))], 1)

    return {"requests": len(rows), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
            "ratio": round(served / bare, 2)}  # fmt: skip
