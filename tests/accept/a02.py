"""A02: a denial changes nothing and tells nothing; foreign, missing and unresolved are one answer."""

import time
from statistics import median

from django.db import transaction
from django.urls import reverse

from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.matrix import addresses, engine
from tests.matrix.world import World

PAIRS = frame.size(100, 500)
MISSING = 987_654_321
STRANGER = "wu"
SEEN = ("status", "headers", "cookies", "body")
HTMX = {"HX-Request": "true"}


def run():
    with frame.undone():
        world = World()
        cells, wrong = denied(world)
        asked, different = indistinguishable(world)
        ratio = timing(world)
    ok = not (wrong or different) and 0.9 <= ratio <= 1.1 and asked
    return bool(ok), {
        "denied": cells, "wrong": len(wrong), "compared": asked, "different": len(different),
        "time_ratio": round(ratio, 3), "first": [*wrong, *different][:6],
    }  # fmt: skip


def denied(world):
    """All denied cells of the table: (how many, what is wrong)."""
    by_name = {a.name: a for a in engine.every_address()}
    cells = [
        (by_name[name], method, person, code)
        for (name, method), row in engine.table().items()
        for person, code in row.items()
        if code in engine.DENIED and name in by_name
    ]
    found = [engine.wrong(world, *cell) for cell in cells]
    return len(cells), list(filter(None, found))


def hidden(world):
    """Addresses that answer the stranger with the 404 for things of the world."""
    rows = engine.table()
    for address in engine.every_address():
        own = rows.get((address.name, "GET")) or rows.get((address.name, "POST")) or {}
        if address.parameters and own.get(STRANGER) == "--":
            yield address


def indistinguishable(world):
    """Compare foreign, missing and unresolved, by pages, fragments and methods."""
    different, asked = [], 0
    for address in hidden(world):
        client = (world.clients if address.is_api else world.browsers)[STRANGER]
        for method in ("get", "head", "post"):
            for headers in ({}, HTMX):
                urls = {"foreign": foreign(address, world), "missing": missing(address, world)}
                # The API says 405 before it looks for anything; the page of no view cannot.
                urls |= {"unresolved": "/api/v1/nothing" if address.is_api else "/nothing/here"}
                answers = {kind: answer(client, method, url, headers) for kind, url in urls.items()}
                asked += 1
                if answers["foreign"] != answers["missing"]:
                    different.append(
                        f"{address.name} {method}: foreign {answers['foreign'][:2]} missing {answers['missing'][:2]}"
                    )
                elif answers["foreign"][0] == 404 and answers["foreign"] != answers["unresolved"]:
                    one, other = answers["foreign"], answers["unresolved"]
                    parts = [n for n, a, b in zip(SEEN, one, other, strict=True) if a != b]
                    parts += [set(one[1]) ^ set(other[1])]
                    different.append(
                        f"{address.name} {method}: unlike an unresolved address: {parts}"
                    )
    return asked, different


def foreign(address, world):
    return reverse(
        address.name, kwargs=addresses.arguments(address.name, address.parameters, world)
    )


def missing(address, world):
    given = addresses.arguments(address.name, address.parameters, world)
    return reverse(address.name, kwargs={
        name: MISSING if isinstance(value, int) else value for name, value in given.items()
    })  # fmt: skip


def answer(client, method, url, headers):
    """Everything a client can see of an answer, but for the date."""
    with transaction.atomic():
        response = getattr(client, method)(url, headers=headers)
        transaction.set_rollback(True)
    seen = {k: v for k, v in response.headers.items() if k != "Date"}
    return response.status_code, sorted(seen.items()), response.cookies.output(), response.content


def timing(world):
    """Median time of a foreign object over that of a missing one."""
    address = next((a for a in hidden(world) if a.name == "crm:customer"), None)
    if address is None:
        return 1.0
    client, times = world.browsers[STRANGER], {"foreign": [], "missing": []}
    urls = {"foreign": foreign(address, world), "missing": missing(address, world)}
    for turn in range(PAIRS + 5):
        for kind, url in sorted(urls.items(), reverse=turn % 2):
            started = time.perf_counter()
            client.get(url)
            if turn >= 5:
                times[kind].append(time.perf_counter() - started)
    return median(times["foreign"]) / median(times["missing"])


def tells_foreign_apart(self, request):
    """A 403 instead of the 404 where the thing exists."""
    response = self.get_response(request)
    kwargs = getattr(request.resolver_match, "kwargs", {})
    if response.status_code == 404 and kwargs and MISSING not in kwargs.values():
        response.status_code = 403
    return response


def writes_first():
    """A write moved before its check: every asked customer is touched, then refused."""
    from unittest import mock

    from crm import access

    real = access.narrow

    def narrow(queryset, path, person, action, at):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("UPDATE crm_customer SET version = version WHERE name = '华东机电'")
        return real(queryset, path, person, action, at)

    return mock.patch("crm.access.narrow", narrow)


MUTANTS = [
    patched(
        "403 for foreign, 404 for missing",
        "kit.middleware.PlainNotFound.__call__",
        tells_foreign_apart,
    ),
    Mutant("the write comes before the check", writes_first),
]
