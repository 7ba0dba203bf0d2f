"""Every figure of the overview equals what a loop over the rows finds."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from accounts.models import Person
from crm.models import Completeness, Customer
from crm.selectors import exposure, thread_list, threads
from handover.selectors import overview, overview_facts, overview_files
from handover.selectors.overview_facts import Line
from tests.handover import overview_world as world

CADENCE = {"A": 14, "B": 30, "C": 90}


def sides(row, ago=0):
    """People in confirmed contact (ours, theirs), so many days ago, by hand."""
    live = [t for t in row["talks"] if t[3] and t[1] and ago <= t[2] < 90 + ago]
    return len({t[0] for t in live} - {"gao"}), len({n for t in live for n in t[1]})


def worth(row):
    return sum(
        Decimal(a) for a, days, state in row["orders"] if days < 365 and state != "cancelled"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_numbers_of_the_director_are_those_of_a_loop_over_all_customers(cast, seed):
    rows = [row for row in world.company(cast, seed) if row["status"] != "closed"]
    Customer.objects.exclude(pk__in=[row["made"].pk for row in rows]).update(status="closed")
    made = overview.of(cast.sun)
    thin = [row for row in rows if row["tier"] in "AB" and min(sides(row)) <= 1]
    late = [row for row in rows if (row["days"] or 0) > CADENCE[row["tier"]]]
    found = made.figures
    assert (found.customers, found.single, found.stale) == (len(rows), len(thin), len(late))
    assert found.vacant == sum(row["manager"] is None for row in rows)
    assert {line.pk for line in made.single} == {row["made"].pk for row in thin}
    assert {line.pk for line in made.stale} == {row["made"].pk for row in late}
    cells = Counter(tuple(min(3, n) for n in sides(row)) for row in rows)
    assert {
        cell: count for cell, (count, _v) in overview.grid(made.lines).items() if count
    } == cells
    for book in made.books:
        own = [row for row in rows if row["manager"] and cast[row["manager"]] == book.person]
        assert book.customers == len(own) and book.value == sum(map(worth, own), Decimal(0))
        assert book.single == sum(row in thin for row in own)
        assert book.no_backup == sum(row["tier"] in "AB" and not row["backup"] for row in own)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_threads_of_a_month_ago_are_counted_as_of_then(cast, seed):
    rows = world.company(cast, seed)
    found = threads.live([row["made"].pk for row in rows], timezone.now() - timedelta(days=30))
    for row in rows:
        assert found.get(row["made"].pk, (0, 0)) == sides(row, ago=30)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_list_behind_each_cell_holds_exactly_its_customers(cast, seed):
    rows = [row for row in world.company(cast, seed) if row["status"] != "closed"]
    for cell in thread_list.CELLS:
        listed = set(
            Customer.objects.filter(thread_list.in_cell(cell), name__startswith="Firm").values_list(
                "pk", flat=True
            )
        )
        wanted = {
            row["made"].pk for row in rows if "-".join(str(min(3, n)) for n in sides(row)) == cell
        }
        assert listed == wanted
    single = set(
        Customer.objects.filter(thread_list.single(), name__startswith="Firm").values_list(
            "pk", flat=True
        )
    )
    assert single == {row["made"].pk for row in rows if min(sides(row)) <= 1}


def test_unproved_contact_without_a_name_or_long_ago_is_no_thread(cast):
    whom = world.contacts(cast.huadong, 2)
    world.talk(cast.huadong, cast.li, whom, confirmed=False)
    world.talk(cast.huadong, cast.chen, [])
    world.talk(cast.huadong, cast.he, whom, days=91)
    [line] = [line for line in overview_facts.lines(cast.li) if line.pk == cast.huadong.pk]
    assert (line.ours, line.theirs) == (0, 0) and line.is_single


def test_a_call_of_the_service_line_is_a_thread_of_theirs_only(cast):
    world.talk(cast.huadong, cast.gao, world.contacts(cast.huadong, 2), kind="call")
    [line] = overview_facts.lines(cast.li)
    assert (line.ours, line.theirs) == (0, 2)


def test_what_changed_within_the_month_is_compared_with_before(cast):
    firm = world.customer(cast, "Firm", manager="wu", days=3, entered=200)
    both = world.contacts(firm, 2)
    for who in (cast.wu, cast.qian):
        world.talk(firm, who, both, days=3)
    Customer.objects.filter(pk=cast.nanqiao.pk).update(status="closed")
    made = overview.of(cast.qian, "month")
    assert (made.figures.single, made.figures.stale, made.figures.new) == (0, 0, 0)
    assert (made.past.single, made.past.stale, made.past.vacant) == (1, 1, 1)


def test_a_contact_before_the_month_set_the_clock_of_then(cast):
    firm = world.customer(cast, "Firm", manager="wu", days=3, entered=200)
    whom = world.contacts(firm, 1)
    for days in (3, 35):
        world.talk(firm, cast.wu, whom, days=days)
    assert overview.of(cast.qian, "month").past.stale == 0


def test_a_customer_entered_this_week_is_new_and_in_no_number_of_before(cast):
    world.customer(cast, "Old firm", manager="wu", entered=40)
    made = overview.of(cast.qian, "month")  # with the one that the cast has just entered
    assert (made.figures.customers, made.figures.new, made.past.customers) == (2, 1, 1)


# -- sight -----------------------------------------------------------------------------------------
def test_a_lead_counts_the_team_and_nobody_else(cast):
    world.order(cast.nanqiao, 5000)
    made = overview.of(cast.he)
    assert [line.pk for line in made.lines] == [cast.huadong.pk]
    assert cast.wu not in [book.person for book in made.books]
    assert cast.wu in [book.person for book in overview.of(cast.qian).books]


@pytest.mark.parametrize("name", ["he", "qian", "zhao", "sun", "fang"])
def test_who_leads_people_or_audits_has_an_overview(cast, name):
    assert overview.has_overview(cast[name])


@pytest.mark.parametrize(
    "name", ["li", "mo", "gao", "lin", "tang", "hu", "yu", "ming", "bai", "ren"]
)
def test_who_leads_nobody_has_none(cast, name):
    assert not overview.has_overview(cast[name])


def test_a_frozen_account_manager_is_still_in_the_table_of_people_and_acted_for(cast):
    Person.objects.filter(pk=cast.li.pk).update(state="frozen")
    made = overview.of(cast.he)
    assert made.figures.acting == 1 and cast.li in [book.person for book in made.holding]


# -- concentration ---------------------------------------------------------------------------------
def gini(weights):
    """Half the relative mean difference, by every pair."""
    total = sum(weights)
    return sum(abs(a - b) for a in weights for b in weights) / Fraction(2 * len(weights) * total)


@pytest.mark.parametrize(
    "weights", [[1], [5, 5, 5, 5], [1, 2, 3, 4, 100], [0, 0, 7], [3, 1, 4, 1, 5, 9, 2, 6]]
)
def test_concentration_equals_its_definition(weights):
    found = exposure.concentration([Fraction(w) for w in weights])
    total, ranked = sum(weights), sorted(weights, reverse=True)
    assert found.gini == pytest.approx(float(gini(weights)))
    assert found.effective == pytest.approx(1 / sum((w / total) ** 2 for w in weights))
    assert found.half == next(n for n in range(1, len(ranked) + 1) if 2 * sum(ranked[:n]) >= total)


def test_a_company_without_orders_is_compared_by_customers(cast):
    made = overview.of(cast.sun)
    assert made.weighs == "customers" and overview.spread(made).effective == pytest.approx(2)
    world.order(cast.huadong, 100)
    made = overview.of(cast.sun)
    assert made.weighs == "value" and overview.spread(made).effective == pytest.approx(1)


def test_orders_without_a_rate_and_credits_below_zero_weigh_nothing(cast):
    world.order(cast.huadong, 500, currency="CHF")
    world.order(cast.nanqiao, -40)
    assert {line.value for line in overview_facts.lines(cast.sun)} == {Decimal(0)}


def test_a_customer_exactly_at_its_cadence_is_not_stale():
    now = timezone.now()
    line = Line(1, "A", now, now - timedelta(days=14))
    assert overview.figures([line], now).stale == 0
    assert (
        overview.figures([Line(1, "A", now, now - timedelta(days=14, seconds=1))], now).stale == 1
    )


def test_numbers_of_an_empty_company_are_nothing():
    found = overview.figures([], timezone.now())
    assert (found.customers, found.single, found.highest) == (0, 0, None)
    assert set(overview.grid([]).values()) == {(0, Decimal(0))}


# -- files -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", [1, 2])
def test_files_of_each_account_manager_are_those_of_a_loop(cast, seed):
    chance, target = random.Random(seed), {"A": 90, "B": 80, "C": 60}
    Customer.objects.update(status="closed")
    rows = []
    for place in range(30):
        tier, who, total = (
            chance.choice("ABC"),
            chance.choice(["li", "chen", "wu"]),
            chance.randint(20, 100),
        )
        kind = chance.choice(["organisation"] * 4 + ["person"])
        made = world.customer(cast, f"Firm {place}", tier, who, kind=kind)
        if kind == "organisation":
            Completeness.objects.update_or_create(
                customer=made, defaults={"total": total, "parts": [total] * 5}
            )
            rows.append((who, tier, total))
    found = {one.person: one for one in overview_files.by_person(overview.of(cast.sun), target)}
    assert set(found) == {cast[who] for who, _tier, _total in rows}
    for person, files in found.items():
        own = [(tier, total) for who, tier, total in rows if cast[who] == person]
        assert files.totals and sorted(files.totals) == sorted(total for _tier, total in own)
        assert files.near["reached"] == sum(total >= target[tier] for tier, total in own)
        assert files.near["less"] == sum(2 * total < target[tier] for tier, total in own)
        assert files.below == sum(total < target[tier] for tier, total in own)
    panel = overview_files.files(overview.of(cast.sun))
    below = sum(total < target[tier] for _who, tier, total in rows)
    assert panel.title.startswith(f"{below} of {len(rows)} files")


def test_who_may_not_know_the_guarded_parts_has_figures_without_them(cast):
    Completeness.objects.update_or_create(
        customer=cast.huadong, defaults={"total": 60, "parts": [100, 100, 0, 0, 100]}
    )
    [whole] = [line.file for line in overview_facts.lines(cast.sun) if line.pk == cast.huadong.pk]
    [rest] = [line.file for line in overview_facts.lines(cast.gao) if line.pk == cast.huadong.pk]
    assert (whole, rest) == (60, 100)


def test_a_file_that_was_never_counted_is_empty_and_a_private_customer_has_none(cast):
    Completeness.objects.all().delete()
    Customer.objects.filter(pk=cast.nanqiao.pk).update(kind="person")
    found = {line.pk: line.file for line in overview_facts.lines(cast.sun)}
    assert found[cast.huadong.pk] == 0 and found[cast.nanqiao.pk] is None
