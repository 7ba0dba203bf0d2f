"""The customer page with everything it fetches, the file, the map and the lists cut by them, beside B.

The company of `exposure` with the texts of a file for each customer, counted.
"""

import os
import signal

from tests.perf import access, company, exposure

MOST_SQL = 25
MOST_RATIO = 1.3  # the customer page against B


class Company(exposure.Company):
    """The company with files."""

    def work(self):
        super().work()
        self.told("files")
        who = f"{company.FIRST_REP} + {self.rep('c.')}"
        with self.bare("crm_fact"):
            self.insert("crm_fact", {
                "customer_id": "c.id", "field": "f.name", "guard": "'open'", "is_filled": "true",
                "value": "'\"said\"'::jsonb", "source": "'visit'", "version": "1",
                "confirmed_at": "now() - (c.id % 300) * interval '1 day'", "confirmed_by_id": who,
            }, f"FROM crm_customer c, (VALUES {self.fields()}) f (name)")  # fmt: skip
        with self.bare("crm_completeness"):
            self.insert("crm_completeness", {
                "customer_id": "c.id", "total": "c.id % 101", "parts": "'[80, 60, 40, 20, 90]'::jsonb",
            }, "FROM crm_customer c")  # fmt: skip

    def fields(self):
        """Ids of text fields of the first two parts, as rows of VALUES."""
        from crm.selectors import file_fields

        names = [one.id for part in file_fields.parts()[:2] for one in part.fields
                 if one.kind == "text" and not one.is_kept_elsewhere]  # fmt: skip
        return ", ".join(f"('{name}')" for name in names)


def run(label, count, rounds, keep):
    """Load, serve, measure, print; returns the figures."""
    company.VISITS = exposure.VISITS
    name = f"bench_file_{label}"
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


def measure(address, count, rounds):
    """Every page of everybody and B in turn; prints a table and returns it."""
    people, sees = access.viewers()
    browsers = {who: access.Browser(address, person) for who, person in people.items()}
    bare = access.Browser(address, people["rep"])
    pages = {"B bare page": lambda: bare.ask("/bench/bare")}
    for who in ("rep", "lead", "division"):
        pages |= of_customer(who, browsers[who])
    for who in ("rep", "lead"):
        pages |= lists(who, browsers[who])
    samples = {name: [] for name in pages}
    for turn in range(rounds + 6):  # the first are to warm: planner, templates, both workers
        for name, ask in pages.items():
            answer = ask()
            access.expect(name, answer[1])
            if turn >= 6:
                samples[name].append(answer)
    table = {name: access.summary(rows, samples["B bare page"]) for name, rows in samples.items()}
    access.show(table, count, sees, rounds)
    return verdict(table) | {"sees": sees, "rounds": rounds, "pages": table}


def of_customer(who, browser):
    """The page of a customer, each time another one, and what it fetches."""
    ids, turn = access.some_customers(browser.person), iter(range(10**9))

    def ask(path, htmx=False):
        return lambda: browser.ask(path.format(ids[next(turn) % len(ids)]), htmx=htmx)

    return {
        f"customer, {who}": ask("/customers/{}"),
        f"panel of the file, {who}": ask("/customers/{}/file?panel=1", htmx=True),
        f"panel of the map, {who}": ask("/customers/{}/map?panel=1", htmx=True),
        f"map as matrix, {who}": ask("/customers/{}/map?show=matrix"),
        f"file, {who}": ask("/customers/{}/file"),
    }


def lists(who, browser):
    """Lists that are cut by the file and the threads."""
    paths = {
        "single-threaded": "/customers?view=single-thread", "single, ours": "/customers?thread=ours",
        "incomplete": "/customers?view=incomplete", "least complete": "/customers?sort=file",
        "unreached contacts": "/contacts?only=unreached", "known by one": "/contacts?only=known-by-one",
    }  # fmt: skip
    return {f"{name}, {who}": lambda p=path: browser.ask(p) for name, path in paths.items()}


def verdict(table):
    """Whether the customer page keeps its promise for everybody."""
    own = [row for name, row in table.items() if name.startswith("customer,")]
    ratio, most = max(row["p50_ratio"] for row in own), max(row["statements"] for row in own)
    held = ratio <= MOST_RATIO and most <= MOST_SQL
    print(f"customer page: {ratio} B (≤ {MOST_RATIO}), {most} statements (≤ {MOST_SQL}): {held}")
    return {"held": held, "ratio": ratio, "statements": most}
