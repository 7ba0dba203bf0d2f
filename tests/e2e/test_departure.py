"""A departure from three fields to the certificate, by everybody who has a part, in both languages."""

from collections import Counter

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from accounts import audit
from accounts.models import Person
from accounts.selectors.org import home_unit
from accounts.services import people
from config.demo.company import PASSWORD
from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from crm.services import ownership
from handover import gates
from handover.models import Departure
from handover.selectors import briefs as asked
from handover.selectors import sign_offs as signed
from handover.services import briefs, introductions
from tests.e2e.conftest import watched
from tests.handover.test_departures_plan import working
from tests.stories.test_departure_demo import again_signed, finished, papers, the_last_day_ends

MOST_FIELDS, MOST_CLICKS = 3, 8


class Desk:
    """Somebody at a browser: labels are given in English and looked for in the language of the pages."""

    def __init__(self, page, language):
        self.page, self.language, self.counted = page, language, Counter()

    def said(self, text, **values):
        with override(self.language):
            return gettext(text) % values if values else gettext(text)

    def press(self, text, role="button"):
        self.counted["clicks"] += 1
        self.page.get_by_role(role, name=self.said(text), exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, text):
        self.press(text, role="link")

    def go(self, address):
        answer = self.page.goto(address)
        assert answer.status == 200, (address, answer.status)

    def field(self, text):
        self.counted["fields"] += 1
        return self.page.get_by_label(self.said(text), exact=True)

    def chip(self, value):
        """Tap an answer that is offered as a chip."""
        self.counted["fields"] += 1
        self.page.locator(f"label:has(input[value='{value}'])").click()

    def reads(self, text):
        expect(self.page.get_by_text(self.said(text)).first).to_be_visible()


@pytest.fixture
def desk(visit):
    """desk(login, language, phone): the one desk of somebody; watched until the journey is over."""
    desks, watching = {}, []

    def at(login, language, phone=False):
        if login not in desks:
            page = visit(login, phone=phone, language=language)
            watching.append(watched(page))
            watching[-1].__enter__()
            desks[login] = Desk(page, language)
        return desks[login]

    yield at
    for one in watching:
        one.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("office", "road"), [("en", "zh-hans"), ("zh-hans", "en")], ids=["phones-zh", "phones-en"]
)
def test_a_departure_is_handed_over_by_everybody_and_closed(desk, office, road):
    leaver = new_leaver(road)
    hr = desk("hr", office)
    departure = planned_and_opened(hr, leaver)
    first, second = departure.customers.all()
    head_approves(desk, office, departure)
    receiver = desk(first.successor.username, road, phone=True)
    receiver_accepts(receiver, departure)
    giver = desk(leaver.username, road, phone=True)
    brief_written_returned_accepted(giver, receiver, first)
    introduced(giver, receiver, first)
    line_calls(desk, office, first)
    by_services(second)
    papers(departure, hr=departure.opened_by)
    director_waives(desk, office, departure)
    everybody_signs(desk, office, road, departure)
    the_last_day_ends(departure)
    again_signed(departure, departure.opened_by)
    hr_closes(hr, departure)
    certificate_in_both(hr, departure)
    leaver.refresh_from_db()
    assert leaver.state == Person.State.LEFT
    held = Assignment.objects.at().filter(
        customer__in=[first.customer_id, second.customer_id], seat=Seat.ACCOUNT_MANAGER
    )
    assert set(held.values_list("person", flat=True)) == {first.successor_id}


def new_leaver(language):
    """A rep in the south who looks after two customers of tier B."""
    lead = Person.objects.get(username="lead.south")
    login = f"leaver.{language[:2]}.{Person.objects.count()}"
    leaver = people.create(
        actor=Person.objects.get(username="hr"), unit=home_unit(lead),
        values={"username": login, "name": f"Leaver {language[:2].upper()}", "roles": ["rep"],
                "email": f"{login}@example.com", "language": language},
    )  # fmt: skip
    leaver.set_password(PASSWORD)
    leaver.save()
    rows = Assignment.objects.at().filter(
        seat=Seat.ACCOUNT_MANAGER, customer__tier="B", person__memberships__unit=home_unit(lead),
        person__state="active",
    ).exclude(person__username__startswith="rep.")  # fmt: skip
    chosen = Customer.objects.filter(pk__in=rows.values("customer")).order_by("pk")[:2]
    with transaction.atomic(), audit.verb("tests.e2e", lead):
        for customer in chosen:
            ownership.put(lead, customer, Seat.ACCOUNT_MANAGER, leaver, Reason.OTHER)
    return leaver


def planned_and_opened(hr, leaver):
    """Three fields and few clicks to the plan; both customers go to one person; the case opens."""
    hr.go("/")
    hr.counted.clear()
    hr.follow("Open a departure")
    hr.field("Who").select_option(str(leaver.pk))
    hr.field("Last working day").fill(working(30).isoformat())
    hr.chip("resignation")
    hr.press("Prepare the plan")
    hr.reads("Nobody has been told yet.")
    assert hr.counted["fields"] <= MOST_FIELDS
    assert hr.counted["fields"] + hr.counted["clicks"] <= MOST_CLICKS
    departure = Departure.objects.get(person=leaver)
    both_to_one(hr, departure)
    hr.press("Open the case")
    hr.reads("The case is open. Rights narrow now; the transfers wait for approval.")
    departure.refresh_from_db()
    assert departure.state == Departure.State.OPEN
    return departure


def both_to_one(hr, departure):
    """The first receiver whom the plan found gets both customers."""
    taker = next(row.successor for row in departure.customers.all() if row.successor)
    if departure.customers.filter(successor=taker).count() == 2:
        return
    for box in hr.page.locator("input[name=customer]").all():
        box.check()
    hr.page.locator("select[name=successor]").select_option(str(taker.pk))
    hr.page.locator("form[action$='/plan/give'] button").click()
    hr.page.wait_for_load_state()


def head_approves(desk, language, departure):
    """The transfers wait for the head above, who reads and approves them."""
    head = desk("head.sales", language)
    for change_set in departure.change_sets.all():
        assert change_set.state == "proposed"
        head.go(f"/approvals/{change_set.pk}")
        head.press("Approve")
        change_set.refresh_from_db()
        assert change_set.state == "approved"


def receiver_accepts(receiver, departure):
    """The receiver says yes to the customers, out of what waits for them."""
    for change_set in departure.change_sets.all():
        receiver.go("/approvals")
        receiver.page.locator(f"a[href^='/approvals/{change_set.pk}/offer']").first.click()
        receiver.press("Accept")
        change_set.refresh_from_db()
        assert change_set.state == "scheduled"


def brief_written_returned_accepted(giver, receiver, row):
    """The leaver writes the brief from their tasks; it comes back once."""
    giver.go("/departures/mine")
    giver.page.locator(f"a[href='{row.get_absolute_url()}']").first.click()
    written(giver)
    receiver.go(row.get_absolute_url())
    receiver.follow("Return it")
    receiver.field("What is missing").fill("Who signs for them")
    receiver.press("Return it")
    giver.page.reload()
    expect(giver.page.get_by_text("Who signs for them").first).to_be_visible()
    written(giver)
    receiver.page.reload()
    receiver.press("Accept the brief")
    row.refresh_from_db()
    assert row.brief == "accepted"


def written(giver):
    for area in giver.page.locator("textarea[name^=answer_]").all():
        area.fill("Known and written down")
    giver.press("Submit the brief")
    giver.reads("Brief submitted.")


def introduced(giver, receiver, row):
    """Both say that they were there, each with how the customer took it."""
    for one in (giver, receiver):
        one.go(row.get_absolute_url())
        one.chip("welcomes")
        one.press("We were both there")
        one.reads("Visit confirmed.")
    row.refresh_from_db()
    assert row.told_at and row.reaction == "welcomes"


def line_calls(desk, language, row):
    """The service line has spoken with the customer."""
    specialist = row.tasks.filter(key__startswith="service_call").first().person
    line = desk(specialist.username, language)
    line.go(row.get_absolute_url())
    line.press("I have called them")
    line.reads("Call noted.")
    row.refresh_from_db()
    assert row.called_by == specialist


def by_services(row):
    """The other customer goes the same way."""
    giver, taker = row.departure.person, row.successor
    answers = {question["id"]: "Known and written down" for question in asked.asked(row.tier)}
    briefs.write_and_submit(actor=giver, handover=row, answers=answers)
    briefs.accept(actor=taker, handover=row)
    for person in (giver, taker):
        introductions.confirm(actor=person, handover=row, reaction="neutral")
    specialist = row.tasks.filter(key__startswith="service_call").first().person
    introductions.call(actor=specialist, handover=row)


def director_waives(desk, language, departure):
    """A director lets one thing go by name; the rest is done by whose it is."""
    one = next(one for one in gates.unmet(departure, {"tasks"}) if one.task.key == "mail_forward"
               or one.task.key == "numbers_mail")  # fmt: skip
    director = desk("director", language)
    director.go(f"/departures/{departure.pk}/missing")
    director.page.locator(f"a[href$='task={one.task.pk}'].button").click()
    director.field("Why this is waived").fill("They had no number of ours")
    director.press("Waive it")
    director.reads("Waived by a director")
    assert departure.waivers.get().task == one.task
    finished(departure, Person.objects.get(username="director"))


def everybody_signs(desk, office, road, departure):
    """In their order, each with the password; whose turn it is not has no button."""
    hr = desk("hr", office)
    hr.go(f"/departures/{departure.pk}/witness")
    witness = signed.witnesses(departure)[0]
    hr.page.locator("select[name=person]").select_option(str(witness.pk))
    hr.press("Save")
    for _each in signed.slots(departure):
        departure.refresh_from_db()
        slot = next((one for one in signed.slots(departure) if one.is_next), None)
        if slot is None:
            break
        person = slot.person or signed.of_department(departure, slot.signer)
        on_road = slot.signer in ("leaver", "successor")
        signs(desk(person.username, road if on_road else office, on_road), departure, slot.signer)
    assert all(slot.is_given for slot in signed.slots(departure))


def signs(one, departure, signer):
    """Somebody signs, and shows first who they are."""
    an_hour_passes(one.page)
    one.go(f"/departures/{departure.pk}/sign-offs")
    one.page.locator(f"a[href$='/sign-offs/{signer}/sign']").click()
    one.page.fill("input[name=password]", PASSWORD)
    one.press("Confirm")
    for box in one.page.locator("input[name=agreed]").all():
        box.check()
    one.press("Sign")
    one.reads("Signed.")


def an_hour_passes(page):
    """The password of this session was shown long ago."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    for shown in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        shown["at"] -= 3_600
    session.modified = True
    session.save()


def hr_closes(hr, departure):
    """Nothing is missing any more."""
    hr.go(f"/departures/{departure.pk}/certificate")
    hr.follow("Close the case")
    hr.press("Close the case")
    hr.reads("The case is closed.")


def certificate_in_both(hr, departure):
    """The certificate holds both languages, and so does the file."""
    for words in ("Handover certificate", "交接证明"):
        expect(hr.page.locator("h1")).to_contain_text(words)
    with hr.page.expect_download() as download:
        hr.page.get_by_role("link", name=hr.said("Download as PDF")).click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF-") and len(content) > 5_000
