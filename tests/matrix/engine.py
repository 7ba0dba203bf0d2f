"""Every address × method × person against the table, and the proof that a denial changed nothing."""

import copy
import functools
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.management.commands import routes
from kit.middleware import not_found_body
from tests.matrix import addresses
from tests.matrix.world import PERSONAS

SPOKEN_OF = ("GET", "POST", "PUT", "PATCH", "DELETE")
TABLE = Path(__file__).with_name("table.txt")
DENIED = {"in", "no", "--", "405"}
FOREIGN = {"华东机电", "Nanqiao", "secret-note", "secret-task", "周敏", "Zhou Min"}
# What may be written while something is refused: counters, sessions, the last use of a token.
EXEMPT = [
    "kit_disclosure",
    "kit_counter",
    "kit_cache",
    "django_session",
    "usersessions_usersession",
    "accounts_trailentry",
    "accounts_apitoken",
]
CHANGED = """
    SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
        + pg_stat_get_xact_tuples_deleted(c.oid)), 0)
    FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT c.relname = ANY(%s)
"""


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    route: str
    parameters: tuple
    view: object

    @property
    def is_api(self):
        return self.route.startswith("api/")

    @property
    def methods(self):
        """Methods of which the table must speak: those the view names, GET where it names none."""
        named = routes.methods(self.view)
        return ("GET",) if named is routes.ANY else tuple(m for m in named if m in SPOKEN_OF)


@functools.cache
def every_address():
    """All patterns of the resolver, ours and others', in order."""
    return tuple(_walk(get_resolver(), "", "", ()))


def _walk(node, namespace, prefix, parameters):
    for item in node.url_patterns:
        route = prefix + str(item.pattern)
        given = (*parameters, *item.pattern.converters, *_groups(item.pattern))
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from _walk(item, inner, route, given)
        elif isinstance(item, URLPattern):
            yield Address(
                f"{namespace}{item.name}" if item.name else route, route, given, item.callback
            )


def _groups(pattern):
    regex = getattr(pattern, "regex", None)
    return () if pattern.converters or regex is None else tuple(regex.groupindex)


@functools.cache
def table():
    """{(address, method): {person: code}} as declared."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
    head, rows = lines[0], lines[1:]
    assert head[2:] == PERSONAS, "the head of the table names the people of world.py in order"
    declared = {}
    for name, method, *cells in rows:
        assert len(cells) == len(PERSONAS), f"{name} {method}: {len(cells)} cells"
        assert (name, method) not in declared, f"{name} {method} stands there twice"
        declared[name, method] = dict(zip(PERSONAS, cells, strict=True))
    return declared


def undeclared():
    """Addresses and methods nobody has declared, as (name, method)."""
    declared = table()
    wanted = [(a.name, m) for a in every_address() for m in a.methods]
    return [pair for pair in dict.fromkeys(wanted) if pair not in declared]


def stale():
    """Rows of addresses that no longer exist."""
    names = {a.name for a in every_address()}
    return sorted({name for name, _method in table() if name not in names})


def changed():
    """How many rows this transaction has written so far, exempt tables aside."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [EXEMPT])
        return int(cursor.fetchone()[0])


@dataclass
class Answer:
    """How one cell was answered."""

    code: str
    writes: int
    response: object


def ask(world, address, method, person):
    """Send one request as one person; whatever it did is undone."""
    client = (world.clients if address.is_api else world.browsers)[person]
    url = reverse(address.name, kwargs=addresses.arguments(address.name, address.parameters, world))
    data = addresses.body(address.name, world) if method in ("POST", "PUT", "PATCH") else None
    as_json = address.is_api and data is not None and "file" not in data  # a file comes in a form
    kind = {"content_type": "application/json"} if as_json else {}
    cookies = copy.deepcopy(client.cookies)
    before = changed()
    with transaction.atomic():
        response = getattr(client, method.lower())(url, data, **kind)
        writes = changed() - before
        transaction.set_rollback(True)
    client.cookies = cookies  # the session is as it was before, so is its key
    return Answer(code(response), writes, response)


def code(response):
    """The word of the table for an answer."""
    status, location = response.status_code, response.headers.get("Location", "")
    if status in (301, 302, 303) and location.startswith("/accounts/login"):
        return "in"
    if status in (301, 302, 303) and "reauthenticate" in location:
        return "ask"
    words = {401: "in", 403: "no", 404: "--", 422: "bad"}
    return words.get(status) or ("ok" if status < 400 else str(status))


def wrong(world, address, method, person, expected):
    """What is not as declared in one cell, as a sentence; "" if all is well."""
    answer = ask(world, address, method, person)
    where = f"{address.name} {method} {person}"
    if address.name in MAY_BE_LATE and answer.code.startswith("5"):
        return ""
    if answer.code != expected:
        return f"{where}: declared {expected}, answered {answer.code}"
    return denial(address, answer, where) if expected in DENIED else ""


def denial(address, answer, where):
    """A denial changes nothing and tells nothing."""
    if answer.writes:
        return f"{where}: refused after {answer.writes} rows were written"
    body = answer.response.content
    if (
        answer.code == "--"
        and not address.is_api
        and answer.response.request["REQUEST_METHOD"] != "HEAD"
    ):
        if body != not_found_body():
            return f"{where}: another 404 than the one"
    elif answer.code != "no" and any(word in body.decode(errors="replace") for word in FOREIGN):
        return f"{where}: names in the body of a refusal"
    return ""


# Readiness is 503 by right where no beat and no sealer have run for minutes, as in a long test.
MAY_BE_LATE = {"readyz"}


def differences(world, people=PERSONAS):
    """All declared cells of these people that are not as declared."""
    return _differences(world, lambda cells, turn: people)


def differences_of_each_answer(world):
    """Of each row and each answer declared in it one cell, of another person in every row."""
    return _differences(world, _one_of_each_answer)


def _differences(world, asked):
    by_name = {a.name: a for a in every_address()}
    rows = ((n, m, cells) for (n, m), cells in table().items() if n in by_name)
    found = []
    for turn, (name, method, cells) in enumerate(rows):
        for person in asked(cells, turn):
            found.append(wrong(world, by_name[name], method, person, cells[person]))
    return list(filter(None, found))


def _one_of_each_answer(cells, turn):
    at = turn % len(PERSONAS)
    return {cells[person]: person for person in PERSONAS[at:] + PERSONAS[:at]}.values()


def one_of_each(cells):
    """The first two who are let in, and one person of each other answer."""
    let_in = [p for p in PERSONAS if cells.get(p) not in DENIED]
    return let_in[:2] + list({code: p for p, code in cells.items() if code in DENIED}.values())


def some_row(name):
    """The cells of the first row of an address, whatever its method."""
    return next((cells for (each, _method), cells in table().items() if each == name), {})


# Answers that only something which takes the method gives.
TAKES = {"no", "bad", "409", "429"}
WRITING = ("POST", "PUT", "PATCH", "DELETE")
OTHERS = ("HEAD", "OPTIONS", *WRITING)


def silent_writes(world, people=None, methods=OTHERS):
    """Of these methods those that no row declares must change nothing and never fail.

    people: who asks; without it, for each address one person of each answer to reading.
    """
    declared, found = table(), []
    for address in every_address():
        reading = declared.get((address.name, "GET"), {})
        for method in methods:
            if (address.name, method) in declared:
                continue
            for person in people or one_of_each(reading or some_row(address.name)):
                answer = ask(world, address, method, person)
                if answer.code.startswith("5") and address.name not in MAY_BE_LATE:
                    found.append(f"{address.name} {method} {person}: {answer.code}")
                elif answer.code == reading.get(person) and not answer.writes:
                    continue  # the method makes no difference
                elif method == "POST" and (
                    answer.code in TAKES or answer.response.status_code == 303
                ):
                    found.append(f"{address.name} POST has no row")
                    break
                elif answer.writes:
                    found.append(
                        f"{address.name} {method} {person}: wrote {answer.writes} rows, undeclared"
                    )
    return found


def observed(world, name, method):
    """A line of the table as things are now, for review before it is declared."""
    address = next(a for a in every_address() if a.name == name)
    cells = [ask(world, address, method, person).code for person in PERSONAS]
    return line(name, method, cells)


def line(name, method, cells):
    return f"{name:42} {method:6} " + " ".join(f"{cell:4}" for cell in cells).rstrip()
