"""The demo company's largest book goes to others whole: the office in Chinese, the phones in English.

The first customer goes through the pages field by field, the others by the same forms, sent by the
browsers of the same people. It runs last: whoever looked after most customers is gone afterwards.
"""

from uuid import uuid4

import pytest

from accounts.models import Person
from crm.models import Territory
from crm.services import territories
from handover.models import Departure
from handover.selectors import briefs as asked
from handover.services import closing
from tests.e2e.test_departure import (
    brief_written_returned_accepted,
    certificate_in_both,
    desk,
    director_waives,
    everybody_signs,
    hr_closes,
    introduced,
    line_calls,
)
from tests.handover.test_departures_plan import working
from tests.stories.test_departure_demo import (
    again_signed,
    largest_book,
    managed,
    no_gap,
    nothing_comes,
    papers,
    the_last_day_ends,
)

__all__ = ["desk"]
LEAST = 20  # customers; else it is no large book


@pytest.mark.parametrize(("office", "road"), [("zh-hans", "en")])
def test_the_largest_book_is_handed_over_whole(desk, office, road):
    leaver, book = largest_book()
    assert len(book) >= LEAST
    nothing_comes(leaver, Person.objects.get(username="director"))
    hr, giver = desk("hr", office), desk(leaver.username, road, phone=True)
    departure = planned(hr, leaver, book)
    director_approves(desk("director", office), departure)
    everybody_accepts(desk, road, departure)
    first, *others = departure.customers.order_by("place")
    receiver = desk(first.successor.username, road, phone=True)
    brief_written_returned_accepted(giver, receiver, first)
    introduced(giver, receiver, first)
    line_calls(desk, office, first)
    for row in others:
        goes_the_same_way(desk, office, road, row)
    papers(departure, hr=departure.opened_by)
    director_waives(desk, office, departure)
    everybody_signs(desk, office, road, departure)
    the_last_day_ends(departure)
    again_signed(departure, departure.opened_by)
    for territory in Territory.objects.filter(person=leaver, ended_on=None):
        territories.end(actor=departure.opened_by, territory=territory)
    departure.refresh_from_db()
    assert [str(one.text) for one in closing.still(departure)] == []
    hr_closes(hr, departure)
    certificate_in_both(hr, departure)
    leaver.refresh_from_db()
    after = managed(book)
    assert leaver.state == "left"
    assert set(after) == book and leaver.pk not in after.values()
    assert no_gap(book)


def planned(hr, leaver, book):
    """The plan of the whole book; whom it found nobody for goes to one of those it found."""
    hr.go("/departures/new")
    hr.field("Who").select_option(str(leaver.pk))
    hr.field("Last working day").fill(working(30).isoformat())
    hr.chip("resignation")
    hr.press("Prepare the plan")
    hr.reads("Nobody has been told yet.")
    departure = Departure.objects.get(person=leaver)
    assert set(departure.customers.values_list("customer", flat=True)) == book
    left = departure.customers.filter(successor=None)
    if left.exists():
        taker = departure.customers.exclude(successor=None).first().successor
        hr.go(f"/departures/{departure.pk}/plan?only=nobody")
        for box in hr.page.locator("input[name=customer]").all():
            box.check()
        hr.page.locator("select[name=successor]").select_option(str(taker.pk))
        hr.page.locator("form[action$='/plan/give'] button").click()
        hr.page.wait_for_load_state()
        assert not left.exists()
    hr.go(f"/departures/{departure.pk}/plan")
    hr.press("Open the case")
    departure.refresh_from_db()
    assert departure.state == Departure.State.OPEN
    return departure


def director_approves(director, departure):
    """Every transfer that waits for a yes gets it; one that moves nobody's work needs no more."""
    for change_set in departure.change_sets.filter(state="proposed"):
        director.go(f"/approvals/{change_set.pk}")
        director.press("Approve")
        change_set.refresh_from_db()
        assert change_set.state in ("approved", "scheduled")
    assert departure.change_sets.exists()


def everybody_accepts(desk, language, departure):
    """Each receiver says yes to their customers, out of what waits for them."""
    for change_set in departure.change_sets.filter(state="approved"):
        waiting = change_set.changes.filter(accepted_at=None, state="waiting")
        logins = waiting.values_list("taker__username", flat=True).order_by("taker").distinct()
        for login in list(logins):
            receiver = desk(login, language, phone=True)
            receiver.go("/approvals")
            receiver.page.locator(f"a[href^='/approvals/{change_set.pk}/offer']").first.click()
            receiver.press("Accept")
        change_set.refresh_from_db()
        assert change_set.state == "scheduled"
    assert not departure.change_sets.exclude(state="scheduled").exists()


def goes_the_same_way(desk, office, road, row):
    """Brief, both at the customer, the call of the service line: the forms of the sheet, as sent."""
    giver = desk(row.departure.person.username, road, phone=True)
    taker = desk(row.successor.username, road, phone=True)
    words = {f"answer_{one['id']}": "Known and written down" for one in asked.asked(row.tier)}
    sends(giver, row, "brief", words | {"submit": "1"})
    sends(taker, row, "accept", {})
    for one in (giver, taker):
        sends(one, row, "confirm", {"reaction": "neutral", "client_uuid": str(uuid4())})
    call = row.tasks.filter(key__startswith="service_call").first()
    sends(desk(call.person.username, office), row, "call", {})
    row.refresh_from_db()
    assert (row.brief, row.reaction) == ("accepted", "neutral")
    assert row.told_at and row.called_by == call.person


def sends(one, row, word, form):
    """Send a form of the sheet of a customer, as the browser of this person does."""
    cookies = {cookie["name"]: cookie["value"] for cookie in one.page.context.cookies()}
    url = f"{one.page.url.split('/', 3)[0]}//{one.page.url.split('/', 3)[2]}"
    answer = one.page.request.post(
        f"{url}{row.get_absolute_url()}/{word}", form=form, max_redirects=0,
        headers={"X-CSRFToken": cookies["csrftoken"], "Referer": f"{url}/"},
    )  # fmt: skip
    assert answer.status == 303, (word, answer.status, answer.text()[:300])
