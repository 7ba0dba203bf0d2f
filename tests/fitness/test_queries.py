"""How many statements a page may ask; it must not grow with the number of rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.matrix import addresses
from tests.matrix.world import World

# address → most statements, session, person, unread notices and disclosure included
MOST = {
    "crm:customers": 6,  # with the terms of validity behind "not pursued"
    "crm:palette": 9,  # without words: what was open last, and the acts of the page
    "crm:customer": 25,
    "crm:contacts": 12,
    "crm:contact": 25,
    "crm:activity": 20,
    "crm:today": 20,
    "crm:tasks": 5,
    "crm:customer-tasks": 12,
    "accounts:people": 12,
    "accounts:org": 12,
    "accounts:inbox": 12,
    "accounts:trail": 25,
}


@pytest.fixture
def world(db):
    return World()


def statements(world, name, person):
    from tests.matrix.engine import every_address

    address = next(a for a in every_address() if a.name == name)
    url = reverse(name, kwargs=addresses.arguments(name, address.parameters, world))
    world.browsers[person].get(url)  # what is remembered for good is asked once
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert world.browsers[person].get(url).status_code == 200
    return [
        q["sql"]
        for q in asked
        if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]


@pytest.mark.parametrize("name", MOST)
@pytest.mark.parametrize("person", ["li", "he"])
def test_a_page_asks_no_more_than_its_budget(world, name, person):
    asked = statements(world, name, person)
    assert len(asked) <= MOST[name], "\n".join(sql[:150] for sql in asked)


@pytest.mark.parametrize("name", ["crm:customers", "crm:contacts", "crm:today", "accounts:trail"])
def test_a_list_asks_no_more_for_thirty_customers_than_for_one(world, name):
    from tests.accept.a03 import owned

    before = len(statements(world, name, "he"))
    from crm.services import access_index

    made = [owned(world, world.li, n) for n in range(30)]
    access_index.recompute([one.huadong.pk for one in made])
    assert len(statements(world, name, "he")) <= before + 3
