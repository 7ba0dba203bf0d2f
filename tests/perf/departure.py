"""From the three fields of a departure to its plan on the screen, for a book of two hundred customers.

The company of `exposure`, with one of HR among its people. A round sends the form, reads the plan that
it answers with, and withdraws it again beside the clock, so that every round begins with nothing.
"""

import os
import signal
import statistics
import time

from tests.perf import access, company, exposure

MOST = 5  # seconds
ROUNDS = 20


def run(label, count, rounds, keep):
    """Load, serve, measure, print; returns the figures."""
    company.resize(teams=16, reps=140, service=19, experts=20)
    company.VISITS = exposure.VISITS
    name = f"bench_departure_{label}"
    environment = access.database(name)
    os.environ.update(environment)
    import django

    django.setup()
    loaded = access.prepare(name, count, Company)
    server, address = access.serve(environment)
    try:
        figures = measure(address, count, min(rounds, ROUNDS))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    if not keep:
        access.drop(name)
    return {"size": count, "load_seconds": loaded} | figures


class Company(exposure.Company):
    """The company with one of HR: the last of the experts."""

    def work(self):
        super().work()
        last = company.FIRST_EXPERT + company.EXPERTS - 1
        self.cursor.execute(f"UPDATE accounts_person SET roles = '{{hr}}' WHERE id = {last}")


def measure(address, count, rounds):
    """Form and plan in turn with B; prints a table and returns it."""
    from accounts.models import Person
    from crm.models import Assignment

    hr = Person.objects.get(roles=["hr"])
    leaver = Person.objects.get(pk=company.FIRST_REP)
    book = Assignment.objects.at().filter(person=leaver, seat="account_manager").count()
    browser = access.Browser(address, hr)
    fields = {"person": leaver.pk, "last_day": last_day(), "kind": "resignation"}
    samples = {name: [] for name in ("B bare page", "three fields sent", "plan read")}
    both = []
    for turn in range(rounds + 1):
        bare = browser.ask("/bench/bare")
        started = time.perf_counter()
        sent = browser.ask("/departures/new", fields)
        departure = made(leaver, sent[1])
        read = browser.ask(f"/departures/{departure.pk}/plan")
        took = time.perf_counter() - started
        access.expect("plan", read[1])
        withdraw(hr, departure)
        if turn:  # the first warms the server
            both.append(took)
            for name, answer in zip(samples, (bare, sent, read), strict=True):
                samples[name].append(answer)
    table = {name: access.summary(rows, samples["B bare page"]) for name, rows in samples.items()}
    access.show(table, count, {"book": book}, rounds, "")
    worst = round(max(both), 2)
    print(f"fields to plan: {statistics.median(both):.2f} s, at most {worst} s; within {MOST} s: {worst <= MOST}")  # fmt: skip
    return {"book": book, "rounds": rounds, "held": worst <= MOST, "most_seconds": worst,
            "pages": table}  # fmt: skip


def last_day():
    """A working day thirty working days from now."""
    from accounts.selectors.calendar import add_working_days
    from kit.dates import company_zone, today

    return add_working_days(today(company_zone()), 30).isoformat()


def made(leaver, status):
    """The plan that the form has made."""
    from handover.models import Departure

    departure = Departure.objects.filter(person=leaver, state="draft").first()
    if departure is None:
        raise SystemExit(f"No plan was made: answered {status}.")
    return departure


def withdraw(hr, departure):
    """Begin anew: one person has one plan."""
    from handover.services import cases

    cases.withdraw(actor=hr, departure=departure, reason="Measured")
