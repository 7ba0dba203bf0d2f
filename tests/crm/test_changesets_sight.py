"""Transfers tell each reader what is theirs to know: counts, loads, who is known, what follows."""

import re

import pytest

from accounts.models import Notice
from accounts.selectors.notifications import with_lines
from crm.models import Customer, Link
from crm.seats import Seat
from crm.selectors import changeset_preview as preview
from crm.selectors import key_accounts
from crm.selectors import ownership as seats_of
from crm.selectors import transfers as found
from crm.services import changesets
from tests.crm.changesets_world import BACKUP, KEY, MANAGER, carried_out, drafted, held, task
from tests.crm.contacts_world import wang


@pytest.fixture
def shared_out(cast):
    """A set of five customers: two go to Chen, three to Wu."""
    ids = held(cast, 5)
    one = drafted(cast, ids, actor="zhao")
    changesets.give_to(actor=cast.zhao, change_set=one, customers=ids[2:], taker=cast.wu)
    return changesets.propose(
        actor=cast.zhao, change_set=one, seen=preview.plan(cast.zhao, one).seen, because="agreed"
    )


def told(person, code, one, **values):
    notice = Notice.objects.create(
        person=person, code=code, url=f"/x/{one.pk}", values={"change_set": one.pk} | values
    )
    return str(with_lines(person, [notice])[0].line.text)


def test_a_receiver_is_told_how_many_come_to_them_not_to_all(cast, shared_out):
    assert ": 2." in told(cast.chen, "changeset.offered", shared_out)
    assert ": 3." in told(cast.wu, "changeset.offered", shared_out)


def test_a_lead_of_a_silent_receiver_is_told_of_the_rows_of_their_people(cast, shared_out):
    assert ": 2." in told(cast.he, "changeset.silent", shared_out)
    assert ": 5." in told(cast.zhao, "changeset.decided", shared_out, what="approved")


def test_a_new_holder_is_told_of_what_took_effect_for_them(cast, shared_out):
    assert "Customers: 2." in told(cast.chen, "changeset.applied", shared_out)


# -- loads -----------------------------------------------------------------------------------------
def test_no_load_of_somebody_beyond_ones_sight_is_shown_to_who_proposes(cast):
    one = drafted(cast, held(cast, 2), taker="wu")
    assert {load.person for load in preview.plan(cast.he, one).loads} == {cast.li}
    assert {load.person for load in preview.plan(cast.zhao, one).loads} == {cast.li, cast.wu}
    found_by_name = found.suggestions(cast.he, found.facts_of(one.changes), MANAGER, q="wu")
    assert [each.limit for each in found_by_name if each.person == cast.wu] == [None]
    near = found.suggestions(cast.he, found.facts_of(one.changes), MANAGER)
    assert all(each.limit for each in near if each.person == cast.chen)


def test_an_absence_beyond_ones_sight_is_not_told(cast, absent):
    facts = found.facts_of(drafted(cast, held(cast, 1)).changes)
    absent(cast.wu)
    absent(cast.chen)

    def away(actor, q):
        return {one.person for one in found.suggestions(actor, facts, MANAGER, q=q) if one.away}

    assert away(cast.he, "wu") == set() and away(cast.zhao, "wu") == {cast.wu}
    assert away(cast.he, "chen") == {cast.chen}


def test_the_page_of_receivers_says_no_load_of_a_stranger(cast, client):
    one = drafted(cast, held(cast, 1), taker="wu")
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    page = client.get(f"/transfers/{one.pk}/people", {"q": "wu"})
    body = page.content.decode()
    assert page.status_code == 200 and "somebody above approves" in body
    assert not re.search(r"load \d", body)


def test_the_preview_claims_nothing_of_loads_that_one_may_not_see(cast, client):
    ids = held(cast, 1)
    for name, seen in (("he", False), ("zhao", True)):
        client.force_login(cast[name], backend="accounts.backends.SignIn")
        one = drafted(cast, ids, taker="wu", actor=name)
        body = client.get(f"/transfers/{one.pk}/preview").content.decode()
        assert "loads-title" in body
        assert ("Nobody gets more than they can carry" in body) is seen


# -- who is known ----------------------------------------------------------------------------------
def test_preview_and_page_mean_the_same_by_known(cast):
    contact = wang(cast)
    huadong = [cast.huadong.pk]

    def alone():
        one = drafted(cast, huadong)
        return "alone" in {warned.code for warned in preview.plan(cast.he, one).warnings}

    for name in ("li", "gao"):
        Link.objects.create(person=cast[name], contact=contact)
    assert alone() and key_accounts.warning(cast.huadong) == [cast.li]
    assert key_accounts.known_by(huadong, with_line=True)[huadong[0]] == {cast.li.pk, cast.gao.pk}
    Link.objects.create(person=cast.he, contact=contact)
    assert not alone() and key_accounts.warning(cast.huadong) is None
    assert key_accounts.known_by(huadong) == {huadong[0]: {cast.li.pk, cast.he.pk}}


def test_known_of_no_customer_is_nobody(cast):
    assert key_accounts.known_by([]) == {}


# -- what follows, and the words -------------------------------------------------------------------
def test_open_work_follows_in_every_seat_and_is_counted_where_one_may_give(cast):
    task(cast, cast.huadong.pk, "chen")
    one = drafted(cast, [cast.huadong.pk], taker="he", seat=BACKUP)
    assert preview.plan(cast.he, one).follows["tasks"] == 1
    assert preview.plan(cast.qian, one).follows["tasks"] == 0


def test_an_account_manager_may_join_the_key_account_team_by_a_transfer(cast):
    one = drafted(cast, [cast.huadong.pk], taker="li", seat=KEY)
    codes = {warned.code for warned in preview.plan(cast.he, one).warnings}
    assert "same_person" not in codes
    backup = drafted(cast, [cast.huadong.pk], taker="li", seat=BACKUP)
    assert "same_person" in {warned.code for warned in preview.plan(cast.he, backup).warnings}


def test_the_history_says_why_a_backup_left_who_rose_by_a_transfer(cast):
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="C")
    one = carried_out(cast, [cast.huadong.pk])
    assert one.state == "applied"
    steps = seats_of.tell_gaps(list(seats_of.history(cast.huadong, Seat.BACKUP)))
    assert steps[-1].person is None and steps[-1].note == "took another seat"
