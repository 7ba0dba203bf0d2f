"""The transfer wizard, the page of a change set, its undo, and recent changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Membership
from crm.models import Assignment, Change, ChangeSet, OwnershipRules
from crm.models.saved_views import Selection
from crm.selectors import changesets as ask
from crm.services import approvals, changesets, ownership, transfers
from kit.clock import database_now
from kit.dates import today
from kit.errors import Conflict, Refused
from tests.crm.changesets_world import (
    BACKUP,
    LINE,
    MANAGER,
    accepted,
    carried_out,
    drafted,
    held,
    proposed,
    run,
    task,
)

HOW = {"why": "workload", "note": "", "when": "morning", "former": "removed"}


def at(name, one):
    return reverse(f"crm:{name}", args=[one.pk])


def body(response):
    return response.content.decode()


def selected(person, ids, **more):
    return Selection.objects.create(
        person=person, ids=ids, expires_at=database_now() + timedelta(hours=1), **more
    )


def begun(cast, ids, actor="he", seat=MANAGER):
    return transfers.begin(actor=cast[actor], customers=ids, seat=seat)


def holders(ids):
    rows = Assignment.objects.current().filter(customer__in=ids, seat=MANAGER)
    return dict(rows.values_list("customer", "person__name"))


# -- the wizard ------------------------------------------------------------------------------------
def test_a_lead_goes_from_a_selection_to_a_proposal_and_nothing_has_moved(cast, as_):
    ids, client = held(cast, 3), as_(cast.he)
    selection = selected(cast.he, ids)
    page = client.get(f"/transfers/new?selection={selection.pk}")
    assert "客户 0" in body(page) and "3 customers" in body(page)
    sent = {"seat": MANAGER, "client_uuid": str(uuid4()), "out": [ids[2]]}
    made = client.post(f"/transfers/new?selection={selection.pk}", sent)
    draft = ChangeSet.objects.get()
    assert made.status_code == 303 and made["Location"] == at("transfer-people", draft)
    assert list(draft.changes.values_list("customer", "giver__name")) == [
        (ids[0], "李伟"), (ids[1], "李伟"),
    ]  # fmt: skip
    page = client.get(at("transfer-people", draft))
    assert "Chen Jie" in body(page) and "same team" in body(page)
    step = client.post(at("transfer-people", draft), {"people": [cast.chen.pk]})
    assert step["Location"] == at("transfer-how", draft)
    step = client.post(at("transfer-how", draft), HOW)
    assert step["Location"] == at("transfer-preview", draft)
    page = client.get(at("transfer-preview", draft))
    assert "2 customers" in body(page) and "Schedule 2 changes" in body(page)
    seen = ask.fingerprint(draft)
    done = client.post(at("transfer-preview", draft), {"seen": seen, "because": ""})
    assert done["Location"] == at("changeset", draft)
    draft.refresh_from_db()
    assert draft.state == "approved" and holders(ids) == dict.fromkeys(ids, "李伟")
    assert client.get(at("changeset", draft)).status_code == 200


def test_a_form_sent_twice_makes_one_draft_and_a_proposal_sent_twice_shows_it(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    address = f"/transfers/new?selection={selected(cast.he, ids).pk}"
    sent = {"seat": MANAGER, "client_uuid": str(uuid4())}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first["Location"] == second["Location"] and ChangeSet.objects.count() == 1
    one = drafted(cast, ids)
    data = {"seen": ask.fingerprint(one), "because": ""}
    for _time in range(2):
        assert client.post(at("transfer-preview", one), data)["Location"] == at("changeset", one)


def test_a_selection_is_empty_after_use_after_its_time_and_for_others(cast, as_):
    ids, client = held(cast, 1), as_(cast.he)
    used = selected(cast.he, ids)
    client.post(
        f"/transfers/new?selection={used.pk}", {"seat": MANAGER, "client_uuid": str(uuid4())}
    )
    old = selected(cast.he, ids)
    Selection.objects.filter(pk=old.pk).update(expires_at=database_now() - timedelta(minutes=1))
    foreign = selected(cast.zhao, ids)
    for key in (used.pk, old.pk, foreign.pk, uuid4(), "nonsense", ""):
        page = client.get(f"/transfers/new?selection={key}")
        assert page.status_code == 200 and "客户 0" not in body(page)
        again = client.post(f"/transfers/new?selection={key}", {"seat": MANAGER})
        assert again.status_code == 200
    assert ChangeSet.objects.count() == 1


def test_what_is_not_ones_own_to_give_is_left_out_and_counted(cast, as_):
    ids = [*held(cast, 1), cast.nanqiao.pk]
    page = as_(cast.he).get(f"/transfers/new?selection={selected(cast.he, ids).pk}")
    assert "1 customer<" in body(page) and "1 more is not yours to give" in body(page)
    assert "Nanqiao" not in body(page)


def test_all_customers_of_a_person_are_frozen_in_one_step(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    address = f"/transfers/new?person={cast.li.pk}"
    assert "All that Li Wei looks after" in body(client.get(address))
    client.post(address, {"seat": MANAGER, "client_uuid": str(uuid4())})
    draft = ChangeSet.objects.get()
    assert set(draft.changes.values_list("customer", flat=True)) == {*ids, cast.huadong.pk}


def test_several_receivers_share_by_load_and_one_row_can_go_to_another(cast, as_):
    held(cast, 20, by="chen")
    ids, client = held(cast, 4), as_(cast.he)
    draft = begun(cast, ids)
    client.post(at("transfer-people", draft), {"people": [cast.chen.pk, cast.he.pk]})
    assert set(draft.changes.values_list("taker__name", flat=True)) == {"何军"}
    address = f"{at('transfer-people', draft)}?customer={ids[0]}"
    assert "客户 0" in body(client.get(address))
    client.post(address, {"people": [cast.chen.pk]})
    assert draft.changes.get(customer=ids[0]).taker == cast.chen
    both = client.post(address, {"people": [cast.chen.pk], "nobody": "on"})
    two = client.post(address, {"people": [cast.chen.pk, cast.he.pk]})
    none = client.post(address, {})
    assert {both.status_code, two.status_code, none.status_code} == {422}
    client.post(address, {"nobody": "on"})
    assert draft.changes.get(customer=ids[0]).taker is None


def test_nobody_can_be_made_receiver_whose_role_does_not_fit(cast, as_):
    draft = begun(cast, held(cast, 1))
    for person in (cast.hu, cast.gao, cast.ren, cast.system):
        answer = as_(cast.he).post(at("transfer-people", draft), {"people": [person.pk]})
        assert answer.status_code == 422
    assert not draft.changes.exclude(taker=None).exists()


def test_customers_are_left_out_of_a_draft_and_taken_in_again(cast, as_):
    ids, client = held(cast, 3), as_(cast.he)
    draft = begun(cast, ids)
    client.post(at("transfer-leave-out", draft), {"customer": ids[:2]})
    assert list(draft.changes.values_list("state", flat=True)) == [
        "left_out",
        "left_out",
        "waiting",
    ]
    assert "客户 0" in body(client.get(f"{at('transfer-who', draft)}?view=out"))
    client.post(at("transfer-bring-back", draft), {"customer": [ids[0]]})
    assert list(draft.changes.values_list("state", flat=True)) == ["waiting", "left_out", "waiting"]
    nothing = client.post(
        at("transfer-leave-out", draft), {"customer": ["x", "", "9" * 30]}, follow=True
    )
    assert "Select a customer first" in body(nothing)
    assert client.post(at("transfer-leave-out", draft), {"customer": [ids[1]]}).status_code == 409


def test_what_the_former_holder_may_see_has_no_silent_default(cast, as_):
    draft, client = begun(cast, held(cast, 1)), as_(cast.he)
    page = client.get(at("transfer-how", draft))
    assert 'value="removed" checked' not in body(page).replace('" id=', '" ')
    answer = client.post(at("transfer-how", draft), HOW | {"former": ""})
    assert answer.status_code == 422 and "Choose what the former holder may see" in body(answer)
    answer = client.post(at("transfer-how", draft), HOW | {"former": "reads"})
    assert answer.status_code == 422 and "Choose a day after the change" in body(answer)
    draft.refresh_from_db()
    assert draft.former == ""


@pytest.mark.parametrize("day", ["", "2020-01-01", "nonsense", "9999-01-01"])
def test_a_day_that_has_passed_or_is_none_is_refused(cast, as_, day):
    draft = begun(cast, held(cast, 1))
    answer = as_(cast.he).post(
        at("transfer-how", draft), HOW | {"when": "day", "effective_at": day}
    )
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.reason == ""


def test_the_former_holder_reads_to_the_end_of_the_day_that_was_chosen(cast, as_):
    draft, client = begun(cast, held(cast, 1)), as_(cast.he)
    until = today() + timedelta(days=30)
    client.post(
        at("transfer-how", draft), HOW | {"former": "reads", "former_until": until.isoformat()}
    )
    draft.refresh_from_db()
    assert draft.former == "reads" and draft.effective_at > database_now()
    page = client.get(at("transfer-how", draft))
    assert until.isoformat() in body(page)


def test_a_draft_without_terms_or_whose_instant_has_passed_is_not_previewed_nor_proposed(cast, as_):
    draft, client = begun(cast, held(cast, 1)), as_(cast.he)
    assert client.get(at("transfer-preview", draft))["Location"] == at("transfer-how", draft)
    with pytest.raises(Refused):
        changesets.propose(
            actor=cast.he, change_set=draft, seen=ask.fingerprint(draft), because="so"
        )
    one = drafted(cast, held(cast, 1))
    ChangeSet.objects.filter(pk=one.pk).update(effective_at=database_now() - timedelta(hours=1))
    assert client.get(at("transfer-preview", one))["Location"] == at("transfer-how", one)
    with pytest.raises(Refused, match="today or later"):
        changesets.propose(actor=cast.he, change_set=one, seen=ask.fingerprint(one), because="so")


def test_one_customer_is_moved_on_one_page_with_a_preview(cast, as_):
    [pk], client = held(cast, 1), as_(cast.he)
    address = f"/transfers/new?customer={pk}"
    assert "Chen Jie" in body(client.get(address))
    wrong = client.post(address, HOW | {"client_uuid": str(uuid4())})
    assert wrong.status_code == 422 and "Choose who receives the customer" in body(wrong)
    sent = HOW | {"taker": cast.chen.pk, "client_uuid": str(uuid4())}
    made = client.post(address, sent)
    draft = ChangeSet.objects.get()
    assert made["Location"] == at("transfer-preview", draft)
    assert draft.changes.get().taker == cast.chen and draft.origin == "single"


def test_the_line_seat_is_given_to_people_of_the_line(cast, as_):
    page = as_(cast.he).get(f"/transfers/new?customer={cast.huadong.pk}&seat={LINE}")
    assert "Pan Ning" in body(page) and "Chen Jie" not in body(page)


# -- preview ---------------------------------------------------------------------------------------
def test_stops_are_shown_with_what_resolves_them_and_can_be_left_out_together(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    two = [*ids, *held(cast, 2, by="chen")]
    one = drafted(cast, two)
    page = client.get(at("transfer-preview", one))
    assert "2 stop the change" in body(page) and "Leave out all 2" in body(page)
    refused = client.post(at("transfer-preview", one), {"seen": ask.fingerprint(one)})
    assert refused.status_code == 422 and "2 stops are left" in body(refused)
    client.post(at("transfer-leave-out", one), {"group": "stop", "from": "preview"})
    assert list(ask.rows_of(one).values_list("customer", flat=True)) == ids


def test_what_is_to_be_checked_asks_for_a_reason_at_its_field(cast, as_):
    one, client = drafted(cast, [cast.huadong.pk]), as_(cast.he)
    page = client.get(at("transfer-preview", one))
    assert "to check" in body(page) and "nobody is left as backup" in body(page)
    answer = client.post(
        at("transfer-preview", one), {"seen": ask.fingerprint(one), "because": " "}
    )
    assert answer.status_code == 422 and "Say why in spite of the warnings" in body(answer)


@pytest.mark.parametrize("what", ["seat", "task", "absence", "list"])
def test_whatever_moved_is_told_with_a_fresh_preview_and_nothing_is_done(cast, as_, absent, what):
    ids, client = held(cast, 2), as_(cast.he)
    one = drafted(cast, ids)
    page = body(client.get(at("transfer-preview", one)))
    data = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("seen", "marks")
    }
    if what == "seat":
        changed = Change.objects.get(change_set=one, customer=ids[0]).customer
        ownership.assign(actor=cast.he, customer=changed, seat=BACKUP, person=cast.he)
    elif what == "task":
        task(cast, ids[0], "li")
    elif what == "absence":
        absent(cast.chen)
    else:
        changesets.leave_out(actor=cast.he, change_set=one, customers=ids[:1])
    answer = client.post(at("transfer-preview", one), data | {"because": ""})
    words = {
        "seat": "a seat of one",
        "task": "open tasks",
        "absence": "an absence",
        "list": "the list of",
    }
    assert answer.status_code == 409 and words[what] in body(answer)
    assert data["seen"] not in body(answer)
    one.refresh_from_db()
    assert one.state == "draft" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_customers_that_left_ones_reach_stop_the_draft_without_being_named(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    one = drafted(cast, ids)
    Assignment.objects.filter(customer=ids[0]).update(person=cast.wu)
    from crm.services import access_index

    access_index.recompute(ids)
    page = client.get(at("transfer-preview", one))
    assert "1 customer is not yours to give any more" in body(page) and "客户 0" not in body(page)
    seen = ask.fingerprint(one)
    assert (
        client.post(at("transfer-preview", one), {"seen": seen, "because": "x"}).status_code == 422
    )
    client.post(at("transfer-leave-out", one), {"group": "foreign", "from": "preview"})
    assert list(ask.rows_of(one).values_list("customer", flat=True)) == ids[1:]


def test_a_draft_of_people_whom_one_no_longer_leads_is_not_proposed(cast):
    ids = held(cast, 1)
    one = drafted(cast, ids)
    Membership.objects.filter(person=cast.li).update(unit=cast.units["south"])
    with pytest.raises(Refused, match="not yours to give"):
        changesets.propose(actor=cast.he, change_set=one, seen=ask.fingerprint(one), because="so")
    one.refresh_from_db()
    assert one.state == "draft" and holders(ids) == dict.fromkeys(ids, "李伟")


def test_the_preview_says_who_decides_and_that_somebody_would_carry_too_much(cast, as_):
    OwnershipRules.objects.update(approval_rows=1, default_capacity=1)
    page = as_(cast.he).get(at("transfer-preview", drafted(cast, held(cast, 4))))
    assert "Zhao Min" in body(page) and "more customers than the rules" in body(page)
    assert "Chen Jie would be over the limit" in body(page) and "Propose 4 changes" in body(page)


def test_a_preview_asks_the_same_number_of_statements_for_many_customers(
    cast, as_, django_assert_max_num_queries
):
    one, client = drafted(cast, held(cast, 60)), as_(cast.he)
    client.get(at("transfer-preview", one))
    with django_assert_max_num_queries(70):
        client.get(at("transfer-preview", one))


# -- whose draft it is -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["li", "chen", "zhao", "qian", "sun", "fang"])
def test_a_draft_is_nobody_elses_business(cast, as_, name):
    one = drafted(cast, held(cast, 1))
    client = as_(cast[name])
    there = client.get(at("changeset", one))
    nowhere = client.get("/changesets/987654321")
    assert there.status_code == nowhere.status_code == 404 and there.content == nowhere.content
    for page in ("who", "people", "how", "preview"):
        assert client.get(at(f"transfer-{page}", one)).status_code in (403, 404)
    for act in ("leave-out", "bring-back", "discard"):
        assert client.post(at(f"transfer-{act}", one)).status_code in (403, 404)
    one.refresh_from_db()
    assert one.state == "draft"


@pytest.mark.parametrize("name", ["li", "gao", "hu", "fang", "yu"])
def test_who_leads_nobody_opens_no_wizard(cast, as_, name):
    client = as_(cast[name])
    assert client.get("/transfers/new").status_code == 403
    assert client.post("/transfers/new", {"seat": MANAGER}).status_code == 403
    assert not ChangeSet.objects.exists()


def test_a_draft_is_given_up_and_can_be_left_and_come_back_to(cast, as_):
    one, client = drafted(cast, held(cast, 1)), as_(cast.he)
    assert at("changeset", one) in body(client.get("/changesets?view=drafts"))
    assert client.get(at("changeset", one))["Location"] == at("transfer-preview", one)
    client.post(at("transfer-discard", one))
    one.refresh_from_db()
    assert one.state == "cancelled"
    assert client.get(at("transfer-how", one))["Location"] == at("changeset", one)


def test_verbs_of_a_draft_are_its_makers_alone_and_end_with_it(cast):
    ids = held(cast, 1)
    one = proposed(cast, ids)
    for attempt in (
        lambda: transfers.spread(actor=cast.he, change_set=one, takers=[cast.chen]),
        lambda: transfers.bring_back(actor=cast.he, change_set=one, customers=ids),
        lambda: transfers.change_terms(
            actor=cast.he, change_set=one, why="workload", former="removed"
        ),
    ):
        with pytest.raises(Conflict):
            attempt()


# -- the page of a change set ----------------------------------------------------------------------
def test_a_set_shows_progress_and_results_with_reasons_in_words(cast, as_):
    ids, client = held(cast, 3), as_(cast.he)
    one = proposed(cast, ids)
    approvals.decline(actor=cast.chen, change_set=one, note="No room", customers=ids[:1])
    page = body(client.get(at("changeset", one)))
    assert "declined by the receiver" in page and "No room" in page and "To be accepted" in page
    accepted(cast, one)
    page = client.get(at("changeset", one))
    assert "every 2s" in body(page)
    run()
    finished = client.get(
        at("changeset", one), headers={"HX-Request": "true", "HX-Target": "change-set"}
    )
    assert finished["HX-Refresh"] == "true"
    page = body(client.get(at("changeset", one)))
    assert "2 customers</strong> have moved" in page and "It can be undone until" in page
    assert "客户 0" in body(client.get(f"{at('changeset', one)}?state=declined"))
    assert "客户 1" not in body(client.get(f"{at('changeset', one)}?state=declined"))


def test_a_reader_sees_only_the_rows_of_customers_they_see(cast, as_):
    one = carried_out(cast, held(cast, 2))
    page = as_(cast.chen).get(at("changeset", one))
    assert "客户 0" in body(page) and "/undo" not in body(page) and "/cancel" not in body(page)
    assert as_(cast.wu).get(at("changeset", one)).status_code == 404


def test_a_set_is_cancelled_once_by_who_proposed_it(cast, as_):
    one = proposed(cast, held(cast, 1))
    assert as_(cast.chen).post(at("changeset-cancel", one)).status_code in (403, 404)
    client = as_(cast.he)
    assert "Cancel transfer" in body(client.get(at("changeset", one)))
    for _time in range(2):
        assert client.post(at("changeset-cancel", one)).status_code == 303
    one.refresh_from_db()
    assert one.state == "cancelled" and not one.changes.filter(reserved=True).exists()


def test_a_job_that_a_fault_stopped_is_gone_on_with(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    one = accepted(cast, proposed(cast, ids))
    one.job.state = "failed"
    one.job.save()
    ChangeSet.objects.filter(pk=one.pk).update(state="running")
    page = client.get(at("changeset", one))
    assert "The work stopped after 0 of 2 customers" in body(page)
    client.post(at("changeset-resume", one))
    run()
    assert holders(ids) == dict.fromkeys(ids, "陈洁")
    assert client.post(at("changeset-resume", one)).status_code == 409


# -- undo ------------------------------------------------------------------------------------------
def test_an_undo_tells_first_what_stays_and_why_and_is_begun_once(cast, as_):
    ids, client = held(cast, 3), as_(cast.he)
    one = carried_out(cast, ids)
    again = Change.objects.get(change_set=one, customer=ids[0]).customer
    ownership.assign(actor=cast.he, customer=again, seat=MANAGER, person=cast.he)
    page = client.get(at("changeset-undo", one))
    assert "2 customers</strong> go back" in body(page)
    assert "1 cannot be undone" in body(page) and "the seat has changed again since" in body(page)
    first = client.post(at("changeset-undo", one), {"note": ""})
    second = client.post(at("changeset-undo", one), {"note": ""})
    assert (
        first.status_code == second.status_code == 303 and first["Location"] == second["Location"]
    )
    run()
    assert holders(ids) == {ids[0]: "何军", ids[1]: "李伟", ids[2]: "李伟"}
    page = body(client.get(at("changeset", one)))
    assert "the seat has changed again since" in page


def test_ticked_rows_are_undone_alone(cast, as_):
    ids, client = held(cast, 2), as_(cast.he)
    one = carried_out(cast, ids)
    assert client.get(f"{at('changeset-undo', one)}?ticked=1")["Location"] == at("changeset", one)
    page = client.get(f"{at('changeset-undo', one)}?ticked=1&customer={ids[0]}")
    assert "1 customer</strong> goes back" in body(page)
    client.post(at("changeset-undo", one), {"customer": [ids[0]], "note": "Wrong one"})
    run()
    assert holders(ids) == {ids[0]: "李伟", ids[1]: "陈洁"}


def test_who_may_not_undo_reads_why_and_changes_nothing(cast, as_):
    one = carried_out(cast, held(cast, 1))
    for name in ("chen", "wu", "qian", "fang"):
        assert as_(cast[name]).get(at("changeset-undo", one)).status_code in (403, 404)
        assert as_(cast[name]).post(at("changeset-undo", one)).status_code in (403, 404)
    ChangeSet.objects.filter(pk=one.pk).update(undo_until=database_now())
    client = as_(cast.he)
    assert "72 hours" in body(client.get(at("changeset-undo", one)))
    assert client.post(at("changeset-undo", one), {"note": ""}).status_code == 409
    assert ChangeSet.objects.count() == 1


def test_recent_changes_offer_undo_or_say_why_not(cast, as_):
    one = carried_out(cast, held(cast, 1))
    client = as_(cast.he)
    assert at("changeset-undo", one) in body(client.get("/changes"))
    assert "1 change can still be undone" in body(client.get("/changesets"))
    ownership.assign(actor=cast.he, customer=cast.huadong, seat=BACKUP, person=cast.he)
    assert "华东机电" in body(client.get("/changes"))
    assert "2 changes can still be undone" in body(client.get("/changesets"))
    above = as_(cast.zhao)
    assert at("changeset", one) not in body(above.get("/changes"))
    team = body(above.get("/changes?view=team"))
    assert at("changeset", one) in team and "Only who proposed or approved" in team
    assert at("changeset", one) not in body(as_(cast.qian).get("/changes?view=team"))


def test_lists_of_transfers_ask_the_same_few_statements_for_many(
    cast, as_, django_assert_max_num_queries
):
    for number in held(cast, 6):
        carried_out(cast, [number])
    client = as_(cast.he)
    client.get("/changesets?view=done")
    for page, most in (("/changesets?view=done", 7), ("/changes", 6)):
        with django_assert_max_num_queries(most):
            assert client.get(page).status_code == 200


# -- at the customer -------------------------------------------------------------------------------
def test_a_change_on_its_way_is_told_at_the_customer(cast, as_):
    ids = held(cast, 1)
    one = proposed(cast, ids)
    for person in (cast.li, cast.he):
        for page in (f"/customers/{ids[0]}", f"/customers/{ids[0]}/ownership"):
            assert at("changeset", one) in body(as_(person).get(page))
    assert f"/transfers/new?customer={ids[0]}" in body(as_(cast.he).get(f"/customers/{ids[0]}"))
    assert "/transfers/new" not in body(as_(cast.li).get(f"/customers/{ids[0]}"))


def test_the_history_names_the_transfer_and_who_approved_it(cast, as_):
    OwnershipRules.objects.update(approval_rows=0)
    one = carried_out(cast, held(cast, 1))
    page = body(as_(cast.he).get(f"/customers/{one.changes.get().customer_id}/ownership"))
    assert at("changeset", one) in page and "approved by Zhao Min" in page
