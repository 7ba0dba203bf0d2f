"""A05: no query string reaches the ORM: paths, lookups and connectors change no list and break none."""

import itertools
import random
import re

from django.db import transaction
from django.urls import reverse

from tests.accept import frame
from tests.accept.frame import Mutant
from tests.matrix.world import World

STRINGS = frame.size(500, 5_000)
PAGES = (
    "crm:customers",
    "crm:contacts",
    "accounts:people",
    "accounts:org",
    "accounts:inbox",
    "crm:today",
)
ENDPOINTS = (
    "api:customers-list",
    "api:contacts-list",
    "api:links-list",
    "api:visits-list",
    "api:people-list",
)
PATHS = (
    "assignments", "person", "account_manager", "owner", "access", "home_unit", "origin_person", "region",
    "contact", "positions", "customer", "author", "user", "key", "auth_token_set", "memberships", "shares",
)  # fmt: skip
FIELDS = ("password", "username", "auth_epoch", "wrapped", "digest", "sealed", "roles", "state", "id", "pk",
          "value_index", "principal", "rights", "email")  # fmt: skip
LOOKUPS = (
    "startswith",
    "contains",
    "regex",
    "in",
    "isnull",
    "gte",
    "exact",
    "iexact",
    "range",
    "date",
    "",
)
ALONE = ("_connector", "_negated", "Q", "filter", "order_by", "ordering", "fields", "exclude", "using", "extra",
         "query", "group_by", "user", "as", "person_id__in", "pk__in", "id__gt", "state", "epoch")  # fmt: skip
VALUES = (
    "a",
    "1",
    "true",
    "OR",
    "AND",
    "pbkdf2",
    "%",
    "[",
    "a,b",
    "2020-01-01",
    "null",
    "-1",
    "9" * 30,
)
LINK = re.compile(r'href="/((?:customers|contacts|people|visits|organisation/units)/\d+)[/"?#]')


def run():
    wrong, answers = [], 0
    chance = random.Random(5)
    with frame.undone():
        world = World()
        person = "he"
        places = [(reverse(n), world.browsers[person], page_rows) for n in PAGES]
        places += [(reverse(n), world.clients[person], api_rows) for n in ENDPOINTS]
        plain = {url: rows(read(client, url)) for url, client, rows in places}
        for text in itertools.islice(strings(chance), STRINGS):
            url, client, rows = chance.choice(places)
            response = read(client, f"{url}?{text}")
            answers += 1
            if response.status_code in (400, 404, 422):
                continue  # refused is fine
            if response.status_code != 200:
                wrong.append(f"{url}?{text}: {response.status_code}")
            elif rows(response) != plain[url]:
                wrong.append(f"{url}?{text}: other rows")
    return not wrong and answers == STRINGS, {
        "strings": answers,
        "wrong": len(wrong),
        "first": wrong[:5],
    }


def read(client, url):
    with transaction.atomic():
        response = client.get(url)
        response.render() if hasattr(response, "render") and not response.is_rendered else None
        transaction.set_rollback(True)
    return response


def page_rows(response):
    """The things a page links to, in order."""
    return LINK.findall(response.content.decode())


def api_rows(response):
    return [row.get("id") for row in response.json().get("results", [])]


def strings(chance):
    """Endless query strings with paths through relations, and words of the ORM."""
    while True:
        kind = chance.random()
        if kind < 0.15:
            name = chance.choice(ALONE)
        else:
            parts = chance.sample(PATHS, chance.randint(0, 3))
            parts += [chance.choice(FIELDS), chance.choice(LOOKUPS)]
            name = ("__" if kind < 0.85 else chance.choice((".", "%00__", "[", "__" * 2))).join(
                filter(None, parts)
            )
            name += "" if "__" in name else "__in"
        yield f"{name}={chance.choice(VALUES)}"


def unfiltered():
    """`filter(**request.GET)` on the list of the API and of people."""
    from contextlib import ExitStack, contextmanager
    from unittest import mock

    from kit.scoping import ScopedQuerySet

    real = ScopedQuerySet.visible_to

    def visible_to(self, person, action=None, at=None):
        found = real(self, person, action, at)
        try:
            return found.filter(**GIVEN) if GIVEN else found
        except Exception:
            return found

    @contextmanager
    def applied():
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(ScopedQuerySet, "visible_to", visible_to))
            stack.enter_context(mock.patch("tests.accept.a05.read", reading))
            yield

    return applied()


GIVEN = {}
_read = read


def reading(client, url):
    from urllib.parse import parse_qsl

    GIVEN.clear()
    GIVEN.update(parse_qsl(url.partition("?")[2]))
    try:
        return _read(client, url)
    finally:
        GIVEN.clear()


MUTANTS = [Mutant("filter(**request.GET)", unfiltered)]
