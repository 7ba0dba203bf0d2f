"""Who answers, who is told, who has to be asked: across teams, for the silent, against the rules."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notice
from accounts.selectors.notifications import with_lines
from crm.models import Assignment, ChangeSet, Customer, OwnershipRules, Share
from crm.selectors import approvals
from crm.selectors import changesets as ask
from crm.services import changesets, ownership, transfers
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.changesets_world import (
    BACKUP,
    KEY,
    MANAGER,
    accepted,
    approved,
    carried_out,
    drafted,
    held,
    propose,
    proposed,
    task,
)


def test_who_has_another_seat_there_from_a_later_day_is_no_receiver_before_it(cast):
    [pk] = held(cast, 1)
    customer, ahead = Customer.objects.get(pk=pk), database_now() + timedelta(days=10)
    ownership.assign(
        actor=cast.zhao, customer=customer, seat=BACKUP, person=cast.chen, starts_at=ahead
    )
    with pytest.raises(Refused):
        proposed(cast, [pk], taker="chen")
    assert not ChangeSet.objects.exclude(state="draft").exclude(origin="single").exists()
    assert proposed(cast, [pk], taker="he", actor="zhao").state != "draft"


def late(one):
    """The time to answer is over."""
    past = database_now() - timedelta(minutes=1)
    ChangeSet.objects.filter(pk=one.pk).update(accept_by=past)
    outbox.Effect.objects.update(due_at=past)
    outbox.relay()


def across(cast, count=2):
    """Customers of the East for wu and for chen, decided by the director."""
    ids = held(cast, count)
    one = drafted(cast, ids, actor="zhao", taker="wu")
    changesets.give_to(actor=cast.zhao, change_set=one, customers=ids[:1], taker=cast.chen)
    one = propose(one)
    return (approved(cast, one, by="sun") if one.state == "proposed" else one), ids


def test_the_lead_of_a_silent_receiver_elsewhere_is_told_sees_and_answers_for_that_one_alone(
    cast, as_
):
    one, ids = across(cast)
    assert as_(cast.qian).get(one.get_absolute_url()).status_code == 404
    late(one)
    assert Notice.objects.filter(person=cast.qian, code="changeset.silent").exists()
    client = as_(cast.qian)
    assert client.get(one.get_absolute_url()).status_code == 200
    page = client.get(reverse("crm:approval-offer", args=[one.pk]))
    assert [row.customer_id for row in page.context["rows"]] == ids[1:]
    client.post(reverse("crm:approval-offer", args=[one.pk]), {"verdict": "yes"})
    rows = one.changes.exclude(accepted_at=None)
    assert [row.customer_id for row in rows] == ids[1:]


def test_silence_is_told_past_a_lead_who_proposed_it(cast):
    one = proposed(cast, held(cast, 1))
    late(one)
    told = Notice.objects.filter(code="changeset.silent").values_list("person", flat=True)
    assert list(told) == [cast.zhao.pk]
    assert list(approvals.offers(cast.he)) == [] and list(approvals.offers(cast.zhao)) == [one]
    with pytest.raises(NotAllowed):
        accepted(cast, one, by="he")
    assert accepted(cast, one, by="zhao").state == "scheduled"


def test_the_rule_of_a_tier_is_not_avoided_by_ending_the_seat_first(cast):
    OwnershipRules.objects.update(approval_tier="A")
    with pytest.raises(Refused, match="somebody else's approval"):
        ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER)
    assert Assignment.objects.current().filter(customer=cast.huadong, seat=MANAGER).exists()


def test_where_every_change_needs_approval_the_single_verb_changes_nothing(cast):
    OwnershipRules.objects.update(approval_rows=0)
    with pytest.raises(Refused, match="somebody else's approval"):
        ownership.assign(actor=cast.he, customer=cast.huadong, seat=BACKUP, person=cast.he)
    assert not ChangeSet.objects.exists()


def test_a_backup_in_the_team_is_no_reason_to_take_a_customer_of_another_team(cast):
    [pk] = held(cast, 1, by="wu")
    customer = Customer.objects.get(pk=pk)
    ownership.assign(actor=cast.zhao, customer=customer, seat=BACKUP, person=cast.chen)
    one = proposed(cast, [pk], taker="li")
    assert one.state == "proposed" and ask.asks_approval(cast.he, one) == ["beyond"]


def test_a_draft_without_a_receiver_is_not_proposed_and_empties_nothing(cast):
    ids = held(cast, 2)
    one = transfers.begin(actor=cast.he, customers=ids, seat=BACKUP)
    transfers.change_terms(actor=cast.he, change_set=one, why="workload", former="removed")
    one.refresh_from_db()
    with pytest.raises(Refused, match="Choose to whom"):
        propose(one)
    changesets.give_to(actor=cast.he, change_set=one, customers=ids, taker=None)
    with pytest.raises(Refused, match="stop"):  # nobody holds the seat
        propose(one)


def test_no_set_ends_a_whole_key_account_team(cast):
    ownership.assign(actor=cast.he, customer=cast.huadong, seat=KEY, person=cast.he)
    ownership.assign(actor=cast.he, customer=cast.huadong, seat=KEY, person=cast.qian)
    one = drafted(cast, [cast.huadong.pk], taker=None, seat=KEY)
    with pytest.raises(Refused, match="Choose to whom"):
        propose(one)
    assert Assignment.objects.current().filter(customer=cast.huadong, seat=KEY).count() == 2


def test_a_backup_who_moves_up_waits_for_a_change_of_the_backup_seat(cast):
    first = drafted(cast, [cast.huadong.pk], seat=BACKUP, taker="he", effective_at=soon())
    propose(first)
    with pytest.raises(Conflict, match="on its way"):
        proposed(cast, [cast.huadong.pk])


def soon():
    return database_now() + timedelta(days=1)


def test_the_receiver_reads_until_all_have_answered(cast):
    one, _ids = across(cast)
    ChangeSet.objects.filter(pk=one.pk).update(effective_at=database_now() + timedelta(hours=1))
    one.refresh_from_db()
    accepted(cast, one)
    assert Share.objects.get(user=cast.chen).period.upper == one.accept_by


def test_a_former_holder_with_a_short_share_reads_on_from_its_end(cast):
    ids = held(cast, 1)
    until = database_now() + timedelta(days=9)
    one = carried_out(cast, ids, former="reads", former_until=until)
    shares = Share.objects.filter(user=cast.li, change_set=one)
    assert [share.period.upper for share in shares] == [until]


def test_tasks_of_a_planned_end_go_to_whoever_answers_when_it_comes(cast):
    mine = task(cast, cast.huadong.pk, "li")
    at = database_now() + timedelta(milliseconds=200)
    ownership.end(actor=cast.he, customer=cast.huadong, seat=MANAGER, ends_at=at)
    outbox.relay()
    mine.refresh_from_db()
    assert mine.person == cast.li
    while database_now() <= at:
        pass
    outbox.relay()
    mine.refresh_from_db()
    assert mine.person == cast.chen


def test_tasks_of_an_emptied_seat_go_to_the_head_of_its_last_holder(cast):
    """Also where that one came by a plan that needed no job."""
    [pk] = held(cast, 1)
    customer = Customer.objects.get(pk=pk)
    ownership.end(actor=cast.he, customer=customer, seat=MANAGER)
    at = database_now() + timedelta(milliseconds=200)
    ownership.assign(actor=cast.zhao, customer=customer, seat=MANAGER, person=cast.wu, starts_at=at)
    while database_now() <= at:
        pass
    mine = task(cast, pk, "wu")
    ownership.end(actor=cast.zhao, customer=customer, seat=MANAGER)
    mine.refresh_from_db()
    assert mine.person == cast.qian


def test_who_gave_customers_away_is_told_how_many_and_by_whom(cast):
    carried_out(cast, held(cast, 2))
    outbox.relay()
    notices = Notice.objects.filter(person=cast.li, code="changeset.applied")
    (line,) = [told.line for told in with_lines(cast.li, list(notices))]
    assert not line.leads and line.text.endswith(": 2.") and "He Jun" in line.text
