"""A03: what belongs to another rep's customers is not found by any id, in any list, in any order."""

import re
from datetime import timedelta
from types import SimpleNamespace

from django.contrib.auth.models import Permission
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from psycopg2.extras import DateTimeTZRange

from accounts import audit
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
from crm.services import access_index
from kit import crypto
from kit.models import SubjectKey
from tests import cast as casting
from tests.accept import frame
from tests.accept.frame import patched
from tests.matrix import addresses, engine

EACH = frame.size(25, 1_000)
LINKED = (Customer, Contact, Position, ContactChannel, Link, Activity, Assignment, Share)
LISTS = ("crm:today", "crm:customers", "crm:contacts", "crm:log")
QUERIES = (
    "",
    "?q=Fremd",
    "?sort=name",
    "?sort=-name",
    "?sort=-last",
    "?view=all",
    "?q=fremd&sort=name",
)


def run():
    with frame.undone():
        cast = casting.Cast()
        theirs = [owned(cast, cast.wu, n) for n in range(EACH)]
        access_index.recompute([one.huadong.pk for one in theirs])
        leaks = rows(cast.li, theirs) + lists(cast.li)
        asked, found = objects(cast, theirs)
    return not (leaks or found), {
        "objects": EACH * len(LINKED), "asked": asked, "leaks": len(leaks) + len(found),
        "first": [*leaks, *found][:6],
    }  # fmt: skip


def owned(cast, rep, n):
    """A customer of `rep` with one of everything; named as addresses.py names things."""
    with audit.verb("accept.a03", cast.system):
        customer = Customer.objects.create(
            name=f"Fremd {n}", legal_name=f"Fremd {n} Ltd", home_unit=cast.units["south"]
        )
        seat = Assignment.objects.create(
            customer=customer, person=rep, seat="account_manager", made_by=cast.system,
            period=DateTimeTZRange(casting.START, None, "[)"),
        )  # fmt: skip
        key = SubjectKey.objects.create(wrapped=crypto.new_key())
        contact = Contact.objects.create(name=f"Fremd C{n}", key=key)
        share = Share.objects.create(
            content_object=customer, user=cast.ming, granted_by=cast.qian, reason="r",
            permission=Permission.objects.get(codename="read_customer"),
            period=DateTimeTZRange(timezone.now(), timezone.now() + timedelta(days=1), "[)"),
        )  # fmt: skip
        return SimpleNamespace(
            huadong=customer, contact=contact, assignment=seat, share=share, wu=cast.wu, units=cast.units,
            position=Position.objects.create(contact=contact, customer=customer),
            channel=ContactChannel.objects.create(
                contact=contact, kind="phone", sealed=crypto.seal(key.wrapped, f"+86139{n:08}"),
                value_index=crypto.blind_index(f"+86139{n:08}")),
            link=Link.objects.create(person=rep, contact=contact),
            activity=Activity.objects.create(customer=customer, author=rep, note="Fremd", happened_at=timezone.now()),
        )  # fmt: skip


def rows(person, theirs):
    """Rows of every customer-linked model that the stranger's own rule would show."""
    keys = {one.huadong.pk for one in theirs}
    leaks = []
    for model in LINKED:
        seen = model.objects.visible_to(person)
        path = {Customer: "pk", Share: "content_object"}.get(model, "customer")
        if model in (Contact, ContactChannel, Link):
            path = {Contact: "positions__customer"}.get(model, "contact__positions__customer")
        count = seen.filter(**{f"{path}__in": keys}).count()
        leaks += [f"{model.__name__}: {count} foreign rows"] if count else []
    return leaks


def lists(person):
    """Names of the others on pages that list."""
    client, leaks = frame.browser(person), []
    for name in LISTS:
        for query in QUERIES:
            with transaction.atomic():
                text = client.get(reverse(name) + query).content.decode()
                transaction.set_rollback(True)
            if re.search(r"Fremd (C?\d)", text):
                leaks.append(f"{name}{query}: a foreign name")
    return leaks


def objects(cast, theirs):
    """Every address that takes an object, with each of theirs: (asked, what was not a 404)."""
    browser, api = frame.browser(cast.li), frame.api(cast.li)
    found, asked = [], 0
    for address in engine.every_address():
        if not address.parameters or not any(
            (address.name, m) in hidden_cells() for m in ("GET", "POST")
        ):
            continue
        client = api if address.is_api else browser
        for one in theirs[: max(1, EACH // 3)]:
            try:
                given = addresses.arguments(address.name, address.parameters, one)
            except AttributeError:
                continue
            url = reverse(address.name, kwargs=given)
            for method in ("get", "post"):
                before = engine.changed()
                with transaction.atomic():
                    response = ask(client, method, url, address.is_api)
                    writes = engine.changed() - before
                    transaction.set_rollback(True)
                asked += 1
                if response.status_code not in (404, 405) or writes:
                    found.append(f"{method} {url}: {response.status_code}, {writes} rows")
    return asked, found


def ask(client, method, url, is_api):
    if method == "get":
        return client.get(url)
    if is_api:
        return client.post(url, "{}", content_type="application/json")
    return client.post(url, {"name": "x", "note": "x"})


def hidden_cells():
    """Cells of the table that are the 404 for somebody: those about one customer's things."""
    return {pair for pair, row in engine.table().items() if row["wu"] == "--" and row["li"] != "--"}


MUTANTS = [
    patched("no filter by account manager", "crm.scopes.CustomerScope.narrow",
            lambda self, queryset, person, action, at: queryset),
    patched("contacts are everybody's", "crm.scopes.ContactScope.narrow",
            lambda self, queryset, person, action, at: queryset),
]  # fmt: skip
