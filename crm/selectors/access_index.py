"""What the access index should hold, computed in plain Python, and how it differs from what it holds."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from crm.access import SEATS, SHARES, VACANT, Kind, Right, principal
from crm.models import Assignment, Customer, Share
from crm.seats import Seat
from kit.clock import database_now

# Infinite ends come as null.
ACTUAL = """
    SELECT customer_id, principal, nullif(valid_from, '-infinity'), nullif(valid_to, 'infinity'),
           rights, name_key, search_key, last_activity_at
    FROM crm_customeraccess WHERE customer_id = ANY(%s) AND valid_to > %s
"""


@dataclass(frozen=True)
class Fault:
    """One row of the index that is missing, extra or wrong."""

    kind: str
    customer: int
    principal: int
    since: object
    until: object
    detail: str

    def __str__(self):
        way, pk = Kind(self.principal % 4), self.principal // 4
        who = "unit" if way == Kind.UNIT else "person"
        period = f"{self.since or 'ever'} to {self.until or 'open'}"
        return f"{self.kind}: customer {self.customer}, {who} {pk} ({way.name.lower()}), {period}: {self.detail}"


def faults(ids):
    """The Faults of the index for these customers, ended rows aside.

    They are looked for twice, so that a change in mid-air is no fault.
    """
    found = differences(ids)
    if found:
        again = set(differences({fault.customer for fault in found}))
        found = [fault for fault in found if fault in again]
    return found


def differences(ids):
    """Faults at one look."""
    return list(compared(ids, database_now()))


def compared(ids, now):
    wanted, held = expected(ids, now), actual(ids, now)
    for key in sorted(wanted.keys() | held.keys(), key=str):
        if key not in held:
            yield Fault("missing", *key, words(wanted[key]))
        elif key not in wanted:
            yield Fault("extra", *key, " and ".join(words(row) for row in held[key]))
        elif held[key] != [wanted[key]]:
            found = " and ".join(words(row) for row in held[key])
            yield Fault("wrong", *key, f"{found} instead of {words(wanted[key])}")


def words(row):
    """Rights and keys of a row, for people."""
    rights, name, _search, last = row
    return f"{Right(rights)!s} {name!r} last {last or 'never'}"


def actual(ids, now):
    """(customer, principal, from, to) → list of (rights, name key, search key, last activity)."""
    rows = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ACTUAL, [list(ids), now])
        for row in cursor.fetchall():
            rows[row[:4]].append(row[4:])
    return rows


def expected(ids, now):
    """The same keys → (rights, name key, search key, last activity), from the models alone."""
    customers = Customer.objects.in_bulk(list(ids))
    rights = defaultdict(int)
    managed = defaultdict(list)
    for row in Assignment.objects.filter(customer__in=ids):
        kind, given = SEATS[row.seat]
        who = principal(row.person_id, kind)
        rights[row.customer_id, who, row.period.lower, row.period.upper] |= given
        if row.seat == Seat.ACCOUNT_MANAGER:
            managed[row.customer_id].append(row.period)
    for row in Share.objects.filter(content_object__in=ids).select_related("permission"):
        who = principal(row.user_id, Kind.SELF)
        given = SHARES.get(row.permission.codename, Right(0))
        rights[row.content_object_id, who, row.period.lower, row.period.upper] |= given
    for pk, customer in customers.items():
        for since, until in gaps(managed[pk]):
            rights[pk, principal(customer.home_unit_id, Kind.UNIT), since, until] |= VACANT
    return {
        key: (int(given), c.sort_key, c.search_key, c.last_activity_at)
        for key, given in rights.items()
        if given and (key[3] is None or key[3] > now) and (c := customers[key[0]])
    }


def gaps(periods):
    """The stretches (since, until) that half-open periods leave free; None is without end."""
    free = None
    for period in sorted(periods, key=lambda p: p.lower):
        if free is None or period.lower > free:
            yield free, period.lower
        if period.upper is None:
            return
        free = period.upper
    yield free, None
