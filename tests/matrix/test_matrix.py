"""Every address, method and person against tests/matrix/table.txt. `dev.py accept A01` shows more."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.matrix import addresses, engine
from tests.matrix.world import PERSONAS, World

GROUPS = [PERSONAS[0::4], PERSONAS[1::4], PERSONAS[2::4], PERSONAS[3::4]]


def test_every_address_and_method_has_a_row():
    assert engine.undeclared() == [], "add rows: HOLDFAST_MATRIX=1 python3 dev.py accept A01"


def test_no_row_is_about_an_address_that_is_gone():
    assert engine.stale() == []


def test_each_answer_of_an_address_is_as_declared_and_no_refusal_writes(db):
    assert engine.differences_of_each_answer(World()) == []


@pytest.mark.slow
@pytest.mark.parametrize("people", GROUPS, ids="-".join)
def test_every_cell_is_as_declared_and_no_refusal_writes(db, people):
    assert engine.differences(World(), people) == []


def test_methods_without_a_row_change_nothing(db):
    assert engine.silent_writes(World(), ("he",), engine.WRITING) == []


@pytest.mark.slow
def test_methods_without_a_row_change_nothing_whatever_one_may_read(db):
    assert engine.silent_writes(World()) == []


def test_no_form_is_taken_from_another_site(db):
    world, taken = World(), []
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.he, backend="accounts.backends.SignIn")
    for address in engine.every_address():
        if address.is_api or (address.name, "POST") not in engine.table():
            continue
        url = reverse(
            address.name, kwargs=addresses.arguments(address.name, address.parameters, world)
        )
        before = engine.changed()
        response = client.post(url, addresses.body(address.name, world))
        if response.status_code != 403 or engine.changed() != before:
            taken.append(f"{address.name}: {response.status_code}")
    assert taken == []


def test_a_token_opens_no_page(db):
    world = World()
    for address in engine.every_address():
        if not address.is_api and engine.table().get((address.name, "GET"), {}).get("anon") == "in":
            answer = world.clients["li"].get(
                reverse(
                    address.name,
                    kwargs=addresses.arguments(address.name, address.parameters, world),
                )
            )
            assert engine.code(answer) == "in", address.name
