"""Tasks, briefs and introductions of a case: who may what, what follows, what stays out of the trail."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import audit
from accounts.models import Notice, TrailEntry
from crm.models import Activity
from crm.services import activities
from handover import gates
from handover.models import CustomerHandover, HandoverTask
from handover.services import briefs, cases, handover_tasks, introductions
from kit import outbox
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from tests.accept.frame import api
from tests.handover.world import case, task


@pytest.fixture
def opened(cast):
    departure = case(cast)
    return departure, departure.customers.get()


def joint(cast, departure, row, **more):
    return task(cast, departure, cast.li, key="joint_visit", step=2, handover=row, **more)


def notices():
    outbox.relay()
    ours = Notice.objects.filter(code__startswith="handover.")
    return list(ours.order_by("pk").values_list("code", "person__username"))


def unchanged(task):
    return HandoverTask.objects.get(pk=task.pk).version == task.version


def test_neither_a_peer_nor_the_auditor_finishes_somebody_elses_task(cast, opened):
    own = task(cast, opened[0], cast.tang, key="open_money", who="finance")
    for name in ("fang", "li", "chen"):
        with pytest.raises((NotAllowed, Exception)) as raised:
            handover_tasks.finish(actor=cast[name], task=own, proof="ok")
        assert raised.type.__name__ in ("NotAllowed", "Http404") and unchanged(own), name
    for name in ("tang", "he", "hu"):
        done = handover_tasks.finish(actor=cast[name], task=own, proof="ok")
        assert done.state == "done" and done.closed_by == cast[name]
        handover_tasks.reopen(actor=cast.hu, task=own)


def test_a_task_is_given_to_who_can_do_it_and_never_to_the_leaver(cast, opened, absent):
    own = task(cast, opened[0], cast.tang, key="open_money", who="finance")
    absent(cast.wu)
    for name in ("li", "ming", "ren", "wu"):
        with pytest.raises(Refused):
            handover_tasks.give(actor=cast.hu, task=own, person=cast[name])
    handover_tasks.give(actor=cast.he, task=own, person=cast.chen)
    assert notices() == [("handover.given", "rep.east2")]


def test_sign_offs_wait_for_what_blocks_before_the_last_day(cast, opened):
    departure, row = opened
    first = task(cast, departure, cast.li, key="document_list", step=3)
    task(cast, departure, cast.chen, key="introduction_call", step=2, handover=row,
         due_on=departure.last_day + timedelta(days=9))  # fmt: skip
    sign = task(cast, departure, cast.hu, key="sign_offs", step=6)
    with pytest.raises(Refused, match="cannot start"):
        handover_tasks.finish(actor=cast.hu, task=sign, proof="signed")
    handover_tasks.finish(actor=cast.li, task=first, proof="all")
    assert handover_tasks.finish(actor=cast.hu, task=sign, proof="signed").state == "done"


def test_a_problem_is_told_to_the_head_and_its_words_stay_out_of_the_trail(cast, opened):
    own = task(cast, opened[0], cast.li)
    handover_tasks.report(actor=cast.li, task=own, problem="钥匙丢了")
    assert notices() == [("handover.problem", "lead.east")]
    entry = TrailEntry.objects.get(verb="handover_tasks.report")
    assert entry.changes["proof"] == {"hidden": True} and entry.customer_id is None
    handover_tasks.start(actor=cast.li, task=own)
    own.refresh_from_db()
    assert (own.state, own.proof) == ("in_progress", "")


def test_a_director_waives_by_name_and_with_a_reason_but_never_for_themselves(cast, opened):
    departure, row = opened
    own = task(cast, departure, cast.li)
    for name in ("hu", "he", "zhao"):
        with pytest.raises(NotAllowed):
            handover_tasks.waive(actor=cast[name], departure=departure, gate="told", why="x",
                                 handover=row)  # fmt: skip
    with pytest.raises(Refused):
        handover_tasks.waive(
            actor=cast.sun, departure=departure, gate="told", why=" ", handover=row
        )
    handover_tasks.waive(
        actor=cast.sun, departure=departure, gate="tasks", why="已无设备", task=own
    )
    assert HandoverTask.objects.get(pk=own.pk).state == "waived"
    handover_tasks.reopen(actor=cast.hu, task=own)
    assert not departure.waivers.exists()
    with audit.verb("tests", cast.hu):
        CustomerHandover.objects.filter(pk=row.pk).update(successor=cast.sun)
    row.refresh_from_db()
    with pytest.raises(NotAllowed):
        handover_tasks.waive(
            actor=cast.sun, departure=departure, gate="told", why="x", handover=row
        )


# -- briefs ----------------------------------------------------------------------------------------


def test_a_brief_keeps_its_words_out_of_the_trail_and_refuses_strange_questions(cast, opened):
    departure, row = opened
    task(cast, departure, cast.li, key="brief", step=2, handover=row)
    with pytest.raises(Refused):
        briefs.write(actor=cast.li, handover=row, answers={"brief_nothing": "x"})
    with pytest.raises(NotAllowed):
        briefs.write(actor=cast.chen, handover=row, answers={"brief_pay": "x"})
    briefs.write(actor=cast.li, handover=row, answers={"brief_pay": "秘密回款习惯"})
    told = list(TrailEntry.objects.filter(verb="briefs.write").values_list("changes", flat=True))
    assert told and "秘密" not in str(told)
    with pytest.raises(Refused):
        briefs.write(actor=cast.li, handover=row, answers={"brief_pay": "长" * 2_001})


def test_the_receiver_alone_judges_a_brief(cast, opened):
    departure, row = opened
    task(cast, departure, cast.li, key="brief", step=2, handover=row)
    from handover.selectors.briefs import asked

    briefs.write(actor=cast.li, handover=row, answers={one["id"]: "有" for one in asked("A")})
    briefs.submit(actor=cast.li, handover=row)
    assert notices() == [("handover.brief", "rep.east2")]
    for name in ("li", "he", "sun", "hu"):
        with pytest.raises(NotAllowed):
            briefs.accept(actor=cast[name], handover=row)
    briefs.give_back(actor=cast.chen, handover=row, why="谁签字")
    assert ("handover.returned", "rep.east") in notices()
    briefs.submit(actor=cast.li, handover=row)
    briefs.accept(actor=cast.chen, handover=row)
    assert row.tasks.get().state == "done"


# -- introductions ---------------------------------------------------------------------------------


def test_a_confirmed_joint_visit_in_the_timeline_finishes_the_task(cast, opened):
    departure, row = opened
    made = joint(cast, departure, row)
    visit = activities.log(actor=cast.li, customer=row.customer, client_uuid=uuid4(), kind="visit",
                           visitors=(cast.chen.pk,))  # fmt: skip
    assert HandoverTask.objects.get(pk=made.pk).is_open
    with pytest.raises(Refused):
        handover_tasks.finish(actor=cast.li, task=made, proof="真的去了")
    activities.confirm(actor=cast.chen, activity=visit)
    made.refresh_from_db()
    row.refresh_from_db()
    assert made.state == "done" and made.activity == visit
    assert row.told_at and row.giver_met_at and row.taker_met_at


def test_nothing_follows_from_a_visit_while_the_case_is_confidential(cast):
    departure = case(cast, confidential_until=database_now() + timedelta(days=2))
    row = departure.customers.get()
    made = task(cast, departure, cast.li, key="company_introduction", step=2, handover=row)
    activities.log(actor=cast.li, customer=row.customer, client_uuid=uuid4(), kind="visit")
    assert HandoverTask.objects.get(pk=made.pk).is_open


def test_the_second_no_asks_hr_for_somebody_else_and_one_sent_twice_counts_once(cast, opened):
    departure, row = opened
    made = joint(cast, departure, row)
    number = uuid4()
    for _twice in range(2):
        introductions.react_once(actor=cast.li, handover=row, client_uuid=number,
                                 reaction="declines")  # fmt: skip
    row.refresh_from_db()
    assert row.declined == 1 and HandoverTask.objects.get(pk=made.pk).state == "problem"
    assert notices() == [("handover.declined", "lead.east")]
    introductions.react_once(actor=cast.chen, handover=row, client_uuid=uuid4(),
                             reaction="declines")  # fmt: skip
    told = notices()[1:]
    assert sorted(told) == [
        ("handover.declined_twice", "hr"),
        ("handover.declined_twice", "lead.east"),
    ]


def test_with_another_receiver_nothing_said_of_the_first_one_counts(cast, opened):
    departure, row = opened
    made = joint(cast, departure, row)
    introductions.react_once(actor=cast.li, handover=row, client_uuid=uuid4(), reaction="declines")
    cases.replace_successor(actor=cast.hu, departure=departure, customers=[row.customer_id],
                                 successor=cast.wu)  # fmt: skip
    row.refresh_from_db()
    assert (row.successor, row.reaction, row.told_at, row.declined) == (cast.wu, "", None, 1)
    assert HandoverTask.objects.get(pk=made.pk).state == "in_progress"


def test_only_the_two_of_the_visit_confirm_it(cast, opened):
    departure, row = opened
    joint(cast, departure, row)
    for name in ("he", "hu", "sun"):
        with pytest.raises(NotAllowed):
            introductions.confirm(actor=cast[name], handover=row, reaction="neutral")
    introductions.confirm(actor=cast.chen, handover=row, reaction="neutral")
    assert row.tasks.get().is_open and not Activity.objects.filter(author=cast.li).exists()
    introductions.confirm(actor=cast.li, handover=row, reaction="welcomes", client_uuid=uuid4())
    assert row.tasks.get().state == "done"


def test_by_the_api_the_two_of_the_visit_confirm_it_once(cast, opened):
    departure, row = opened
    joint(cast, departure, row)
    address = f"/api/v1/handovers/{row.pk}/confirm"
    body = {"reaction": "welcomes", "client_uuid": str(uuid4())}
    for name, status in {"he": 403, "hu": 403, "fang": 403, "wu": 404}.items():
        assert api(cast[name]).post(address, body, "application/json").status_code == status, name
    for wrong in ({}, {"reaction": "x"}, {"client_uuid": "x"}, {"contacts": [0]}):
        sent = body | wrong if wrong else wrong
        assert api(cast.li).post(address, sent, "application/json").status_code == 422, wrong
    row.refresh_from_db()
    assert not row.giver_met_at and not row.taker_met_at and not Activity.objects.exists()
    for name in ("li", "li", "chen"):
        assert api(cast[name]).post(address, body, "application/json").status_code == 200
    assert row.tasks.get().state == "done" and Activity.objects.get().author == cast.li


# -- what was let go -------------------------------------------------------------------------------


def waive(cast, departure, gate, **about):
    return handover_tasks.waive(
        actor=cast.sun, departure=departure, gate=gate, why="Agreed", **about
    )


def test_only_what_is_missing_is_waived_and_by_its_own_name(cast, opened):
    departure, row = opened
    own = task(cast, departure, cast.li)
    for gate, about in [("told", {"task": own}), ("told", {}), ("tasks", {"handover": row})]:
        with pytest.raises(Refused):
            waive(cast, departure, gate, **about)
    introductions.tell(actor=cast.li, handover=row)
    with pytest.raises(Refused):
        waive(cast, departure, "told", handover=row)
    assert not departure.waivers.exists() and unchanged(own)


def test_a_task_that_was_waived_and_is_asked_for_again_says_so_in_the_trail(cast, opened):
    departure, row = opened
    own = task(cast, departure, cast.li, handover=row)
    waiver = waive(cast, departure, "tasks", task=own)
    assert waiver.handover == row and not gates.unmet(departure, {"tasks"})
    handover_tasks.reopen(actor=cast.hu, task=own)
    entry = TrailEntry.objects.get(verb="handover_tasks.reopen", subject_type="handover.waiver")
    assert entry.actor_id == cast.hu.pk and entry.changes["reason"] == ["Agreed", None]
    assert not departure.waivers.exists() and gates.unmet(departure, {"tasks"})


def test_with_another_receiver_what_was_let_go_of_the_first_one_is_asked_for_again(cast, opened):
    departure, row = opened
    visit = joint(cast, departure, row)
    waive(cast, departure, "told", handover=row)
    waive(cast, departure, "call", handover=row)
    waive(cast, departure, "tasks", task=visit)
    cases.replace_successor(actor=cast.hu, departure=departure, customers=[row.customer_id],
                            successor=cast.wu)  # fmt: skip
    assert list(departure.waivers.values_list("gate", flat=True)) == ["call"]
    assert [one.handover for one in gates.unmet(departure, {"told"})] == [row]
    assert HandoverTask.objects.get(pk=visit.pk).state == "in_progress"


def test_the_visit_of_the_first_receiver_introduces_nobody_else(cast, opened):
    departure, row = opened
    visit = joint(cast, departure, row)
    for name in ("chen", "li"):
        introductions.confirm(actor=cast[name], handover=row, reaction="welcomes")
    assert HandoverTask.objects.get(pk=visit.pk).state == "done"
    cases.replace_successor(actor=cast.hu, departure=departure, customers=[row.customer_id],
                            successor=cast.wu)  # fmt: skip
    visit.refresh_from_db()
    assert (visit.state, visit.closed_by) == ("in_progress", None)
