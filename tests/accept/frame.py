"""What acceptance tests share: the world, sizes, mutants, people's browsers and API clients."""

import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from django.db import connections, transaction
from django.test import Client, override_settings

from tests import cast as casting
from tests import database

FULL = bool(os.environ.get("HOLDFAST_ACCEPT_FULL"))


def size(quick, full):
    """The full figure with HOLDFAST_ACCEPT_FULL=1, else one that keeps `all` short."""
    return full if FULL else quick


@dataclass
class Mutant:
    """One guard taken away from outside."""

    name: str
    applied: Callable[[], AbstractContextManager]


def patched(name, target, new):
    """A mutant that replaces `target` (dotted path) by `new`."""
    return Mutant(name, lambda: mock.patch(target, new))


class Undo(Exception):
    """Ends a block whose changes are not wanted."""


@contextmanager
def undone(using="default"):
    """Whatever happens inside is rolled back."""
    try:
        with transaction.atomic(using=using):
            yield
            raise Undo
    except Undo:
        pass


@contextmanager
def committed():
    """A world for several connections: real commits, wiped and rebuilt afterwards."""
    try:
        yield casting.Cast()
    finally:
        for connection in connections.all():
            connection.close()
        database.wipe()
        casting.build()


@contextmanager
def own_anchor():
    """A data folder of its own, so that anchors of other databases are not in the way."""
    with tempfile.TemporaryDirectory() as folder, override_settings(DATA_DIR=Path(folder)):
        yield Path(folder)


def browser(person):
    """A browser in which `person` has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="accounts.backends.SignIn")
    return client


def api(person):
    """An API client with a fresh token of `person`."""
    from accounts.models import ApiToken

    _row, token = ApiToken.objects.create(user=person, epoch=person.auth_epoch)
    return Client(raise_request_exception=False, headers={"Authorization": f"Token {token}"})


@contextmanager
def extra_address():
    """A page that somebody has added without telling the matrix."""
    from django.http import HttpResponse
    from django.urls import clear_url_caches, path

    from config import urls
    from tests.matrix import engine

    urls.urlpatterns.append(path("surprise", lambda request: HttpResponse("x"), name="surprise"))
    clear_url_caches()
    engine.every_address.cache_clear()
    try:
        yield
    finally:
        urls.urlpatterns.pop()
        clear_url_caches()
        engine.every_address.cache_clear()
