"""The demo company is made through the services, is believable, and is the same every time."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from accounts.access import Action, Role, can
from accounts.models import Absence, CalendarDay, Person, TrailEntry
from accounts.selectors.calendar import working_calendar
from config.demo.company import LOGINS
from crm.models import (
    Activity,
    Assignment,
    Contact,
    Contribution,
    Customer,
    Depth,
    Document,
    Exam,
    Finding,
    ImportantDate,
    Link,
    Order,
    Payment,
    Rate,
    Share,
    TierOverride,
    TierScore,
)
from crm.seats import Reason, Seat
from crm.selectors import cadence, important_dates, qualification
from crm.selectors.ownership import acting_for, held_by, vacant
from handover.models import Departure
from handover.selectors import rotation
from tests import database


@pytest.fixture
def people(committed, settings, tmp_path):
    settings.DATA_DIR = tmp_path  # anchors of its own
    database.wipe()
    call_command("seed_demo")
    return {person.username: person for person in Person.objects.all()}


@pytest.mark.slow
def test_demo_company_has_everybody_and_a_true_trail(people):
    rep, lead, south = people["rep.east"], people["lead.east"], people["rep.south"]
    huadong = Customer.objects.get(name="华东机电")

    assert set(LOGINS) <= people.keys() and 40 <= len(people) <= 50
    roles = {role for person in people.values() for role in person.roles}
    assert roles == set(Role.values)
    assert {person.state for person in people.values()} == {"active", "on_notice", "left"}
    assert Customer.objects.count() == 600
    assert can(rep, Action.CUSTOMER_EDIT, huadong) and can(lead, None, huadong)
    assert not can(south, None, huadong)
    away = held_by(people["zhou.ting"]).filter(seat="account_manager").first().customer
    assert acting_for(away) is not None
    assert Absence.objects.count() > 4
    assert CalendarDay.objects.filter(is_working=False).count() > 20
    assert CalendarDay.objects.filter(is_working=True).exists()

    begun = timezone.now() - timedelta(hours=1)
    assert not TrailEntry.objects.filter(recorded_at__lt=begun).exists()
    assert not TrailEntry.objects.filter(
        happened_at__gt=F("recorded_at") + timedelta(seconds=1)
    ).exists()
    for verb in ("activities.log", "customers.create", "contacts.create", "trade.record_order"):
        assert TrailEntry.objects.filter(verb=verb, happened_at__lt=begun).count() > 100
    check_machinery()
    check_departure(people)
    check_books(people)
    check_what_happened()
    check_what_is_known(people)

    call_command("seed_demo", "--if-empty")
    call_command("seed_demo")
    assert Customer.objects.count() == 600


def check_machinery():
    """The access index agrees with the truth, the chain holds, every copy of a row has its verb."""
    call_command("rebuild_access", "--check")
    call_command("seal")
    call_command("verify_audit")
    with connection.cursor() as cursor:
        for table in ("customer", "contact", "assignment", "activity", "link", "order", "payment"):
            cursor.execute(f"SELECT count(*) FROM crm_{table}event WHERE coalesce(verb, '') = ''")
            assert cursor.fetchone() == (0,), table


def check_departure(people):
    """Who is on notice leaves by a case that is open, each customer with a successor who is not them."""
    case = Departure.objects.get()
    assert (case.person, case.state) == (people["mo.fan"], "open") and case.witness
    rows = case.customers.all()
    assert rows.count() > 5 and not rows.filter(successor=case.person).exists()


def check_books(people):
    """Books of a size that one person can look after, tiers and states as they usually are."""
    held = Assignment.objects.at().filter(seat=Seat.ACCOUNT_MANAGER)
    books = dict(held.values_list("person__username").annotate(n=Count("pk")).order_by())
    reps = [login for login in people if people[login].roles == [Role.REP]]
    assert all(10 <= books[login] <= 45 for login in reps if login != "guo.rui")
    assert "guo.rui" not in books
    assert 3 <= vacant(Customer.objects.all()).count() <= 15
    tiers = dict(Customer.objects.values_list("tier").annotate(n=Count("pk")).order_by())
    assert tiers["A"] < tiers["B"] < tiers["C"]
    assert Customer.objects.filter(parent__isnull=False).count() > 40
    assert Customer.objects.filter(kind="person").count() > 5
    assert not Assignment.objects.filter(reason=Reason.FIRST).exists()
    assert Assignment.objects.filter(period__startswith__gt=timezone.now()).count() > 10
    assert Share.objects.count() > 10
    assert 50 < Customer.objects.filter(cadence.stale()).count() < 150
    clocks = rotation.counted("true", {})
    assert 20 <= clocks["overdue"] <= 40 and 30 <= clocks["30"] <= 120 and clocks["all"] > 500


def check_what_happened():
    """A year of activities in working hours, orders and payments, some of them late."""
    calendar, now = working_calendar(), timezone.now()
    assert Contact.objects.count() > 1_200 and Link.objects.count() > 1_500
    for at in Activity.objects.values_list("happened_at", flat=True):
        local = at.astimezone(calendar.zone)
        assert calendar.is_working_day(local.date()) and 9 <= local.hour < 18 and at < now
    assert Activity.objects.filter(happened_at__lt=F("customer__created_at")).count() == 0
    assert Activity.objects.filter(is_late=True).count() == 0
    assert Activity.objects.filter(confirmed_at__isnull=False).count() > 2_000
    assert Order.objects.filter(delivered_on__gt=F("promised_on")).count() > 50
    assert set(Rate.objects.values_list("currency", flat=True)) == {"EUR", "USD"}
    assert set(Order.objects.values_list("currency", flat=True)) == {"CNY", "EUR", "USD"}
    paid = Payment.objects.values("order")
    unpaid = Order.objects.filter(state="delivered").exclude(pk__in=paid)
    assert unpaid.filter(delivered_on__lt=now.date() - timedelta(days=90)).count() > 10


def check_what_is_known(people):
    """MAN, depth, dates, exams, documents, tiers and contributions, so that no page of them is empty."""
    assert Finding.objects.count() > 600 and Depth.objects.count() > 400
    assert set(Depth.objects.values_list("level", flat=True)) == {1, 2, 3, 4, 5}
    assert 5 <= Customer.objects.filter(qualification.stopped()).count() <= 40
    assert {one.id for one in important_dates.kinds()} == set(
        ImportantDate.objects.values_list("kind", flat=True)
    )
    assert important_dates.near(people["rep.east"]) and important_dates.near(people["lead.east"])
    taken = Exam.objects.filter(taken_at__isnull=False)
    assert taken.count() >= 5 and Exam.objects.filter(taken_at=None).count() > 10
    assert not taken.filter(taken_at__gt=timezone.now()).exists()
    assert set(Document.objects.values_list("category", flat=True)) >= {"contract", "minutes"}
    assert (
        TierScore.objects.count() > 400 and TierOverride.objects.filter(ended_at=None).count() == 1
    )
    assert Contribution.objects.count() >= 4


def test_small_demo_company_is_the_same_every_time(committed):
    seen = []
    for _ in range(2):
        database.wipe()
        call_command("seed_demo", "--size", "small")
        seen.append({
            "customers": list(Customer.objects.order_by("pk").values_list("name", "tier", "created_at")),
            "seats": [(row.customer_id, row.person_id, row.seat, row.period.lower)
                      for row in Assignment.objects.order_by("pk")],
            "activities": list(Activity.objects.order_by("pk").values_list("client_uuid", "note")),
            "orders": list(Order.objects.order_by("pk").values_list("number", "amount")),
            "findings": list(Finding.objects.order_by("pk").values_list("customer__name", "letter", "value", "found_on")),
            "depths": list(Depth.objects.order_by("pk").values_list("person__username", "level", "evidence_on")),
            "dates": list(ImportantDate.objects.order_by("pk").values_list("kind", "month", "day", "name")),
            "exams": list(Exam.objects.order_by("pk").values_list("customer__name", "marks", "due_on")),
        })  # fmt: skip
    assert len(seen[0]["customers"]) == 62
    assert seen[0] == seen[1]
