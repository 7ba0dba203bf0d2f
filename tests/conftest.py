"""The database of the suite: built by the owner role, used through the application role.

How long Hypothesis searches: quickly in the suite, HYPOTHESIS_PROFILE=ci for longer.
"""

import gc
import os

import pytest
from django.db import connections
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

from tests import cast as casting
from tests import database

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
settings.register_profile("quick", max_examples=25, **COMMON)
settings.register_profile("ci", max_examples=150, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
# Files of which one test alone takes long: several processes begin with them, to end together.
LONG = [
    "tests/matrix/test_matrix.py",
    "tests/api/test_api_schema.py",
    "tests/api/test_api_input.py",
    "tests/launcher/test_servers.py",
    "tests/access/test_agreement.py",
    "tests/access/test_list_equals_visible_to.py",
    "tests/stories/test_demo.py",
]


def pytest_collection_modifyitems(config, items):
    """Long files first when the suite is spread over processes (devtools/suite.py)."""
    if hasattr(config, "workerinput"):
        last = len(LONG)
        rank = {path: number for number, path in enumerate(LONG)}
        items.sort(key=lambda item: rank.get(item.location[0], last))


def pytest_collection_finish(session):
    """What is imported by now stays: the collector of garbage need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Create the test database once, with the cast in it; tests run in transactions on top."""
    with django_db_blocker.unblock():
        keep = request.config.getoption("--reuse-db") and not request.config.getoption(
            "--create-db"
        )
        suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
        database.plan_as_written()
        database.create(suffix, keep=keep)
        casting.build()
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        if not keep:
            database.destroy()


@pytest.fixture(autouse=True)
def nobodys_language():
    """No test inherits the language and zone of the last page that another one opened."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def cast(db):
    """The named people and their small world."""
    return casting.fresh()


@pytest.fixture
def as_(client):
    """as_(person): a client signed in as that person."""

    def enter(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client

    return enter


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """For tests that need several connections: real commits, wiped and rebuilt afterwards."""
    with django_db_blocker.unblock():
        yield casting.fresh()
        for connection in connections.all():
            connection.close()
        database.wipe()
        casting.build()


@pytest.fixture
def absent(db):
    """absent(person): the person is away from now on for a week."""
    from datetime import timedelta

    from psycopg2.extras import DateTimeTZRange

    from accounts.models import Absence

    def go(person, days=7):
        now = timezone.now()
        period = DateTimeTZRange(now - timedelta(minutes=1), now + timedelta(days=days), "[)")
        return Absence.objects.create(person=person, period=period)

    return go
