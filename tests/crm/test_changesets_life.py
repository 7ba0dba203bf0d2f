"""A change set from the draft to the undo: who decides, what follows, what is refused."""

from datetime import timedelta

import pytest
from django.http import Http404

from accounts.models import Notice
from crm.models import Assignment, Change, ChangeSet, Customer, OwnershipRules, Share
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.selectors import ownership as ask_seats
from crm.services import (
    approvals,
    changeset_run,
    changeset_undo,
    changesets,
    ownership,
    seats,
    shares,
)
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
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
    task,
)


def holders(ids):
    rows = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER)
    return dict(rows.values_list("customer", "person__name"))


def test_a_lead_moves_customers_within_the_team_once_the_receiver_has_accepted(cast):
    ids = held(cast, 3)
    one = proposed(cast, ids)
    assert one.state == "approved" and holders(ids) == dict.fromkeys(ids, "李伟")
    accepted(cast, one)
    run()
    one.refresh_from_db()
    assert one.state == "applied" and holders(ids) == dict.fromkeys(ids, "陈洁")
    assert set(one.changes.values_list("state", "reserved")) == {("applied", False)}
    assert not Customer.objects.visible_to(cast.li).filter(pk__in=ids).exists()
    assert Customer.objects.visible_to(cast.chen).filter(pk__in=ids).count() == 3


def test_a_draft_and_a_preview_change_nothing(cast):
    ids = held(cast, 2)
    one = drafted(cast, ids)
    plan = preview.plan(cast.he, one)
    assert [row.customer_id for row in plan.ready] == ids and plan.of("stop") == []
    assert holders(ids) == dict.fromkeys(ids, "李伟") and one.state == "draft"


def test_many_customers_need_somebody_elses_approval(cast):
    one = proposed(cast, held(cast, 21))
    assert one.state == "proposed"
    with pytest.raises(NotAllowed):
        approved(cast, one, by="he")
    approved(cast, one)
    one.refresh_from_db()
    assert one.state == "approved" and one.decided_by == cast.zhao


def test_a_tier_that_the_rules_name_needs_approval_of_a_single_customer(cast):
    OwnershipRules.objects.update(approval_tier="A")
    assert proposed(cast, [cast.huadong.pk]).state == "proposed"
    with pytest.raises(Refused, match="somebody else's approval"):
        ownership.assign(actor=cast.he, customer=cast.huadong, seat=MANAGER, person=cast.chen)
    assert holders([cast.huadong.pk]) == {cast.huadong.pk: "李伟"}


def test_giver_and_receiver_never_approve(cast):
    OwnershipRules.objects.update(approval_rows=0)
    one = proposed(cast, held(cast, 1, by="zhao"), taker="chen", actor="sun")
    with pytest.raises(NotAllowed):
        approved(cast, one, by="zhao")
    two = proposed(cast, held(cast, 1), taker="zhao")
    with pytest.raises(NotAllowed):
        approved(cast, two, by="zhao")
    approved(cast, two, by="sun")


def test_a_proposal_is_approved_once(cast):
    one = proposed(cast, held(cast, 21))
    approved(cast, one)
    with pytest.raises(Conflict, match="decided"):
        approved(cast, one, by="sun")


def test_a_refusal_says_why_and_frees_everything(cast):
    one = proposed(cast, held(cast, 21))
    with pytest.raises(Refused, match="Say why"):
        approvals.refuse(actor=cast.zhao, change_set=one, note=" ")
    approvals.refuse(actor=cast.zhao, change_set=one, note="Too many at once")
    one.refresh_from_db()
    assert one.state == "refused" and not one.changes.filter(reserved=True).exists()


def test_a_lead_may_propose_a_receiver_of_another_team_and_a_head_above_both_decides(cast):
    one = proposed(cast, held(cast, 1), taker="wu")
    assert one.state == "proposed" and ask.asks_approval(cast.he, one) == ["beyond"]
    with pytest.raises((NotAllowed, Http404)):
        approved(cast, one, by="qian")
    approved(cast, one)
    one.refresh_from_db()
    assert one.state == "approved"


@pytest.mark.parametrize("name", ["mo", "bai", "ren"])
def test_who_is_going_or_gone_stops_the_proposal(cast, name):
    ids = held(cast, 1)
    one = drafted(cast, ids, taker=name)
    with pytest.raises(Refused, match="stop"):
        propose(one)
    one.refresh_from_db()
    assert one.state == "draft" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_somebody_absent_at_the_instant_stops_the_proposal(cast, absent):
    absent(cast.chen)
    one = drafted(cast, held(cast, 1))
    with pytest.raises(Refused, match="stop"):
        propose(one)


def test_what_is_to_be_checked_needs_a_reason(cast):
    one = drafted(cast, [cast.huadong.pk])
    with pytest.raises(Refused, match="Say why in spite"):
        propose(one, because="")
    assert propose(one).because == "agreed"


@pytest.mark.parametrize("what", ["backup", "task", "absence", "limit"])
def test_whatever_moves_after_the_preview_refuses_the_proposal_and_nothing_is_done(
    cast, absent, what
):
    ids = held(cast, 2)
    one = drafted(cast, ids)
    seen = ask.fingerprint(one)
    if what == "backup":
        customer = Customer.objects.get(pk=ids[0])
        ownership.assign(actor=cast.he, customer=customer, seat=BACKUP, person=cast.he)
    elif what == "task":
        task(cast, ids[1], "li")
    elif what == "absence":
        absent(cast.chen)
    else:
        OwnershipRules.objects.update(default_capacity=7)
    with pytest.raises(Conflict, match="Something changed") as refusal:
        changesets.propose(actor=cast.he, change_set=one, seen=seen, because="agreed")
    assert refusal.value.code == "moved"
    one.refresh_from_db()
    assert one.state == "draft" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_a_receiver_who_leaves_before_the_instant_stops_the_set_and_nothing_is_done(cast):
    ids = held(cast, 2)
    one = accepted(cast, proposed(cast, ids))
    cast.chen.state = "left"
    cast.chen.save()
    run()
    one.refresh_from_db()
    assert one.state == "stopped" and holders(ids) == dict.fromkeys(ids, "李伟")
    assert not one.changes.filter(reserved=True).exists()


def test_open_work_between_the_decision_and_the_instant_follows_and_stops_nothing(cast):
    ids = held(cast, 1)
    accepted(cast, proposed(cast, ids))
    late = task(cast, ids[0], "li")
    run()
    late.refresh_from_db()
    assert late.person == cast.chen and late.first_person == cast.li


def test_open_tasks_follow_and_finished_ones_stay_with_who_did_them(cast):
    [pk] = held(cast, 1)
    mine, other = task(cast, pk, "li"), task(cast, pk, "he")
    done = task(cast, pk, "li", state="done", done_at=database_now(), done_by=cast.li)
    carried_out(cast, [pk])
    for row in (mine, other, done):
        row.refresh_from_db()
    assert (mine.person, other.person, done.person) == (cast.chen, cast.he, cast.li)


def test_a_reserved_seat_waits_for_its_change(cast):
    ids = held(cast, 2)
    one = proposed(cast, ids)
    customer = Customer.objects.get(pk=ids[0])
    for attempt in (
        lambda: ownership.assign(actor=cast.he, customer=customer, seat=MANAGER, person=cast.he),
        lambda: ownership.end(actor=cast.he, customer=customer, seat=MANAGER),
        lambda: proposed(cast, ids[1:], taker="he"),
    ):
        with pytest.raises((Conflict, Refused)):
            attempt()
    assert holders(ids) == dict.fromkeys(ids, "李伟")
    changesets.cancel(actor=cast.he, change_set=one)
    ownership.assign(actor=cast.he, customer=customer, seat=MANAGER, person=cast.chen)


def test_acceptance_lets_the_receiver_read_until_the_change_and_no_longer(cast):
    ids = held(cast, 1)
    one = proposed(cast, ids, effective_at=database_now() + timedelta(days=2))
    seen = Customer.objects.visible_to(cast.chen).filter(pk__in=ids)
    assert not seen.exists()
    accepted(cast, one)
    assert seen.exists()
    assert holders(ids) == dict.fromkeys(ids, "李伟")
    changesets.cancel(actor=cast.he, change_set=one)
    assert not seen.exists()


def test_what_the_receiver_would_have_read_after_a_share_of_before_goes_when_the_set_is_cancelled(
    cast,
):
    """The share of the set begins where the one of before ends: it never began."""
    [pk] = held(cast, 1)
    customer, tomorrow = Customer.objects.get(pk=pk), database_now() + timedelta(days=1)
    before = shares.grant(
        actor=cast.he, customer=customer, person=cast.chen, right="read_customer",
        until=tomorrow, why="Helps",
    )  # fmt: skip
    one = proposed(cast, [pk], effective_at=database_now() + timedelta(days=2))
    accepted(cast, one)
    assert Share.objects.get(change_set=one).period.lower == tomorrow
    changesets.cancel(actor=cast.he, change_set=one)
    assert list(Share.objects.filter(content_object=pk)) == [before]
    assert Share.objects.get().period.upper == tomorrow


def test_a_receiver_who_declines_says_why_and_keeps_the_set_from_beginning(cast):
    ids = held(cast, 2)
    one = proposed(cast, ids)
    with pytest.raises(Refused):
        approvals.decline(actor=cast.chen, change_set=one, note="")
    approvals.decline(actor=cast.chen, change_set=one, note="No room", customers=ids[:1])
    one.refresh_from_db()
    assert one.state == "approved"
    approvals.decline(actor=cast.chen, change_set=one, note="No room")
    one.refresh_from_db()
    assert one.state == "cancelled" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_silence_goes_to_whoever_leads_the_receiver(cast):
    one = proposed(cast, held(cast, 1), actor="zhao")
    with pytest.raises((NotAllowed, Http404)):
        accepted(cast, one, by="he")
    past = database_now() - timedelta(minutes=1)
    ChangeSet.objects.filter(pk=one.pk).update(accept_by=past)
    outbox.Effect.objects.update(due_at=past)
    outbox.relay()
    assert Notice.objects.filter(person=cast.he, code="changeset.silent").exists()
    accepted(cast, one, by="he")
    one.refresh_from_db()
    assert one.state == "scheduled"


def test_nobody_accepts_for_others_before_the_time_is_over(cast):
    one = proposed(cast, held(cast, 1))
    for name in ("li", "zhao", "wu", "sun"):
        with pytest.raises((NotAllowed, Http404)):
            accepted(cast, one, by=name)
    one.refresh_from_db()
    assert one.state == "approved"


def test_the_former_holder_reads_on_until_a_day_where_that_was_chosen(cast):
    ids = held(cast, 1)
    until = database_now() + timedelta(days=7)
    carried_out(cast, ids, former="reads", former_until=until)
    seen = Customer.objects.visible_to(cast.li).filter(pk__in=ids)
    assert seen.exists()
    assert not Customer.objects.visible_to(cast.li, "customer.edit").filter(pk__in=ids).exists()
    assert not Customer.objects.visible_to(cast.li, at=until).filter(pk__in=ids).exists()
    assert Share.objects.get(user=cast.li).period.upper == until


def test_what_becomes_of_the_former_holder_is_always_chosen(cast):
    with pytest.raises(Refused) as refusal:
        drafted(cast, held(cast, 1), former="")
    assert list(refusal.value.fields) == ["former"]


def test_an_instant_in_the_past_is_refused(cast):
    with pytest.raises(Refused, match="today or later"):
        drafted(cast, held(cast, 1), effective_at=database_now() - timedelta(minutes=1))
    assert not ChangeSet.objects.exists()


def test_customers_of_others_cannot_be_given_away(cast):
    with pytest.raises(Refused, match="not yours"):
        drafted(cast, [cast.huadong.pk, cast.nanqiao.pk])
    assert not ChangeSet.objects.exists()


def test_a_rep_proposes_nothing(cast):
    with pytest.raises(NotAllowed):
        drafted(cast, [cast.huadong.pk], actor="li")
    assert not ChangeSet.objects.exists()


def test_a_draft_sent_twice_is_one(cast):
    from uuid import uuid4

    number, ids = uuid4(), held(cast, 1)
    assert drafted(cast, ids, client_uuid=number) == drafted(cast, ids, client_uuid=number)
    assert ChangeSet.objects.count() == 1


# -- undo ------------------------------------------------------------------------------------------


def undone(cast, one, by="he", **more):
    back = changeset_undo.undo(actor=cast[by], change_set=one, **more)
    run()
    one.refresh_from_db()
    back.refresh_from_db()
    return back


def test_an_undo_puts_back_holders_and_open_tasks_and_keeps_later_work(cast):
    ids = held(cast, 3)
    mine = task(cast, ids[0], "li")
    one = carried_out(cast, ids)
    Customer.objects.filter(pk=ids[0]).update(address="New street 5")
    new = task(cast, ids[0], "chen")
    back = undone(cast, one)
    mine.refresh_from_db()
    new.refresh_from_db()
    assert one.state == "undone" and back.state == "applied"
    assert holders(ids) == dict.fromkeys(ids, "李伟")
    assert mine.person == new.person == cast.li
    assert Customer.objects.get(pk=ids[0]).address == "New street 5"


def test_an_undo_of_one_row_leaves_the_others(cast):
    ids = held(cast, 2)
    one = carried_out(cast, ids)
    undone(cast, one, customers=ids[:1])
    assert one.state == "partly_undone" and holders(ids) == {ids[0]: "李伟", ids[1]: "陈洁"}
    undone(cast, one)
    assert one.state == "undone" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_the_backup_who_moved_up_is_backup_again_after_the_undo(cast):
    one = carried_out(cast, [cast.huadong.pk])
    assert (
        ask_seats.holder(cast.huadong) == cast.chen
        and ask_seats.holder(cast.huadong, BACKUP) is None
    )
    undone(cast, one)
    assert (
        ask_seats.holder(cast.huadong) == cast.li
        and ask_seats.holder(cast.huadong, BACKUP) == cast.chen
    )


def test_a_seat_that_changed_again_is_kept_and_says_why(cast):
    ids = held(cast, 2)
    one = carried_out(cast, ids)
    customer = Customer.objects.get(pk=ids[0])
    ownership.assign(actor=cast.he, customer=customer, seat=MANAGER, person=cast.he)
    back = undone(cast, one)
    kept = back.changes.get(customer=ids[0])
    assert (kept.state, kept.remark) == ("kept", {"code": "changed_since"})
    assert holders(ids) == {ids[0]: "何军", ids[1]: "李伟"} and one.state == "partly_undone"


def test_a_former_holder_who_has_left_gets_nothing_back(cast):
    ids = held(cast, 1)
    one = carried_out(cast, ids)
    cast.li.state = "left"
    cast.li.save()
    back = undone(cast, one)
    assert back.changes.get().remark == {"code": "former_gone"}
    assert holders(ids) == dict.fromkeys(ids, "陈洁") and one.state == "applied"


def test_after_72_hours_and_of_an_undo_there_is_no_undo(cast):
    one = carried_out(cast, held(cast, 1))
    back = undone(cast, one)
    with pytest.raises(Conflict, match="undo itself"):
        changeset_undo.undo(actor=cast.he, change_set=back)
    two = carried_out(cast, [cast.huadong.pk])
    ChangeSet.objects.filter(pk=two.pk).update(undo_until=database_now())
    with pytest.raises(Conflict, match="72 hours"):
        changeset_undo.undo(actor=cast.he, change_set=two)
    with pytest.raises(Conflict, match="left to take back"):
        changeset_undo.undo(actor=cast.he, change_set=one)


def test_only_those_who_decide_undo(cast):
    one = carried_out(cast, held(cast, 1))
    for name in ("chen", "li", "wu", "qian"):
        with pytest.raises((NotAllowed, Http404)):
            changeset_undo.undo(actor=cast[name], change_set=one)
    assert ChangeSet.objects.count() == 1


def test_a_row_that_was_overtaken_fails_alone(cast, monkeypatch):
    ids = held(cast, 3)
    one = accepted(cast, proposed(cast, ids))
    real = seats.move

    def overtaken(actor, wishes, **more):
        if any(wish.customer_id == ids[1] for wish in wishes):
            raise Conflict("taken")
        return real(actor, wishes, **more)

    monkeypatch.setattr(changeset_run.seats, "move", overtaken)
    run()
    one.refresh_from_db()
    assert one.state == "applied"
    assert list(one.changes.values_list("state", flat=True)) == ["applied", "failed", "applied"]
    assert holders(ids) == {ids[0]: "陈洁", ids[1]: "李伟", ids[2]: "陈洁"}
    assert not Change.objects.filter(reserved=True).exists()


def test_tasks_of_an_emptied_seat_go_to_whoever_answers_and_come_back_with_the_undo(cast):
    mine = task(cast, cast.huadong.pk, "li")
    one = carried_out(cast, [cast.huadong.pk], taker=None)
    mine.refresh_from_db()
    assert (one.state, mine.person) == ("applied", cast.chen)
    undone(cast, one)
    mine.refresh_from_db()
    assert mine.person == cast.li and ask_seats.holder(cast.huadong) == cast.li


def test_a_single_end_is_taken_back_with_its_tasks(cast):
    mine = task(cast, cast.huadong.pk, "li")
    ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER)
    mine.refresh_from_db()
    assert mine.person == cast.chen
    undone(cast, ChangeSet.objects.get())
    mine.refresh_from_db()
    assert mine.person == cast.li and ask_seats.holder(cast.huadong) == cast.li
