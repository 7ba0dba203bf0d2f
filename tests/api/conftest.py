"""API clients of the cast."""

import json

import pytest
from django.test import Client

from accounts.models import ApiToken
from kit.disclosure import Disclosure


def token_of(person):
    """A fresh token of a person, in clear."""
    return ApiToken.objects.create(user=person, epoch=person.auth_epoch)[1]


class Api:
    """A client of one person: `api.get("customers")`. Bodies are JSON; answers keep `.data`."""

    def __init__(self, person):
        self.person = person
        self.client = Client(headers={"Authorization": f"Token {token_of(person)}"})

    def get(self, path, **query):
        return self._read(self.client.get(f"/api/v1/{path}", query))

    def post(self, path, body=None, **more):
        return self._send("post", path, body, **more)

    def patch(self, path, body=None, **more):
        return self._send("patch", path, body, **more)

    def _send(self, method, path, body, **more):
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body or {})
        send = getattr(self.client, method)
        kind = more.pop("content_type", "application/json")
        return self._read(send(f"/api/v1/{path}", raw, content_type=kind, **more))

    def _read(self, response):
        response.data = json.loads(response.content) if response.content else None
        return response

    def every(self, path, limit=2, **query):
        """All rows of a list, page by page."""
        rows, cursor = [], {}
        while True:
            page = self.get(path, limit=limit, **query, **cursor).data
            rows += page["results"]
            if not page["next"]:
                return rows
            cursor = {"cursor": page["next"]}


@pytest.fixture
def api(cast):
    """api("li"): the client of one of the cast."""
    clients = {}

    def of(name):
        if name not in clients:
            clients[name] = Api(cast[name])
        return clients[name]

    return of


def disclosed(person):
    """Keys of the customers that the API has counted as shown to a person, the last answer last."""
    rows = Disclosure.objects.filter(person_id=person.pk, kind=Disclosure.Kind.API).order_by("pk")
    return [row.customer_ids for row in rows]


@pytest.fixture
def unchanged(cast):
    """with unchanged(): nothing but counters and the last use of tokens is written in the block."""
    from contextlib import contextmanager

    from tests.matrix.engine import changed

    @contextmanager
    def check():
        before = changed()
        yield
        assert changed() == before

    return check
