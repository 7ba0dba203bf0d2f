"""The fast list is `visible_to`: same customers, for everyone, in every order, on every page."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import Action, can
from accounts.models import Absence
from crm.access import SHARES
from crm.models import Assignment, Completeness, Customer, Share
from crm.seats import Seat
from crm.selectors import customer_list
from crm.services import access_index
from tests.cast import PEOPLE

HOLDERS = ["li", "chen", "he", "wu", "qian", "mo", "bai"]
DAY = timedelta(days=1)
WAYS = ["merge", "probe"]

person = st.sampled_from([None, *HOLDERS])
stretches = st.tuples(person, person, person)  # who until tomorrow, the day after, and later
customer = st.fixed_dictionaries({
    "name": st.sampled_from(["Abel", "abel", "Ábel", "博力", "博力仪表", "华东", "曾氏 Mills", "Z_%"]),
    "tier": st.sampled_from("ABC"),
    "active": st.sampled_from([None, 1, 1, 5, 40]),
    "unit": st.sampled_from(["east", "south", "sales", "line"]),
    "manager": stretches,
    "backup": stretches,
    "line": st.sampled_from([None, "gao", "pan"]),
    "member": st.sampled_from([None, "li", "lin", "gao", "wu"]),
    "shares": st.lists(
        st.tuples(st.sampled_from(["li", "wu", "lin", "ming", "qian"]),
                  st.sampled_from(sorted(SHARES)), st.integers(-2, 2), st.integers(1, 3)),
        max_size=3, unique_by=lambda share: share[:2],
    ),
})  # fmt: skip
worlds = st.tuples(
    st.lists(customer, min_size=1, max_size=9), st.lists(st.sampled_from(HOLDERS), max_size=2)
)


def put(made, seat, who, start, end, cast):
    if who is not None:
        Assignment.objects.create(
            customer=made, person=cast[who], seat=seat, made_by=cast.system,
            period=DateTimeTZRange(start, end, "[)"),
        )  # fmt: skip


def build(world, cast, now):
    """Make a generated world; periods change hands a day and two days from now."""
    customers, away = world
    edges = [now - 9 * DAY, now + DAY, now + 2 * DAY, None]
    for plan in customers:
        made = Customer.objects.create(
            name=plan["name"], tier=plan["tier"], home_unit=cast.units[plan["unit"]],
            last_activity_at=plan["active"] and datetime(2026, 1, plan["active"] % 28, tzinfo=UTC),
        )  # fmt: skip
        for place in range(3):
            manager, backup = plan["manager"][place], plan["backup"][place]
            put(made, Seat.ACCOUNT_MANAGER, manager, edges[place], edges[place + 1], cast)
            if backup != manager:
                put(made, Seat.BACKUP, backup, edges[place], edges[place + 1], cast)
        put(made, Seat.SERVICE_LINE, plan["line"], edges[0], None, cast)
        put(made, Seat.KEY_ACCOUNT_MEMBER, plan["member"], edges[0], None, cast)
        for who, right, start, days in plan["shares"]:
            Share.objects.create(
                content_object=made, user=cast[who], granted_by=cast.system, reason="generated",
                permission=Permission.objects.get(codename=right, content_type__app_label="crm"),
                period=DateTimeTZRange(now + start * DAY, now + (start + days) * DAY, "[)"),
            )  # fmt: skip
    for who in set(away):
        Absence.objects.create(person=cast[who], period=DateTimeTZRange(now - DAY, now + DAY, "[)"))
    access_index.recompute(Customer.objects.values_list("pk", flat=True))


@contextmanager
def passing(cast):
    """What is built inside is gone afterwards."""
    with audit.verb("tests.build", cast.system):
        start = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(start)


def file_seen(person, customer):
    """How complete a file is as `person` may know it; what was not counted comes first."""
    row = Completeness.objects.filter(customer=customer).first()
    if row is None:
        return 999 if customer.kind == Customer.Kind.PERSON else -1
    if can(person, Action.SETTLEMENT_VIEW, customer):
        return row.total
    profile, situation = row.parts[:2]  # 15 points each; the staff would tell of key persons
    return int((profile + situation) / 2 + 0.5)


def key(order, person):
    """How Python would sort: the definition of the orders."""
    low, far = datetime.min.replace(tzinfo=UTC), "\U0010fffd"
    return {
        "name": lambda c: (c.sort_key, c.pk),
        "activity": lambda c: (c.last_activity_at or low, c.pk),
        "tier": lambda c: (c.tier, c.sort_key, c.pk),
        "status": lambda c: (c.status, c.sort_key, c.pk),
        "file": lambda c: (file_seen(person, c), c.sort_key, c.pk),
        "region": lambda c: (c.region.name if c.region else far, c.sort_key, c.pk),
    }[order.lstrip("-")]


def expected(person, order, filters=None, at=None):
    seen = Customer.objects.visible_to(person, None, at).filter(filters or Q())
    return [c.pk for c in sorted(seen, key=key(order, person), reverse=order.startswith("-"))]


def forward(person, order, **asked):
    """All pages, by following the links to the next one."""
    pages, after = [], ""
    while True:
        page = customer_list.page(person, sort=order, after=after, **asked)
        pages.append(page)
        after = page.next
        if not after:
            return pages


def backward(person, order, last, **asked):
    pages = [last]
    while pages[0].previous:
        pages.insert(0, customer_list.page(person, sort=order, before=pages[0].previous, **asked))
    return pages


def keys(pages):
    return [customer.pk for page in pages for customer in page.rows]


@settings(
    max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    world=worlds,
    order=st.sampled_from(customer_list.ORDERS),
    days=st.sampled_from([None, 0.5, 1.5, 2.5]),
    limit=st.integers(1, 4),
    tiers=st.sampled_from([None, "A", "BC"]),
)
def test_everyone_finds_in_the_list_what_they_may_see(cast, world, order, days, limit, tiers):
    now = datetime.now(UTC)
    at = None if days is None else now + timedelta(days=days)
    filters = Q(tier__in=list(tiers)) if tiers else None
    with passing(cast):
        build(world, cast, now)
        for name in PEOPLE:
            wanted = expected(cast[name], order, filters, at)
            for way in WAYS:
                asked = {"limit": limit, "filters": filters, "at": at, "way": way}
                pages = forward(cast[name], order, **asked)
                assert keys(pages) == wanted, (name, way)
                assert {page.total for page in pages} == {len(wanted)}, (name, way)
                if wanted:
                    assert keys(backward(cast[name], order, pages[-1], **asked)) == wanted


@pytest.mark.parametrize("way", [*WAYS, "stroll", "seek"])
@pytest.mark.parametrize("term", ["", "d", "hua", "华", "东机", "南桥", "wa", "%", "h w", "0000"])
def test_a_term_finds_the_same_on_every_way(cast, way, term):
    for name in PEOPLE:
        seen = expected(
            cast[name], "name", Q(search_key__contains=term.split()[0]) if term else None
        )
        if " " in term:
            seen = expected(cast[name], "name", Q(search_key__contains="h", name__contains="w"))
        assert keys(forward(cast[name], "name", term=term, way=way, limit=1)) == seen


def test_rows_changed_between_two_pages_break_nothing(cast):
    first = customer_list.page(cast.sun, limit=1)
    Customer.objects.filter(pk=first.rows[0].pk).update(sort_key="zzz")
    second = customer_list.page(cast.sun, limit=1, after=first.next)
    assert keys([second]) == [cast.nanqiao.pk]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ["name", "-activity"])
def test_several_rights_on_one_customer_list_it_once(cast, way, order):
    now = datetime.now(UTC)
    plan = {"name": "Twice", "tier": "B", "active": 1, "unit": "east", "manager": ("li",) * 3,
            "backup": (None,) * 3, "line": None, "member": "wu",
            "shares": [("wu", right, -1, 2) for right in sorted(SHARES)]}  # fmt: skip
    with passing(cast):
        build(([plan] * 5, []), cast, now)
        pages = forward(cast.wu, order, limit=2, filters=Q(name="Twice"), way=way)
        assert [len(page.rows) for page in pages] == [2, 2, 1]
        assert keys(pages) == expected(cast.wu, order, Q(name="Twice")) and pages[0].total == 5
