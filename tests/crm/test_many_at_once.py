"""Many rows at once are what one after the other would have left: rows, history, trail, index."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.models import TrailEntry
from crm.models import (
    Activity,
    Assignment,
    Contact,
    ContactChannel,
    Customer,
    CustomerAccess,
    Link,
    Position,
)
from crm.services import activities, channels, contacts, customers, links, seat_history, seats
from kit.errors import Refused
from kit.models import SubjectKey
from tests.alike import after, differences
from tests.crm.contacts_world import wang

THEN = datetime(2025, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def alike(cast, name, singly, at_once, but=()):
    """Both ways, the second inside a verb of the same name, leave the same, but for some tables."""

    def many():
        with audit.verb(name, cast.system):
            at_once()

    found = differences(after(singly), after(many))
    assert {table: rows for table, rows in found.items() if table not in but} == {}


# -- customers -----------------------------------------------------------------------------------
word = st.sampled_from(["华东", "Delta", "南桥", "Kapok", "曾氏", "Ölberg"])
told = st.fixed_dictionaries(
    {"name": word},
    optional={
        "legal_name": st.sampled_from(["机电有限公司", " Works Ltd."]),
        "kind": st.sampled_from(Customer.Kind.values),
        "tier": st.sampled_from(Customer.Tier.values),
        "status": st.sampled_from(Customer.Status.values),
        "address": st.sampled_from(["", "中山路 1 号", "1 Quay"]),
        "origin": st.sampled_from(["advert", "company_lead"]),
    },
)


def numbered(rows):
    """No two of one name."""
    for number, row in enumerate(rows):
        row = row | {"name": f"{row['name']}{number}"}
        yield row | ({"legal_name": row["name"] + row["legal_name"]} if "legal_name" in row else {})


@given(values=st.lists(told, min_size=1, max_size=5).map(numbered).map(list))
def test_customers_at_once_are_as_one_by_one(cast, values):
    def singly():
        for row in values:
            customers.create(actor=cast.system, values=row)

    def at_once():
        customers.insert([Customer(home_unit=cast.units["root"], **row) for row in values])

    alike(cast, "customers.create", singly, at_once)


@given(
    new=st.lists(
        st.dictionaries(st.sampled_from(["name", "address", "status"]),
                        st.sampled_from(["active", "dormant"]), max_size=3),
        min_size=2, max_size=2,
    )
)  # fmt: skip
def test_changes_of_customers_at_once_are_as_one_by_one(cast, new):
    both = [cast.huadong, cast.nanqiao]

    def fresh():
        return [Customer.objects.select_for_update().get(pk=one.pk) for one in both]

    def singly():
        for row, values in zip(fresh(), new, strict=True):
            if any(getattr(row, name) != value for name, value in values.items()):
                customers.edit(actor=cast.system, customer=row, values=values, version=row.version)

    alike(cast, "customers.edit", singly,
          lambda: customers.change(list(zip(fresh(), new, strict=True))))  # fmt: skip


# -- seats ---------------------------------------------------------------------------------------
HOLDERS = ["li", "chen", "he", "zhao"]
shifts = st.lists(
    st.tuples(st.sampled_from(HOLDERS), st.integers(1, 40), st.booleans()), min_size=1, max_size=6
)


def history(cast, customer, shifts):
    """Periods one after the other; where the flag is set, a day without anybody lies between."""
    start = THEN
    for who, days, gap in shifts:
        end = start + days * DAY
        yield Assignment(
            customer=customer, person=cast[who], seat="account_manager", reason="import",
            period=DateTimeTZRange(start, end, "[)"), made_by=cast.system,
        )  # fmt: skip
        start = end + (DAY if gap else timedelta(0))


@given(shifts=shifts, last_holds=st.booleans())
def test_seats_at_once_are_as_one_by_one(cast, shifts, last_holds):
    new = Customer.objects.filter(name="Delta").first()
    new = new or Customer.objects.create(name="Delta", home_unit=cast.units["hr"])

    def rows():
        found = list(history(cast, new, shifts))
        if last_holds:
            last = found[-1]
            last.period = DateTimeTZRange(last.period.lower, None, "[)")
        return found

    def singly():
        for row in rows():
            seat_history.record_seat(
                actor=cast.system, customer=row.customer, seat=row.seat, person=row.person,
                start=row.period.lower, end=row.period.upper,
            )  # fmt: skip

    # One by one, the unit that answers changes with every seat; at once it changes once.
    alike(cast, "seat_history.record_seat", singly,
          lambda: seats.insert(rows(), when=lambda row: row.period.lower),
          but={"CustomerEvent"})  # fmt: skip


def test_the_trail_of_a_history_says_who_followed_whom(cast):
    new = Customer.objects.create(name="Delta", home_unit=cast.units["hr"])
    rows = list(history(cast, new, [("li", 3, False), ("chen", 4, True), ("li", 2, False)]))
    with audit.verb("imports.run", cast.system):
        seats.insert(rows[::-1], when=lambda row: row.period.lower)
    entries = TrailEntry.objects.filter(customer_id=new.pk).order_by("happened_at")
    assert [entry.changes["account_manager"] for entry in entries] == [
        [None, cast.li.pk], [cast.li.pk, cast.chen.pk], [None, cast.li.pk],
    ]  # fmt: skip
    assert [entry.happened_at for entry in entries] == [row.period.lower for row in rows]


def test_the_unit_of_the_last_account_manager_answers_after_a_history(cast):
    new = Customer.objects.create(name="Delta", home_unit=cast.units["hr"])
    rows = list(history(cast, new, [("li", 3, False), ("wu", 4, False)]))
    with audit.verb("imports.run", cast.system):
        seats.insert(rows)
    assert Customer.objects.get(pk=new.pk).home_unit == cast.units["south"]
    older = list(history(cast, new, [("gao", 1, False)]))
    for row in older:
        row.period = DateTimeTZRange(THEN - 9 * DAY, THEN - DAY, "[)")
    with audit.verb("imports.run", cast.system):
        seats.insert(older)
    assert Customer.objects.get(pk=new.pk).home_unit == cast.units["south"]


# -- contacts, channels, links ---------------------------------------------------------------------
people = st.lists(
    st.tuples(
        st.sampled_from(["王芳", "Anna Keller", "单国栋"]),
        st.fixed_dictionaries({}, optional={"title": st.just("采购"), "is_key_person": st.booleans(),
                                            "started_on": st.just(date(2020, 5, 1))}),
        st.sets(st.sampled_from(["phone 138 1234 5678", "mail A@b.example", "wechat wf_88"])),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def lines(found):
    return [dict(zip(("kind", "value"), line.split(" ", 1), strict=True)) for line in sorted(found)]


@given(people=people, customer=st.sampled_from(["huadong", "nanqiao"]))
def test_contacts_at_once_are_as_one_by_one(cast, people, customer):
    customer = getattr(cast, customer)

    def singly():
        for number, (name, place, found) in enumerate(people):
            contacts.create(
                actor=cast.system, customer=customer, place=place, channels=lines(found),
                values={"name": f"{name}{number}"},
            )  # fmt: skip

    def at_once():
        made = [Contact(name=f"{name}{number}") for number, (name, _p, _c) in enumerate(people)]
        contacts.insert(made, [
            Position(contact=contact, customer=customer, **place)
            for contact, (_n, place, _c) in zip(made, people, strict=True)
        ])  # fmt: skip
        channels.insert([
            (customer, contact, channels.sound(values, "CN"))
            for contact, (_n, _p, found) in zip(made, people, strict=True)
            for values in lines(found)
        ])  # fmt: skip

    alike(cast, "contacts.create", singly, at_once)


@given(who=st.sets(st.tuples(st.sampled_from(HOLDERS), st.sampled_from(["visit", "phone"]))))
def test_links_at_once_are_as_one_by_one(cast, who):
    contact = Contact.objects.filter(name="王芳").first() or wang(cast)
    since = date(2024, 2, 3)

    def singly():
        for name, through in sorted(who):
            links.add(actor=cast.system, customer=cast.huadong, contact=contact, person=cast[name],
                      values={"through": through, "since_on": since})  # fmt: skip

    alike(cast, "links.add", singly, lambda: links.insert([
        (cast.huadong, Link(person=cast[name], contact=contact, through=through, since_on=since))
        for name, through in sorted(who)
    ]))  # fmt: skip


# -- activities ------------------------------------------------------------------------------------
said = st.lists(
    st.tuples(
        st.sampled_from(["huadong", "nanqiao"]), st.sampled_from(Activity.Kind.values),
        st.integers(-300, 100), st.booleans(), st.sampled_from(["", "看了车间"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(said=said)
def test_activities_at_once_are_as_one_by_one(cast, said):
    contact = Contact.objects.filter(name="王芳").first() or wang(cast)
    said = [(c, kind, THEN + days * DAY, [contact.pk] * (met and c == "huadong"), note)
            for c, kind, days, met, note in said]  # fmt: skip

    def singly():
        for customer, kind, at, met, note in said:
            with audit.happened(at):
                activities.log(actor=cast.system, customer=getattr(cast, customer), kind=kind,
                               client_uuid=uuid.uuid4(), contacts=met, note=note)  # fmt: skip

    def at_once():
        activities.insert([
            (Activity(customer=getattr(cast, customer), author=cast.system, kind=kind,
                      happened_at=at, note=note), met, ())
            for customer, kind, at, met, note in said
        ], when=lambda activity: activity.happened_at)  # fmt: skip

    alike(cast, "activities.log", singly, at_once)


def test_only_confirmed_meetings_with_somebody_move_the_confirmed_instant(cast):
    contact = wang(cast)
    proof = {"proof": "order", "confirmed_at": THEN}
    rows = [
        (5, {"kind": "visit"}, [contact.pk]),
        (4, {"kind": "message"} | proof, [contact.pk]),
        (3, {"kind": "visit"} | proof, []),
        (2, {"kind": "call"} | proof, [contact.pk]),
        (1, {"kind": "visit"} | proof, [contact.pk]),
    ]
    with audit.verb("imports.run", cast.system):
        activities.insert([
            (Activity(customer=cast.huadong, happened_at=THEN + days * DAY, **values), met, ())
            for days, values, met in rows
        ])  # fmt: skip
    row = Customer.objects.get(pk=cast.huadong.pk)
    assert (row.last_activity_at, row.last_confirmed_at) == (THEN + 5 * DAY, THEN + 2 * DAY)
    index = CustomerAccess.objects.filter(customer=row).values_list("last_activity_at", flat=True)
    assert set(index) == {THEN + 5 * DAY}


# -- all or nothing, and never without a verb --------------------------------------------------------
MODELS = [Customer, Contact, Position, ContactChannel, Link, Assignment, Activity, SubjectKey,
          TrailEntry, CustomerAccess]  # fmt: skip


def held():
    return {model: model._base_manager.count() for model in MODELS}


def whole(cast, number=2):
    """A name that no row may be without stands in the second of two customers."""
    return [Customer(name="Delta" * (row + 1 < number), kind="person",
                     home_unit=cast.units["root"]) for row in range(number)]  # fmt: skip


def test_one_wrong_row_undoes_all(cast):
    before = held()
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        audit.verb("imports.run", cast.system),
    ):
        customers.insert(whole(cast))
    assert held() == before


def test_overlapping_seats_undo_the_whole_history(cast):
    before = held()
    rows = list(history(cast, cast.huadong, [("li", 3, False), ("chen", 4, False)]))
    rows[1].period = DateTimeTZRange(THEN, None, "[)")
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        audit.verb("imports.run", cast.system),
    ):
        seats.insert(rows)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert held() == before


def test_a_name_taken_away_undoes_all_changes(cast):
    both = [cast.huadong, cast.nanqiao]
    pairs = [(both[0], {"address": "1 Quay"}), (both[1], {"name": " "})]
    with pytest.raises(Refused), transaction.atomic(), audit.verb("imports.run", cast.system):
        customers.change(pairs)
    stored = Customer.objects.get(pk=both[0].pk)
    assert (stored.address, stored.version) == ("", 1)


def inserts(cast):
    contact = wang(cast)
    organisation = Customer(name="Delta", home_unit=cast.units["root"])
    seat = next(history(cast, cast.nanqiao, [("chen", 1, False)]))
    visit = Activity(customer=cast.huadong, author=cast.li, happened_at=THEN)
    phone = channels.sound({"kind": "phone", "value": "139 1234 5678"}, "CN")
    yield lambda: customers.insert([organisation])
    yield lambda: customers.change([(cast.huadong, {"address": "1 Quay"})])
    yield lambda: seats.insert([seat])
    yield lambda: contacts.insert([Contact(name="Anna")], [])
    yield lambda: contacts.place_all([Position(contact=contact, customer=cast.nanqiao)])
    yield lambda: contacts.change([(contact, {"name": "Anna"}, cast.huadong)])
    yield lambda: channels.insert([(cast.huadong, contact, phone)])
    yield lambda: links.insert([(cast.huadong, Link(person=cast.li, contact=contact))])
    yield lambda: activities.insert([(visit, [], ())])


def test_nobody_writes_many_rows_outside_a_verb(cast):
    """Whoever calls them without a service, which asks who may, leaves nothing."""
    for write in inserts(cast):
        before = held()
        with pytest.raises(RuntimeError), transaction.atomic():
            write()
        assert held() == before


def test_the_index_is_recomputed_once_for_a_customer_and_its_seat(cast, monkeypatch):
    from crm.services import access_index

    done = []
    real = access_index.recompute
    monkeypatch.setattr(
        access_index,
        "recompute",
        lambda ids: done.append(access_index.waiting.get() is None) or real(ids),
    )
    made = customers.create(actor=cast.li, values={"name": "Delta"})
    assert done.count(True) == 1
    assert Customer.objects.visible_to(cast.li).filter(pk=made.pk).exists()


def test_an_act_that_fails_halfway_leaves_no_customer_waiting_for_the_index(cast):
    from crm.services import access_index

    with pytest.raises(ZeroDivisionError), access_index.together():
        access_index.recompute([cast.huadong.pk])
        1 / 0  # noqa: B018
    assert access_index.waiting.get() is None


def test_each_data_subject_gets_a_key_of_its_own(cast):
    made = [Customer(name=f"Delta{n}", kind="person", home_unit=cast.units["root"]) for n in (1, 2)]
    met = [Contact(name="Anna"), Contact(name="Anna")]
    with audit.verb("imports.run", cast.system):
        customers.insert(made)
        contacts.insert(met, [])
    assert len({row.key.pk for row in [*made, *met]}) == 4
    assert len({bytes(row.key.wrapped) for row in [*made, *met]}) == 4
