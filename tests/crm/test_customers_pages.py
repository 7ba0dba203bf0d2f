"""Pages of customers: list, one customer, new, edit, tier."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import TrailEntry
from crm.models import Customer
from kit.models import Disclosure


@pytest.fixture
def browse(client):
    """browse(person): a browser in which this person is signed in."""

    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


def test_rep_lists_own_customers_only(cast, browse):
    page = browse(cast.li).get("/customers")
    assert page.status_code == 200
    assert "华东机电" in page.text and "Nanqiao" not in page.text


def test_list_needs_few_statements(cast, browse):
    client = browse(cast.he)
    client.get("/customers")
    with CaptureQueriesContext(connection, ) as seen:
        client.get("/customers")
    reading = [q["sql"] for q in seen if q["sql"].startswith(("SELECT", "\n", "WITH"))]
    assert len(reading) <= 5, reading


def test_customer_page_needs_few_statements(cast, browse, absent):
    absent(cast.li)
    client = browse(cast.he)
    client.get(cast.huadong.get_absolute_url())
    with CaptureQueriesContext(connection) as seen:
        page = client.get(cast.huadong.get_absolute_url())
    assert page.status_code == 200
    for q in seen: print(q["sql"][:160].replace("\n", " "))
    assert len(seen) <= 25
