"""A freeze ends all access in one transaction, names who answers, and is confirmed or lifted."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import ApiToken, Notice, Person, TrailEntry
from accounts.services import people
from crm.models import Assignment, Customer, Task
from crm.selectors import changesets as sets
from crm.selectors.ownership import acting_for, answers_for
from crm.selectors.tasks import answering
from handover.models import EmergencyCall, Freeze
from handover.selectors import emergency as ask
from handover.services import emergency
from kit import jobs, outbox
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import Effect, Job
from tests.accept.frame import api, browser
from tests.crm.changesets_world import drafted, held, proposed, task
from tests.leaving import holding_on

GIVEN = {"trigger": "no_contact", "reason": "Nobody has seen him since Monday"}


def frozen(cast, person="li", by="he", **more):
    return emergency.freeze(actor=cast[by], person=cast[person], **(GIVEN | more))


def now(person):
    return Person.objects.get(pk=person.pk)


# -- what ends ---------------------------------------------------------------------------------------


def test_lead_freezes_a_rep_and_every_door_is_shut_at_once(cast):
    first, second, client = browser(cast.li), browser(cast.li), api(cast.li)
    assert first.get("/").status_code == client.get("/api/v1/me").status_code == 200

    row = frozen(cast)

    assert now(cast.li).state == "frozen"
    assert first.get("/").status_code == second.get("/customers").status_code == 302
    assert client.get("/api/v1/me").status_code == 401
    assert not ApiToken.objects.filter(user=cast.li).exists()
    assert row.cut["tokens"] == 1 and row.state_before == "active"


def test_freeze_cancels_work_that_waits_and_running_work_stops_at_its_next_step(cast, monkeypatch):
    steps = []
    monkeypatch.setitem(jobs.STEPS, "tests.work", lambda job: steps.append(job.pk))
    waiting = jobs.start("tests.work", person=cast.li)
    running = jobs.claim(jobs.start("tests.work", person=cast.li).pk)

    frozen(cast)

    assert Job.objects.get(pk=waiting.pk).state == "cancelled"
    assert jobs.run(running) == "cancelled"
    assert steps == []


def test_evidence_is_in_no_trail_and_no_history(cast):
    row = frozen(cast, evidence="A photograph of the price list in a chat")
    texts = [str(entry.changes) + entry.reason for entry in TrailEntry.objects.all()]
    assert not any("photograph" in text for text in texts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM handover_freezeevent e")
        assert all("photograph" not in text for (text,) in cursor.fetchall())
    assert row.evidence.startswith("A photograph")


def test_no_seat_and_no_task_moves(cast):
    one = task(cast, cast.huadong.pk, "li")
    before = list(Assignment.objects.order_by("pk").values())
    frozen(cast)
    assert list(Assignment.objects.order_by("pk").values()) == before
    assert Task.objects.get(pk=one.pk).person == cast.li


# -- who answers -------------------------------------------------------------------------------------


def test_backup_answers_where_there_is_one_and_the_head_elsewhere(cast):
    alone = held(cast, 3)
    one = task(cast, alone[0], "li")
    row = frozen(cast)
    assert answers_for(cast.huadong) == cast.chen
    assert {acting_for(customer) for customer in Customer.objects.filter(pk__in=alone)} == {cast.he}
    assert answering(Task.objects.get(pk=one.pk)) == cast.he
    assert sorted(row.acting) == sorted([[cast.chen.pk, 1], [cast.he.pk, 3]])
    assert row.cut["by_head"] == 3 and row.cut["nobody"] == 0


@pytest.mark.parametrize("who", ["li", "chen", "he", "wu", "zhao"])
def test_preview_names_the_same_people_as_answer_afterwards(cast, who):
    held(cast, 2)
    held(cast, 2, by="wu")
    held(cast, 1, by="he")
    people.set_state(actor=cast.system, person=cast.wu if who == "he" else cast.li,
                     state="frozen" if who != "li" else "on_notice", reason="Test")  # fmt: skip
    cast = type(cast)()
    if not cast[who].has_access:
        return
    before = ask.consequences(cast[who])
    frozen(cast, who, by="sun")
    for customer in Customer.objects.all():
        expected = before.answers.get(customer.pk)
        if expected is not None:
            assert answers_for(customer) == expected
    assert ask.answering(Customer.objects.values_list("pk", flat=True)) == {
        customer.pk: answers_for(customer) if able(answers_for(customer)) else None
        for customer in Customer.objects.all()
    }


def able(person):
    return person is not None and now(person).has_access


def test_at_no_instant_is_a_customer_without_somebody(cast):
    ids = [*held(cast, 4), cast.huadong.pk]
    for by, state in [("he", "frozen"), ("hu", "lifted")]:
        if state == "frozen":
            row = frozen(cast, by=by)
        else:
            emergency.lift(actor=cast[by], person=row.person, freeze=row, reason="It was a mistake")
        for at in (None, database_now()):
            assert all(answers_for(one, at) for one in Customer.objects.filter(pk__in=ids))


# -- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["qian", "chen", "gao", "tang", "fang", "yu", "ming"])
def test_nobody_else_freezes_a_rep(cast, by):
    with pytest.raises(NotAllowed):
        frozen(cast, by=by)
    assert now(cast.li).state == "active" and not Freeze.objects.exists()


def test_nobody_freezes_themselves(cast):
    for who in ("he", "hu", "sun"):
        with pytest.raises(NotAllowed, match="own"):
            frozen(cast, who, by=who)


def test_last_administrator_is_not_frozen(cast):
    with pytest.raises(Refused, match="last administrator"):
        frozen(cast, "yu", by="hu")
    assert now(cast.yu).state == "active"


def test_only_a_director_freezes_the_only_person_of_hr(cast):
    people.create(actor=cast.yu, values={"username": "hr2", "name": "Second", "roles": ["hr"]})
    second = Person.objects.get(username="hr2")
    emergency.freeze(actor=cast.hu, person=second, **GIVEN)  # of two, one freezes the other
    cast = type(cast)()
    with pytest.raises(NotAllowed):
        emergency.freeze(actor=cast.zhao, person=cast.hu, **GIVEN)
    frozen(cast, "hu", by="sun")
    assert now(cast.hu).state == "frozen"


@pytest.mark.parametrize(
    ("field", "given"),
    [("trigger", {"trigger": "boredom"}), ("reason", {"reason": " "}),
     ("evidence", {"evidence": "x" * 4_001})],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_field(cast, field, given):
    with pytest.raises(Refused) as refused:
        frozen(cast, **given)
    assert list(refused.value.fields) == [field]
    assert now(cast.li).state == "active"


def test_sent_twice_it_is_one_freeze_and_a_second_person_is_told_so(cast):
    assert frozen(cast) == frozen(cast)
    with pytest.raises(Conflict):
        frozen(cast, by="zhao")
    assert Freeze.objects.count() == 1


# -- the second person -------------------------------------------------------------------------------


def test_second_person_confirms_and_never_the_first(cast):
    row = frozen(cast)
    with pytest.raises(NotAllowed):
        emergency.confirm(actor=cast.he, freeze=row)
    emergency.confirm(actor=cast.zhao, freeze=row)
    emergency.confirm(actor=cast.zhao, freeze=row)
    with pytest.raises(Conflict):
        emergency.confirm(actor=cast.hu, freeze=row)
    row.refresh_from_db()
    assert row.confirmed_by == cast.zhao


def told(code):
    outbox.relay()
    return set(Notice.objects.filter(code=code).values_list("person__username", flat=True))


def test_head_above_and_hr_are_asked_and_after_a_day_a_director(cast):
    row = frozen(cast)
    assert told("freeze.confirm") == {"head.sales", "hr"}
    assert told("freeze.unconfirmed") == set()
    Effect.objects.filter(done_at=None).update(due_at=timezone.now())
    assert told("freeze.unconfirmed") == {"director"}
    assert row.confirm_by > timezone.now()


def test_who_is_head_and_hr_is_asked_once(cast):
    cast.zhao.roles = ["head_of_sales", "hr"]
    cast.zhao.save()
    cast.hu.roles = ["employee"]
    cast.hu.save()
    frozen(cast)
    assert told("freeze.confirm") == {"head.sales"}
    assert Notice.objects.filter(code="freeze.confirm").count() == 1


def test_confirmed_in_time_nobody_hears_of_it_again(cast):
    row = frozen(cast)
    told("freeze.confirm")
    emergency.confirm(actor=cast.zhao, freeze=row)
    Effect.objects.filter(done_at=None).update(due_at=timezone.now())
    assert told("freeze.unconfirmed") == set()
    assert Notice.objects.filter(code="freeze.confirm").count() == 2


def test_those_who_answer_and_call_are_told(cast):
    frozen(cast)
    assert told("freeze.acting") == {"rep.east2"}
    assert told("freeze.calls") == {"head.sales"}  # 华东机电 is of tier A


# -- the way back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["active", "on_notice"])
def test_lift_brings_back_the_state_of_before_and_no_session(cast, before):
    if before != "active":
        people.set_state(actor=cast.hu, person=cast.li, state=before, reason="Resigned")
        cast = type(cast)()
    session, client = browser(cast.li), api(cast.li)
    row = frozen(cast)
    emergency.lift(actor=cast.zhao, person=row.person, freeze=row, reason="It was a mistake")
    assert now(cast.li).state == before
    assert now(cast.li).auth_epoch == cast.li.auth_epoch + 2
    assert session.get("/").status_code == 302 and client.get("/api/v1/me").status_code == 401
    assert answers_for(cast.huadong) == cast.li
    assert set(EmergencyCall.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_freeze_is_lifted_on_its_page_only(cast):
    row = frozen(cast)
    with pytest.raises(Refused, match="Sudden departure"):
        people.set_state(actor=cast.hu, person=cast.li, state="active", reason="Back")
    assert now(cast.li).state == "frozen"
    with holding_on():
        people.set_state(actor=cast.hu, person=cast.li, state="left", reason="Gone")
    row.refresh_from_db()
    assert row.ended_at and now(cast.li).state == "left"
    with pytest.raises(Conflict):
        emergency.lift(actor=cast.zhao, person=row.person, freeze=row, reason="It was a mistake")


def test_nothing_is_lifted_once_a_departure_case_is_open(cast):
    from tests.handover.world import case

    row = frozen(cast)
    case(cast)
    with pytest.raises(Conflict, match="departure case"):
        emergency.lift(actor=cast.hu, person=row.person, freeze=row, reason="It was a mistake")
    assert now(cast.li).state == "frozen"


def test_a_case_of_before_the_freeze_stops_no_lift_and_a_secret_one_is_not_told(cast):
    from handover.models import Departure
    from tests.handover.world import case

    one = case(cast)
    row = frozen(cast)
    emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert now(cast.li).state == "active"
    row = frozen(type(cast)())
    until = timezone.now() + timedelta(days=9)
    Departure.objects.filter(pk=one.pk).update(opened_at=timezone.now(), confidential_until=until)
    with pytest.raises(Conflict) as refused:
        emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert "departure" not in str(refused.value) and ask.case_of(row, cast.he) is None
    assert ask.case_of(row, cast.hu) == one


def test_whoever_comes_back_later_can_be_frozen_again(cast):
    row = frozen(cast)
    emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert frozen(type(cast)()).pk != row.pk


# -- decisions that wait -----------------------------------------------------------------------------


def test_proposals_that_waited_for_the_person_wait_for_the_head_above(cast):
    one = proposed(cast, held(cast, 30))
    assert told("changeset.proposed") == {"head.sales"}
    frozen(cast, "zhao", by="sun")
    assert told("changeset.proposed") == {"head.sales", "director"}
    assert one.state == "proposed"


def test_offers_go_back_to_whoever_leads_the_receiver_and_return_with_the_lift(cast):
    one = drafted(cast, held(cast, 2), taker="chen", actor="zhao")
    one = sets.ChangeSet.objects.get(pk=one.pk)
    from crm.services import changesets

    changesets.propose(actor=cast.zhao, change_set=one, seen=sets.fingerprint(one), because="x")
    assert not sets.to_answer(cast.he).exists()
    row = frozen(cast, "chen", by="he")
    assert sets.to_answer(cast.he).count() == 2
    assert "lead.east" in told("changeset.silent")
    emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert not sets.to_answer(cast.he).exists()
    assert sets.to_answer(cast.chen).count() == 2


def test_a_lift_gives_no_more_than_a_case_of_before_leaves(cast):
    from tests.handover.world import case

    one = case(cast, revealed_at=database_now())
    row = frozen(cast)
    emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert now(cast.li).state == "on_notice"
    row = frozen(type(cast)())
    with audit.verb("tests.case", cast.hu):
        type(one).objects.filter(pk=one.pk).update(last_day=one.last_day - timedelta(days=60))
    with pytest.raises(Conflict, match="last working day"):
        emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    assert now(cast.li).state == "frozen"


def test_two_of_hr_who_freeze_each_other_at_one_moment_leave_one(committed):
    cast = committed
    people.create(actor=cast.yu, values={"username": "hr2", "name": "Second", "roles": ["hr"]})
    second = Person.objects.get(username="hr2")
    ready, outcomes = threading.Barrier(2), []

    def act(by, whom):
        ready.wait()
        try:
            emergency.freeze(actor=by, person=whom, **GIVEN)
            outcomes.append("frozen")
        except (Refused, NotAllowed):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair)
               for pair in ((cast.hu, second), (second, cast.hu))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["frozen", "refused"]
    assert Person.objects.with_access().filter(roles__contains=["hr"]).count() == 1


def test_a_lift_and_a_leaving_take_their_rows_in_the_same_order(cast):
    row = frozen(cast)
    with CaptureQueriesContext(connection) as said:
        emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    locks = [one["sql"] for one in said if "FOR UPDATE" in one["sql"]]
    assert "accounts_person" in locks[0] and "handover_freeze" in locks[1]
