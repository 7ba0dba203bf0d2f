"""Overdue rotations are planned from the board: few clicks from the board to the decision."""

import re
from datetime import timedelta

from django.db import transaction
from playwright.sync_api import expect

from accounts import audit
from accounts.models import Person
from crm.models import Assignment, ChangeSet
from crm.seats import Seat
from crm.selectors import changesets as ask
from crm.services import approvals
from handover.selectors import rotation
from kit.clock import database_now
from tests.e2e.conftest import watched

# For some of those that are overdue nobody may fit, whoever else is leaving in this company.
OVERDUE, COUNT, MOST_CLICKS = 50, 37, 5
# Counts what the person clicks, over all pages of the journey.
COUNTING = """addEventListener("click", event => {
  if (event.isTrusted) sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0)
}, true)"""


def test_a_lead_has_37_overdue_rotations_scheduled_in_five_clicks(visit):
    overdue(OVERDUE)
    lead = visit("lead.east", phone=False)
    lead.add_init_script(COUNTING)
    lead.goto("/")
    with watched(lead):
        lead.get_by_role("link", name="Rotation", exact=True).first.click()
        expect(lead.get_by_text(f"{OVERDUE} rotations are overdue")).to_be_visible()
        lead.get_by_role("button", name=f"Plan rotation ({OVERDUE})").click()
        why = lead.get_by_label("Why in spite of the warnings")
        if why.count():
            why.fill("Half a year is over")
        lead.get_by_role("button", name=re.compile(r"\d+ changes")).click()
        expect(lead.get_by_role("heading", level=1)).to_contain_text("Transfer #")
    change_set = ChangeSet.objects.get(pk=int(lead.url.rsplit("/", 1)[1].split("?")[0]))
    assert ask.rows_of(change_set).filter(state="waiting").count() >= COUNT
    clicks = clicked(lead)
    if change_set.state == ChangeSet.State.PROPOSED:
        clicks += approved(visit, change_set)
    for taker in Person.objects.filter(pk__in=ask.asks_acceptance(change_set).values("taker")):
        approvals.accept(actor=taker, change_set=change_set)
    change_set.refresh_from_db()
    assert change_set.state == ChangeSet.State.SCHEDULED
    assert clicks <= MOST_CLICKS
    lead.goto("/rotation?show=planned")
    tab = lead.get_by_role("link", name=re.compile("Change on its way"))
    assert int(tab.inner_text().split()[-1]) >= COUNT


def clicked(page):
    return int(page.evaluate("sessionStorage.clicks || 0"))


def approved(visit, change_set):
    """The head of sales decides, from the notice; returns the clicks that took."""
    head = visit("head.sales", phone=False)
    head.add_init_script(COUNTING)
    head.goto(change_set.get_absolute_url())
    head.get_by_role("link", name="Decide").click()
    head.get_by_role("button", name="Approve", exact=True).click()
    head.wait_for_load_state()
    change_set.refresh_from_db()
    return clicked(head)


def overdue(count):
    """So many rotations of the team in the east are overdue, and no others."""
    lead = Person.objects.get(username="lead.east")
    clocks = rotation.found(*rotation.within(lead))
    plain = [one for one in clocks if one.tier == "C" and movable(one)]
    chosen = {one.customer_id for one in plain[:count]}
    assert len(chosen) == count
    with transaction.atomic(), audit.verb("tests.e2e", lead):
        for one in clocks:
            if one.customer_id in chosen:
                begun(one.customer_id, 200)
            elif one.state == "overdue":
                begun(one.customer_id, 60)


def seats_of(customer):
    rows = Assignment.objects.filter(customer=customer, seat=Seat.ACCOUNT_MANAGER)
    return list(rows.order_by("-period"))


def movable(clock):
    """Nothing is planned, and who held it before did so for long enough."""
    now, *former = seats_of(clock.customer_id)
    long_ago = database_now() - timedelta(days=230)
    return now.period.upper is None and clock.state != "planned" and (
        former[0].period.lower < long_ago if former else now.period.lower < long_ago
    )  # fmt: skip


def begun(customer, days):
    """Let the present tenure at a customer have begun so many days ago."""
    at = database_now() - timedelta(days=days)
    now, *former = seats_of(customer)
    if former and former[0].period.upper > at:
        put(former[0], former[0].period.lower, at)
    put(now, at, None)


def put(row, start, end):
    row.period = type(row.period)(start, end, "[)")
    row.save()
