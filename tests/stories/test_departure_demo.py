"""The demo company's largest book changes hands whole: every gate and guard holds, nobody is lost."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import Count
from psycopg2.extras import DateTimeTZRange

from accounts.access import Role
from accounts.models import Person
from crm.models import Assignment, ChangeSet, Customer, Territory
from crm.seats import Seat
from crm.selectors import changesets as sets
from crm.services import approvals, ownership, territories
from handover import gates
from handover.models import FollowUp, HandoverTask
from handover.models.sign_offs import digest_of
from handover.selectors import briefs as asked
from handover.selectors import handover_tasks as duties
from handover.selectors import knowledge as learning
from handover.selectors import sign_offs as signed
from handover.services import (
    briefs,
    cases,
    closing,
    departure_opening,
    departures,
    documents,
    handover_tasks,
    interviews,
    introductions,
    knowledge,
    sign_offs,
)
from kit import jobs
from kit.clock import database_now
from kit.errors import Refused
from kit.models import Job
from tests import database
from tests.handover.test_departures_plan import working

pytestmark = pytest.mark.slow


@pytest.fixture
def people(committed, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    database.wipe()
    call_command("seed_demo")
    return {person.username: person for person in Person.objects.all()}


def managed(customers):
    """Customer → its account manager now."""
    held = Assignment.objects.at().filter(customer__in=customers, seat=Seat.ACCOUNT_MANAGER)
    return dict(held.values_list("customer", "person"))


def largest_book():
    """Who of the active reps looks after most customers, and which."""
    held = Assignment.objects.at().filter(
        seat=Seat.ACCOUNT_MANAGER, person__state="active", person__roles=[Role.REP]
    )
    (person, _most) = held.values_list("person").annotate(n=Count("pk")).order_by("-n", "person")[0]
    return Person.objects.get(pk=person), set(
        held.filter(person=person).values_list("customer", flat=True)
    )


def test_the_largest_book_of_the_demo_is_handed_over_whole(people):
    leaver, book = largest_book()
    hr, director = people["hr"], people["director"]
    departure = departures.prepare(
        actor=hr, people=[leaver], last_day=working(30), kind="resignation"
    )
    assert set(departure.customers.values_list("customer", flat=True)) == book
    somebody_for_each(hr, departure)
    departure.refresh_from_db()
    cases.begin(actor=hr, departure=departure, version=departure.version)
    departure.refresh_from_db()
    if departure.witness is None:
        sign_offs.name_witness(actor=hr, departure=departure, person=signed.witnesses(departure)[0])
    decided(departure, director)
    nothing_comes(leaver, director)
    briefs_written(departure)
    introduced(departure)
    papers(departure, hr)
    finished(departure, director)
    assert [one.text for one in closing.still(departure) if one.gate != "sign_offs"] == []
    everybody_signs(departure, hr)
    the_last_day_ends(departure)
    again_signed(departure, hr)
    assert closing.still(departure) == []
    departure.refresh_from_db()
    with pytest.raises(Refused, match="still to be handed over"):  # their territory
        closing.close(actor=hr, departure=departure, person=leaver)
    for territory in Territory.objects.filter(person=leaver, ended_on=None):
        territories.end(actor=hr, territory=territory)
    closing.close(actor=hr, departure=departure, person=leaver)

    leaver.refresh_from_db()
    assert leaver.state == Person.State.LEFT
    after = managed(book)
    assert set(after) == book and leaver.pk not in after.values()
    assert no_gap(book)
    assert FollowUp.objects.filter(handover__departure=departure).exists()


def somebody_for_each(hr, departure):
    """Whoever the plan found nobody for gets one of the successors it found."""
    open_rows = departure.customers.filter(successor=None)
    taker = departure.customers.exclude(successor=None).first().successor
    if open_rows.exists():
        departures.give(actor=hr, departure=departure, customers=list(open_rows), successor=taker)


def decided(departure, director):
    """The head above says yes, and so does everybody who receives."""
    for change_set in departure.change_sets.all():
        if change_set.state == ChangeSet.State.PROPOSED:
            approvals.approve(
                actor=director, change_set=change_set, seen=sets.fingerprint(change_set)
            )
        takers = change_set.changes.filter(accepted_at=None, state="waiting").values("taker")
        for taker in Person.objects.filter(pk__in=takers):
            change_set.refresh_from_db()
            if change_set.state == ChangeSet.State.APPROVED:
                approvals.accept(actor=taker, change_set=change_set)


def nothing_comes(leaver, director):
    """What was planned to become the leaver's stays where it is."""
    ahead = Assignment.objects.filter(person=leaver, period__startswith__gt=database_now())
    for one in ahead.select_related("customer"):
        ownership.cancel_planned(actor=director, customer=one.customer, assignment=one)


def briefs_written(departure):
    """Every brief is written and accepted; the first one comes back once."""
    for place, row in enumerate(departure.customers.all()):
        answers = {question["id"]: "Known and written down" for question in asked.asked(row.tier)}
        briefs.write_and_submit(actor=departure.person, handover=row, answers=answers)
        if place == 0:
            briefs.give_back(actor=row.successor, handover=row, why="Who signs is missing")
            briefs.write_and_submit(actor=departure.person, handover=row, answers=answers)
        briefs.accept(actor=row.successor, handover=row)


def introduced(departure):
    """Both were there, the customer knows and says how it is, the service line has spoken."""
    for row in departure.customers.all():
        for person in (departure.person, row.successor):
            introductions.confirm(actor=person, handover=row, reaction="welcomes")
        specialist = row.tasks.filter(key__startswith="service_call").first().person
        introductions.call(actor=specialist, handover=row)


def papers(departure, hr):
    """Documents, things, what works in the post, the team, the interview."""
    supervisor = next(
        slot.person for slot in signed.slots(departure) if slot.signer == "supervisor"
    )
    documents.expect(actor=departure.person, departure=departure)
    for row in departure.documents.select_related("handover__successor"):
        documents.tick(
            actor=row.handover.successor if row.handover else hr, departure=departure,
            document=row, state="received", version=row.version,
        )  # fmt: skip
    knowledge.write(
        actor=departure.person, departure=departure, submit=True,
        answers={key: "It works" for key, _text in learning.prompts()},
    )  # fmt: skip
    knowledge.judge(actor=supervisor, departure=departure, accept=True, version=1)
    for taker in signed.successors(departure):
        for step in learning.steps(departure, taker):
            for person in (departure.person, taker):
                knowledge.tick_step(
                    actor=person, departure=departure, successor=taker, key=step.key
                )
    knowledge.note_talk(
        actor=supervisor, departure=departure,
        values={"held_on": departure.last_day, "present": "All", "points": [], "questions": ""},
    )  # fmt: skip
    from accounts.selectors.content import content

    first = content("departure")["exit_interview"]["questions"][0]["id"]
    interviews.save(
        actor=hr, departure=departure, complete=True,
        answers={first: {"answer": "It was good", "sources": [], "theme": ""}},
    )  # fmt: skip


def finished(departure, director):
    """Each does the own tasks with what shows it; what cannot be done a director lets go by name."""
    for _round in range(12):
        left = list(duties.with_people(departure.tasks.filter(state__in=HandoverTask.OPEN)))
        moved = [task for task in left if task.key not in closing.OF_CLOSING and done(task)]
        if not moved:
            break
    for one in gates.unmet(departure, {"tasks"}):
        if one.task.key not in closing.OF_CLOSING:
            handover_tasks.waive(
                actor=director, departure=departure, gate="tasks", task=one.task, why="Not needed"
            )


def done(task):
    """Whether the task could be finished by whose it is."""
    if task.person is None or not task.person.has_access:
        return False
    try:
        handover_tasks.finish(actor=task.person, task=task, proof="Done and filed")
    except Refused:
        return False
    return True


def everybody_signs(departure, hr):
    """Each signs when it is their turn; where a department has nobody, HR notes it."""
    departure.refresh_from_db()
    for _turn in range(40):
        slot = next((one for one in signed.slots(departure) if one.is_next), None)
        if slot is None:
            return
        person = slot.person or signed.of_department(departure, slot.signer)
        if person is None or not person.has_access:
            sign_offs.note_missing(
                actor=hr, departure=departure, signer=slot.signer, why="Nobody is there",
                person=slot.person,
            )  # fmt: skip
            continue
        seen = signed.slot_of(departure, person, slot.signer)
        sign_offs.sign(
            actor=person, departure=departure, signer=slot.signer, agreed=[0, 1],
            seen=digest_of(signed.to_sign(departure, seen, person)),
        )  # fmt: skip


def again_signed(departure, hr):
    """What the last day changed is signed by those who are still here."""
    if any(not slot.is_given for slot in signed.slots(departure)):
        everybody_signs(departure, hr)


def the_last_day_ends(departure):
    """The instant of the changes has come, and access ends."""
    now = database_now() - timedelta(seconds=1)
    for change_set in departure.change_sets.exclude(job=None):
        ChangeSet.objects.filter(pk=change_set.pk).update(effective_at=now)
        Job.objects.filter(pk=change_set.job_id).update(due_at=now)
    for _step in range(60):
        jobs.sweep()
        if not departure.change_sets.filter(state__in=["scheduled", "running"]).exists():
            break
    the_planned_day_comes(departure)
    departure_opening.end_access(actor=Person.objects.system(), departure=departure)


def the_planned_day_comes(departure):
    """So has that of changes which were planned before the case."""
    now, leaver = database_now(), departure.person
    for one in Assignment.objects.filter(
        customer__in=departure.customers.values("customer"), seat=Seat.ACCOUNT_MANAGER,
        period__startswith__gt=now,
    ):  # fmt: skip
        before = Assignment.objects.get(
            customer=one.customer, seat=one.seat, person=leaver, period__contains=now
        )
        before.period = DateTimeTZRange(before.period.lower, now, "[)")
        before.save()
        one.period = DateTimeTZRange(now, one.period.upper, "[)")
        one.save()


def no_gap(book):
    """Whether each customer was held by an account manager, or vacant as before, without a hole."""
    for customer in Customer.objects.filter(pk__in=book):
        rows = customer.assignments.filter(seat=Seat.ACCOUNT_MANAGER).order_by("period")
        last, now = list(rows)[-2:]
        if last.period.upper != now.period.lower:
            return False
    return True
