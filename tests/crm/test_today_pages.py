"""Today: what is due and why, for reps and for those who lead; the way on for everybody else."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.access import Role
from accounts.models import Person
from crm.models import Activity, Customer
from crm.seats import Reason, Seat
from crm.selectors import cadence, customer_list, worklist
from crm.services import ownership
from kit import dates
from tests.crm.test_activities_service import log


@pytest.fixture
def today(client, cast):
    """today(who): the text of the page."""

    def read(who):
        client.force_login(cast[who])
        answer = client.get("/")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_a_rep_finds_the_oldest_due_step_in_the_card_and_ticks_it_off(client, today, cast):
    day = dates.today(dates.company_zone())
    log(cast.li, cast.huadong, next_step="later", next_step_on=day + timedelta(days=2))
    first = log(cast.li, cast.huadong, next_step="sooner", next_step_on=day)
    log(cast.li, cast.huadong, next_step="far away", next_step_on=day + timedelta(days=30))
    text = today("li")
    assert text.index("sooner") < text.index("later") and "far away" not in text
    client.post(reverse("crm:activity-next-step", args=[first.pk]), {"next": "/"})
    assert "sooner" not in today("li")


def test_an_overdue_step_says_since_when(today, cast):
    visit = log(
        cast.li,
        cast.huadong,
        next_step="price list",
        next_step_on=dates.today(dates.company_zone()),
    )
    Activity.objects.filter(pk=visit.pk).update(
        next_step_on=dates.today(dates.company_zone()) - timedelta(days=4)
    )
    assert "overdue since" in today("li")


def test_nobody_sees_the_steps_of_another_team(today, cast):
    log(
        cast.li,
        cast.huadong,
        next_step="secret step",
        next_step_on=dates.today(dates.company_zone()),
    )
    assert "secret step" not in today("wu") and "华东机电" not in today("wu")


def test_a_promise_stays_with_the_customer_when_the_rep_changes(today, cast):
    log(
        cast.li,
        cast.huadong,
        next_step="price list",
        next_step_on=dates.today(dates.company_zone()),
    )
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    assert "price list" in today("chen")
    assert "price list" not in today("li")


@pytest.mark.parametrize(("tier", "days", "due"), [("A", 15, True), ("A", 13, False), ("B", 31, True),
                                                   ("C", 89, False), ("C", 91, True)])  # fmt: skip
def test_a_customer_beyond_the_cadence_of_its_tier_is_due(today, cast, tier, days, due):
    then = timezone.now() - timedelta(days=days)
    Customer.objects.filter(pk=cast.huadong.pk).update(
        tier=tier, last_activity_at=timezone.now(), last_confirmed_at=then
    )
    assert (f"{days} days without a confirmed contact" in today("li")) is due


@pytest.mark.parametrize(
    ("confirmed", "logged", "stale"), [(3, 3, False), (20, 1, True), (None, 1, True)]
)
def test_today_list_filter_and_badge_mean_the_same_by_stale(cast, confirmed, logged, stale):
    """Only a confirmed activity sets the clock back; logging one does not."""
    now = timezone.now()
    with audit.verb("tests.build", cast.system):
        customer = Customer.objects.create(
            name="Boli", tier="A", status="active", home_unit=cast.units["east"],
            created_at=now - timedelta(days=99), last_activity_at=now - timedelta(days=logged),
            last_confirmed_at=confirmed and now - timedelta(days=confirmed),
        )  # fmt: skip
        ownership.put(cast.system, customer, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
    wanted = cadence.stale() & Q(name="Boli")
    filtered = customer_list.page(cast.li, filters=wanted).rows
    due = worklist.out_of_cadence(cast.li, [customer.pk])
    answers = bool(filtered), bool(due), cadence.is_stale(customer)
    assert answers == (stale,) * 3


def test_today_comes_anew_after_the_sheet_has_logged(today):
    assert 'hx-trigger="visit-logged from:document"' in today("li")


def test_the_backup_acts_while_the_manager_is_away_and_only_then(today, cast, absent):
    log(
        cast.li,
        cast.huadong,
        next_step="price list",
        next_step_on=dates.today(dates.company_zone()),
    )
    assert "You act for" not in today("chen") and "price list" not in today("chen")
    absent(cast.li)
    text = today("chen")
    assert "You act for" in text and "is away until" in text and "price list" in text


def test_the_lead_sees_what_the_team_logged_who_is_away_and_what_nobody_holds(today, cast, absent):
    log(cast.li, cast.huadong, note="for the lead to read")
    absent(cast.li)
    ownership.end(actor=cast.qian, customer=cast.nanqiao, seat=Seat.ACCOUNT_MANAGER)
    text = today("he")
    assert "for the lead to read" in text and "Li Wei" in text and "Away now" in text
    assert "Nanqiao" not in text
    other = today("qian")
    assert "for the lead to read" not in other and "Nanqiao" in other


def test_the_director_reads_the_same_without_a_log_button(today, cast):
    log(cast.li, cast.huadong, note="for the director to read")
    text = today("sun")
    assert "for the director to read" in text and "log-sheet" not in text


@pytest.mark.parametrize(
    ("who", "page"),
    [("hu", "handover:hr"), ("fang", "accounts:trail"), ("yu", "accounts:people"),
     ("gao", "crm:customers"), ("tang", "accounts:inbox"), ("lin", "accounts:inbox"), ("ming", "accounts:inbox")],
)  # fmt: skip
def test_others_land_on_their_first_useful_page(client, cast, who, page):
    client.force_login(cast[who])
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, reverse(page))


def test_every_role_lands_somewhere(client, cast):
    for role in Role:
        if role == Role.SYSTEM:
            continue
        person = Person.objects.create(username=f"one.{role}", name=role, roles=[role])
        client.force_login(person)
        assert client.get("/").status_code in (200, 302)


def test_today_costs_a_fixed_number_of_statements(
    client, cast, absent, django_assert_max_num_queries
):
    day = dates.today(dates.company_zone())
    for _entry in range(6):
        log(cast.li, cast.huadong, next_step="x", next_step_on=day)
    absent(cast.chen)
    client.force_login(cast.li)
    with django_assert_max_num_queries(15):
        client.get("/")
    client.force_login(cast.he)
    with django_assert_max_num_queries(18):
        client.get("/")
