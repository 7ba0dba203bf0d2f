"""The description at /api/v1/schema says all that the API does, and nothing else."""

import os
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from kit.api.base import ScopedViewSet
from tests.api.generated import Known, application, every_answer
from tests.matrix.engine import every_address
from tests.matrix.world import World

# The long run of all personas is `dev.py accept F01`.
EXAMPLES = int(os.environ.get("HOLDFAST_SCHEMA_EXAMPLES", "1"))


@pytest.fixture
def schema(db):
    return Client().get("/api/v1/schema").json()


def test_schema_is_valid_and_written_without_a_warning(db):
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())


def test_every_route_of_the_api_is_described_with_its_errors(schema):
    routes = [a for a in every_address() if a.is_api and hasattr(a.view, "actions")]
    assert len(routes) > 12
    for address in routes:
        path = "/" + re.sub(r"<\w+:pk>", "{id}", address.route)
        for method in address.methods:
            operation = schema["paths"][path][method.lower()]
            assert {"400", "401", "403", "404", "503"} <= operation["responses"].keys()
            assert operation["security"] == [{"personalToken": []}]
            assert operation["description"]
            if method != "GET":
                assert {"409", "413", "415", "422", "429"} <= operation["responses"].keys()


def test_every_endpoint_is_the_one_viewset(db):
    views = [a.view.cls for a in every_address() if a.is_api and hasattr(a.view, "actions")]
    assert all(issubclass(view, ScopedViewSet) for view in views)


def test_no_description_asks_who_one_is(schema):
    bodies = {
        name: set(one.get("properties", ()))
        for name, one in schema["components"]["schemas"].items()
        if name.endswith("Request")
    }
    assert bodies
    for fields in bodies.values():
        assert not {"user", "actor", "author", "id"} & fields
    assert {name for name, fields in bodies.items() if "roles" in fields} == {
        "NewPersonRequest", "RolesBodyRequest"  # acts whose very purpose they are
    }  # fmt: skip


def test_nothing_that_is_sent_breaks_or_is_answered_by_what_is_not_described(db):
    world = World()
    with application() as app:
        everybody = [Known(world, world[name]) for name in ("li", "he", "hu")]
        answered, wrong = every_answer(app, everybody, EXAMPLES)
    assert wrong == []
    assert answered.total() > 60 * EXAMPLES
    assert {200, 400, 404, 422} <= answered.keys()
