"""A04: whoever may not read a field gets the same answer at every door, whatever the field holds."""

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from unittest import mock

from django.db import transaction
from django.urls import NoReverseMatch, reverse

from accounts.models import Absence, Person
from crm.models import ContactChannel, Customer, Fact, Order, Payment
from crm.services import access_index
from kit import crypto
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.matrix import addresses, engine
from tests.matrix.world import World


@dataclass(frozen=True)
class Secret:
    """A field, two values of it, and who may not read it.

    put(world, value) writes it. words: parts of both values that are searched for.
    """

    name: str
    put: object
    values: tuple
    readers: tuple
    words: tuple = ()


def put(kind, **find):
    """Write a column of one row, with the keys that are derived from it."""

    def write(world, value):
        row = getattr(world, find["row"])
        row = type(row)._base_manager.get(pk=row.pk)
        setattr(row, kind, value)
        row.save()
        if isinstance(row, Customer):
            access_index.recompute([row.pk])

    return write


def phone(world, number):
    sealed = crypto.seal(world.contact.key.wrapped, number)
    ContactChannel.objects.filter(pk=world.channel.pk).update(
        sealed=sealed, value_index=crypto.blind_index(number),
        tail_index=crypto.blind_index(f"tail:{number[-4:]}"),
    )  # fmt: skip


def traded(model):
    def write(world, amount):
        model.objects.filter(customer=world.huadong).update(amount=amount)

    return write


def state(world, value):
    Person.objects.filter(pk=world.wu.pk).update(state=value)


def away(column):
    def write(world, value):
        Absence.objects.filter(pk=world.absence.pk).update(**{column: value})

    return write


def reason_of_share(world, value):
    type(world.share).objects.filter(pk=world.share.pk).update(reason=value)


def private(field):
    """Put a value of a private customer's file, under the key it has."""

    def write(world, value):
        fact = world.private[field]
        sealed = crypto.seal(fact.key.wrapped, value)
        type(fact).objects.filter(pk=fact.pk).update(sealed=sealed)

    return write


def fact_of_file(guard, field):
    """Put a value of a guarded part of the five-part file: of the customer, or of a key person."""

    def write(world, value):
        contact = world.contact if field == "work_goals" else None
        fact = Fact.objects.filter(customer=world.huadong, contact=contact, field=field).first()
        fact = fact or Fact(customer=world.huadong, contact=contact, field=field, guard=guard,
                            confirmed_by=world.li)  # fmt: skip
        fact.put(value, "")
        fact.save()

    return write


# wu sees nothing of the customer; chen is its backup, gao its service line, li its account manager;
# lin and ming have other work.
STRANGERS = ("wu", "lin", "ming")
SECRETS = [
    Secret("phone", phone, ("+8613800005678", "+8613911119999"), (*STRANGERS, "gao"),
           ("5678", "9999", "13800005678", "13911119999")),
    Secret("phone behind its mask", phone, ("+8613800005678", "+8613811115678"), ("chen", "li"),
           ("0000", "1111")),
    Secret("key person", put("is_key_person", row="position"), (False, True), ("chen", "gao", "wu")),
    Secret("state of employment", state, ("active", "on_notice"), ("li", "chen", "gao", "lin", "ming")),
    Secret("kind of absence", away("kind"), ("leave", "sick"), ("li", "chen", "gao", "lin", "ming")),
    Secret("note of absence", away("note"), ("abroad", "clinic"), ("li", "chen", "gao", "lin", "ming"),
           ("abroad", "clinic")),
    Secret("amount of an order", traded(Order), (100, 98765), (*STRANGERS, "gao"), ("98765",)),
    Secret("amount of a payment", traded(Payment), (100, 98765), (*STRANGERS, "gao"), ("98765",)),
    Secret("remarks of a visit", put("note", row="activity"), ("calm", "furious"),
           (*STRANGERS, "gao"), ("calm", "furious")),
    Secret("next step", put("next_step", row="activity"), ("wait", "threaten"), (*STRANGERS, "gao"),
           ("threaten",)),
    Secret("reason of a share", reason_of_share, ("audit", "mistrust"), (*STRANGERS, "li", "chen"),
           ("mistrust",)),
    Secret("name of a customer", put("name", row="huadong"), ("华东机电", "Quiet Mills"), ("wu", "lin", "ming"),
           ("Quiet", "华东", "hdjd")),
    Secret("tier", put("tier", row="huadong"), ("A", "C"), STRANGERS),
    Secret("status", put("status", row="huadong"), ("active", "prospect"), STRANGERS),
    Secret("address", put("address", row="huadong"), ("1 Road", "9 Lane"), STRANGERS, ("Lane",)),
    Secret("kind of customer", put("kind", row="huadong"), ("organisation", "person"), STRANGERS),
    Secret("name of a contact", put("name", row="contact"), ("周敏", "Quentin"), STRANGERS,
           ("Quentin", "周")),
    Secret("note of a contact", put("note", row="contact"), ("plain", "ill"), STRANGERS, ("ill",)),
    Secret("note of a link", put("note", row="link"), ("school", "cousin"), STRANGERS, ("cousin",)),
    Secret("settlement trait", fact_of_file("settlement", "deductions"), ("none at all", "ten percent"),
           (*STRANGERS, "gao", "chen"), ("ten percent",)),
    Secret("fact of a key person", fact_of_file("settlement", "work_goals"), ("cut cost", "be promoted"),
           (*STRANGERS, "gao", "chen"), ("promoted",)),
    Secret("fact of the file", fact_of_file("open", "site_access"), ("Gate 1", "Rear entrance"), STRANGERS,
           ("Rear",)),
    Secret("wish of a private customer", private("do_not_contact"), ("none", "nothing"), STRANGERS),
    Secret("door of a private customer", private("service_address"), ("Lane 4", "Quay 7"),
           (*STRANGERS, "gao"), ("Quay",)),
    Secret("care of a household", private("special_care"), ("call first", "needs a ramp"),
           (*STRANGERS, "gao", "chen"), ("ramp",)),
    Secret("last sign-in", put("last_login", row="wu"), (None, "2026-01-01T00:00:00Z"),
           ("li", "chen", "gao")),
]  # fmt: skip
QUICK = ("wu", "gao")
STEP = frame.size(10, 1)  # every how manieth question each list is asked
LISTS = ("crm:customers", "crm:contacts", "accounts:people", "crm:log-search", "accounts:trail",
         "accounts:inbox", "api:customers-list", "api:contacts-list", "api:people-list",
         "api:visits-list", "api:links-list", "api:trail-list", "api:notices-list")  # fmt: skip
# Filters, lookups, orders and groups by every protected field, by its own name and by paths to it.
FIELDS = ("facts__value", "private_facts__sealed", "private_facts__field", "note", "tier", "status", "state", "is_key_person", "value", "tail_index", "amount", "kind",
          "address", "next_step", "reason", "contact__note", "positions__is_key_person",
          "customer__tier", "orders__amount", "person__state", "absences__kind")  # fmt: skip
ASKED = [
    *(f"{name}{lookup}={value}" for name in FIELDS
      for lookup, value in (("", "1"), ("__startswith", "q"), ("__gte", "1"))),
    *(f"{how}={way}{name}" for how in ("sort", "order_by", "ordering") for name in FIELDS[:8]
      for way in ("", "-")),
    *(f"{how}={name}" for how in ("group_by", "fields", "annotate") for name in FIELDS[:8]),
]  # fmt: skip
# Filters and orders that there are.
KNOWN = [
    "is_key_person=true", "is_key_person=false", "key=1", "state=on_notice", "state=active",
    "tier=A", "tier=C", "status=active", "view=stale", "view=vacant", "sort=tier", "sort=-status",
    "kind=visit", "due_until=2099-01-01",
]  # fmt: skip
# What differs from one answer to the next whatever anything holds.
VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r'|name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|X-CSRFToken&[^}]*|"X-CSRFToken": "[^"]*"'
    r'|"next": ?"[^"]*"|after=[^"&]*|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|\+00:00)'
    r'|"left": \d+|"id":\d{3,},"recorded_at"'
)


def run():
    readers = sorted({name for secret in SECRETS for name in secret.readers})
    readers = readers if frame.FULL else [name for name in readers if name in QUICK]
    wrong, doors = [], 0
    with frame.undone():
        world = World()
        trade(world)
        for secret in SECRETS:
            secret.put(world, secret.values[0])
        for reader in readers:
            mine = [secret for secret in SECRETS if reader in secret.readers]
            first = answers(world, reader, mine)
            doors += len(first)
            found = compared(world, reader, mine, first)
            wrong += found.values()
            for one in mine if found else ():  # which of the fields it was
                wrong += compared(world, reader, [one], {d: first[d] for d in found}, mine).values()
    return not wrong, {
        "fields": len(SECRETS), "readers": len(readers), "doors": doors, "wrong": len(wrong),
        "first": wrong[:6],
    }  # fmt: skip


def compared(world, reader, secrets, first, asked=None):
    """Doors at which the reader is answered otherwise once these fields hold their second value."""
    with transaction.atomic():
        for secret in secrets:
            secret.put(world, secret.values[1])
        second = answers(world, reader, asked or secrets, first)
        transaction.set_rollback(True)
    names = ", ".join(secret.name for secret in secrets)
    return {
        door: f"{reader}: {names}: {door}: {differs(first[door], second[door])}"
        for door in first if first[door] != second[door]
    }  # fmt: skip


def differs(one, other):
    """The place where two answers part."""
    if one[0] != other[0]:
        return f"{one[0]} {other[0]}"
    at = next((i for i, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), 0)
    return f"…{one[1][max(0, at - 40) : at + 40]!r} {other[1][max(0, at - 40) : at + 40]!r}"


def trade(world):
    order = Order.objects.create(
        customer=world.huadong, number="O-1", ordered_on=date(2026, 1, 5), currency="CNY", amount=100,
        person=world.li,
    )  # fmt: skip
    Payment.objects.create(
        customer=world.huadong, order=order, paid_on=date(2026, 2, 5), currency="CNY", amount=100
    )


def answers(world, reader, secrets, only=None):
    """Every door (or `only` some), as this person: {door: (status, body without the volatile)}."""
    words = [word for secret in secrets for word in secret.words]
    found = {}
    for door, method, url, body in doors(world, words):
        if only is not None and door not in only:
            continue
        is_api = url.startswith("/api/")
        client = (world.clients if is_api else world.browsers)[reader]
        with transaction.atomic():
            if method == "POST":
                kind = {"content_type": "application/json"} if is_api else {}
                response = client.post(url, json.dumps(body) if is_api else body, **kind)
            else:
                response = getattr(client, method.lower())(url)
            transaction.set_rollback(True)
        if door.startswith("new ") and response.status_code == 201:
            found[door] = 201, ""  # its key is the next free one
            continue
        text = b"".join(response) if response.streaming else response.content
        found[door] = response.status_code, VOLATILE.sub("~", text.decode(errors="replace"))
    return found


def doors(world, words):
    """(name, method, url, body) of all that may be asked."""
    for address in engine.every_address():
        mine = address.name.startswith(("crm:", "accounts:", "api:"))
        if not mine or address.name == "api:schema":  # the same for everybody
            continue
        try:
            known = addresses.arguments(address.name, address.parameters, world)
            url = reverse(address.name, kwargs=known)
        except (NoReverseMatch, AttributeError):
            continue
        if "GET" in address.methods:
            yield f"GET {address.name}", "GET", url, None
        if address.is_api:
            yield f"OPTIONS {address.name}", "OPTIONS", url, None
        if "POST" in address.methods:  # the messages of what is refused
            yield f"POST {address.name} nothing", "POST", url, {}
    for turn, name in enumerate(LISTS):
        for query in [*KNOWN, *ASKED[turn % STEP :: STEP], *(f"q={word}" for word in words)]:
            yield f"{name}?{query}", "GET", f"{reverse(name)}?{query}", None
    yield from guesses(words)


def guesses(words):
    """New rows that say what is guessed: does anything answer that it is known?"""
    for word in words:
        said = {"name": f"{word}", "channels": [{"kind": "phone", "value": word}]}
        yield f"new customer {word}", "POST", reverse("api:customers-list"), {"name": f"{word}!"}
        yield f"new contact {word}", "POST", "/api/v1/customers/1/contacts", said


def by_everybody(self, person):
    """`marked_for` without asking whose sight it is."""
    from django.db.models import F

    return self.annotate(is_key=F("is_key_person"))


def searched_by_state():
    """The directory filters by state for everybody."""
    from accounts.selectors import people

    real = people.listed

    def listed(viewer, *, state="", **more):
        found = real(viewer, **more)
        return found.filter(state=state) if state else found

    stack = ExitStack()
    stack.enter_context(mock.patch.object(people, "listed", listed))
    return stack


MUTANTS = [
    patched("key persons are sorted and filtered for all",
            "crm.models.contacts.PositionQuerySet.marked_for", by_everybody),
    Mutant("the state of employment filters for all", searched_by_state),
    patched("remarks before the call", "crm.selectors.activities.hears_first", lambda person: False),
]  # fmt: skip
