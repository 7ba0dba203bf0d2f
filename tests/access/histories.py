"""Generated histories: seats, shares, absences, memberships and states, in the past and ahead."""

from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange

from accounts.access import Role
from accounts.audit import verb
from accounts.models import Absence, Membership
from crm.access import SHARES
from crm.models import Assignment, Share
from crm.seats import Seat
from crm.services import access_index
from kit.clock import database_now
from tests.cast import PEOPLE, UNITS

PEOPLE_NAMES = list(PEOPLE)
SELLERS = ["li", "chen", "he", "wu", "qian", "zhao", "gao", "pan", "mo"]
HOLDERS = ["li", "chen", "wu", "he"]  # most happens to those who hold something
CUSTOMERS = ["huadong", "nanqiao"]
# Few distinct days, so that periods meet, overlap and cover the present.
days = st.sampled_from([-10, -5, -2, -1, 1, 2, 8])
some = st.sampled_from([1, 3, 7, 14])
lengths = st.one_of(st.none(), some)
customers = st.sampled_from(CUSTOMERS)
sellers = st.sampled_from(HOLDERS * 2 + SELLERS)

events = st.one_of(
    st.tuples(st.just("seat"), customers, st.sampled_from(list(Seat)), sellers, days, lengths),
    st.tuples(st.just("clear"), customers, st.sampled_from(list(Seat))),
    st.tuples(st.just("share"), customers, st.sampled_from(list(SHARES)),
              st.sampled_from(PEOPLE_NAMES), days, some),
    st.tuples(st.just("absence"), sellers, days, some),
    st.tuples(st.just("moves"), sellers, st.sampled_from(list(UNITS)), st.booleans(), days, lengths),
    st.tuples(st.just("leaves_unit"), sellers, days),
    st.tuples(st.just("state"), sellers, st.sampled_from(["active", "on_notice", "frozen", "left"])),
    st.tuples(st.just("roles"), sellers,
              st.lists(st.sampled_from(list(Role)[:-1]), max_size=2, unique=True)),
    st.tuples(st.just("unit"), customers, st.sampled_from(list(UNITS))),
)  # fmt: skip
histories = st.lists(events, min_size=1, max_size=9)


@contextmanager
def undone():
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def happen(cast, history):
    """Let a history happen; what the rules of the database refuse does not."""
    now = database_now()
    with verb("tests.history", cast.system):
        for name, *values in history:
            try:
                with transaction.atomic():
                    EVENTS[name](cast, now, *values)
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except IntegrityError:
                pass
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    access_index.recompute([getattr(cast, key).pk for key in CUSTOMERS])
    for person in cast.people.values():
        person.refresh_from_db()


def period(now, start, length):
    lower = now + timedelta(days=start)
    return DateTimeTZRange(lower, lower + timedelta(days=length) if length else None, "[)")


def seat(cast, now, customer, which, person, start, length):
    Assignment.objects.create(
        customer=getattr(cast, customer), person=cast[person], seat=which, made_by=cast.system,
        period=period(now, start, length),
    )  # fmt: skip


def clear(cast, now, customer, which):
    Assignment.objects.filter(customer=getattr(cast, customer), seat=which).delete()


def share(cast, now, customer, right, person, start, length):
    Share.objects.create(
        content_object=getattr(cast, customer), user=cast[person], granted_by=cast.system,
        permission=Permission.objects.get(content_type__app_label="crm", codename=right),
        reason="Test", period=period(now, start, length),
    )  # fmt: skip


def absence(cast, now, person, start, length):
    Absence.objects.create(person=cast[person], period=period(now, start, length))


def moves(cast, now, person, unit, head, start, length):
    Membership.objects.create(
        person=cast[person], unit=cast.units[unit], post="head" if head else "member",
        period=period(now, start, length),
    )  # fmt: skip


def leaves_unit(cast, now, person, at):
    end = now + timedelta(days=at)
    for row in Membership.objects.filter(person=cast[person], period__endswith__isnull=True):
        if row.period.lower < end:
            row.period = DateTimeTZRange(row.period.lower, end, "[)")
            row.save()


def state(cast, now, person, value):
    cast[person].state = value
    cast[person].save()


def roles(cast, now, person, values):
    cast[person].roles = values
    cast[person].save()


def unit(cast, now, customer, key):
    row = getattr(cast, customer)
    row.home_unit = cast.units[key]
    row.save()


EVENTS = {
    "seat": seat, "clear": clear, "share": share, "absence": absence, "moves": moves,
    "leaves_unit": leaves_unit, "state": state, "roles": roles, "unit": unit,
}  # fmt: skip
