"""After a visit one question is asked: the fact that a successor would miss most."""

from datetime import timedelta
from uuid import uuid4

import pytest

from crm.models import Activity, Customer, Fact, SkippedQuestion
from crm.selectors import customer_file as files
from crm.selectors import questions as ask
from crm.services import activities, contacts, customer_file, questions
from kit.clock import database_now
from kit.dates import company_zone, today


@pytest.fixture
def visit(cast):
    return logged(cast.li, cast.huadong)


def logged(person, customer, **said):
    return activities.log(
        actor=person, customer=customer, client_uuid=uuid4(), kind="visit", note="n", **said
    )


def loss(cell, part, subject):
    weights = sum(one.field.weight for one in subject.cells if one.required)
    return part.part.weight * cell.field.weight / weights * (1 - cell.credit)


def test_the_question_is_about_what_costs_the_file_most(cast, visit):
    question = ask.after_visit(cast.li, visit)
    asked = [
        (loss(cell, part, subject), cell.field.id)
        for part in files.of_customer(cast.li, cast.huadong).parts
        for subject in part.subjects
        for cell in subject.cells
        if cell.required and cell.credit < 1 and not cell.field.is_kept_elsewhere
        and cell.field.kind not in ("list", "money")
    ]  # fmt: skip
    worst = max(lost for lost, _field in asked)
    assert question.cell.field.id in {field for lost, field in asked if lost == worst}


def test_an_answer_fills_and_confirms_the_field_as_known_from_a_visit(cast, visit):
    question = ask.after_visit(cast.li, visit)
    value = question.cell.field.options[0][0] if question.cell.field.options else "30"
    questions.answer(actor=cast.li, customer=cast.huadong, question=question, value=value)
    fact = Fact.objects.get()
    assert (fact.field, fact.source, fact.confirmed_by) == (
        question.cell.field.id,
        "visit",
        cast.li,
    )
    assert ask.after_visit(cast.li, visit).cell.field.id != question.cell.field.id


def test_a_question_that_was_put_off_rests_and_comes_back(cast, visit):
    first = ask.after_visit(cast.li, visit).cell.field.id
    questions.skip(actor=cast.li, customer=cast.huadong, field=first)
    assert ask.after_visit(cast.li, visit).cell.field.id != first
    SkippedQuestion.objects.update(until_on=today(company_zone()))
    assert ask.after_visit(cast.li, visit).cell.field.id == first


def test_what_has_grown_old_is_asked_to_be_confirmed_with_one_tap(cast, visit):
    everything = customer_file.save(
        actor=cast.li, customer=cast.huadong, part="settlement_traits",
        values={"terms_days": {"value": 30, "version": 0}},
    )  # fmt: skip
    Fact.objects.update(confirmed_at=database_now() - timedelta(days=1_000))
    question = ask.asked(cast.li, visit, "settlement_traits", "terms_days", None)
    assert question.is_confirmation
    questions.confirm(actor=cast.li, customer=cast.huadong, question=question)
    fact = Fact.objects.get()
    assert fact.pk == everything[0].pk and fact.said[0] == 30
    assert fact.confirmed_at > database_now() - timedelta(minutes=1)


def test_of_two_persons_the_one_who_was_met_is_asked_about(cast):
    people = [
        contacts.create(
            actor=cast.li, customer=cast.huadong, values={"name": name},
            place={"title": "t", "is_key_person": True},
        )
        for name in ("王芳", "刘工")
    ]  # fmt: skip
    for met in people:
        visit = logged(cast.li, cast.huadong, contacts=[met])
        assert ask.after_visit(cast.li, visit).subject.contact == met


def test_who_may_not_change_the_file_is_asked_nothing(cast):
    assert ask.after_visit(cast.chen, logged(cast.chen, cast.huadong)) is None


def test_a_private_person_has_no_question(cast, visit):
    Customer.objects.filter(pk=cast.huadong.pk).update(kind="person")
    assert ask.after_visit(cast.li, Activity.objects.get(pk=visit.pk)) is None


def test_the_page_asks_takes_the_answer_and_is_for_who_made_the_visit(cast, visit, as_):
    address = f"/visits/{visit.pk}/question"
    question = ask.after_visit(cast.li, visit)
    page = as_(cast.li).get(address)
    assert question.cell.field.label in page.content.decode()
    sent = {"act": "skip", "part": question.part.id, "field": question.cell.field.id, "version": 0}
    assert as_(cast.li).post(address, sent).status_code == 303
    assert SkippedQuestion.objects.get().field == question.cell.field.id
    assert as_(cast.he).get(address).status_code == 404
    assert as_(cast.wu).post(address, sent).status_code == 404


def test_an_empty_answer_is_told_at_the_field_and_changes_nothing(cast, visit, as_):
    question = ask.after_visit(cast.li, visit)
    sent = {
        "act": "answer",
        "part": question.part.id,
        "field": question.cell.field.id,
        "answer": "",
    }
    assert as_(cast.li).post(f"/visits/{visit.pk}/question", sent).status_code == 422
    assert not Fact.objects.exists()


def posted(cast, as_, visit, **sent):
    about = {"act": "answer", "part": "settlement_traits", "field": "terms_days", "version": 0}
    return as_(cast.li).post(f"/visits/{visit.pk}/question", about | sent)


def filled(cast, value, version=0):
    customer_file.save(
        actor=cast.he, customer=cast.huadong, part="settlement_traits",
        values={"terms_days": {"value": value, "version": version}},
    )  # fmt: skip


def test_what_a_colleague_said_meanwhile_is_not_overwritten(cast, visit, as_):
    filled(cast, 60)
    assert posted(cast, as_, visit, answer="30").status_code == 409
    assert Fact.objects.get().said[0] == 60


def test_nobody_confirms_what_they_did_not_read(cast, visit, as_):
    filled(cast, 60)
    filled(cast, 90, version=1)
    assert posted(cast, as_, visit, act="confirm", version=1).status_code == 409
    assert Fact.objects.get().confirmed_by == cast.he


def test_an_answer_to_a_field_that_is_gone_goes_nowhere(cast, visit, as_):
    assert posted(cast, as_, visit, field="no_such_field", answer="12").status_code == 303
    assert not Fact.objects.exists()


def test_what_is_no_value_is_told_at_the_control(cast, visit, as_):
    answer = posted(cast, as_, visit, answer="1e40")
    assert answer.status_code == 422 and not Fact.objects.exists()


def test_a_question_about_a_private_person_is_none(cast, visit, as_):
    Customer.objects.filter(pk=cast.huadong.pk).update(kind="person")
    assert posted(cast, as_, visit, answer="30").status_code == 303
    assert not Fact.objects.exists()
