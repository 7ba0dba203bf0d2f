"""The description at /api/v1/schema says all that the API does, and nothing else."""

import os
from collections import Counter
from io import StringIO
from uuid import uuid4

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from crm.services import activities, links
from kit.api.base import ScopedViewSet
from tests.api.conftest import token_of
from tests.crm.contacts_world import phone_of, wang
from tests.matrix.engine import every_address

# The long run: HOLDFAST_SCHEMA_EXAMPLES=250 python3 dev.py test tests/api/test_api_schema.py
EXAMPLES = int(os.environ.get("HOLDFAST_SCHEMA_EXAMPLES", "4"))
SETTINGS = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def schema(db):
    return Client().get("/api/v1/schema").json()


def test_schema_is_valid_and_written_without_a_warning(db):
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())


def test_every_route_of_the_api_is_described_with_its_errors(schema):
    routes = [a for a in every_address() if a.is_api and hasattr(a.view, "actions")]
    assert len(routes) > 12
    for address in routes:
        path = "/" + address.route.replace("<int:pk>", "{id}")
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


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.ignored_auth,
]


def world(cast):
    """One of everything that li has, by the first word of its address."""
    contact = wang(cast)
    link = links.add(actor=cast.li, customer=cast.huadong, contact=contact, person=cast.li,
                     values={"through": "visit"})  # fmt: skip
    visit = activities.log(actor=cast.li, customer=cast.huadong, client_uuid=uuid4(), note="Met.",
                           contacts=[contact])  # fmt: skip
    return {
        "customers": cast.huadong.pk, "contacts": contact.pk, "links": link.pk, "people": cast.li.pk,
        "channels": phone_of(contact).pk, "visits": visit.pk,
    }  # fmt: skip


def at_home(case, known):
    """Point a generated case at things that exist, so that it comes past the 404."""
    word = case.path.removeprefix("/api/v1/").partition("/")[0]
    if case.path_parameters:
        case.path_parameters = {"id": known[word]}
    if isinstance(case.body, dict):
        given = {"customer": known["customers"], "contact": known["contacts"], "version": 1}
        case.body |= {name: key for name, key in given.items() if name in case.body}


@pytest.fixture
def application(db):
    """The product as a server has it, but that it keeps the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("name", ["li", "he", "hu"])
def test_nothing_that_is_sent_breaks_or_is_answered_by_what_is_not_described(
    cast, application, name
):
    known = world(cast)
    described = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    headers = {"Authorization": f"Token {token_of(cast[name])}"}
    answered = Counter()

    def ask(case, real):
        if real:
            at_home(case, known)
        with transaction.atomic():
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)
        answered[answer.status_code] += 1

    for result in described.get_all_operations():
        for mode in GenerationMode:
            case = result.ok().as_strategy(generation_mode=mode)
            try:
                SETTINGS(given(case=case, real=booleans())(ask))()
            except Unsatisfiable:  # nothing to get wrong here
                assert mode is GenerationMode.NEGATIVE
    assert answered.total() > 20 * EXAMPLES
    assert {200, 400, 404, 422} <= answered.keys()
