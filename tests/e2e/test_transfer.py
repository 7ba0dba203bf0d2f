"""A transfer from the list of customers to its undo, by the people whom it concerns."""

import time

from playwright.sync_api import expect

from accounts.models import Person
from crm.models import Assignment, ChangeSet
from crm.seats import Seat
from kit import jobs
from tests.e2e.conftest import watched


def holders(ids):
    rows = Assignment.objects.at().filter(customer__in=ids, seat=Seat.ACCOUNT_MANAGER)
    return set(rows.values_list("person__username", flat=True))


def test_a_lead_moves_three_customers_the_receiver_accepts_and_the_lead_undoes_it(visit):
    receiver = Person.objects.filter(
        memberships__unit__memberships__person__username="rep.east", roles=["rep"], state="active",
        absences=None,
    ).exclude(username="rep.east").order_by("pk").first()  # fmt: skip
    lead = visit("lead.east", phone=False)
    with watched(lead):
        ids = three_ticked(lead)
        lead.get_by_role("button", name="Transfer", exact=True).click()
        expect(lead.get_by_text("3 customers").first).to_be_visible()
        lead.get_by_role("button", name="Next: to whom").click()
        lead.locator(f"input[name=people][value='{receiver.pk}']").check()
        lead.get_by_role("button", name="Next: how").click()
        lead.get_by_label("Reason").select_option("workload")
        lead.get_by_label("As soon as it is decided").check()
        lead.get_by_label("No longer sees the customer").check()
        lead.get_by_role("button", name="Next: preview").click()
        expect(lead.get_by_text("3 customers").first).to_be_visible()
        if lead.get_by_label("Why in spite of the warnings").count():
            lead.get_by_label("Why in spite of the warnings").fill("Agreed with all of them")
        lead.get_by_role("button", name="3 changes").click()
        expect(lead.get_by_role("heading", level=1)).to_contain_text("Transfer #")
    change_set = ChangeSet.objects.get(pk=int(lead.url.rsplit("/", 1)[1].split("?")[0]))
    assert holders(ids) == {"rep.east"}

    accept(visit, receiver, change_set)
    carry_out()
    lead.reload()
    expect(lead.get_by_text("have moved")).to_be_visible()
    assert holders(ids) == {receiver.username}

    lead.get_by_role("link", name="Undo all").click()
    lead.get_by_role("button", name="Undo 3 changes").click()
    carry_out()
    lead.reload()
    assert holders(ids) == {"rep.east"}
    lead.goto(change_set.get_absolute_url())
    expect(lead.get_by_text("3 customers are back as before")).to_be_visible()


def three_ticked(page):
    """Tick three customers of rep.east in the list; returns their ids."""
    page.goto("/customers?tier=C")
    mine = Assignment.objects.at().filter(person__username="rep.east", seat=Seat.ACCOUNT_MANAGER)
    held = {str(pk) for pk in mine.values_list("customer", flat=True)}
    boxes = page.locator("tbody input[name=pick]").all()
    found = [box for box in boxes if box.get_attribute("value") in held][:3]
    for box in found:
        box.check()
    expect(page.get_by_text("3 customers selected")).to_be_visible()
    return [int(box.get_attribute("value")) for box in found]


def accept(visit, receiver, change_set):
    """The receiver says yes, on a phone."""
    page = visit(receiver.username)
    page.goto(change_set.get_absolute_url())
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    page.wait_for_load_state()
    change_set.refresh_from_db()
    assert change_set.state == "scheduled"


def carry_out():
    """What the worker would do."""
    for _step in range(20):
        jobs.sweep()
        if not ChangeSet.objects.filter(state__in=["scheduled", "running"]).exists():
            return
        time.sleep(0.2)
