"""The page "If X left tomorrow" of the largest book, for lead, director and the rep, beside page B.

200 people, and per customer 25 visits with contacts, two contacts, five orders with payments, a task
or a next step for one in four. One rep looks after two in a hundred of all customers.
"""

import os
import signal

from tests.perf import access, company

VISITS = 25
MOST_P95 = 800  # milliseconds


def run(label, count, rounds, keep):
    """Load, serve, measure, print; returns the figures."""
    company.resize(teams=16, reps=140, service=19, experts=20)
    company.VISITS = VISITS
    name = f"bench_exposure_{label}"
    environment = access.database(name)
    os.environ.update(environment)
    import django

    django.setup()
    loaded = access.prepare(name, count, Company)
    server, address = access.serve(environment)
    try:
        figures = measure(address, count, rounds)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    if not keep:
        access.drop(name)
    return {"size": count, "load_seconds": loaded} | figures


class Company(company.Loader):
    """The company with contacts, orders and open work, and with one book that is larger."""

    def rep(self, of=""):
        return f"(CASE WHEN {of}id % 66 = 0 THEN 0 ELSE {of}id * 7919 % {company.REPS} END)"

    def visits(self):
        super().visits()
        self.contacts()
        self.trade()
        self.work()

    def contacts(self):
        self.told("contacts")
        with self.bare("crm_contact"):
            self.insert("crm_contact", {
                "id": "2 * c.id + k", "name": "'Contact ' || (2 * c.id + k)", "version": "1",
                "sort_key": "'contact'", "search_key": "'contact'",
            }, "FROM crm_customer c, generate_series(0, 1) k")  # fmt: skip
        with self.bare("crm_position"):
            self.insert("crm_position", {
                "contact_id": "2 * c.id + k", "customer_id": "c.id", "function": "'purchase'",
                "is_key_person": "k = 0",
            }, "FROM crm_customer c, generate_series(0, 1) k")  # fmt: skip
        with self.bare("crm_activitycontact"):
            self.insert("crm_activitycontact", {
                "activity_id": "a.id", "contact_id": "2 * a.customer_id + a.id % 2",
            }, "FROM crm_activity a")  # fmt: skip
        self.cursor.execute("ALTER TABLE crm_activity DISABLE TRIGGER USER")
        # Every fourth visit was confirmed; every tenth was made by a colleague of the same team.
        self.cursor.execute(
            "UPDATE crm_activity SET proof = 'location', confirmed_at = happened_at WHERE id % 4 = 0;"
            f"UPDATE crm_activity SET author_id = {company.FIRST_REP} + (author_id - {company.FIRST_REP}"
            f" + {company.TEAMS}) % {company.REPS} WHERE id % 10 = 0 AND customer_id % 3 <> 0;"
            "UPDATE crm_activity SET next_step = 'Send the offer', next_step_on = current_date"
            " WHERE id % 100 = 0;"
        )
        self.cursor.execute("ALTER TABLE crm_activity ENABLE TRIGGER USER")

    def trade(self):
        self.told("orders")
        with self.bare("crm_order"):
            self.insert("crm_order", {
                "customer_id": "c.id", "number": "'SO-' || k",
                "ordered_on": "current_date - (k * 70 + c.id % 70)::int", "state": "'delivered'",
                "currency": "CASE WHEN c.id % 9 = 0 THEN 'USD' ELSE 'CNY' END", "version": "1",
                "amount": "1000 + c.id % 977", "person_id": f"{company.FIRST_REP} + {self.rep('c.')}",
            }, "FROM crm_customer c, generate_series(0, 4) k")  # fmt: skip
        with self.bare("crm_payment"):
            self.insert("crm_payment", {
                "customer_id": "o.customer_id", "order_id": "o.id", "paid_on": "o.ordered_on + 20",
                "currency": "o.currency", "amount": "o.amount / (1 + o.id % 2)", "version": "1",
            }, "FROM crm_order o WHERE o.id % 5 <> 0")  # fmt: skip
        self.cursor.execute("ALTER TABLE crm_rate DISABLE TRIGGER USER")
        self.insert("crm_rate", {"currency": "'USD'", "since": "'2020-01-01'", "rate": "7.1",
                                 "version": "1"}, "")  # fmt: skip
        self.cursor.execute("ALTER TABLE crm_rate ENABLE TRIGGER USER")

    def work(self):
        self.told("tasks")
        who = f"{company.FIRST_REP} + {self.rep('c.')}"
        with self.bare("crm_task"):
            self.insert("crm_task", {
                "customer_id": "c.id", "kind": "'todo'", "title": "'Send samples'", "state": "'open'",
                "due_on": "current_date + (c.id % 9)::int - 4", "person_id": who, "version": "1",
                "first_person_id": who, "made_by_id": who,
            }, "FROM crm_customer c WHERE c.id % 4 = 0")  # fmt: skip


def measure(address, count, rounds):
    """The page for each viewer and B in turn; prints a table and returns it."""
    from accounts.models import Person
    from crm.models import Assignment
    from handover.selectors import exposure

    who = Person.objects.get(pk=company.FIRST_REP)
    lead = Person.objects.get(pk=company.FIRST_PERSON + company.FIRST_TEAM - 1)
    director = Person.objects.get(pk=company.FIRST_PERSON)
    book = Assignment.objects.at().filter(person=who, seat="account_manager").count()
    page = f"/people/{who.pk}/exposure"
    browsers = {name: access.Browser(address, one)
                for name, one in {"rep": who, "lead": lead, "director": director}.items()}  # fmt: skip
    pages = {
        "B bare page": lambda: browsers["lead"].ask("/bench/bare"),
        "exposure, lead": lambda: browsers["lead"].ask(page),
        "exposure, director": lambda: browsers["director"].ask(page),
        "readiness, rep": lambda: browsers["rep"].ask("/readiness"),
    }
    for name, ask in pages.items():
        for _ in range(6):
            access.expect(name, ask()[1])
    samples = {name: [] for name in pages}
    for _ in range(rounds):
        for name, ask in pages.items():
            answer = ask()
            access.expect(name, answer[1])
            samples[name].append(answer)
    table = {name: access.summary(rows, samples["B bare page"]) for name, rows in samples.items()}
    held = all(row["p95_ms"] <= MOST_P95 for row in table.values())
    known = exposure.of(director, [who])
    access.show(
        table, count, {"largest book": book, "known to nobody else": known.alone}, rounds, ""
    )
    worst = max(row["p95_ms"] for row in table.values())
    print(f"p95 at most {worst} ms; within {MOST_P95} ms: {held}")
    return {"book": book, "rounds": rounds, "held": held, "pages": table}
