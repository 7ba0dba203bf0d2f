"""Documents and things are ticked by who receives them; what is known is passed on; interviews are HR's."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import TrailEntry
from handover.models import ExitInterview, HandoverDocument, HeldThing, WriteUp
from handover.selectors import interviews as read
from handover.services import documents, interviews, knowledge
from kit.errors import Conflict, NotAllowed, Refused
from tests.handover import world


@pytest.fixture
def departure(cast):
    departure = world.case(cast, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    return departure


@pytest.fixture
def document(cast, departure):
    return documents.add(actor=cast.li, departure=departure, values={
        "kind": "contract", "title": "2026", "handover": departure.customers.get(),
    })  # fmt: skip


def tick(actor, departure, document, state="received", **more):
    return documents.tick(
        actor=actor, departure=departure, document=document, state=state, version=1, **more
    )


def test_the_receiver_ticks_a_document(cast, departure, document):
    tick(cast.chen, departure, document)
    document.refresh_from_db()
    assert (document.state, document.ticked_by) == ("received", cast.chen)


@pytest.mark.parametrize("name", ["li", "qian"])
def test_neither_the_giver_nor_the_witness_ticks_a_document(cast, departure, document, name):
    with pytest.raises(NotAllowed):
        tick(cast[name], departure, document)
    assert HandoverDocument.objects.get().state == "expected"


def test_what_is_missing_has_a_reason(cast, departure, document):
    with pytest.raises(Refused):
        tick(cast.chen, departure, document, state="missing")
    tick(cast.chen, departure, document, state="missing", why="Never signed")
    with pytest.raises(Conflict):
        tick(cast.chen, departure, document)


def test_the_usual_documents_come_once(cast, departure):
    assert len(documents.expect(actor=cast.li, departure=departure)) == 3
    with pytest.raises(Refused):
        documents.expect(actor=cast.li, departure=departure)


def test_a_successor_sees_the_documents_of_their_customers_alone(cast, departure, document):
    other = world.case(cast, cast.wu, customers=[cast.nanqiao])
    other.customers.update(successor=cast.he)
    documents.add(actor=cast.hu, departure=other, values={
        "kind": "contract", "handover": other.customers.get(),
    })  # fmt: skip
    assert list(HandoverDocument.objects.visible_to(cast.chen)) == [document]


def test_a_thing_comes_back_with_a_proof_and_never_by_the_leaver(cast, departure):
    thing = documents.add_thing(actor=cast.li, departure=departure,
                                values={"kind": "asset", "title": "Laptop"})  # fmt: skip
    given = {"departure": departure, "thing": thing, "taker": None, "version": 1}
    with pytest.raises(NotAllowed):
        documents.take_back(actor=cast.li, proof="Done", **given)
    with pytest.raises(Refused):
        documents.take_back(actor=cast.he, proof=" ", **given)
    documents.take_back(actor=cast.he, proof="Serial 12", **given)
    assert HeldThing.objects.get().done_by == cast.he


def test_the_write_up_is_handed_in_returned_and_accepted(cast, departure):
    world.task(cast, departure, cast.li, key="write_up", step=3)
    answers = {"post_week": "Calls on Mondays"}
    row = knowledge.write(actor=cast.li, departure=departure, answers=answers, submit=True)
    knowledge.judge(actor=cast.he, departure=departure, accept=False, note="More", version=1)
    knowledge.write(actor=cast.li, departure=departure, answers=answers, version=2, submit=True)
    knowledge.judge(actor=cast.he, departure=departure, accept=True, version=3)
    row.refresh_from_db()
    assert row.state == "accepted"
    assert departure.tasks.get(key="write_up").state == "done"
    assert "Mondays" not in str([entry.changes for entry in TrailEntry.objects.all()])


def test_nobody_writes_it_for_the_leaver_nor_accepts_it_for_the_supervisor(cast, departure):
    for name in ("he", "chen", "hu"):
        with pytest.raises(NotAllowed):
            knowledge.write(actor=cast[name], departure=departure, answers={"post_week": "x"})
    knowledge.write(actor=cast.li, departure=departure, answers={"post_week": "x"}, submit=True)
    with pytest.raises(NotAllowed):
        knowledge.judge(actor=cast.hu, departure=departure, accept=True, version=1)
    assert WriteUp.objects.get().state == "submitted"


def test_a_step_is_done_when_both_have_ticked_it(cast, departure):
    given = {"departure": departure, "successor": cast.chen, "key": "apprenticeship_1"}
    row = knowledge.tick_step(actor=cast.li, **given)
    assert row.leaver_at and not row.successor_at
    assert knowledge.tick_step(actor=cast.chen, **given).successor_at
    with pytest.raises(NotAllowed):
        knowledge.tick_step(actor=cast.he, **given)


SAID = {"exit_stay": {"answer": "A fair split of customers", "sources": "", "theme": False}}


def test_what_is_said_in_an_interview_stands_nowhere_in_clear(cast, departure):
    row = interviews.save(actor=cast.hu, departure=departure, answers=SAID, complete=True)
    assert row.answers["exit_stay"]["answer"] == "A fair split of customers"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM handover_exitinterview")
        assert b"fair split" not in bytes(cursor.fetchone()[0])
    assert "fair split" not in str([entry.changes for entry in TrailEntry.objects.all()])


@pytest.mark.parametrize("name", ["li", "chen", "he", "zhao", "sun", "fang", "qian"])
def test_nobody_but_hr_reads_or_holds_an_interview(cast, departure, client, name):
    interviews.save(actor=cast.hu, departure=departure, answers=SAID)
    assert not ExitInterview.objects.visible_to(cast[name]).exists()
    with pytest.raises(NotAllowed):
        interviews.save(actor=cast[name], departure=departure, answers={}, version=1)
    client.force_login(cast[name])
    assert client.get(reverse("handover:interview", args=[departure.pk])).status_code == 403
    assert ExitInterview.objects.get().version == 1


def test_hr_does_not_read_the_interview_of_its_own_departure(cast):
    departure = world.case(cast, cast.hu)
    world.task(cast, departure, cast.hu)
    with pytest.raises(NotAllowed):
        interviews.save(actor=cast.hu, departure=departure, answers=SAID)
    assert not ExitInterview.objects.exists()


def test_a_theme_needs_two_sources_and_five_interviews(cast, departure):
    theme = {"exit_stay": {"answer": "x", "sources": "", "theme": True}}
    with pytest.raises(Refused):
        interviews.save(actor=cast.hu, departure=departure, answers=theme)
    theme["exit_stay"]["sources"] = "pulse, statements"
    people = [cast.li, cast.chen, cast.wu, cast.lin, cast.tang]
    cases = [departure, *(world.case(cast, one, customers=[]) for one in people[1:])]
    for number, case in enumerate(cases, 1):
        interviews.save(actor=cast.hu, departure=case, answers=theme, complete=True)
        assert len(read.themes(cast.hu)) == (1 if number >= 5 else 0)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_no_interview_is_held_in_a_case_that_does_not_stand(cast, client, state):
    departure = world.case(cast, state=state)
    with pytest.raises(Conflict):
        interviews.save(actor=cast.hu, departure=departure, answers=SAID)
    with pytest.raises(Conflict):
        interviews.judge_loss(actor=cast.hu, departure=departure, regretted=True)
    assert not ExitInterview.objects.exists()
    client.force_login(cast.hu)
    page = client.get(reverse("handover:interview", args=[departure.pk]))
    assert page.status_code == (404 if state == "draft" else 200)
