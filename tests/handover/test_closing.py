"""Closing a case: refused while something is missing, then the account, the calls, the certificate."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Person, TrailEntry
from handover import gates
from handover.models import Departure, FollowUp, HandoverTask
from handover.selectors import sign_offs as shapes
from handover.services import cases, closing, documents, follow_ups, handover_tasks
from kit import guards
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from tests.handover import world
from tests.handover.test_sign_offs import all_sign, sign


@pytest.fixture
def departure(cast):
    departure = world.case(cast, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    return departure


@pytest.fixture
def safe(monkeypatch):
    """Every gate but that of the signatures holds."""
    others = {name: gate for name, gate in gates.GATES.items() if name in ("sign_offs", "tasks")}
    monkeypatch.setattr(gates, "GATES", others)


def close(cast, departure, actor=None, **more):
    return closing.close(
        actor=actor or cast.hu, departure=departure, person=departure.person, **more
    )


@pytest.fixture
def nothing_held(monkeypatch):
    """The leaver has handed everything over, whatever guard of another piece asks."""
    own = [one for one in guards.GUARDS["people.set_state"]
           if one.fires.__module__.startswith("accounts.")]  # fmt: skip
    monkeypatch.setitem(guards.GUARDS, "people.set_state", own)


def test_a_case_stays_open_while_something_is_missing(cast, departure):
    with pytest.raises(Refused) as refused:
        close(cast, departure)
    assert refused.value.code == "unmet"
    departure.refresh_from_db()
    assert departure.state == "open" and not FollowUp.objects.exists()
    assert Person.objects.get(pk=cast.li.pk).state == "active"


def test_a_signature_that_is_missing_keeps_a_case_open(cast, departure, safe):
    assert [one.gate for one in closing.still(departure)] == ["sign_offs"]
    all_sign(cast, departure)
    assert closing.still(departure) == []


def test_hr_closes_a_case_and_the_account_ends_with_it(cast, departure, safe, nothing_held):
    world.task(cast, departure, cast.hu, key="sign_offs", step=6)
    all_sign(cast, departure)
    close(cast, departure)
    departure.refresh_from_db()
    assert departure.state == "closed" and departure.closed_by == cast.hu
    assert Person.objects.get(pk=cast.li.pk).state == "left"
    assert HandoverTask.objects.get(key="sign_offs").state == "done"
    assert TrailEntry.objects.filter(verb="closing.close").exists()


@pytest.mark.parametrize("kind", Departure.STAYS)
def test_who_stays_in_the_company_keeps_the_account(cast, safe, kind):
    departure = world.case(cast, kind=kind, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    all_sign(cast, departure)
    close(cast, departure)
    assert Person.objects.get(pk=cast.li.pk).state == "active"


@pytest.mark.parametrize("name", ["he", "li", "chen"])
def test_nobody_but_hr_closes_a_case(cast, departure, safe, name):
    all_sign(cast, departure)
    with pytest.raises(NotAllowed):
        close(cast, departure, actor=cast[name])
    departure.refresh_from_db()
    assert departure.state == "open"


def test_closing_plans_three_calls_for_each_customer(cast, departure, safe, nothing_held):
    all_sign(cast, departure)
    close(cast, departure)
    rows = list(FollowUp.objects.all())
    assert [row.days for row in rows] == [30, 60, 90]
    for row in rows:
        assert row.due_on >= departure.last_day + timedelta(days=row.days)


def plan_calls(cast, departure):
    from django.db import transaction

    from accounts import audit

    with transaction.atomic(), audit.verb("tests.plan", cast.hu):
        return follow_ups.plan(departure)


def test_only_the_calls_that_the_plan_asks_for_are_made_once(cast, departure):
    handover = departure.customers.get()
    world.task(cast, departure, cast.gao, key="service_call_90", handover=handover, step=7)
    assert [row.days for row in plan_calls(cast, departure)] == [90]
    assert plan_calls(cast, departure) == []


@pytest.fixture
def call(cast, departure):
    return plan_calls(cast, departure)[0]


@pytest.mark.parametrize(
    ("name", "sees"),
    [("gao", True), ("pan", True), ("he", True), ("zhao", True), ("sun", True), ("fang", True),
     ("li", False), ("chen", False), ("wu", False), ("qian", False), ("hu", False), ("tang", False)],
)  # fmt: skip
def test_calls_are_seen_by_the_service_line_and_the_heads_above_alone(cast, call, name, sees):
    assert FollowUp.objects.visible_to(cast[name]).filter(pk=call.pk).exists() is sees


def test_a_head_who_took_the_customer_sees_nothing_of_the_calls(cast, departure, call):
    departure.customers.update(successor=cast.he)
    assert not FollowUp.objects.visible_to(cast.he).exists()


def test_the_service_line_saves_what_the_customer_says(cast, departure, call):
    task = world.task(cast, departure, cast.gao, key="service_call_30",
                      handover=departure.customers.get(), step=7)  # fmt: skip
    follow_ups.save(actor=cast.gao, follow_up=call, result="answered", version=1,
                    answers={"follow_30_knows": "Yes, Ms Chen", "x": "y"})  # fmt: skip
    call.refresh_from_db()
    task.refresh_from_db()
    assert call.answers == {"follow_30_knows": "Yes, Ms Chen"} and call.called_by == cast.gao
    assert task.state == "done"
    assert "Ms Chen" not in str([entry.changes for entry in TrailEntry.objects.all()])


def test_a_head_reads_a_call_and_never_writes_one(cast, call):
    with pytest.raises(NotAllowed):
        follow_ups.save(actor=cast.he, follow_up=call, result="answered", version=1,
                        answers={"follow_30_knows": "Yes"})  # fmt: skip
    call.refresh_from_db()
    assert call.called_at is None


def test_a_call_without_an_answer_is_refused(cast, call):
    with pytest.raises(Refused):
        follow_ups.save(actor=cast.gao, follow_up=call, result="answered", version=1, answers={})
    with pytest.raises(Conflict):
        follow_ups.save(actor=cast.gao, follow_up=call, result="unreached", version=7, answers={})


def test_whoever_holds_the_service_seat_is_reminded(cast, call, absent):
    about = {"follow_up": call.pk}
    assert follow_ups.caller_when_due(about) == cast.gao
    absent(cast.gao)
    assert follow_ups.caller_when_due(about) == cast.pan
    FollowUp.objects.filter(pk=call.pk).update(
        called_at=database_now(), called_by=cast.gao, result="unreached"
    )
    assert follow_ups.caller_when_due(about) is None


PAGES = ["documents", "held", "write-up", "apprenticeship", "sign-offs", "interview", "team-talk",
         "certificate", "close", "outcome"]  # fmt: skip
ANSWERS = {  # who gets which answer, in the order of PAGES
    "hu": [200, 200, 200, 200, 200, 200, 200, 200, 200, 403],
    "he": [200, 200, 200, 200, 200, 403, 200, 200, 403, 200],
    "sun": [200, 200, 200, 200, 200, 403, 200, 200, 403, 200],
    "li": [200, 200, 200, 200, 200, 403, 403, 200, 403, 403],
    "chen": [200, 200, 200, 200, 200, 403, 403, 403, 403, 403],
    "wu": [404] * 10,
    "gao": [404] * 10,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_page_is_for_whom_it_is_meant(cast, departure, client, name):
    client.force_login(cast[name])
    found = [client.get(reverse(f"handover:{page}", args=[departure.pk])).status_code
             for page in PAGES]  # fmt: skip
    assert dict(zip(PAGES, found, strict=True)) == dict(zip(PAGES, ANSWERS[name], strict=True))


def test_the_certificate_stands_in_both_languages(cast, departure, client):
    client.force_login(cast.he)
    page = client.get(reverse("handover:certificate", args=[departure.pk])).content.decode()
    assert "Handover certificate" in page and "交接证明" in page
    assert (
        "object (" not in page
        and "confirms that Li Wei, Rep, handed" in page
        and "李伟" in page
        and "华东机电" in page
    )


def test_the_page_of_calls_is_no_page_of_a_rep(cast, call, client):
    for name, status in [("gao", 200), ("he", 200), ("li", 403)]:
        client.force_login(cast[name])
        assert client.get(reverse("handover:follow-ups")).status_code == status
    address = reverse("handover:follow-up", args=[call.pk])
    assert client.get(address).status_code == 404
    client.force_login(cast.gao)
    assert client.get(address).status_code == 200
    sent = {"result": "answered", "follow_30_knows": "Yes", "version": "1"}
    assert client.post(address, sent | {"version": "9"}).status_code == 409
    assert client.post(address, sent | {"follow_30_knows": ""}).status_code == 422
    assert client.post(address, sent).status_code == 303


# -- what changes after it was signed --------------------------------------------------------------


@pytest.fixture
def signed(cast, departure, safe):
    """Everybody has signed a case with one document that was received."""
    documents.add(actor=cast.li, departure=departure, values={"kind": "contract"})
    tick(cast, departure, "received")
    all_sign(cast, departure)
    assert closing.still(departure) == []
    return departure


def tick(cast, departure, state, why=""):
    documents.tick(actor=cast.he, departure=departure, document=departure.documents.get(),
                   state=state, why=why, version=departure.documents.get().version)  # fmt: skip


def test_a_document_lost_after_the_signatures_keeps_a_case_open(cast, signed):
    tick(cast, signed, "missing", "Nobody finds it")
    assert [one.gate for one in closing.still(signed)] == ["sign_offs"]
    with pytest.raises(Refused):
        close(cast, signed)
    assert [slot.signer for slot in shapes.slots(signed) if slot.is_next] == ["leaver"]
    sign(signed, cast.li, "leaver")
    assert [slot.signer for slot in shapes.slots(signed) if slot.is_next] == ["successor"]


def test_another_successor_after_the_signatures_has_the_new_list_signed_by_all(cast, signed):
    signed.customers.update(successor=cast.wu)
    sign(signed, cast.wu, "successor")
    assert [one.gate for one in closing.still(signed)] == ["sign_offs"]
    stale = {slot.signer for slot in shapes.slots(signed) if slot.stale}
    assert stale == {"leaver", "witness", "supervisor", "finance", "hr"}  # IT never signed


def test_what_only_got_better_after_the_signatures_is_not_signed_again(cast, departure, safe):
    documents.add(actor=cast.li, departure=departure, values={"kind": "contract"})
    open_task = world.task(cast, departure, cast.li)
    all_sign(cast, departure)
    tick(cast, departure, "received")
    handover_tasks.finish(actor=cast.li, task=open_task, proof="All back")
    slots = shapes.slots(departure)
    assert any(slot.changed for slot in slots) and not any(slot.stale for slot in slots)
    assert closing.still(departure) == []
    handover_tasks.reopen(actor=cast.hu, task=open_task)  # open when it was signed, too
    assert [one.gate for one in closing.still(departure)] == ["tasks"]


def test_closing_lets_go_of_what_nobody_can_do_any_more(cast, departure, safe, nothing_held):
    over = world.task(cast, departure, cast.he, key="free_time", blocking=False)
    later = world.task(cast, departure, cast.chen, key="solo_contact", blocking=False, step=7,
                       due_on=departure.last_day + timedelta(days=9))  # fmt: skip
    own = world.task(cast, departure, cast.li, key="hobby", blocking=False,
                     due_on=departure.last_day + timedelta(days=9))  # fmt: skip
    all_sign(cast, departure)
    close(cast, departure)
    states = [HandoverTask.objects.get(pk=one.pk).state for one in (over, later, own)]
    assert states == ["waived", "not_started", "waived"]
    entries = TrailEntry.objects.filter(verb="closing.close", subject_type="handover.handovertask")
    assert str(over.pk) in set(entries.values_list("subject_id", flat=True))
    with pytest.raises(Refused):
        handover_tasks.reopen(actor=cast.hu, task=over)
    assert handover_tasks.finish(actor=cast.chen, task=later).state == "done"


def test_a_case_that_is_opened_again_has_the_tasks_that_closing_let_go_of(
    cast, departure, safe, nothing_held
):
    over = world.task(cast, departure, cast.he, key="free_time", blocking=False)
    waived = world.task(cast, departure, cast.li, key="assets2")
    handover_tasks.waive(
        actor=cast.sun, departure=departure, gate="tasks", task=waived, why="Nothing is there"
    )
    all_sign(cast, departure)
    close(cast, departure)
    assert HandoverTask.objects.get(pk=over.pk).state == "waived"
    departure = cases.reopen(
        actor=cast.hu, departure=Departure.objects.get(pk=departure.pk), reason="A mistake"
    )
    found = HandoverTask.objects.get(pk=over.pk)
    assert (found.state, found.closed_at, found.closed_by) == ("in_progress", None, None)
    assert HandoverTask.objects.get(pk=waived.pk).state == "waived"  # a director's word stands
    entries = TrailEntry.objects.filter(verb="cases.reopen", subject_type="handover.handovertask")
    assert str(over.pk) in set(entries.values_list("subject_id", flat=True))


def test_a_case_that_is_withdrawn_lets_go_of_each_task_with_a_version_and_an_entry(cast, departure):
    task = world.task(cast, departure, cast.li)
    cases.withdraw(actor=cast.hu, departure=departure, reason="Stays")
    found = HandoverTask.objects.get(pk=task.pk)
    assert (found.state, found.closed_by, found.version) == ("waived", cast.hu, task.version + 1)
    entries = TrailEntry.objects.filter(verb="cases.withdraw", subject_type="handover.handovertask")
    assert str(task.pk) in set(entries.values_list("subject_id", flat=True))
