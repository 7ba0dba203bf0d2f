"""Many people and memberships at once are what one after the other would have left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import Role
from accounts.models import Membership, Person, TrailEntry
from accounts.services import org, people
from tests.alike import after, differences

THEN = datetime(2025, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)

taken_on = st.lists(
    st.tuples(
        st.sampled_from(["陈静", "Anna Keller", "单国栋"]),
        st.sampled_from([[Role.REP], [Role.SUPPORT], []]),
        st.sampled_from([None, "east", "south", "line"]),
        st.integers(0, 60),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(taken_on=taken_on)
def test_people_at_once_are_as_one_by_one(cast, taken_on):
    given = [
        ({"username": f"new{number}", "name": name, "roles": roles, "title": "销售",
          "joined_on": (THEN + days * DAY).date()}, unit, THEN + days * DAY)
        for number, (name, roles, unit, days) in enumerate(taken_on)
    ]  # fmt: skip

    def singly():
        for values, unit, at in given:
            with audit.happened(at):
                people.create(actor=cast.system, values=values, since=at,
                              unit=unit and cast.units[unit])  # fmt: skip

    def at_once():
        made = [Person(**people.sound(cast.system, values)) for values, _unit, _at in given]
        since = {id(person): at for person, (_v, _u, at) in zip(made, given, strict=True)}
        places = [member(person, cast.units[unit], at)
                  for person, (_v, unit, at) in zip(made, given, strict=True) if unit]  # fmt: skip
        with audit.verb("people.create", cast.system):
            people.insert(made, places, when=lambda row: since[id(getattr(row, "person", row))])

    assert differences(after(singly), after(at_once)) == {}


def member(person, unit, start, end=None, post="member"):
    period = DateTimeTZRange(start, end, "[)")
    return Membership(person=person, unit=unit, post=post, period=period)


def test_the_trail_of_a_history_says_whence_somebody_moved_and_whom_a_head_followed(cast):
    new = Person(username="new", name="New")
    other = Person(username="other", name="Other")
    east, line = cast.units["east"], cast.units["line"]
    rows = [
        member(new, east, THEN, THEN + DAY), member(new, line, THEN + DAY, THEN + 3 * DAY),
        member(other, line, THEN, THEN + 2 * DAY, post="head"),
        member(new, line, THEN + 2 * DAY, post="head"),
    ]  # fmt: skip
    with audit.verb("imports.run", cast.system):
        people.insert([new, other], rows, when=lambda row: THEN)
    told = [entry.changes for entry in TrailEntry.objects.order_by("pk")][-4:]
    assert told == [
        {"person": [None, new.pk], "unit": [None, east.pk]},
        {"person": [None, new.pk], "unit": [east.pk, line.pk]},
        {"head": [None, other.pk]},
        {"head": [other.pk, new.pk]},
    ]
    assert {entry.happened_at for entry in TrailEntry.objects.filter(verb="imports.run")} == {THEN}


def test_nobody_taken_on_at_once_can_sign_in_before_choosing_a_password(cast):
    with audit.verb("imports.run", cast.system):
        made = people.insert([Person(username=f"new{n}", name="New") for n in range(2)])
    assert not any(Person.objects.get(pk=one.pk).has_usable_password() for one in made)


def test_a_name_that_is_taken_undoes_all(cast):
    before = (Person.objects.count(), TrailEntry.objects.count())
    made = [Person(username="new", name="New"), Person(username="rep.east", name="Double")]
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        audit.verb("imports.run", cast.system),
    ):
        people.insert(made)
    assert (Person.objects.count(), TrailEntry.objects.count()) == before


def test_nobody_writes_many_people_outside_a_verb(cast):
    before = (Person.objects.count(), Membership.objects.count())
    for write in (
        lambda: people.insert([Person(username="new", name="New")]),
        lambda: people.change([(cast.li, {"title": "Boss"})]),
        lambda: org.insert([member(cast.bai, cast.units["line"], THEN, THEN + DAY, "head")]),
    ):
        with pytest.raises(RuntimeError), transaction.atomic():
            write()
    assert (Person.objects.count(), Membership.objects.count()) == before
    assert Person.objects.get(pk=cast.li.pk).title == ""
