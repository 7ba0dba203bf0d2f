"""Planning a rotation: who is proposed and why, what stops it, who decides, what follows it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Absence, Content, TrailEntry
from crm.models import Assignment, Capacity, Change, ChangeSet, Order, Task
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.services import approvals, changeset_undo, changesets, tasks
from handover.models import Departure, FileGap, RotationExemption
from handover.selectors import rotation as clocks
from handover.selectors import rotation_gaps
from handover.selectors.rotation import policy
from handover.selectors.rotation_proposals import planned, proposals, weights
from handover.services import rotation
from handover.services import rotation_gaps as files
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Job
from tests.crm.changesets_world import accepted, held, propose, run
from tests.handover.rotation_world import MANAGER, before, since
from tests.handover.world import case


def manager(customer):
    return Assignment.objects.at().get(customer=customer, seat=MANAGER).person


def warned(actor, draft):
    return {(one.level, one.code) for one in preview.plan(actor, draft).warnings}


def carried_out(cast, draft, by="chen"):
    """A rotation of the lead's up to its end, whoever is asked on the way."""
    draft.effective_at = None
    draft.save()
    one = propose(draft)
    if one.state == "proposed":
        one = approvals.approve(actor=cast.zhao, change_set=one, seen=ask.fingerprint(one))
    if one.state == "approved":
        one = accepted(cast, one, by)
    run()
    one.refresh_from_db()
    return one


# -- proposals -------------------------------------------------------------------------------------
def test_the_backup_is_proposed_first_with_the_reason_and_the_load_after(cast):
    offer = proposals(cast.he, [cast.huadong])[cast.huadong.pk]
    assert (offer.person, offer.acquaintance, offer.first) == (cast.chen, "backup", True)
    assert offer.after > offer.before == 0


def test_nobody_is_proposed_who_is_away_or_leaves_or_is_not_led(cast, absent):
    absent(cast.chen)
    assert proposals(cast.he, [cast.huadong])[cast.huadong.pk] is None  # mo is on notice
    assert proposals(cast.zhao, [cast.huadong])[cast.huadong.pk].person == cast.wu
    case(cast, cast.wu, customers=[cast.nanqiao])
    assert proposals(cast.zhao, [cast.huadong])[cast.huadong.pk] is None


def test_nobody_is_proposed_who_will_be_away_when_it_takes_effect(cast):
    at = rotation.begins({"A"})
    Absence.objects.create(
        person=cast.chen, period=(at - timedelta(days=1), at + timedelta(days=9))
    )
    assert planned(cast.he, [cast.huadong.pk], at)[cast.huadong.pk] is None


def test_a_draft_of_a_departure_changes_no_proposal(cast):
    case(cast, cast.chen, state="draft")
    assert Departure.objects.get().state == "draft"
    assert proposals(cast.he, [cast.huadong])[cast.huadong.pk].person == cast.chen


def test_loads_add_up_over_one_plan_so_that_nobody_gets_everything(cast):
    ids = held(cast, 30, tier="A")
    takers = [offer.person for offer in planned(cast.zhao, ids).values()]
    assert {cast.chen, cast.wu} == set(takers)


def test_what_has_no_data_is_left_out_of_the_scale():
    rules = {"proposal_order": [{"id": "acquaintance", "weight": 35}, {"id": "load_after", "weight": 30},
             {"id": "region", "weight": 15}, {"id": "skill", "weight": 10}, {"id": "language", "weight": 10}]}  # fmt: skip
    assert round(sum(weights(rules).values())) == 100


# -- plans -----------------------------------------------------------------------------------------
def test_a_lead_plans_a_rotation_that_begins_after_the_overlap_of_its_tier(cast):
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert (draft.origin, draft.reason, draft.state) == ("rotation", "rotation", "draft")
    assert draft.effective_at == rotation.begins({"A"}) > rotation.begins({"C"})
    assert manager(cast.huadong) == cast.li


def test_sent_twice_it_is_one_draft(cast):
    number = "11111111-1111-4111-8111-111111111111"
    plan = {"actor": cast.he, "customers": [cast.huadong.pk], "client_uuid": number}
    assert rotation.plan(**plan) == rotation.plan(**plan)


def test_a_customer_for_whom_nobody_fits_is_left_out(cast, absent):
    absent(cast.chen)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert draft.changes.get().state == "left_out"


@pytest.mark.parametrize("name", ["li", "gao", "hu", "fang"])
def test_who_leads_nobody_plans_nothing(cast, name):
    with pytest.raises(NotAllowed):
        rotation.plan(actor=cast[name], customers=[cast.huadong.pk])
    assert not ChangeSet.objects.exists()


def test_customers_of_another_team_are_refused(cast):
    with pytest.raises(Refused):
        rotation.plan(actor=cast.qian, customers=[cast.huadong.pk])
    assert not ChangeSet.objects.exists()


# -- guards ----------------------------------------------------------------------------------------
def test_what_moved_twice_within_90_days_is_stopped(cast):
    since(cast.huadong, 20)
    before(cast.huadong, cast.wu, 60, 20)
    before(cast.huadong, cast.li, 300, 60)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert ("stop", "moved_twice") in warned(cast.he, draft)
    with pytest.raises(Refused, match="stop"):
        propose(draft)


def test_a_move_91_days_ago_does_not_count(cast):
    since(cast.huadong, 20)
    before(cast.huadong, cast.wu, 91, 20)
    before(cast.huadong, cast.li, 300, 91)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert ("stop", "moved_twice") not in warned(cast.he, draft)


def test_a_first_account_manager_is_no_move(cast):
    since(cast.huadong, 20)
    before(cast.huadong, cast.wu, 60, 20)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert ("stop", "moved_twice") not in warned(cast.he, draft)


def test_a_move_that_was_taken_back_has_never_been(cast):
    one = carried_out(cast, rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    changeset_undo.undo(actor=cast.he, change_set=one)
    run()
    assert manager(cast.huadong) == cast.li
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert ("stop", "moved_twice") not in warned(cast.he, draft)


def owes(customer, days):
    day = today(company_zone()) - timedelta(days=days)
    Order.objects.create(customer=customer, number="S1", ordered_on=day, delivered_on=day,
                         currency="CNY", amount=100, state="delivered")  # fmt: skip


@pytest.mark.parametrize(("days", "told"), [(31, True), (30, False)])
def test_what_is_owed_for_more_than_30_days_is_told(cast, days, told):
    owes(cast.huadong, days)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert (("note", "overdue_payment") in warned(cast.he, draft)) is told


@pytest.mark.parametrize(("effect", "level"), [("warning", "check"), ("second_approver", "check"), ("stop", "stop")])  # fmt: skip
def test_what_the_planner_may_not_see_asks_for_a_second_approver_and_says_no_more(cast, monkeypatch, effect, level):  # fmt: skip
    owes(cast.huadong, 31)
    ruled(overdue_payment=effect)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    rows, seen = type(Order.objects.all()), Order.objects.all().visible_to.__func__
    monkeypatch.setattr(rows, "visible_to", lambda rows, *who: rows.none() if rows.model is Order else seen(rows, *who))  # fmt: skip
    found = [one for one in preview.plan(cast.he, draft).warnings if one.code in ("unseen", "overdue_payment")]  # fmt: skip
    assert [(one.level, one.text) for one in found] == [(level, "needs a second approver.")]


def ruled(**effects):
    """The policy as the company has it, with other effects of some guards; None takes one out."""
    guards = [
        part | {"effect": effects.get(part["id"], part["effect"])} for part in policy()["guards"]
    ]
    guards = [part for part in guards if part["effect"]]
    edited = policy() | {"guards": guards}
    Content.objects.update_or_create(name="rotation", defaults={"body": edited, "version": 1})


def lacks_address(customer):
    type(customer).objects.filter(pk=customer.pk).update(address="")


@pytest.mark.parametrize(("effect", "level"), [("warning", "note"), ("stop", "stop"), (None, None)])
def test_a_file_that_is_not_complete_is_told_as_the_policy_says(cast, effect, level):
    lacks_address(cast.huadong)
    ruled(file_incomplete=effect)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    found = [one.level for one in preview.plan(cast.he, draft).warnings if one.code == "file_incomplete"]  # fmt: skip
    assert found == ([level] if level else [])


@pytest.mark.parametrize(("effect", "level"), [("warning", "note"), ("second_approver", "check"), ("stop", "stop")])  # fmt: skip
def test_a_receiver_who_would_carry_too_much_is_told_as_the_policy_says(cast, effect, level):
    ruled(receiver_full=effect)
    Capacity.objects.update_or_create(person=cast.chen, defaults={"limit": 1})
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    found = [one.level for one in preview.plan(cast.he, draft).warnings if one.code == "over_capacity"]  # fmt: skip
    assert found == [level]


def test_a_receiver_who_is_away_stops_it_unless_the_policy_only_warns(cast, absent):
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    absent(cast.chen, days=60)
    assert ("stop", preview.AWAY) in warned(cast.he, draft)
    ruled(receiver_absent="warning")
    assert ("note", preview.AWAY) in warned(cast.he, draft)


# -- exemptions ------------------------------------------------------------------------------------
def exempted(cast, days, customer=None):
    return RotationExemption.objects.create(
        customer=customer or cast.huadong, person=cast.li, reason="customer_request", state="approved",
        until=today(company_zone()) + timedelta(days=days), asked_by=cast.li, second_contact=cast.chen,
    )  # fmt: skip


def test_an_exempted_customer_is_neither_planned_nor_swapped(cast):
    exempted(cast, 90)
    for draft in (rotation.plan(actor=cast.he, customers=[cast.huadong.pk]),
                  rotation.swap(actor=cast.zhao, one=cast.li, other=cast.wu)):  # fmt: skip
        assert ("stop", "exempt") in warned(draft.made_by, draft)
        with pytest.raises(Refused, match="stop"):
            propose(draft)


def test_an_exemption_that_is_over_when_it_would_move_stops_nothing(cast):
    exempted(cast, 2)
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert ("stop", "exempt") not in warned(cast.he, draft)


def test_an_exemption_that_is_approved_meanwhile_stops_the_approval(cast):
    one = propose(rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    exempted(cast, 90)
    with pytest.raises(Refused, match="stop"):
        approvals.approve(actor=cast.zhao, change_set=one, seen=ask.fingerprint(one))


# -- who decides -----------------------------------------------------------------------------------
def test_tier_a_is_decided_by_the_head_of_sales_and_tier_b_by_the_lead(cast):
    draft = rotation.plan(actor=cast.he, customers=[cast.huadong.pk])
    assert "level" in ask.asks_approval(cast.he, draft)
    type(cast.huadong).objects.filter(pk=cast.huadong.pk).update(tier="B")
    assert "level" not in ask.asks_approval(cast.he, draft)


def test_a_lead_approves_no_rotation_of_tier_a(cast):
    draft = rotation.plan(actor=cast.sun, customers=[cast.huadong.pk])
    draft.changes.update(taker=cast.chen)
    ChangeSet.objects.filter(pk=draft.pk).update(state="proposed", proposed_at=database_now())
    assert not ask.may_approve(cast.he, draft)
    assert ask.may_approve(cast.zhao, draft)


# -- swapping --------------------------------------------------------------------------------------
def test_two_books_are_swapped_in_one_set_and_undone(cast):
    draft = rotation.swap(actor=cast.zhao, one=cast.li, other=cast.wu)
    assert set(draft.changes.values_list("giver", "taker")) == {
        (cast.li.pk, cast.wu.pk), (cast.wu.pk, cast.li.pk)}  # fmt: skip
    draft.effective_at = None
    draft.save()
    one = propose(draft)
    for name in ("li", "wu"):
        one = accepted(cast, one, name)
    run()
    assert (manager(cast.huadong), manager(cast.nanqiao)) == (cast.wu, cast.li)
    one.refresh_from_db()
    changeset_undo.undo(actor=cast.zhao, change_set=one)
    run()
    assert (manager(cast.huadong), manager(cast.nanqiao)) == (cast.li, cast.wu)


@pytest.mark.parametrize(("one", "other", "field"), [("li", "li", "other"), ("mo", "li", "one"), ("li", "hu", "other")])  # fmt: skip
def test_a_swap_needs_two_people_who_can_look_after_customers(cast, one, other, field):
    with pytest.raises(Refused) as refused:
        rotation.swap(actor=cast.zhao, one=cast[one], other=cast[other])
    assert field in refused.value.fields
    assert not ChangeSet.objects.exists()


def test_a_lead_swaps_only_what_is_theirs_to_give(cast):
    draft = rotation.swap(actor=cast.he, one=cast.li, other=cast.wu)
    assert list(draft.changes.values_list("customer", flat=True)) == [cast.huadong.pk]


# -- what follows ----------------------------------------------------------------------------------
def test_giver_and_taker_introduce_together_before_and_the_taker_goes_alone_after(cast):
    one = carried_out(cast, rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    assert one.state == "applied" and manager(cast.huadong) == cast.chen
    kinds = list(
        Task.objects.filter(customer=cast.huadong).order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["visit", "visit", "call"]
    alone = Task.objects.get(kind="call")
    assert alone.person == cast.chen and alone.due_on > today(company_zone())


def test_a_customer_of_tier_c_is_not_visited_together(cast):
    type(cast.huadong).objects.filter(pk=cast.huadong.pk).update(tier="C")
    carried_out(cast, rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    assert list(Task.objects.values_list("kind", flat=True)) == ["call"]


def agreed(cast):
    """A rotation that everybody has agreed to, to come when its time is there."""
    one = propose(rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    one = approvals.approve(actor=cast.zhao, change_set=one, seen=ask.fingerprint(one))
    return accepted(cast, one)


def test_nobody_is_introduced_for_a_rotation_that_is_taken_back(cast):
    one = agreed(cast)
    assert Task.objects.open().count() == 2
    other = approving_task(cast)
    changesets.cancel(actor=cast.he, change_set=one)
    assert list(Task.objects.open()) == [other]
    dropped = Task.objects.filter(state="dropped")
    assert {(row.outcome, row.done_by) for row in dropped} == {("The rotation does not take place.", cast.he)}  # fmt: skip
    assert TrailEntry.objects.filter(verb="changesets.cancel", subject_type="crm.task").count() == 2


def approving_task(cast):
    """A task that somebody planned at the same customer."""
    values = {"title": "Send the samples", "due_on": today(company_zone()), "kind": "visit"}
    return tasks.plan(actor=cast.li, customer=cast.huadong, values=values)


def test_nobody_is_introduced_for_a_rotation_that_stops(cast):
    one = agreed(cast)
    ChangeSet.objects.filter(pk=one.pk).update(seen="another state of things")
    Job.objects.update(due_at=database_now())
    run()
    one.refresh_from_db()
    assert one.state == "stopped" and not Task.objects.open().exists()


def test_what_a_rotation_brought_goes_when_it_is_undone(cast):
    one = carried_out(cast, rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))
    assert Task.objects.open().exists()
    changeset_undo.undo(actor=cast.he, change_set=one)
    run()
    assert manager(cast.huadong) == cast.li and not Task.objects.open().exists()


def test_a_transfer_that_is_no_rotation_brings_no_tasks(cast):
    from tests.crm.changesets_world import carried_out as transferred

    transferred(cast, [cast.huadong.pk])
    assert not Task.objects.exists()


# -- what the file lacked --------------------------------------------------------------------------
@pytest.fixture
def rotated(cast):
    return carried_out(cast, rotation.plan(actor=cast.he, customers=[cast.huadong.pk]))


def test_the_receiver_says_what_the_file_lacked_and_the_lead_reads_it(cast, rotated):
    gap = files.note(actor=cast.chen, customer=cast.huadong, part="terms", text="没有报价单")
    assert list(rotation_gaps.of_customer(cast.he, cast.huadong)) == [gap]
    [credit] = rotation_gaps.credits(cast.he)
    assert (credit.person, credit.moved, credit.told, credit.complete, len(credit.gaps)) == (cast.li, 1, 1, 0, 1)  # fmt: skip


def test_a_complete_file_is_a_credit_that_the_former_manager_sees_too(cast, rotated):
    files.note(actor=cast.chen, customer=cast.huadong, part="nothing")
    [credit] = rotation_gaps.credits(cast.li)
    assert credit.complete == 1


def test_the_former_manager_counts_gaps_but_does_not_read_them(cast, rotated):
    files.note(actor=cast.chen, customer=cast.huadong, part="terms", text="secret-note")
    [credit] = rotation_gaps.credits(cast.li)
    assert [gap.seen for gap in credit.gaps] == [False]


@pytest.mark.parametrize("name", ["he", "zhao", "gao"])
def test_nobody_but_the_receiver_says_it(cast, rotated, name):
    with pytest.raises(NotAllowed):
        files.note(actor=cast[name], customer=cast.huadong, part="terms", text="x")
    assert not FileGap.objects.exists()


def test_after_ten_working_days_it_is_too_late(cast, rotated):
    ChangeSet.objects.filter(pk=rotated.pk).update(finished_at=database_now() - timedelta(days=30))
    with pytest.raises(NotAllowed):
        files.note(actor=cast.chen, customer=cast.huadong, part="terms", text="x")


def test_nothing_was_missing_and_something_was_cannot_both_be_said(cast, rotated):
    files.note(actor=cast.chen, customer=cast.huadong, part="terms", text="x")
    with pytest.raises(Conflict):
        files.note(actor=cast.chen, customer=cast.huadong, part="nothing")
    with pytest.raises(Refused):
        files.note(actor=cast.chen, customer=cast.huadong, part="care", text="  ")


def test_a_gap_keeps_its_text_out_of_the_trail(cast, rotated):
    from accounts.models import TrailEntry

    files.note(actor=cast.chen, customer=cast.huadong, part="terms", text="secret-note")
    entry = TrailEntry.objects.filter(verb="rotation_gaps.note").get()
    assert "secret-note" not in str(entry.changes)


# -- pages -----------------------------------------------------------------------------------------
def test_overdue_rotations_are_scheduled_from_the_board_in_four_clicks(client, cast):
    """The board, its button, the preview with its reason, and the proposal."""
    ids = [*held(cast, 36), cast.huadong.pk]
    for pk in ids:
        since(type(cast.huadong)(pk=pk), 200)
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    assert "37" in client.get(reverse("handover:rotation")).content.decode()
    answer = client.post(reverse("handover:rotation-plan"), {"act": "all", "query": "show=overdue"})
    preview_page = client.get(answer.url)
    assert preview_page.status_code == 200
    draft = ChangeSet.objects.get(origin="rotation")
    client.post(answer.url, {"seen": ask.fingerprint(draft), "because": "轮换", "marks": ""})
    draft.refresh_from_db()
    assert draft.state == "proposed" and ask.rows_of(draft).count() == 37
    assert Change.objects.filter(change_set=draft, taker=None).count() == 0


def test_what_is_ticked_is_planned_and_forged_ticks_are_not(client, cast):
    since(cast.huadong, 200)
    since(cast.nanqiao, 200)
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    data = {"act": "ticked", "query": "show=overdue", "pick": [cast.nanqiao.pk, "x", "9" * 30]}
    client.post(reverse("handover:rotation-plan"), data)
    assert not ChangeSet.objects.exists()
    client.post(reverse("handover:rotation-plan"), data | {"pick": [cast.huadong.pk]})
    assert ChangeSet.objects.get().changes.get().customer == cast.huadong


@pytest.mark.parametrize("query", ["", "?view=timeline&show=all", "?show=90&tier=A&person=rep.east", "?show=x&tier=z&person=nobody&page=99"])  # fmt: skip
def test_the_board_shows_a_list_and_a_timeline_whatever_was_asked(client, cast, query):
    since(cast.huadong, 200)
    client.force_login(cast.zhao, backend="accounts.backends.SignIn")
    assert client.get(reverse("handover:rotation") + query).status_code == 200


def test_a_page_of_the_board_is_what_is_found_and_counted(cast):
    for number, pk in enumerate(held(cast, 7)):
        since(type(cast.huadong)(pk=pk), 190 - 3 * number)
    among = clocks.within(cast.he)
    for show in clocks.SHOW:
        for offset in (0, 3, 50):
            page, counts = clocks.page_of(*among, show=show, limit=3, offset=offset)
            assert page == clocks.found(*among, show=show, limit=3, offset=offset)
            assert counts == clocks.counted(*among)
