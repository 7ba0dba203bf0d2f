"""What the database holds after some writing, without keys and clocks: two ways of writing compared."""

from django.apps import apps
from django.db import connection

from accounts.models import Membership, Person, TrailEntry
from crm.models import (
    Activity,
    ActivityContact,
    ActivityVisitor,
    Assignment,
    Contact,
    ContactChannel,
    Customer,
    CustomerAccess,
    Link,
    Position,
)
from kit import crypto
from kit.models import SubjectKey
from tests.access.histories import undone

KEPT = [Person, Membership, Customer, Assignment, Contact, Position, ContactChannel, Link, Activity,
        ActivityContact, ActivityVisitor]  # fmt: skip
# What no two rows share: the database and chance decide.
OWN = {"id", "key", "sealed", "password", "client_uuid", "client_digest", "created_at", "added_at",
       "recorded_at", "pgh_id", "pgh_obj", "pgh_created_at", "request_id"}  # fmt: skip
NAMED = {"contact": Contact, "contacts": Contact, "person": Person}


def after(write):
    """What is held after `write()`, which is undone again: rows, their history, trail, index."""
    with undone():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        names = {model: words(model) for model in (Person, Customer, Contact, Activity)}
        told = {model.__name__: rows(model, names) for model in KEPT}
        for model in KEPT:
            event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
            told[event.__name__] = rows(event, names)
        told["trail"] = sorted(map(repr, trail(names)))
        told["index"] = rows(CustomerAccess, names)
        return told


def words(model):
    """id → by what a row of the model is known here."""
    field = {Activity: "happened_at", Person: "username"}.get(model, "name")
    return dict(model.objects.values_list("pk", field))


def rows(model, names):
    fields = [field for field in model._meta.concrete_fields if field.name not in OWN]
    found = [
        {
            field.name: shown(getattr(row, field.attname), field.related_model, names)
            for field in fields
        }
        for row in model._base_manager.all()
    ]
    if model is ContactChannel:
        for told, row in zip(found, model.objects.select_related("contact__key"), strict=True):
            told["value"] = row.value
    return sorted(map(repr, found))


def shown(value, model, names):
    if isinstance(value, memoryview):
        return bytes(value)
    return names.get(model, {}).get(value, value) if model else value


def trail(names):
    keys = dict(SubjectKey.objects.values_list("pk", "wrapped"))
    for entry in TrailEntry.objects.all():
        claimed = abs(entry.recorded_at - entry.happened_at).total_seconds() > 60
        subject = names.get(apps.get_model(entry.subject_type), {}).get(int(entry.subject_id), "")
        yield (
            entry.actor_id, entry.verb, entry.subject_type, subject, entry.reason,
            names[Customer].get(entry.customer_id), claimed and entry.happened_at,
            {name: change(name, pair, keys.get(entry.key_id), names)
             for name, pair in sorted(entry.changes.items())},
        )  # fmt: skip


def change(name, pair, key, names):
    if isinstance(pair, dict):
        return crypto.unseal(key, bytes.fromhex(pair["sealed"])) if "sealed" in pair else pair
    known = names.get(NAMED.get(name), {})
    return [[known.get(v, v) for v in one] if isinstance(one, list) else known.get(one, one)
            for one in pair]  # fmt: skip


def differences(one, other):
    """What only one of two ways of writing left, by table; empty when they are alike."""
    assert one.keys() == other.keys()
    return {
        table: (only(one[table], other[table]), only(other[table], one[table]))
        for table in one
        if one[table] != other[table]
    }


def only(mine, others):
    others = list(others)
    return [row for row in mine if row not in others or others.remove(row)]
