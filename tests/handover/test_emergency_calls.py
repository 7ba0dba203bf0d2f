"""After a freeze customers are called in order, met, and won back where they follow the leaver."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from accounts import audit
from accounts.models import Notice, Person, TrailEntry
from accounts.services import people
from crm.models import Activity, Customer, Link, Order, Position, Task
from crm.services import contacts
from handover.models import EmergencyCall, Incident
from handover.selectors import calls as ask
from handover.selectors import emergency_texts, meetings
from handover.services import calls, emergency, incidents
from kit import outbox
from kit.dates import today
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api, browser
from tests.crm.changesets_world import held

GIVEN = {"trigger": "no_contact", "reason": "Nobody has seen him since Monday"}


def frozen(cast, by="he"):
    return emergency.freeze(actor=cast[by], person=cast.li, **GIVEN)


def ordered(customer, amount, promised=None):
    Order.objects.create(customer_id=customer, number=f"SO-{customer}-{amount}", ordered_on=today(),
                         promised_on=promised, currency="CNY", told_amount=amount, amount=amount)  # fmt: skip


def call_of(row, customer):
    return EmergencyCall.objects.get(freeze=row, customer=getattr(customer, "pk", customer))


def log(cast, by, call, outcome="stays", **said):
    return calls.log(actor=cast[by], call=call, outcome=outcome, said=said, client_uuid=uuid4())


# -- the list ----------------------------------------------------------------------------------------


def test_calls_stand_by_hour_then_by_value_danger_and_what_is_due(cast):
    plain, known, soon, small = held(cast, 4, tier="B")
    (last,) = held(cast, 1, tier="C")
    for pk, amount in [(plain, 100), (known, 250), (small, 10), (last, 9_000)]:
        ordered(pk, amount)
    ordered(soon, 60, today() + timedelta(days=5))
    with audit.verb("tests.build", cast.system):
        contact = contacts.Contact.objects.create(name="周敏")
        Position.objects.create(contact=contact, customer_id=known)
        Link.objects.create(person=cast.chen, contact=contact)
    row = frozen(cast)
    order = list(row.calls.exclude(customer=cast.huadong).values_list("customer", flat=True))
    assert order == [soon, plain, known, small, last]  # 60×3×2, 100×3, 250, 10×3; C comes last
    assert call_of(row, known).alone is False and call_of(row, plain).alone is True
    hours = {
        call.tier: (call.due_at - row.frozen_at) / timedelta(hours=1) for call in row.calls.all()
    }
    assert hours == {"A": 24, "B": 24, "C": 72}


def test_callers_are_those_of_the_companys_texts_or_whoever_answers(cast):
    (b,) = held(cast, 1, tier="B")
    (c,) = held(cast, 1, tier="C")
    row = frozen(cast)
    assert call_of(row, cast.huadong).caller == cast.zhao  # A: head of sales
    assert call_of(row, b).caller == cast.he  # B: supervisor
    assert call_of(row, c).caller == cast.he  # C: no specialist has the seat, the head answers


def test_specialist_of_the_line_calls_tier_c_and_logs_it(cast):
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="C")
    row = frozen(cast)
    call = call_of(row, cast.huadong)
    assert call.caller == cast.gao
    log(cast, "gao", call, note="All is well")
    call.refresh_from_db()
    assert call.activity.author == cast.gao and call.activity.kind == "call"
    assert Activity.objects.filter(customer=cast.huadong).count() == 1


# -- what came of it ---------------------------------------------------------------------------------


def test_head_logs_a_call_once_and_it_stands_in_the_timeline(cast):
    call = call_of(frozen(cast), cast.huadong)
    uuid = uuid4()
    for _turn in range(2):
        calls.log(actor=cast.zhao, call=call, outcome="concerned", client_uuid=uuid,
                  said={"note": "A sample was promised"})  # fmt: skip
    assert Activity.objects.get(customer=cast.huadong).note == "A sample was promised"
    with pytest.raises(Conflict):
        log(cast, "he", call)


@pytest.mark.parametrize("who", ["wu", "mo", "hu", "yu", "pan"])
def test_nobody_else_logs_a_call(cast, who):
    call = call_of(frozen(cast), cast.huadong)
    with pytest.raises((NotAllowed, Http404)):
        log(cast, who, call)
    assert not Activity.objects.exists()
    assert EmergencyCall.objects.get(pk=call.pk).state == "open"


def test_three_attempts_by_two_channels_count_as_not_reached(cast):
    call = call_of(frozen(cast), cast.huadong)
    for number, channel in enumerate(["call", "call", "call", "message"], 1):
        calls.attempt(actor=cast.zhao, call=call, channel=channel, version=number)
        calls.attempt(actor=cast.zhao, call=call, channel=channel, version=number)  # sent twice
        call.refresh_from_db()
        assert call.state == ("exhausted" if number == 4 else "open")
    assert len(call.attempts) == 4
    log(cast, "zhao", call)
    assert EmergencyCall.objects.get(pk=call.pk).state == "reached"


def test_wrong_outcome_and_channel_are_told_at_the_field(cast):
    call = call_of(frozen(cast), cast.huadong)
    with pytest.raises(Refused) as refused:
        log(cast, "zhao", call, outcome="bored")
    assert "outcome" in refused.value.fields
    with pytest.raises(Refused) as refused:
        calls.attempt(actor=cast.zhao, call=call, channel="pigeon", version=1)
    assert "channel" in refused.value.fields


def test_backup_takes_a_call_over(cast):
    call = call_of(frozen(cast), cast.huadong)
    calls.take(actor=cast.chen, call=call)
    assert [one.pk for one in ask.waiting(cast.chen)] == [call.pk]
    assert not ask.waiting(cast.zhao).exists()


def test_somebody_who_merely_sees_the_customer_learns_of_no_freeze(cast):
    from crm.services import shares

    shares.grant(actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer",
                 until=timezone.now() + timedelta(days=9), why="A question")  # fmt: skip
    frozen(cast)
    assert Customer.objects.visible_to(cast.wu).filter(pk=cast.huadong.pk).exists()
    assert not EmergencyCall.objects.visible_to(cast.wu).exists()


def test_calls_of_a_caller_who_is_away_wait_for_whoever_answers(cast, absent):
    call = call_of(frozen(cast), cast.huadong)
    assert call.caller == cast.zhao and not ask.waiting(cast.chen)
    absent(cast.zhao)
    assert [one.pk for one in ask.waiting(cast.chen)] == [call.pk]
    outbox.relay()
    assert told("freeze.calls") == {cast.chen}


def test_calls_of_a_caller_who_is_frozen_are_told_to_whoever_answers(cast):
    ids = held(cast, 2, tier="B")
    row = frozen(cast, by="zhao")
    outbox.relay()
    assert told("freeze.calls") == {cast.zhao, cast.he}  # he calls tier B, as the head
    emergency.freeze(actor=cast.zhao, person=cast.he, **GIVEN)
    outbox.relay()
    calls_left = ask.waiting(cast.zhao).filter(freeze=row, customer__in=ids)
    assert calls_left.count() == 2
    assert Notice.objects.filter(code="freeze.calls", person=cast.zhao).count() >= 2
    log(cast, "zhao", calls_left.first())


def told(code):
    return {notice.person for notice in Notice.objects.filter(code=code)}


def test_service_line_says_no_next_step_that_cannot_be(cast):
    Customer.objects.filter(pk=cast.huadong.pk).update(tier="C")
    call = call_of(frozen(cast), cast.huadong)
    for wrong in ({"next_step_on": today() - timedelta(days=900)}, {"note": "x" * 10_001}):
        with pytest.raises(Refused):
            log(cast, "gao", call, **wrong)
    assert not Activity.objects.exists()


def test_lift_drops_the_calls_as_next_versions_and_says_so_in_the_trail(cast):
    row = frozen(cast)
    call = call_of(row, cast.huadong)
    emergency.lift(actor=cast.he, person=row.person, freeze=row, reason="A mistake")
    after = call_of(row, cast.huadong)
    assert (after.state, after.version) == ("dropped", call.version + 1)
    entry = TrailEntry.objects.get(verb="emergency.lift", subject_type="handover.emergencycall")
    assert entry.customer_id == cast.huadong.pk
    with pytest.raises(Conflict):
        calls.attempt(actor=cast.zhao, call=call, channel="call", version=call.version)


# -- words -------------------------------------------------------------------------------------------


def test_script_is_filled_and_gives_nothing_away_by_its_gaps(cast):
    ordered(cast.huadong.pk, 70)
    call = call_of(frozen(cast), cast.huadong)
    said = emergency_texts.script(cast.zhao, call, cast.chen)
    assert "Zhao Min" in said["opening"] and "Chen Jie" in said["opening"]
    assert "SO-" in said["points"][0] and "{" not in "".join(
        [said["opening"], said["closing"], *said["points"]]
    )
    assert emergency_texts.filled({"en": "{caller.password} {caller}", "zh": ""}, {"caller": "Zhao"}) \
        == "{caller.password} Zhao"  # fmt: skip


def test_briefing_and_statement_stand_in_both_languages(cast):
    row = frozen(cast)
    (english, chinese) = emergency_texts.statement(row, [(cast.chen, 1, True)])
    assert "Chen Jie" in english[2] and "陈洁" in chinese[2]
    assert "李伟" in "".join(emergency_texts.briefing(row, [])[1][1])


# -- meetings ----------------------------------------------------------------------------------------


def test_head_plans_the_meetings_that_are_proposed(cast):
    ids = held(cast, 2, tier="B")
    ordered(ids[1], 500)
    row = frozen(cast)
    offered = meetings.proposed(cast.zhao, row)
    assert [one.call.customer_id for one in offered] == [ids[1], cast.huadong.pk, ids[0]] or (
        offered[0].call.customer_id == ids[1]
    )
    assert len({one.at for one in offered}) == 3
    wanted = [(one.call.pk, one.at) for one in offered]
    assert calls.meet(actor=cast.zhao, freeze=row, meetings=wanted) == 3
    task = Task.objects.get(customer=cast.huadong)
    assert task.kind == "visit" and task.person == cast.chen
    assert meetings.proposed(cast.zhao, row) == []
    with pytest.raises(Conflict):
        calls.meet(actor=cast.zhao, freeze=row, meetings=wanted)
    assert Task.objects.count() == 3


def test_nobody_plans_a_meeting_at_a_customer_they_do_not_lead(cast):
    row = frozen(cast)
    call = call_of(row, cast.huadong)
    with pytest.raises(NotAllowed):
        calls.meet(actor=cast.qian, freeze=row, meetings=[(call.pk, timezone.now())])
    assert not Task.objects.exists()


# -- incidents ---------------------------------------------------------------------------------------


def test_customer_that_follows_becomes_an_incident_with_its_plan(cast):
    row = frozen(cast)
    log(cast, "zhao", call_of(row, cast.huadong), outcome="follows", note="Orders go elsewhere")
    incident = Incident.objects.get()
    assert (incident.customer, incident.leaver, incident.freeze) == (cast.huadong, cast.li, row)
    steps = list(incident.tasks.order_by("due_on"))
    assert len(steps) == 7
    assert {task.person for task in steps} <= {cast.he, cast.zhao, cast.sun, cast.chen}
    outbox.relay()
    assert Notice.objects.filter(code="task.given", person=cast.he).exists()


def opened(cast, by="he", **more):
    given = {"customer": cast.huadong, "leaver": cast.ren, "what": "Two orders less"} | more
    return incidents.begin(actor=cast[by], **given)


def test_incident_is_opened_once_and_needs_facts(cast):
    assert opened(cast) == opened(cast)
    with pytest.raises(Refused):
        opened(cast, leaver=cast.bai, what=" ")
    with pytest.raises(NotAllowed):
        opened(cast, by="chen", leaver=cast.bai)
    assert Incident.objects.count() == 1


def test_closing_drops_the_rest_of_the_plan_and_a_loss_is_asked_again(cast):
    row = opened(cast)
    for _turn in range(2):
        row = incidents.close(actor=cast.he, incident=row, state="lost", lesson="Too slow")
    assert row.closed_by == cast.he
    left = row.tasks.open().get()
    assert left.kind == "call" and left.due_on > today() + timedelta(days=80)
    with pytest.raises(Conflict):
        incidents.close(actor=cast.he, incident=row, state="won_back")


def test_backup_may_not_close_an_incident(cast):
    row = opened(cast)
    with pytest.raises(NotAllowed):
        incidents.close(actor=cast.chen, incident=row, state="won_back")
    assert Incident.objects.get().state == "open"


@pytest.mark.parametrize("by", ["he", "sun"])
def test_lead_and_director_open_and_close_an_incident(cast, by):
    row = opened(cast, by=by)
    row = incidents.close(actor=cast[by], incident=row, state="won_back", lesson="Faster")
    assert (row.state, row.closed_by) == ("won_back", cast[by])


@pytest.mark.parametrize("by", ["wu", "gao", "hu", "fang", "yu"])
def test_nobody_else_opens_an_incident(cast, by):
    with pytest.raises((NotAllowed, Http404)):
        opened(cast, by=by)
    assert not Incident.objects.exists()


def test_whom_the_customer_follows_neither_sees_nor_works_on_it(cast):
    people.set_state(actor=cast.hu, person=cast.li, state="on_notice", reason="Resigned")
    row = opened(type(cast)(), leaver=Person.objects.get(pk=cast.li.pk))
    assert not Incident.objects.visible_to(Person.objects.get(pk=cast.li.pk)).exists()
    assert cast.li not in {task.person for task in row.tasks.all()}
    assert cast.chen in {task.person for task in row.tasks.all()}  # the backup answers instead
    outbox.relay()
    assert not Notice.objects.filter(code="task.given", person=cast.li).exists()
    people.set_state(actor=cast.hu, person=cast.li, state="active", reason="Stays")
    back = Person.objects.get(pk=cast.li.pk)
    assert not Incident.objects.visible_to(back).exists()
    with pytest.raises(Http404):
        incidents.close(actor=back, incident=row, state="won_back")


def test_whom_the_customer_follows_reads_no_task_of_the_plan_at_their_customer(cast):
    people.set_state(actor=cast.hu, person=cast.li, state="on_notice", reason="Resigned")
    leaver = Person.objects.get(pk=cast.li.pk)
    row = opened(type(cast)(), leaver=leaver)
    assert row.tasks.visible_to(cast.chen).count() == 7
    assert not row.tasks.visible_to(leaver).exists()
    page = browser(leaver).get(row.tasks.first().get_absolute_url())
    assert page.status_code == 404
    assert api(leaver).get(f"/api/v1/tasks/{row.tasks.first().pk}").status_code == 404


def test_who_may_not_know_of_a_leaver_learns_not_that_there_is_an_incident(cast):
    opened(cast, leaver=cast.bai)
    for leaver in (cast.bai, cast.ren):  # with an incident and without: one answer
        with pytest.raises(Refused) as refused:
            opened(cast, by="li", leaver=leaver)
        assert "leaver" in refused.value.fields


def test_a_share_of_the_customer_tells_nothing_of_its_incident(cast):
    from crm.services import shares

    shares.grant(actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer",
                 until=timezone.now() + timedelta(days=9), why="A question")  # fmt: skip
    row = opened(cast)
    for who, sees in [("wu", False), ("gao", False), ("chen", True), ("li", True), ("zhao", True)]:
        assert Incident.objects.visible_to(cast[who]).filter(pk=row.pk).exists() == sees, who


def test_a_lift_ends_the_incidents_of_its_freeze_and_their_plans(cast):
    row = frozen(cast)
    log(cast, "zhao", call_of(row, cast.huadong), outcome="follows", note="Orders go elsewhere")
    emergency.lift(actor=cast.hu, person=row.person, freeze=row, reason="A mistake")
    incident = Incident.objects.get()
    assert (incident.state, incident.closed_by) == ("dropped", cast.hu)
    assert not incident.tasks.open().exists() and incident.tasks.exists()
    with pytest.raises(Refused):
        incidents.close(actor=cast.he, incident=opened(cast), state="dropped")
