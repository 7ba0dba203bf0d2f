"""A06: forms and bodies stuffed with every field of the model change none that is not theirs."""

import json

from django.db import transaction
from django.urls import reverse

from accounts.models import Membership, Person
from crm.models import (
    Activity,
    Assignment,
    Contact,
    ContactChannel,
    Customer,
    Link,
    Position,
    Share,
)
from tests.accept import frame
from tests.accept.frame import Mutant
from tests.matrix import addresses, engine
from tests.matrix.world import World

WRITERS = ("li", "he", "hu")
EXTRA = {
    "owner": 1, "team": 1, "is_staff": "on", "is_superuser": "on", "is_active": "on", "frozen_at": "2020-01-01",
    "created_by": 1, "id": 77, "pk": 77, "roles": "administrator", "state": "active", "auth_epoch": 99,
    "username": "root", "password": "x", "person": 1, "made_by": 1, "author": 1, "actor": 1,
}  # fmt: skip
# What a writing request may change of the row it is about; every other column is protected.
MINE = {
    Customer: {"name", "legal_name", "status", "region", "industry", "address", "tier", "version",
               "sort_key", "search_key", "legal_key", "grams", "last_activity_at", "last_confirmed_at", "home_unit"},
    Contact: {"name", "latin_name", "form_of_address", "note", "do_not_contact", "version", "sort_key",
              "search_key"},
    Position: {"title", "function", "is_key_person", "started_on", "ended_on"},
    ContactChannel: {"ended_at"},
    Link: {"ended_on"},
    Activity: {"kind", "happened_at", "note", "next_step", "next_step_on", "next_step_done_at", "version",
               "proof", "confirmed_at", "is_late"},
    Person: {"name", "latin_name", "email", "title", "joined_on", "language", "theme", "time_zone",
             "shortcuts", "sort_key", "search_key", "last_login"},
}  # fmt: skip
# Addresses whose very purpose is a field that is protected elsewhere.
PURPOSE = {
    "accounts:person-roles": {"roles"},
    "accounts:person-state": {"state", "is_active", "auth_epoch"},
}
TABLES = (Assignment, Share, Membership)  # nobody's form writes these but their own


def run():
    wrong, asked, changed = [], 0, 0
    with frame.undone():
        world = World()
        rows = subjects(world)
        for (name, method), cells in engine.table().items():
            address = next((a for a in engine.every_address() if a.name == name), None)
            if (
                method == "GET"
                or address is None
                or not name.startswith(("crm:", "accounts:", "api:"))
            ):
                continue
            for person in WRITERS:
                if cells[person] not in ("ok", "bad"):
                    continue
                asked += 1
                found, wrote = poisoned(world, address, method, person, rows)
                wrong += found
                changed += wrote
    return not wrong and changed, {
        "requests": asked,
        "that_wrote": changed,
        "wrong": len(wrong),
        "first": wrong[:5],
    }


def subjects(world):
    return [world.huadong, world.contact, world.position, world.channel, world.link, world.activity,
            world.wu, world.li, world.he, world.hu]  # fmt: skip


def poisoned(world, address, method, person, rows):
    """Send a good body with every field of the models on top: (what changed wrongly, did it write)."""
    client = (world.clients if address.is_api else world.browsers)[person]
    url = reverse(address.name, kwargs=addresses.arguments(address.name, address.parameters, world))
    data = stuffed(world, address)
    before = {row: values(row) for row in rows}
    counts = {model: model.objects.count() for model in TABLES}
    wrong, writes = [], engine.changed()
    with transaction.atomic():
        if address.is_api:
            getattr(client, method.lower())(
                url, json.dumps(data, default=str), content_type="application/json"
            )
        else:
            getattr(client, method.lower())(url, data)
        for row, old in before.items():
            new = values(type(row)._base_manager.get(pk=row.pk))
            differing = (
                {n for n in old if old[n] != new[n]}
                - MINE[type(row)]
                - PURPOSE.get(address.name, set())
            )
            wrong += [
                f"{address.name} {method} {person}: {type(row).__name__}.{n}"
                for n in sorted(differing)
            ]
        for model, count in counts.items():
            if model.objects.count() > count + 2:  # an act may close one row and begin two
                wrong.append(f"{address.name} {method} {person}: rows of {model.__name__}")
        wrote = engine.changed() > writes
        transaction.set_rollback(True)
    return wrong, wrote


def stuffed(world, address):
    good = addresses.body(address.name, world)
    poison = {
        field.attname: "1" for model in MINE for field in model._meta.concrete_fields
        if field.attname not in good and field.name not in MINE[model]
    }  # fmt: skip
    return EXTRA | poison | good


def values(row):
    return {f.name: plain(getattr(row, f.attname)) for f in row._meta.concrete_fields}


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def takes_everything():
    """Forms that put whatever is sent into the row they are about."""
    from unittest import mock

    from accounts import audit
    from crm.services import contacts, customers

    real = audit.assign

    def assign(obj, given):
        if hasattr(obj, "created_at"):
            from datetime import UTC, datetime

            obj.created_at = datetime(2020, 1, 1, tzinfo=UTC)
        if isinstance(obj, Person):
            obj.roles = ["administrator"]
        return real(obj, given)

    from contextlib import ExitStack, contextmanager

    @contextmanager
    def applied():
        with ExitStack() as stack:
            for module in (contacts, customers):
                stack.enter_context(mock.patch.object(module, "assign", assign))
            yield

    return applied()


MUTANTS = [Mutant("fields = __all__", takes_everything)]
