"""Planning, changing, giving on, finishing, dropping; and following the customer."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts import audit
from accounts.models import Absence, Person, TrailEntry
from accounts.selectors.sentences import Reader
from crm.models import Activity, Contact, Position, Task
from crm.seats import Seat
from crm.selectors.tasks import answering, open_at
from crm.services import ownership, task_moves, tasks
from kit.dates import company_zone, day_range, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import Effect


def day(ahead=3):
    return today(company_zone()) + timedelta(days=ahead)


def plan(actor, customer, person=None, client_uuid=None, **values):
    values = {"title": "送样品", "due_on": day()} | values
    return tasks.plan(
        actor=actor, customer=customer, values=values, person=person, client_uuid=client_uuid
    )


def give(actor, task, person):
    return tasks.give(actor=actor, customer=task.customer, task=task, person=person)


def entries(verb):
    return TrailEntry.objects.filter(verb=verb, subject_type="crm.task")


def away(person):
    with audit.verb("tests", person), connection.cursor():
        return Absence.objects.create(person=person, period=day_range(day(0), company_zone()))


def state_of(task):
    row = Task.objects.get(pk=task.pk)
    return row.state, row.person_id, row.version, TrailEntry.objects.count()


# -- planning --------------------------------------------------------------------------------------


def test_a_rep_plans_a_task_and_has_it(cast):
    task = plan(cast.li, cast.huadong, note="带两份")
    assert (task.person, task.first_person, task.made_by) == (cast.li,) * 3
    assert (task.state, task.kind, task.due_on) == ("open", "todo", day())
    assert list(open_at([cast.huadong.pk])) == [task]


def test_the_trail_names_the_task_but_not_what_it_says(cast):
    task = plan(cast.li, cast.huadong, note="带两份")
    entry = entries("tasks.plan").get()
    assert (entry.actor_id, entry.customer_id, entry.subject_id) == (
        cast.li.pk, cast.huadong.pk, str(task.pk),
    )  # fmt: skip
    assert entry.changes["due_on"] == [None, day().isoformat()]
    assert entry.changes["title"] == entry.changes["note"] == {"hidden": True}


def test_a_planned_visit_has_an_hour_and_that_makes_its_day(cast):
    at = datetime.combine(day(5), datetime.min.time(), company_zone()) + timedelta(hours=7)
    visit = plan(cast.li, cast.huadong, kind="visit", starts_at=at, due_on=day(9))
    assert (visit.starts_at, visit.due_on) == (at, day(5))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"note": "x" * 2001}, "note"),
        ({"due_on": None}, "due_on"),
        ({"due_on": "yesterday"}, "due_on"),
        ({"due_on": "far"}, "due_on"),
        ({"kind": "party"}, "kind"),
        ({"starts_at": "soon"}, "starts_at"),
    ],
)
def test_a_task_that_cannot_be_meant_is_refused_at_its_field(cast, values, field):
    soon = datetime.combine(day(1), datetime.min.time(), company_zone())
    words = {"yesterday": day(-1), "far": day(800), "soon": soon}
    values = {name: words.get(value, value) for name, value in values.items()}
    with pytest.raises(Refused) as refusal:
        plan(cast.li, cast.huadong, **values)
    assert list(refusal.value.fields) == [field]
    assert not Task.objects.exists()


def test_the_contact_of_a_task_is_one_of_the_customer(cast):
    theirs, other = (Contact.objects.create(name=name) for name in ("王芳", "别人"))
    Position.objects.create(contact=theirs, customer=cast.huadong)
    Position.objects.create(contact=other, customer=cast.nanqiao)
    assert plan(cast.li, cast.huadong, contact=theirs).contact == theirs
    with pytest.raises(Refused) as refusal:
        plan(cast.li, cast.huadong, contact=other)
    assert list(refusal.value.fields) == ["contact"]


def test_the_same_task_sent_twice_is_one_task(cast):
    key = uuid.uuid4()
    first = plan(cast.li, cast.huadong, client_uuid=key)
    assert plan(cast.li, cast.huadong, client_uuid=key) == first
    assert Task.objects.count() == entries("tasks.plan").count() == 1
    with pytest.raises(Refused) as refusal:
        plan(cast.li, cast.huadong, client_uuid=key, title="别的")
    assert refusal.value.code == "first_kept"
    assert plan(cast.chen, cast.huadong, client_uuid=key) != first


def test_a_rep_elsewhere_cannot_plan_here_and_an_auditor_may_not(cast):
    with pytest.raises(Http404):
        plan(cast.wu, cast.huadong)
    for reader in (cast.fang, cast.sun, cast.gao):
        with pytest.raises(NotAllowed):
            plan(reader, cast.huadong)
    assert not Task.objects.exists()


# -- giving on -------------------------------------------------------------------------------------


def test_a_lead_gives_a_task_to_somebody_who_sees_the_customer(cast):
    task = plan(cast.he, cast.huadong)
    give(cast.he, task, cast.chen)
    task.refresh_from_db()
    assert (task.person, task.first_person, task.version) == (cast.chen, cast.he, 2)
    assert entries("tasks.give").get().changes["person"] == [cast.he.pk, cast.chen.pk]
    assert Effect.objects.filter(payload__code="task.given").count() == 1


@pytest.mark.parametrize("name", ["wu", "mo", "bai", "ren", "fang", "hu", "chen"])
def test_nobody_receives_a_task_who_cannot_see_the_customer_or_is_not_here(cast, name):
    task = plan(cast.li, cast.huadong)
    away(cast.chen)
    before = state_of(task)
    with pytest.raises(Refused) as refusal:
        give(cast.he, task, cast[name])
    assert list(refusal.value.fields) == ["person"]
    assert state_of(task) == before
    with pytest.raises(Refused):
        plan(cast.he, cast.huadong, person=cast[name])


def test_who_planned_it_who_has_it_and_who_logs_there_change_a_task_and_nobody_else(cast):
    task = plan(cast.he, cast.huadong, person=cast.gao)
    for actor, title in ((cast.gao, "一"), (cast.he, "二"), (cast.li, "三")):
        task.refresh_from_db()
        tasks.change(actor=actor, task=task, values={"title": title}, version=task.version)
    before = state_of(task)
    for actor, refusal in ((cast.pan, NotAllowed), (cast.fang, NotAllowed), (cast.wu, Http404)):
        with pytest.raises(refusal):
            tasks.change(actor=actor, task=task, values={"title": "x"}, version=4)
        with pytest.raises(refusal):
            tasks.finish(actor=actor, task=task)
        with pytest.raises(refusal):
            tasks.drop(actor=actor, task=task, why="x")
        with pytest.raises(refusal):
            give(actor, task, cast.chen)
        with pytest.raises(refusal):
            tasks.reopen(actor=actor, customer=task.customer, task=task)
    assert state_of(task) == before


def test_a_change_from_an_older_version_is_a_conflict(cast):
    task = plan(cast.li, cast.huadong)
    tasks.change(actor=cast.li, task=task, values={"title": "新"}, version=1)
    with pytest.raises(Conflict):
        tasks.change(actor=cast.chen, task=task, values={"title": "旧"}, version=1)
    assert Task.objects.get().title == "新"


def test_another_day_takes_the_hour_away(cast):
    at = datetime.combine(day(5), datetime.min.time(), company_zone()) + timedelta(hours=15)
    visit = plan(cast.li, cast.huadong, kind="visit", starts_at=at)
    tasks.change(actor=cast.li, task=visit, values={"due_on": day(6)}, version=1)
    visit.refresh_from_db()
    assert (visit.due_on, visit.starts_at) == (day(6), None)


# -- closing ---------------------------------------------------------------------------------------


def test_a_task_is_finished_once_and_stays_finished(cast):
    task = plan(cast.li, cast.huadong)
    tasks.finish(actor=cast.li, task=task, outcome="他们要三件")
    tasks.finish(actor=cast.chen, task=task)
    task.refresh_from_db()
    assert (task.state, task.done_by, task.outcome) == ("done", cast.li, "他们要三件")
    assert entries("tasks.finish").count() == 1
    assert "三件" not in str(entries("tasks.finish").get().changes)
    with pytest.raises(Conflict):
        tasks.drop(actor=cast.li, task=task, why="x")
    with pytest.raises(Refused):
        tasks.change(actor=cast.li, task=task, values={"title": "x"}, version=task.version)


def test_who_drops_a_task_says_why(cast):
    task = plan(cast.li, cast.huadong)
    with pytest.raises(Refused) as refusal:
        tasks.drop(actor=cast.li, task=task, why=" ")
    assert list(refusal.value.fields) == ["why"]
    tasks.drop(actor=cast.li, task=task, why="客户取消了")
    task.refresh_from_db()
    assert (task.state, task.outcome) == ("dropped", "客户取消了")


def test_a_task_opened_again_belongs_to_whoever_had_it_unless_they_cannot(cast):
    task = plan(cast.li, cast.huadong)
    tasks.finish(actor=cast.li, task=task, outcome="好")
    tasks.reopen(actor=cast.chen, customer=cast.huadong, task=task)
    task.refresh_from_db()
    assert (task.state, task.person, task.done_at, task.outcome) == ("open", cast.li, None, "")
    tasks.finish(actor=cast.li, task=task)
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    tasks.reopen(actor=cast.chen, customer=cast.huadong, task=task)
    task.refresh_from_db()
    assert task.person == cast.chen


def test_a_logged_visit_closes_the_task_it_was_planned_by(cast):
    visit = plan(cast.li, cast.huadong, kind="visit")
    key = uuid.uuid4()
    for _again in range(2):
        made = tasks.log(
            actor=cast.li, task=visit.pk, customer=cast.huadong, client_uuid=key, note="谈好了"
        )
    visit.refresh_from_db()
    assert (visit.state, visit.activity) == ("done", made)
    assert Activity.objects.count() == entries("tasks.finish").count() == 1


@pytest.mark.parametrize("which", ["elsewhere", "missing"])
def test_a_visit_is_logged_whatever_became_of_its_task(cast, which):
    task = plan(cast.wu, cast.nanqiao, kind="visit")
    key = {"elsewhere": task.pk, "missing": 987_654}[which]
    tasks.log(actor=cast.li, task=key, customer=cast.huadong, client_uuid=uuid.uuid4(), note="x")
    assert Activity.objects.count() == 1
    assert Task.objects.get().state == "open"


# -- the database keeps its part -------------------------------------------------------------------


def test_a_task_is_never_deleted_and_never_half_closed(cast):
    task = plan(cast.li, cast.huadong)
    with audit.verb("tests", cast.li), pytest.raises(InternalError), transaction.atomic():
        task.delete()
    assert Task.objects.count() == 1


def test_a_closed_task_says_when_and_by_whom(cast):
    task = plan(cast.li, cast.huadong)
    half = transaction.atomic()
    with audit.verb("tests", cast.li), pytest.raises(IntegrityError, match="task_closed_by"), half:
        Task.objects.filter(pk=task.pk).update(state="done")


# -- following the customer ------------------------------------------------------------------------


def test_open_tasks_follow_and_say_from_whom_to_whom(cast):
    mine, done, backups = (
        plan(cast.li, cast.huadong), plan(cast.li, cast.huadong), plan(cast.chen, cast.huadong)
    )  # fmt: skip
    other = plan(cast.wu, cast.nanqiao)
    tasks.finish(actor=cast.li, task=done)
    with audit.verb("changesets.test", cast.system):
        moved = task_moves.follow([(cast.huadong.pk, cast.li.pk, cast.he.pk)])
    assert moved == {cast.huadong.pk: [mine.pk]}
    rows = {task.pk: task for task in Task.objects.all()}
    assert (rows[mine.pk].person, rows[mine.pk].first_person) == (cast.he, cast.li)
    assert [rows[t.pk].person for t in (done, backups, other)] == [cast.li, cast.chen, cast.wu]
    entry = entries("changesets.test").get()
    assert (entry.subject_id, entry.changes) == (str(mine.pk), {"person": [cast.li.pk, cast.he.pk]})


def test_two_people_who_change_seats_change_tasks(cast):
    first, second = plan(cast.li, cast.huadong), plan(cast.chen, cast.huadong)
    with audit.verb("changesets.test", cast.system):
        task_moves.follow([
            (cast.huadong.pk, cast.li.pk, cast.chen.pk), (cast.huadong.pk, cast.chen.pk, cast.li.pk)
        ])  # fmt: skip
    assert Task.objects.get(pk=first.pk).person == cast.chen
    assert Task.objects.get(pk=second.pk).person == cast.li


def test_what_goes_back_is_what_is_still_open_and_there(cast):
    made = [plan(cast.li, cast.huadong) for _n in range(3)]
    with audit.verb("changesets.test", cast.system):
        moved = task_moves.follow([(cast.huadong.pk, cast.li.pk, cast.he.pk)])
    tasks.finish(actor=cast.he, task=made[0])
    give(cast.he, made[1], cast.chen)
    later = plan(cast.he, cast.huadong)
    with audit.verb("changesets.test", cast.system):
        back = task_moves.give_back(moved, cast.he, cast.li)
    assert back == {cast.huadong.pk: [made[2].pk]}
    people = [Task.objects.get(pk=task.pk).person for task in [*made, later]]
    assert people == [cast.he, cast.chen, cast.li, cast.he]


def test_nothing_to_follow_asks_and_leaves_nothing(cast):
    with audit.verb("changesets.test", cast.system):
        assert task_moves.follow([]) == task_moves.give_back({}, cast.li, cast.he) == {}
    assert not entries("changesets.test").exists()


def test_tasks_follow_in_the_same_number_of_statements_however_many_there_are(cast):
    for _n in range(2):
        plan(cast.li, cast.huadong)
    counts = []
    for giver, taker in ((cast.li, cast.he), (cast.he, cast.li)):
        verb, asked = audit.verb("changesets.test", cast.system), CaptureQueriesContext(connection)
        with verb, asked:
            task_moves.follow([(cast.huadong.pk, giver.pk, taker.pk)])
        counts.append(len(asked))
        for _n in range(9):
            plan(cast.he, cast.huadong)
    assert counts == [2, 2]


def test_moving_tasks_outside_a_verb_is_a_fault(cast):
    plan(cast.li, cast.huadong)
    with pytest.raises(RuntimeError):
        task_moves.follow([(cast.huadong.pk, cast.li.pk, cast.he.pk)])


# -- who does it now -------------------------------------------------------------------------------


def test_whoever_stands_in_does_the_tasks_of_somebody_away(cast):
    task = plan(cast.li, cast.huadong)
    assert answering(task) == cast.li
    away(cast.li)
    assert answering(task) == cast.chen


def test_a_task_of_somebody_who_lost_sight_is_done_by_whoever_answers(cast):
    task = plan(cast.li, cast.huadong)
    ownership.assign(
        actor=cast.zhao, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.wu
    )
    task = Task.objects.get(pk=task.pk)
    assert answering(task) == cast.wu
    assert Person.objects.filter(pk=task.person_id).exists()


def test_the_trail_says_from_whom_to_whom_a_task_went_with_its_customer(cast):
    plan(cast.li, cast.huadong, title="送样品")
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    [told] = Reader(cast.he, entries("ownership.assign")).told()
    said = strip_tags(told.sentence)
    assert "送样品" in said and "from Li Wei" in said and "to Chen Jie" in said
    assert Task.objects.get().person == cast.chen
