"""Documents and things are ticked by who receives them; what is known is passed on; interviews are HR's."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import TrailEntry
from crm.models import Assignment, Document
from crm.services import customer_documents
from handover.models import ExitInterview, HandoverDocument, HeldThing, WriteUp
from handover.selectors import interviews as read
from handover.services import cases, documents, interviews, knowledge
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api
from tests.crm import hostile_files
from tests.handover import world
from tests.handover.test_departures_plan import plan


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


def original(cast, customer, holder=None, category="contract"):
    """A document in the file of a customer whose paper original somebody keeps."""
    values = {"title": "Secret frame contract", "category": category, "holder": holder or cast.li}
    keeper = Assignment.objects.current().get(customer=customer, seat="account_manager").person
    return customer_documents.add(actor=keeper, customer=customer, values=values,
                                  data=hostile_files.PDF, name="x.pdf")  # fmt: skip


def holder(document):
    return Document.objects.get(pk=document.pk).holder


def test_paper_originals_of_the_leaver_are_on_the_list_and_go_with_the_tick(cast, departure):
    paper, _others = original(cast, cast.huadong), original(cast, cast.huadong, cast.chen)
    lines = documents.expect(actor=cast.li, departure=departure)
    (line,) = [one for one in lines if one.original]
    assert (line.original, line.kind, line.handover.customer) == (paper, "contract", cast.huadong)
    assert [one.kind for one in lines].count("contract") == 1
    with pytest.raises(Refused):
        documents.expect(actor=cast.li, departure=departure)
    given = {"departure": departure, "document": line}
    with pytest.raises(NotAllowed):
        documents.tick(actor=cast.li, state="received", version=1, **given)
    assert holder(paper) == cast.li
    documents.tick(actor=cast.he, state="received", version=1, **given)
    assert holder(paper) == cast.chen
    documents.tick(actor=cast.chen, state="missing", why="Not in the folder", version=2, **given)
    assert holder(paper) is None
    documents.tick(actor=cast.chen, state="expected", version=3, **given)
    assert holder(paper) == cast.li
    moved = TrailEntry.objects.filter(verb="documents.tick", subject_type="crm.document")
    assert moved.count() == 3 and "Secret" not in str([one.changes for one in moved])


def test_an_original_that_somebody_else_has_by_now_stays_there(cast, departure):
    paper = original(cast, cast.huadong)
    (line,) = [one for one in documents.expect(actor=cast.li, departure=departure) if one.original]
    values = {"title": "X", "category": "contract", "holder": cast.he}
    customer_documents.edit(actor=cast.li, document=paper, values=values, version=1)
    tick(cast.chen, departure, line)
    assert holder(paper) == cast.he


def test_an_original_of_another_customer_goes_to_whoever_receives_it(cast, departure):
    paper = original(cast, cast.nanqiao)
    (line,) = [one for one in documents.expect(actor=cast.hu, departure=departure) if one.original]
    assert line.handover is None
    tick(cast.he, departure, line)
    assert holder(paper) == cast.he


def test_what_an_original_is_called_is_told_to_who_sees_the_document(cast, departure, as_):
    original(cast, cast.huadong)
    documents.expect(actor=cast.li, departure=departure)
    page = reverse("handover:documents", args=[departure.pk])
    for name, told in {"li": True, "he": True, "hu": False}.items():
        shown = as_(cast[name]).get(page).content.decode()
        assert ("Secret frame contract" in shown) == told and "paper original" in shown, name
        said = api(cast[name]).get(f"/api/v1/departures/{departure.pk}/documents").json()
        titles = [one["original"]["title"] for one in said["results"] if one["original"]]
        assert titles == ["Secret frame contract"] * told, name


def test_a_case_that_opens_has_the_originals_of_the_leaver_on_its_list(cast):
    paper = original(cast, cast.huadong)
    departure = plan(cast)
    assert not departure.documents.exists()
    cases.begin(actor=cast.hu, departure=departure, version=departure.version)
    assert [one.original for one in departure.documents.all()] == [paper]
