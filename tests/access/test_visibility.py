"""Who sees which customer."""

import pytest
from django.http import Http404

from accounts.access import Action, can
from crm.models import Customer
from crm.seats import Seat
from crm.services import ownership
from kit.errors import NotAllowed

SEES = {
    "li": {"huadong"}, "chen": {"huadong"}, "he": {"huadong"}, "gao": {"huadong"},
    "pan": {"huadong"}, "wu": {"nanqiao"}, "qian": {"nanqiao"}, "zhao": {"huadong", "nanqiao"},
    "sun": {"huadong", "nanqiao"}, "fang": {"huadong", "nanqiao"}, "lin": set(), "tang": set(),
    "hu": set(), "yu": set(), "mo": set(), "ren": set(), "bai": set(), "ming": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", SEES)
def test_each_sees_exactly_their_customers(cast, name):
    seen = {key for key in ("huadong", "nanqiao") if can(cast[name], None, getattr(cast, key))}
    assert seen == SEES[name]
    listed = set(Customer.objects.visible_to(cast[name]).values_list("name", flat=True))
    assert listed == {getattr(cast, key).name for key in SEES[name]}


def test_backup_edits_only_while_acting(cast, absent):
    assert not can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
    absent(cast.li)
    assert can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)


def test_lead_moves_a_customer_and_the_old_holder_sees_it_no_more(cast):
    seat = Seat.ACCOUNT_MANAGER
    ownership.assign(actor=cast.he, customer=cast.huadong, seat=seat, person=cast.chen)
    assert not can(cast.li, None, cast.huadong)
    assert can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)


def test_rep_may_not_assign_and_a_stranger_learns_nothing(cast):
    with pytest.raises(NotAllowed):
        ownership.assign(actor=cast.li, customer=cast.huadong, seat=Seat.BACKUP, person=cast.wu)
    with pytest.raises(Http404):
        ownership.assign(actor=cast.wu, customer=cast.huadong, seat=Seat.BACKUP, person=cast.wu)
    assert ownership.Assignment.objects.filter(customer=cast.huadong).count() == 3
