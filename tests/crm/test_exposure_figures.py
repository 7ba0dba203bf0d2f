"""The figures of the exposure: what must hold for any facts, and a small case by hand."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm.selectors import exposure
from crm.selectors.exposure import Customer, Facts, Touch

TODAY = date(2026, 11, 1)
PEOPLE = ["Li", "Wu", "Chen", "He", "Qian", "Mo"]


@st.composite
def facts(draw):
    held = st.none() | st.integers(0, len(PEOPLE) - 1)
    value = st.none() | st.decimals(-1000, 100_000, places=2)
    customers = [
        Customer(str(n), f"Customer {n}", draw(held), draw(value))
        for n in range(draw(st.integers(1, 12)))
    ]
    touches = draw(
        st.lists(
            st.builds(
                Touch, st.integers(0, len(customers) - 1), held,
                st.integers(0, 900).map(lambda ago: (TODAY - timedelta(ago)).toordinal()),
                st.none(), st.sampled_from(["", "Wang", "Zhou"]),
            ),
            max_size=60,
        )
    )  # fmt: skip
    touches.sort(key=lambda touch: touch.day)
    return Facts(customers, PEOPLE, touches, TODAY, derived=draw(st.booleans()))


@given(facts())
def test_shares_of_people_and_nobody_add_up_to_the_whole(known):
    found = exposure.analyse(known)
    nobody = sum((line.weight for line in found.vacant), Fraction(0)) / found.whole
    shares = sum((one.weight for one in found.books), Fraction(0)) + nobody
    assert shares == (1 if any(line.weight for line in found.lines) else 0)


@given(facts())
def test_every_customer_is_counted_once(known):
    found = exposure.analyse(known)
    held = [line.place for one in found.books for line in one.held]
    vacant = [line.place for line in found.vacant]
    assert sorted(held + vacant) == list(range(len(known.customers)))
    assert sum(found.ages) == len(known.customers)
    assert sum(line.touches for line in found.lines) == len(known.touches)


@given(facts())
def test_nobody_else_knows_means_that_nobody_else_was_there_within_a_year(known):
    found = exposure.analyse(known)
    since = TODAY.toordinal() - exposure.YEAR
    seen = {(t.customer, t.person) for t in known.touches if t.day > since and t.person is not None}
    for one in found.books:
        for line in one.alone:
            assert {who for place, who in seen if place == line.place} <= {one.person}
        for line in one.elsewhere:
            assert {who for place, who in seen if place == line.place} == {one.person}
            assert line.holder != one.person


@given(facts())
def test_concentration_stays_between_even_and_one_person(known):
    spread = exposure.analyse(known).concentration
    if spread is None:
        return
    people = len(spread.points) - 1
    assert spread.points[0] == (0, 0) and spread.points[-1] == (1, 1)
    assert all(a[1] <= b[1] for a, b in pairwise(spread.points))
    assert 0 <= spread.gini < 1 and 1 <= spread.effective <= people * (1 + 1e-9)
    assert 1 <= spread.half <= people


@given(facts())
def test_seats_of_a_customer_follow_each_other_and_end_with_its_holder(known):
    found = exposure.analyse(known)
    by_customer = {}
    for seat in found.seats:
        by_customer.setdefault(seat.customer, []).append(seat)
    for place, seats in by_customer.items():
        for first, second in pairwise(seats):
            assert first.end is not None and first.start <= first.end
            assert first.person != second.person
            assert second.start is None or first.end <= second.start
        holder = known.customers[place].holder
        assert [seat.person for seat in seats if seat.end is None] == (
            [] if holder is None else [holder]
        )


def day(month, number=1):
    return date(2026, month, number).toordinal()


def small():
    customers = [
        Customer("1", "Huadong", 0, Decimal(600)), Customer("2", "Nanqiao", 0, Decimal(300)),
        Customer("3", "Boli", 1, Decimal(100)), Customer("4", "Lone"),
    ]  # fmt: skip
    touches = [Touch(0, 0, day(2)), Touch(0, 1, day(3)), Touch(2, 0, day(4))]
    touches += [Touch(1, 0, day(5, n)) for n in range(1, 7)]
    return Facts(customers, ["Li", "Wu"], touches, TODAY)


def test_what_hangs_on_li():
    found = exposure.analyse(small())
    li = found.books[0]
    assert (li.person, len(li.held), li.weight) == (0, 2, Fraction(9, 10))
    assert [line.customer.name for line in li.alone] == ["Nanqiao"]
    assert [line.customer.name for line in li.elsewhere] == ["Boli"]
    assert li.successors == [(1, 1)]
    assert [line.customer.name for line in found.vacant] == ["Lone"]
    assert [line.customer.name for line in found.streaks] == ["Nanqiao"]
    assert {line.customer.name for line in found.single} == {"Nanqiao", "Boli"}


def test_without_values_every_customer_counts_the_same():
    known = small()
    for customer in known.customers:
        customer.value = None
    assert exposure.analyse(known).books[0].weight == Fraction(2, 4)


def test_where_no_file_names_a_holder_the_last_active_person_counts():
    known = small()
    known.derived = True
    exposure.analyse(known)
    assert [customer.holder for customer in known.customers] == [1, 0, 0, None]


def test_activities_older_than_a_year_make_nobody_known():
    known = small()
    known.as_of = TODAY + timedelta(days=400)
    found = exposure.analyse(known)
    assert found.single == [] and len(found.silent) == 4
    assert [line.customer.name for line in found.books[0].alone] == ["Huadong", "Nanqiao"]
    assert found.lines[0].earlier(0) == [1]


def test_activities_without_people_leave_it_open_who_knows_a_customer():
    known = small()
    known.touches = [touch._replace(person=None) for touch in known.touches]
    found = exposure.analyse(known)
    assert found.books[0].alone == [] and found.single == []
