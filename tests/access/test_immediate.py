"""A change of rights holds from the next request on, for pages as for services."""

from datetime import timedelta

import pytest
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from accounts.models import Absence, Membership
from crm.seats import Seat
from crm.services import ownership, shares
from kit.clock import database_now
from tests.cast import START

TRUTH = {  # after the move to wu of the South: who sees 华东机电
    "li": False, "chen": True, "he": True, "wu": True, "qian": True, "zhao": True, "sun": True,
    "gao": True, "pan": True, "fang": True, "lin": False, "tang": False, "hu": False, "yu": False,
    "mo": False, "ming": False,
}  # fmt: skip


@pytest.fixture
def sees(client):
    """sees(person, customer): does the next request of this person get the page?"""

    def ask(person, customer):
        person.refresh_from_db()
        client.force_login(person, backend="accounts.backends.SignIn")
        return client.get(reverse("crm:customer", args=[customer.pk])).status_code == 200

    return ask


def test_a_transfer_across_teams_turns_every_answer_that_it_should(cast, sees):
    before = {name: sees(cast[name], cast.huadong) for name in TRUTH}
    assert before == TRUTH | {"li": True, "wu": False, "qian": False}
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    assert {name: sees(cast[name], cast.huadong) for name in TRUTH} == TRUTH


def test_without_its_backup_the_old_team_is_out_as_well(cast, sees):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.BACKUP)
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    assert not any(sees(cast[name], cast.huadong) for name in ("li", "chen", "he"))
    assert sees(cast.qian, cast.huadong)


def test_a_revoked_share_is_gone_in_the_next_request(cast, sees):
    share = shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer", why="Fair",
        until=database_now() + timedelta(days=1),
    )  # fmt: skip
    assert sees(cast.wu, cast.huadong)
    shares.revoke(actor=cast.he, customer=cast.huadong, share=share)
    assert not sees(cast.wu, cast.huadong)


@pytest.mark.parametrize("change", [{"state": "frozen"}, {"state": "left"}, {"roles": []}])
def test_a_frozen_person_or_a_lost_role_sees_nothing_in_the_next_request(cast, sees, change):
    assert sees(cast.li, cast.huadong)
    type(cast.li).objects.filter(pk=cast.li.pk).update(**change)
    assert not sees(cast.li, cast.huadong)


def test_a_rep_who_changes_team_takes_the_sight_of_the_new_lead_along(cast, sees):
    now = database_now()
    old = Membership.objects.get(person=cast.li)
    old.period = DateTimeTZRange(START, now, "[)")
    old.save()
    Membership.objects.create(
        person=cast.li, unit=cast.units["south"], period=DateTimeTZRange(now, None, "[)")
    )
    ownership.end(actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP)
    assert sees(cast.qian, cast.huadong)
    assert not sees(cast.he, cast.huadong)


def test_a_head_who_steps_down_leads_nobody_any_more(cast, sees):
    assert sees(cast.he, cast.huadong)
    Membership.objects.filter(person=cast.he).delete()
    assert not sees(cast.he, cast.huadong)


def test_the_account_manager_back_from_leave_ends_the_acting_at_once(cast):
    from accounts.access import Action, can

    now = database_now()
    away = Absence.objects.create(
        person=cast.li, period=DateTimeTZRange(now, now + timedelta(days=3), "[)")
    )
    assert can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
    away.period = DateTimeTZRange(now, database_now(), "[)")
    away.save()
    assert not can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
