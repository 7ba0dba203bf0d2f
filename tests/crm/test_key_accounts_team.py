"""The key-account team: who is there for what, and how many of ours a customer knows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import TrailEntry
from crm.models import Activity, ActivityContact, ActivityVisitor, Assignment, Customer, Link
from crm.seats import Duty, Seat
from crm.selectors import key_accounts as ask
from crm.services import key_accounts, ownership
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.contacts_world import wang

KEY = Seat.KEY_ACCOUNT_MEMBER


@pytest.fixture
def world(cast):
    """The customer, with one contact that nobody has met."""
    cast.contact = wang(cast)
    return cast


def met(world, author, days=1, named=True, visitor=None):
    """A visit of so many days ago."""
    visit = Activity.objects.create(
        customer=world.huadong, author=author, kind="visit",
        happened_at=database_now() - timedelta(days=days),
    )  # fmt: skip
    if named:
        ActivityContact.objects.create(activity=visit, contact=world.contact)
    if visitor:
        ActivityVisitor.objects.create(activity=visit, person=visitor)
    return visit


def known(world):
    return {person.username for person in ask.known_at(world.huadong)}


def few():
    return set(Customer.objects.filter(ask.few_known()).values_list("name", flat=True))


# -- how many are known ----------------------------------------------------------------------------


def test_a_customer_of_tier_a_that_nobody_has_met_knows_none_of_ours(world):
    assert known(world) == set() and ask.warning(world.huadong) == []
    assert few() == {"华东机电"}


def test_one_is_too_few_and_two_are_enough(world):
    met(world, world.li)
    assert [person.username for person in ask.warning(world.huadong)] == ["rep.east"]
    assert few() == {"华东机电"}
    Link.objects.create(person=world.chen, contact=world.contact, through="phone")
    assert known(world) == {"rep.east", "rep.east2"}
    assert ask.warning(world.huadong) is None and few() == set()


def test_a_joint_visitor_is_known_as_well(world):
    met(world, world.li, visitor=world.he)
    assert known(world) == {"rep.east", "lead.east"}


def test_what_makes_nobody_known(world):
    met(world, world.li, days=181)
    met(world, world.chen, named=False)
    met(world, world.gao)  # the service line is the second line, not the team
    met(world, world.ren)
    Link.objects.create(person=world.chen, contact=world.contact, ended_on=database_now().date())
    assert known(world) == set()


def test_a_link_to_somebody_who_no_longer_works_there_does_not_count(world):
    Link.objects.create(person=world.li, contact=world.contact)
    assert known(world) == {"rep.east"}
    world.contact.positions.update(ended_on=database_now().date() - timedelta(days=2))
    assert known(world) == set()


def test_the_day_of_the_company_counts_wherever_the_reader_is(world):
    Link.objects.create(person=world.li, contact=world.contact)
    ends = today(company_zone())
    world.contact.positions.update(ended_on=ends)
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with timezone.override(name):
            assert ask.given()[0] == ends and known(world) == {"rep.east"}


def test_two_visits_of_one_person_are_one_person(world):
    met(world, world.li)
    met(world, world.li, days=9)
    Link.objects.create(person=world.li, contact=world.contact)
    assert ask.known_at(world.huadong) == [world.li] and few() == {"华东机电"}


@pytest.mark.parametrize("change", [{"tier": "B"}, {"status": "closed"}])
def test_other_tiers_and_closed_customers_are_not_warned_of(world, change):
    Customer.objects.filter(pk=world.huadong.pk).update(**change)
    world.huadong.refresh_from_db()
    assert ask.warning(world.huadong) is None and few() == set()


def test_the_list_of_customers_has_the_view_and_stays_within_its_sight(world, client):
    def listed(person):
        client.force_login(person, backend="accounts.backends.SignIn")
        return client.get("/customers?view=few-known").content.decode()

    assert "华东机电" in listed(world.li) and "华东机电" not in listed(world.wu)
    met(world, world.li, visitor=world.he)
    assert "华东机电" not in listed(world.li)


@pytest.mark.parametrize("page", ["/ownership?panel=1", "/ownership"])
def test_the_page_of_the_customer_says_it_with_whom_they_know(world, client, page):
    client.force_login(world.he, backend="accounts.backends.SignIn")
    met(world, world.li)
    body = client.get(f"/customers/{world.huadong.pk}{page}").content.decode()
    assert "Fewer than two of ours are known here" in body
    met(world, world.chen)
    body = client.get(f"/customers/{world.huadong.pk}{page}").content.decode()
    assert "Fewer than two of ours are known here" not in body


# -- duties ----------------------------------------------------------------------------------------


@pytest.fixture
def member(world):
    return ownership.assign(actor=world.he, customer=world.huadong, seat=KEY, person=world.wu)


def duty(world, member, duty, actor="he"):
    return key_accounts.set_duty(
        actor=world[actor], customer=world.huadong, member=member, duty=duty
    )


def test_a_lead_says_what_a_member_is_there_for(world, member):
    duty(world, member, Duty.TECHNICAL)
    member.refresh_from_db()
    assert member.duty == "technical"
    entry = TrailEntry.objects.get(verb="key_accounts.set_duty")
    assert entry.changes == {"duty": ["", "technical"]} and entry.customer_id == world.huadong.pk


@pytest.mark.parametrize("name", ["li", "wu", "fang"])
def test_who_may_not_assign_seats_sets_no_duty(world, member, name):
    with pytest.raises(NotAllowed):
        duty(world, member, Duty.TECHNICAL, actor=name)
    member.refresh_from_db()
    assert member.duty == ""


def test_only_members_have_a_duty_and_only_one_of_the_list(world, member):
    manager = Assignment.objects.get(customer=world.huadong, seat="account_manager")
    with pytest.raises(Conflict):
        duty(world, manager, Duty.TECHNICAL)
    with pytest.raises(Refused):
        duty(world, member, "boss")
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=manager.pk).update(duty="technical")


def test_somebody_joins_the_team_with_a_duty_and_the_trail_says_so(world):
    row = ownership.assign(
        actor=world.he, customer=world.huadong, seat=KEY, person=world.wu, duty="technical"
    )
    assert row.duty == "technical"
    entry = TrailEntry.objects.filter(verb="ownership.assign").last()
    assert entry.changes["duty"] == [None, "technical"]


def test_no_other_seat_is_taken_with_a_duty(world):
    before = Assignment.objects.count()
    with pytest.raises(Refused):
        ownership.assign(actor=world.he, customer=world.huadong, seat=Seat.BACKUP,
                         person=world.he, duty="technical")  # fmt: skip
    assert Assignment.objects.count() == before


def test_who_has_left_the_team_gets_no_duty(world, member):
    ownership.end(actor=world.he, customer=world.huadong, seat=KEY, person=world.wu)
    with pytest.raises(Conflict):
        duty(world, member, Duty.DELIVERY)


def test_the_page_sets_the_duty_and_shows_it(world, member, client):
    client.force_login(world.he, backend="accounts.backends.SignIn")
    url = f"/customers/{world.huadong.pk}/team/{member.pk}/duty"
    assert client.get(url).status_code == 200
    assert client.post(url, {"duty": "boss"}).status_code == 422
    answer = client.post(url, {"duty": "sponsor"})
    assert answer.status_code == 303
    assert "Executive sponsor" in client.get(answer["Location"]).content.decode()
    other = Assignment.objects.get(customer=world.nanqiao)
    assert client.get(url.replace(str(member.pk), str(other.pk))).status_code == 404
