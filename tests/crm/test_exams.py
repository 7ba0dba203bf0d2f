"""The file exam: drawn from the file, answered once, seen by the account manager first."""

from datetime import date, timedelta

import pytest
from django.http import Http404

from accounts import audit
from accounts.models import Notice, TrailEntry
from crm.models import Customer, Exam, Fact
from crm.seats import Reason, Seat
from crm.selectors import customer_file as files
from crm.selectors import exam_questions as ask
from crm.selectors import exams as selectors
from crm.selectors import file_fields
from crm.services import contacts, customer_file, exams, ownership
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import relay as drain
from tests.crm import changesets_world as world

PROFILE, SETTLEMENT = "company_profile", "settlement_traits"


def say(actor, customer, part, contact=None, **values):
    return customer_file.save(
        actor=actor, customer=customer, part=part, contact=contact,
        values={name: {"value": value, "version": 0} for name, value in values.items()},
    )  # fmt: skip


@pytest.fixture
def month(cast):
    """The exam that Chen, the backup, is given this month."""
    exams.draw_month()
    return Exam.objects.get(examinee=cast.chen)


def everything(monkeypatch, number=200):
    """All fields are asked for, so that no test hangs on chance."""
    monkeypatch.setattr(ask, "rules", lambda: {
        "questions": number, "pass_percent": 60, "head_days": 3, "monthly": True,
        "before_acceptance": "offered",
    })  # fmt: skip


def asked(exam, viewer, field):
    return next(one for one in ask.sheet(viewer, exam) if one.field.id == field)


def rightly(exam, viewer):
    return {one.number: one.right_place for one in ask.sheet(viewer, exam)}


# -- once a month ----------------------------------------------------------------------------------
def test_every_backup_gets_one_exam_a_month_however_often_the_clock_asks(cast):
    assert exams.draw_month(date(2026, 11, 3)) == 1
    assert exams.draw_month(date(2026, 11, 30)) == 0
    assert exams.draw_month(date(2026, 12, 1)) == 1
    rows = Exam.objects.order_by("month").values_list("examinee", "customer", "month", "due_on")
    pair = (cast.chen.pk, cast.huadong.pk)
    assert list(rows) == [
        (*pair, date(2026, 11, 1), date(2026, 11, 30)),
        (*pair, date(2026, 12, 1), date(2026, 12, 31)),
    ]


def test_the_backup_is_told_once_by_a_notice_that_names_the_customer(cast, as_):
    exams.draw_month()
    drain()
    exams.draw_month()
    drain()
    notice = Notice.objects.get(code="exam.due")
    assert notice.person == cast.chen
    client = as_(cast.chen)
    assert "华东机电" in client.get("/inbox").content.decode()


def test_a_company_that_wants_no_monthly_exam_has_none(cast, monkeypatch):
    monkeypatch.setattr(ask, "rules", lambda: {"monthly": False})
    assert exams.draw_month() == 0


def test_who_is_no_backup_any_more_when_the_notice_goes_out_is_not_told(cast):
    exams.draw_month()
    with audit.verb("tests.build", cast.system):
        ownership.put(cast.system, cast.huadong, Seat.BACKUP, cast.mo, Reason.WORKLOAD)
    drain()
    assert not Notice.objects.filter(code="exam.due").exists()


# -- questions -------------------------------------------------------------------------------------
def test_five_different_fields_are_asked_and_only_those_the_examinee_may_see(cast, month):
    say(cast.li, cast.huadong, SETTLEMENT, terms_days=60, deductions="two per cent")
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    assert len({(row["field"], row["contact"]) for row in month.questions}) == 5
    by_part = [sum(row["part"] == part for row in month.questions)
               for part in {row["part"] for row in month.questions}]  # fmt: skip
    assert sorted(by_part) == [2, 3]
    guarded = {one.id for one in file_fields.parts() if one.guard != "open"}
    assert not {row["part"] for row in month.questions} & guarded


def of_li(cast, month):
    """The same exam, given to the account manager, who may know the key persons."""
    Exam.objects.filter(pk=month.pk).update(examinee=cast.li)
    month.refresh_from_db()
    return month


def asked_about(viewer, exam, part):
    rows = zip(ask.sheet(viewer, exam), exam.questions, strict=True)
    return {one.contact.name for one, row in rows if one.contact and row["part"] == part}


def test_who_may_not_know_the_key_persons_is_asked_about_nobody_and_who_may_about_each_once(
    cast, month, monkeypatch
):
    everything(monkeypatch)
    for name, is_key in (("王芳", True), ("刘工", False)):
        place = {"title": "经理", "function": "technical", "is_key_person": is_key}
        contacts.create(actor=cast.li, customer=cast.huadong, values={"name": name}, place=place)
    assert not any(contact for _part, _field, contact, _fact in ask.askable(
        files.of_customer(cast.chen, cast.huadong)))  # fmt: skip
    exams.begin(actor=cast.li, exam=of_li(cast, month))
    month.refresh_from_db()
    assert asked_about(cast.li, month, "customer_staff") == {"刘工"}
    assert asked_about(cast.li, month, "key_persons") == {"王芳"}


def test_a_choice_is_asked_with_the_right_and_three_other_options(cast, month, monkeypatch):
    everything(monkeypatch)
    say(cast.li, cast.huadong, PROFILE, ownership_form="state")
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    one = asked(month, cast.chen, "ownership_form")
    labels = dict(one.field.choices)
    texts = [text for _place, text in one.answers]
    assert len(texts) == 4 and labels["state"] in texts
    assert set(texts) <= set(labels.values())
    assert dict(one.answers)[one.right_place] == labels["state"]


def test_wrong_answers_of_a_text_come_from_customers_the_examinee_sees_only(
    cast, month, monkeypatch
):
    everything(monkeypatch)
    seen = Customer.objects.get(pk=world.held(cast, 1, by="chen")[0])
    Customer.objects.filter(pk=seen.pk).update(tier="A")
    say(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    say(cast.chen, seen, PROFILE, site_access="Gate 7")
    say(cast.wu, cast.nanqiao, PROFILE, site_access="Gate of a stranger")
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    texts = {text for _place, text in asked(month, cast.chen, "site_access").answers}
    assert texts == {"Gate 1", "Gate 7"}


def test_an_exam_keeps_no_value_of_the_file(cast, month, monkeypatch):
    everything(monkeypatch)
    say(cast.li, cast.huadong, PROFILE, site_access="Gate 1 secret")
    exams.begin(actor=cast.chen, exam=month)
    exams.answer(actor=cast.chen, exam=month, answers={})
    row = Exam.objects.filter(pk=month.pk).values().get()
    assert "secret" not in str(row)
    assert "secret" not in str(list(TrailEntry.objects.filter(verb__startswith="exams").values()))


@pytest.mark.parametrize(("kind", "value"), [
    ("number", 30), ("number", 1994), ("number", 0), ("percent", 98), ("percent", 1),
    ("money", {"amount": 5000, "currency": "CNY"}), ("date", "2024-02-29"), ("text", "x"),
])  # fmt: skip
def test_a_moved_figure_is_of_its_kind_and_never_the_right_one(db, kind, value):
    one = next(f for part in file_fields.parts() for f in part.everything if f.kind == "number")
    one = one.__class__(**(one.__dict__ | {"kind": kind}))
    for step in ask.STEPS:
        found = ask.moved(one, value, step)
        if found is not None:
            assert customer_file.sound(one, found) != value
    if kind in ("number", "percent", "money", "date"):
        assert sum(ask.moved(one, value, step) is not None for step in ask.STEPS) >= 3


# -- answering -------------------------------------------------------------------------------------
def test_the_score_counts_what_the_file_does_not_say_as_not_answered(cast, month, monkeypatch):
    everything(monkeypatch)
    say(
        cast.li,
        cast.huadong,
        PROFILE,
        ownership_form="state",
        founded_year=1994,
        headcount_band="u20",
    )
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    answers = rightly(month, cast.chen)
    wrong = asked(month, cast.chen, "headcount_band")
    answers[wrong.number] = next(p for p, _text in wrong.answers if p != wrong.right_place)
    done = exams.answer(actor=cast.chen, exam=month, answers=answers)
    required = [
        one for part in file_fields.parts()
        if part.guard == "open" and part.id != "customer_staff"
        for one in part.fields if "A" in one.required and not one.is_kept_elsewhere
    ]  # fmt: skip
    assert (done.right, done.asked) == (1, len(required))
    profile = sum(one.part == PROFILE for one in required)
    assert done.parts[PROFILE] == [1, profile]
    assert sum(right for right, _asked in done.parts.values()) == done.right
    assert done.marks.count("gap") == len(required) - 2


def test_an_exam_is_answered_once(cast, month):
    exams.begin(actor=cast.chen, exam=month)
    exams.answer(actor=cast.chen, exam=month, answers={})
    with pytest.raises(Conflict):
        exams.answer(actor=cast.chen, exam=month, answers={})


def test_an_answer_that_was_not_offered_is_refused_at_its_question(cast, month, monkeypatch):
    everything(monkeypatch)
    say(cast.li, cast.huadong, PROFILE, ownership_form="state")
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    number = asked(month, cast.chen, "ownership_form").number
    for answers in ({number: 77}, {99: 1}):
        with pytest.raises(Refused) as refused:
            exams.answer(actor=cast.chen, exam=month, answers=answers)
        assert f"answer{next(iter(answers))}" in refused.value.fields
    month.refresh_from_db()
    assert month.taken_at is None


def test_what_is_said_of_a_contact_who_was_erased_is_not_counted(cast, month, monkeypatch):
    everything(monkeypatch)
    liu = contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "刘工"},
        place={"title": "技术员", "function": "technical"},
    )  # fmt: skip
    staff = next(one for one in file_fields.parts() if one.id == "customer_staff")
    field = next(one for one in staff.fields
                 if "A" in one.required and not one.is_kept_elsewhere and one.kind == "text")  # fmt: skip
    say(cast.li, cast.huadong, staff.id, contact=liu, **{field.id: "Knows the machines"})
    exams.begin(actor=cast.li, exam=of_li(cast, month))
    month.refresh_from_db()
    assert asked(month, cast.li, field.id).right == "Knows the machines"
    Fact.objects.filter(contact=liu).update(sealed=None)
    assert asked(month, cast.li, field.id).is_void


def test_a_value_corrected_since_is_right_as_it_now_stands(cast, month, monkeypatch):
    everything(monkeypatch)
    say(cast.li, cast.huadong, PROFILE, site_access="Gate 1")
    exams.begin(actor=cast.chen, exam=month)
    month.refresh_from_db()
    customer_file.save(
        actor=cast.li, customer=cast.huadong, part=PROFILE,
        values={"site_access": {"value": "Gate 2", "version": 1}},
    )  # fmt: skip
    one = asked(month, cast.chen, "site_access")
    assert dict(one.answers)[one.right_place] == "Gate 2"


# -- who sees it -----------------------------------------------------------------------------------
@pytest.fixture
def taken(cast, month):
    exams.begin(actor=cast.chen, exam=month)
    return exams.answer(actor=cast.chen, exam=month, answers={})


def seers(cast, exam):
    return {name for name in cast.people
            if Exam.objects.visible_to(cast[name]).filter(pk=exam.pk).exists()}  # fmt: skip


def test_an_exam_that_waits_is_seen_by_its_examinee_alone(cast, month):
    assert seers(cast, month) == {"chen"}


def test_the_account_manager_reads_the_score_before_the_heads_do(cast, taken):
    assert seers(cast, taken) == {"chen", "li"}
    Exam.objects.update(opens_at=taken.taken_at)
    assert seers(cast, taken) == {"chen", "li", "he", "zhao", "sun", "fang"}


def test_the_heads_see_it_three_days_later(cast, taken):
    assert taken.opens_at - taken.taken_at == timedelta(days=3)


def test_the_remark_of_the_account_manager_opens_it_to_the_heads(cast, taken):
    exams.remark(actor=cast.li, exam=taken, remark="The file is new to me.")
    assert seers(cast, taken) == {"chen", "li", "he", "zhao", "sun", "fang"}
    entry = TrailEntry.objects.get(verb="exams.remark")
    assert "new to me" not in str(entry.changes)


def test_a_head_does_not_remark_and_a_stranger_does_not_know_of_it(cast, taken):
    Exam.objects.update(opens_at=taken.taken_at)
    with pytest.raises(NotAllowed):
        exams.remark(actor=cast.he, exam=taken, remark="x")
    with pytest.raises(Http404):
        exams.remark(actor=cast.wu, exam=taken, remark="x")
    with pytest.raises(Http404):
        exams.answer(actor=cast.wu, exam=taken, answers={})
    assert Exam.objects.get().remark == ""


def test_nobody_answers_for_the_examinee(cast, month):
    with pytest.raises(Http404):
        exams.begin(actor=cast.li, exam=month)
    month.refresh_from_db()
    assert month.begun_at is None


def test_the_account_manager_is_told_that_the_file_was_tried(cast, taken):
    drain()
    notice = Notice.objects.get(code="exam.taken")
    assert notice.person == cast.li


def test_the_honest_completeness_is_the_sum_of_the_exams_one_may_see(cast, taken):
    found = selectors.honest(cast.li, cast.huadong)
    assert (found.right, found.asked, found.percent) == (0, 5, 0)
    assert selectors.honest(cast.he, cast.huadong) is None


# -- before a customer is taken over ---------------------------------------------------------------
@pytest.fixture
def coming(cast):
    """Chen, the backup, is to take 华东机电 over."""
    return world.proposed(cast, [cast.huadong.pk], taker="chen")


def test_the_receiver_who_sees_the_customer_tries_the_file_before_accepting(cast, coming, as_):
    client = as_(cast.chen)
    page = client.get(f"/approvals/{coming.pk}/offer")
    assert f"/customers/{cast.huadong.pk}/exam" in page.content.decode()
    answer = client.post(f"/customers/{cast.huadong.pk}/exam")
    exam = Exam.objects.get()
    assert answer["Location"] == exam.get_absolute_url()
    client.post(f"/customers/{cast.huadong.pk}/exam")
    assert Exam.objects.count() == 1
    assert client.get(exam.get_absolute_url()).status_code == 200


def test_a_company_that_requires_the_exam_warns_while_it_is_not_passed(
    cast, coming, as_, monkeypatch
):
    everything(monkeypatch, number=5)
    client = as_(cast.chen)
    address = f"/approvals/{coming.pk}/offer"
    assert "has not been passed" not in client.get(address).content.decode()
    asks = ask.rules() | {"before_acceptance": "required"}
    monkeypatch.setattr(ask, "rules", lambda: asks)
    monkeypatch.setattr(selectors, "rules", lambda: asks)
    assert "has not been passed" in client.get(address).content.decode()
    Exam.objects.create(
        customer=cast.huadong, examinee=cast.chen, occasion="acceptance", right=3, asked=5,
        taken_at="2026-01-01T00:00Z", opens_at="2026-01-01T00:00Z",
    )  # fmt: skip
    assert "has not been passed" not in client.get(address).content.decode()


def test_who_receives_nothing_is_not_examined(cast, as_):
    with pytest.raises(Refused):
        exams.start(actor=cast.li, customer=cast.huadong)
    with pytest.raises(Http404):
        exams.start(actor=cast.wu, customer=cast.huadong)
    assert not Exam.objects.exists()


# -- pages and API ---------------------------------------------------------------------------------
def test_a_backup_answers_on_the_page_and_reads_the_result(cast, month, as_, monkeypatch):
    everything(monkeypatch)
    say(cast.li, cast.huadong, PROFILE, ownership_form="state")
    client = as_(cast.chen)
    address = month.get_absolute_url()
    assert client.get(address).status_code == 200
    client.post(f"{address}/begin")
    month.refresh_from_db()
    one = asked(month, cast.chen, "ownership_form")
    assert client.post(address, {one.name: "9"}).status_code == 422
    assert client.post(address, {one.name: "x" * 5000}).status_code == 422
    assert client.post(address, {one.name: one.right_place}).status_code == 303
    assert client.post(address, {one.name: one.right_place}).status_code == 409
    month.refresh_from_db()
    assert month.right == 1
    assert client.get(address).status_code == 200
    client = as_(cast.li)
    assert client.post(f"{address}/remark", {"remark": " "}).status_code == 422
    assert client.post(f"{address}/remark", {"remark": "Thank you"}).status_code == 303
    client = as_(cast.he)
    assert "Thank you" in client.get(address).content.decode()
    assert "By exam" in client.get(f"/customers/{cast.huadong.pk}/file").content.decode()


def test_the_list_of_exams_needs_no_more_statements_for_more_rows(
    cast, as_, django_assert_max_num_queries
):
    for number in range(12):
        Exam.objects.create(
            customer=cast.huadong, examinee=cast.chen, occasion="monthly", right=3, asked=5,
            month=date(2025, number + 1, 1), taken_at="2026-01-01T00:00Z", opens_at="2026-01-01T00:00Z",
        )  # fmt: skip
    client = as_(cast.chen)
    client.get("/exams")
    with django_assert_max_num_queries(9):
        assert client.get("/exams").content.decode().count("华东机电") >= 12
