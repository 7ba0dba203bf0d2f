"""The steps of a change set and of its undo: whom they wait for, and whom they do not serve any more."""

import pytest
from django.db import connections, transaction

from crm.models import Assignment, Change, ChangeSet, Customer
from crm.services import changeset_run, changeset_undo, seats
from kit import jobs
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed
from kit.models import Job
from tests.crm.changesets_world import MANAGER, accepted, approved, carried_out, held, proposed, run


def holders(ids):
    rows = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER).order_by("customer")
    return list(rows.values_list("person__name", flat=True))


def undone(cast, one, **more):
    return changeset_undo.undo(actor=cast.he, change_set=one, **more)


def refusing(monkeypatch, ids):
    """The second customer was overtaken; the third is somebody else's at its first try alone."""
    real, met = seats.move, []

    def moved(actor, wishes, **more):
        customers = {wish.customer_id for wish in wishes}
        if ids[1] in customers:
            raise Conflict("taken")
        if customers == {ids[2]} and not met:
            met.append(ids[2])
            raise Conflict("later", code="busy")
        return real(actor, wishes, **more)

    monkeypatch.setattr(seats, "move", moved)


def test_a_busy_customer_behind_an_overtaken_one_is_not_given_up(cast, monkeypatch):
    ids = held(cast, 4)
    one = accepted(cast, proposed(cast, ids))
    refusing(monkeypatch, ids)
    run()
    states = one.changes.order_by("customer").values_list("state", flat=True)
    assert list(states) == ["applied", "failed", "applied", "applied"]
    assert Job.objects.get().done == 4


def test_a_busy_customer_is_not_kept_by_the_undo_of_an_overtaken_one(cast, monkeypatch):
    ids = held(cast, 4)
    back = undone(cast, carried_out(cast, ids))
    refusing(monkeypatch, ids)
    run()
    states = back.changes.order_by("customer").values_list("state", flat=True)
    assert list(states) == ["applied", "kept", "applied", "applied"]


@pytest.mark.parametrize("back", [False, True])
def test_a_step_lets_go_of_its_customers_while_somebody_has_one_of_them(
    committed, monkeypatch, back
):
    cast, lost = committed, []
    with transaction.atomic():
        ids = held(cast, 3)
    if back:
        undone(cast, carried_out(cast, ids))
    else:
        accepted(cast, proposed(cast, ids))
    jobs.sweep(seconds=0)  # it has begun
    with connections["owner"].cursor() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM crm_customer WHERE id = %s FOR UPDATE", [ids[2]])

        def pause(_seconds):
            if lost:
                return
            other.execute(
                "SELECT id FROM crm_customer WHERE id = ANY(%s) ORDER BY id FOR UPDATE NOWAIT",
                [ids],
            )
            lost.extend(row[0] for row in other.fetchall())
            other.execute("ROLLBACK")

        monkeypatch.setattr(changeset_run.time, "sleep", pause)
        jobs.sweep(seconds=0)
        other.execute("ROLLBACK")
    assert lost == ids
    assert set(holders(ids)) == {"李伟" if back else "陈洁"}


def test_after_its_customers_a_step_waits_as_long_as_usual(cast):
    ids = held(cast, 1)
    one = accepted(cast, proposed(cast, ids))
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
        changeset_run.held_customers(list(one.changes.all()))
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == before


@pytest.mark.parametrize("state", ["frozen", "left"])
def test_what_nobody_else_decided_stops_without_its_proposer(cast, state):
    ids = held(cast, 2)
    one = accepted(cast, proposed(cast, ids))
    cast.he.state = state
    cast.he.save()
    run()
    one.refresh_from_db()
    assert one.state == "stopped" and holders(ids) == ["李伟", "李伟"]
    assert not Change.objects.filter(reserved=True).exists()


def test_what_nobody_else_decided_stops_when_the_customers_are_out_of_its_proposers_reach(cast):
    ids = held(cast, 2)
    one = accepted(cast, proposed(cast, ids))
    ChangeSet.objects.filter(pk=one.pk).update(made_by=cast.qian)
    run()
    one.refresh_from_db()
    assert one.state == "stopped" and holders(ids) == ["李伟", "李伟"]


def test_what_somebody_else_approved_begins_without_its_proposer(cast):
    ids = held(cast, 21)
    one = accepted(cast, approved(cast, proposed(cast, ids)))
    cast.he.state = "frozen"
    cast.he.save()
    run()
    one.refresh_from_db()
    assert one.state == "applied" and set(holders(ids)) == {"陈洁"}


def test_an_undo_stops_without_whoever_asked_for_it_and_may_be_asked_for_again(cast):
    ids = held(cast, 2)
    one = carried_out(cast, ids)
    back = undone(cast, one)
    cast.he.state = "frozen"
    cast.he.save()
    run()
    back.refresh_from_db()
    assert back.state == "stopped" and holders(ids) == ["陈洁", "陈洁"]
    one.refresh_from_db()
    changeset_undo.undo(actor=cast.sun, change_set=one)
    run()
    assert holders(ids) == ["李伟", "李伟"]


def test_what_was_given_to_another_part_of_the_company_is_still_taken_back(cast):
    ids = held(cast, 1)
    one = carried_out(cast, ids, taker="wu")
    assert one.state == "applied" and holders(ids) == ["吴昊"]
    back = undone(cast, one)
    run()
    back.refresh_from_db()
    assert back.state == "applied" and holders(ids) == ["李伟"]


def failing(monkeypatch, module, name):
    """The first step of the job meets a fault, once."""

    def broken(**_arguments):
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(module, name, broken)
        run()


@pytest.mark.parametrize("back", [False, True])
def test_a_job_that_a_fault_stopped_at_its_first_step_is_gone_on_with(
    cast, client, monkeypatch, back
):
    ids = held(cast, 2)
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    if back:
        one = undone(cast, carried_out(cast, ids))
        failing(monkeypatch, changeset_undo, "begin_undo")
    else:
        one = accepted(cast, proposed(cast, ids))
        failing(monkeypatch, changeset_run, "begin")
    one.refresh_from_db()
    assert (one.state, one.job.state) == ("scheduled", "failed")
    page = client.get(one.get_absolute_url()).content.decode()
    assert "The work stopped after 0 of 2 customers" in page and "Go on" in page
    assert client.post(f"{one.get_absolute_url()}/resume").status_code == 303
    run()
    one.refresh_from_db()
    assert one.state == "applied" and set(holders(ids)) == {"李伟" if back else "陈洁"}


def test_only_those_who_may_take_a_set_back_go_on_with_it(cast):
    ids = held(cast, 21)
    one = accepted(cast, approved(cast, proposed(cast, ids, actor="sun"), by="zhao"))
    Job.objects.filter(pk=one.job_id).update(state="failed")
    one.refresh_from_db()
    # he leads giver and receiver: make him the giver of one row, so that he could not decide either
    Change.objects.filter(change_set=one, customer=ids[0]).update(giver=cast.he)
    with pytest.raises(NotAllowed):
        changeset_run.resume(actor=cast.he, change_set=one)
    assert Job.objects.count() == 1
    changeset_run.resume(actor=cast.zhao, change_set=one)
    assert Job.objects.count() == 2


def test_who_goes_away_meanwhile_receives_nothing(cast, absent):
    ids = held(cast, 1)
    one = accepted(cast, proposed(cast, ids))
    jobs.sweep(seconds=0)  # it has begun
    absent(cast.chen)
    run()
    one.refresh_from_db()
    assert holders(ids) == ["李伟"]
    row = one.changes.get()
    assert (row.state, row.remark, row.reserved) == ("failed", {"code": "receiver_gone"}, False)


def test_a_former_holder_who_is_away_gets_nothing_back(cast, absent):
    ids = held(cast, 1)
    one = carried_out(cast, ids)
    absent(cast.li)
    _goes, kept = changeset_undo.plan_undo(one)
    assert [code for _row, code in kept] == ["former_gone"]
    back = undone(cast, one)
    run()
    assert back.changes.get().remark == {"code": "former_gone"} and holders(ids) == ["陈洁"]
    assert Customer.objects.visible_to(cast.chen).filter(pk__in=ids).exists()
    assert one.undo_until > database_now()
