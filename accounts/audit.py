"""Leaving a trail, reading it, sealing it.

`verb()` names what is going on for the database triggers; `record()` writes the entry. Services use
both through the decorator in service.py.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from accounts.models.audit import TrailEntry
from kit import bulk, crypto
from kit.middleware import request_id


class Verb:
    """The service that is running: its name, actor and reason, and whether it left an entry."""

    def __init__(self, name, actor, reason, on_behalf_of=None):
        self.name, self.actor, self.reason = name, actor, reason
        self.on_behalf_of = on_behalf_of
        self.action = None  # the power it needs; a service says so
        self.entries = 0


# function(actor, action, customer ids) → {customer id: id of the person the actor acts for there}
STAND_INS: list[Callable] = []

current: ContextVar[Verb | None] = ContextVar("verb", default=None)
happened_at: ContextVar = ContextVar("happened_at", default=None)


@contextmanager
def verb(name, actor, reason="", on_behalf_of=None, alone=False):
    """Say to the triggers of this transaction who does what. Must run inside a transaction.

    alone: the transaction ends with the verb, and what was said with it.
    """
    outer = current.get()
    mine = Verb(name, actor, reason, on_behalf_of)
    if outer is None:
        announce(actor.pk, name)
    token = current.set(mine)
    try:
        yield mine
    finally:
        current.reset(token)
    if outer is not None:
        outer.entries += mine.entries
    elif not alone:
        announce("", "")


def announce(actor_id, name):
    """Set what the triggers read: actor, verb and request of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('holdfast.actor', %s, true), set_config('holdfast.verb', %s, true),"
            " set_config('holdfast.request', %s, true)",
            [str(actor_id), name, request_id.get()],
        )


@contextmanager
def happened(at):
    """Everything recorded inside happened at `at` (claimed), and is recorded now (true)."""
    token = happened_at.set(at)
    try:
        yield
    finally:
        happened_at.reset(token)


def record(subject, changes=None, *, customer=None, key=None, personal=()):
    """Write the entry of the running verb about `subject`; see `record_many`. Returns it."""
    item = {"subject": subject, "changes": changes, "customer": customer}
    return record_many([item | {"key": key, "personal": personal}])[0]


def record_many(items):
    """Write entries of the running verb in one statement. Returns them.

    Each item is a dict: subject, the row it is about; changes, field → (before, after); customer
    it belongs to, or its id; personal, the fields to store encrypted under key (a kit SubjectKey);
    happened_at, the instant it is claimed for, else that of `happened`, else now.
    """
    verb = running()
    acting = _acting(verb, items)
    entries = bulk.write([_entry(verb, item, acting) for item in items])
    verb.entries += len(entries)
    return entries


def insert(rows, columns, when=None):
    """Write new rows of customers inside a running verb, each with its entry. Returns them.

    rows: unsaved, with `customer`. columns: those of which the entry tells. when: the instant each is
    claimed for, a function of the row; None is now.
    """
    bulk.insert(rows)
    record_many([
        {"subject": row, "customer": row.customer_id, "happened_at": when and when(row),
         "changes": {name: (None, getattr(row, name)) for name in columns}}
        for row in rows
    ])  # fmt: skip
    return rows


def running():
    """The verb that is running; a RuntimeError where none is."""
    if current.get() is None:
        raise RuntimeError("a trail entry outside a service")
    return current.get()


def stands_in(function):
    """Register the decorated function as one that knows for whom somebody acts, see STAND_INS."""
    STAND_INS.append(function)
    return function


def _acting(verb, items):
    """Customer id → id of the person for whom the actor does this there; nobody where one was named."""
    ids = {getattr(item.get("customer"), "pk", item.get("customer")) for item in items} - {None}
    if verb.on_behalf_of is not None or verb.action is None or not ids:
        return {}
    found = {}
    for ask in STAND_INS:
        found |= ask(verb.actor, verb.action, ids)
    return found


def _entry(verb, item, acting):
    subject, customer, key = item["subject"], item.get("customer"), item.get("key")
    customer_id = getattr(customer, "pk", customer)
    named = verb.on_behalf_of
    entry = TrailEntry(
        actor_id=verb.actor.pk,
        on_behalf_of_id=named.pk if named is not None else acting.get(customer_id),
        verb=verb.name,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        customer_id=customer_id,
        changes=_stored(_by_name(subject, item.get("changes")), item.get("personal", ()), key),
        key_id=key.pk if key else None,
        reason=(verb.reason or "")[:500],
        request_id=request_id.get(),
    )
    claimed = item.get("happened_at") or happened_at.get()
    if claimed:
        entry.happened_at = claimed
    return entry


def _by_name(subject, changes):
    """The changes under the names of the fields, also where the id of a relation was set."""
    names = {field.attname: field.name for field in subject._meta.concrete_fields}
    return {names.get(name, name): pair for name, pair in (changes or {}).items()}


def _stored(changes, personal, key):
    stored = {}
    for name, pair in changes.items():
        pair = [plain(value) for value in pair]
        if name in personal:
            pair = {"sealed": crypto.seal(key.wrapped, pair).hex()} if key else {"hidden": True}
        stored[name] = pair
    return stored


def plain(value):
    """A value as the trail keeps it: ids for objects, ISO for dates."""
    if isinstance(value, models.Model):
        return value.pk
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, default=str))


def assign(obj, values):
    """Set `values` (field → new value) on `obj`; returns the changes as field → (before, after)."""
    changes = {}
    for name, new in values.items():
        old = getattr(obj, name)
        if old != new:
            changes[name] = (old, new)
            setattr(obj, name, new)
    return changes


def initial(row, fields):
    """The changes of a new row: every one of `fields` that has a value, as field → (None, value)."""
    values = {name: getattr(row, row._meta.get_field(name).attname) for name in fields}
    return {name: (None, value) for name, value in sorted(values.items()) if value}


# -- the chain ---------------------------------------------------------------------------------

# The canonical form of an entry: these columns as text, in this order.
FIELDS = (
    "id", "recorded_at", "happened_at", "actor_id", "on_behalf_of_id", "verb", "subject_type",
    "subject_id", "customer_id", "changes", "key_id", "reason", "request_id",
)  # fmt: skip
GENESIS = bytes(32)


def canonical(alias):
    """SQL of the canonical fields of the trail under a table alias: what `digest` takes."""
    return ", ".join(
        f"to_char({alias}.{name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        if name.endswith("_at")
        else f"{alias}.{name}::text"
        for name in FIELDS
    )


def digest(before, row):
    """The link: SHA-256 over the previous link and the canonical fields of the entry.

    before: 32 bytes, GENESIS for the first. row: texts or None, in the order of FIELDS.
    """
    body = json.dumps(list(row), ensure_ascii=False)
    return hashlib.sha256(bytes(before) + body.encode()).digest()
