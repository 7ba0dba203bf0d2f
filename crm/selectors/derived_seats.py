"""Who answered for a customer, as its orders or activities tell: whoever did the latest one."""

from collections import namedtuple
from datetime import timedelta

from crm.models import Activity, Assignment, Order, SourceKey
from crm.seats import SINGLE_SEATS
from kit.dates import company_zone, start_of_day

TICK = timedelta(microseconds=1)
FROM = ("orders", "activities")
# periods: customer → [(person, start, end or None)]; taken: customers whose seats are recorded already
Derived = namedtuple("Derived", "periods taken")


def derived(origin, source=""):
    """The seats that orders or activities tell of. origin: one of FROM; source: of that source only."""
    rows = orders(source) if origin == "orders" else activities(source)
    taken = set(Assignment.objects.filter(seat__in=SINGLE_SEATS).values_list("customer", flat=True))
    deeds, left = {}, set()
    for customer, person, at in rows:
        if customer in taken:
            left.add(customer)
        else:
            deeds.setdefault(customer, []).append((person, at))
    return Derived({customer: periods(told) for customer, told in deeds.items()}, left)


def orders(source):
    """(customer, person, instant) of every order by one of ours, in their order; days in our zone."""
    zone = company_zone()
    rows = of_source(Order.objects.filter(person__isnull=False), "orders", source)
    found = rows.values_list("customer", "person", "ordered_on", "number", "pk")
    for customer, person, day, _number, _pk in sorted(found, key=in_order):
        yield customer, person, start_of_day(day, zone)


def in_order(row):
    """By day, then by number as a person counts, then as they were written."""
    _customer, _person, day, number, pk = row
    return day, len(number) if number.isdigit() else 0, number, pk


def activities(source):
    """(customer, person, instant) of every activity by one of ours, in their order."""
    rows = of_source(Activity.objects.filter(author__isnull=False), "activities", source)
    yield from rows.order_by("happened_at", "pk").values_list("customer", "author", "happened_at")


def of_source(rows, kind, source):
    """Those that came from one source, or all."""
    if not source:
        return rows
    keys = SourceKey.objects.filter(source=source, kind=kind)
    return rows.filter(pk__in=keys.values("subject_id"))


def periods(deeds):
    """[(person, start, end)]: a change wherever another person did the next one; none is empty."""
    found = []
    for person, at in deeds:
        if found and found[-1][0] == person:
            continue
        if found:
            before, start, _end = found[-1]
            at = max(at, start + TICK)
            found[-1] = (before, start, at)
        found.append((person, at, None))
    return found
