"""What moves while a change set is under way stops it, or keeps a row, and never breaks it."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from crm.models import Assignment, Change, Customer, OwnershipRules
from crm.selectors import changesets as ask
from crm.services import approvals, changeset_undo, changesets, ownership
from kit.clock import database_now
from kit.errors import Refused
from kit.models import Job
from tests.crm.changesets_world import (
    BACKUP,
    MANAGER,
    accepted,
    approved,
    carried_out,
    drafted,
    held,
    propose,
    proposed,
    run,
)


def holder_names(ids):
    rows = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER)
    return sorted(rows.values_list("person__name", flat=True))


def test_a_receiver_who_goes_on_notice_stops_the_approval(cast):
    one = proposed(cast, held(cast, 21))
    cast.chen.state = "on_notice"
    cast.chen.save()
    with pytest.raises(Refused, match="stop"):
        approved(cast, one)
    one.refresh_from_db()
    assert one.state == "proposed" and not one.changes.filter(reserved=True).exists()


def test_a_part_that_is_declined_does_not_make_up_for_what_has_moved(cast, absent):
    ids = held(cast, 2)
    one = drafted(cast, ids)
    changesets.give_to(actor=cast.he, change_set=one, customers=ids[1:], taker=cast.wu)
    one = approved(cast, propose(one))
    absent(cast.chen)
    approvals.decline(actor=cast.wu, change_set=one, note="No room")
    accepted(cast, one)
    run()
    one.refresh_from_db()
    assert one.state == "stopped" and holder_names(ids) == ["李伟", "李伟"]


def test_a_part_that_is_declined_lets_the_rest_begin(cast):
    ids = held(cast, 2)
    one = drafted(cast, ids)
    changesets.give_to(actor=cast.he, change_set=one, customers=ids[1:], taker=cast.wu)
    one = approved(cast, propose(one))
    approvals.decline(actor=cast.wu, change_set=one, note="No room")
    accepted(cast, one)
    run()
    one.refresh_from_db()
    assert one.state == "applied" and holder_names(ids) == ["李伟", "陈洁"]


def test_a_plan_for_the_former_holder_keeps_its_row_from_the_undo_and_the_rest_goes_back(cast):
    ids = held(cast, 3)
    one = carried_out(cast, ids)
    customer = Customer.objects.get(pk=ids[1])
    ownership.assign(actor=cast.he, customer=customer, seat=BACKUP, person=cast.li,
                     starts_at=database_now() + timedelta(days=5))  # fmt: skip
    changeset_undo.undo(actor=cast.he, change_set=one)
    run()
    one.refresh_from_db()
    assert not Job.objects.filter(state="failed").exists()
    assert one.state == "partly_undone" and holder_names(ids) == ["李伟", "李伟", "陈洁"]
    kept = Change.objects.get(change_set__undoes=one, state="kept")
    assert (kept.customer_id, kept.remark) == (ids[1], {"code": "changed_since"})


def test_of_two_proposals_for_one_seat_that_are_approved_at_once_one_waits_for_the_other(committed):
    cast = committed
    OwnershipRules.objects.update(approval_rows=0)
    with transaction.atomic():
        ids = held(cast, 8)
    for _round in range(3):
        sets = [proposed(cast, ids, taker=name) for name in ("chen", "wu")]
        seen = [ask.fingerprint(one) for one in sets]
        told, gate = [], threading.Barrier(len(sets))

        def approve(one, fingerprint, told=told, gate=gate):
            gate.wait()
            try:
                approvals.approve(actor=cast.zhao, change_set=one, seen=fingerprint)
                told.append("approved")
            except Refused as refused:
                told.append(type(refused).__name__)
            except Exception as error:
                told.append(repr(error))
            connections.close_all()

        threads = [
            threading.Thread(target=approve, args=pair) for pair in zip(sets, seen, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert "approved" in told and set(told) <= {"approved", "Conflict", "Refused"}, told
        assert Change.objects.filter(reserved=True).count() == len(ids)
        for one in sets:
            one.refresh_from_db()
            changesets.cancel(actor=cast.he, change_set=one)
