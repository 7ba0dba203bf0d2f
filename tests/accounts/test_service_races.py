"""What others hold, and what nobody has declared: a verb refuses, it does not break."""

from contextlib import contextmanager

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.access import Action, can
from crm.models import Customer
from crm.services import customers
from kit.dates import today
from kit.errors import Conflict
from kit.models import Beat


@contextmanager
def held(customer):
    """Another session holds the row; we wait for a tenth of a second only."""
    with connections["owner"].cursor() as other, connection.cursor() as ours:
        ours.execute("SET lock_timeout = '100ms'")
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM crm_customer WHERE id = %s FOR UPDATE", [customer.pk])
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def edit(cast, address):
    customer = Customer.objects.get(pk=cast.huadong.pk)
    values = {"address": address}
    return customers.edit(actor=cast.li, customer=customer, values=values, version=customer.version)


def test_whoever_meets_another_one_s_lock_is_told_so_and_changes_nothing(committed):
    with held(committed.huadong), pytest.raises(Conflict) as refused:
        edit(committed, "Late")
    assert refused.value.code == "busy"
    assert Customer.objects.get(pk=committed.huadong.pk).address == committed.huadong.address
    edit(committed, "Later")


def test_on_a_page_it_is_a_409_and_no_503(committed):
    browser = Client(raise_request_exception=False)
    browser.force_login(committed.he)
    with held(committed.huadong):
        answer = browser.post(
            f"/customers/{committed.huadong.pk}/tier",
            {"tier": "C", "reason": "Small", "until": f"{today():%Y-%m-%d}"},
        )
    assert answer.status_code == 409


def test_nobody_may_do_anything_to_what_does_not_say_who_may_see_it(cast):
    with pytest.raises(TypeError, match="Beat"):
        can(cast.sun, Action.CUSTOMER_VIEW, Beat(name="beat"))
