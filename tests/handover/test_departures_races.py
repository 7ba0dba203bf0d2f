"""Two who act on one case at the same moment: the second one decides on what the first has left."""

import threading
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import close_old_connections, connection, transaction
from django.db.models import UniqueConstraint

from accounts import audit
from accounts.service import CONSTRAINTS
from crm.services import activities
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors.briefs import asked
from handover.services import briefs, departures, handover_tasks, introductions
from kit.errors import Conflict, Refused
from tests.handover.test_departures_plan import plan, working
from tests.handover.world import case, task

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class Meanwhile:
    """Somebody who acts in a transaction of their own; `outcome` is what became of it."""

    def __init__(self, act):
        self.outcome, self.act = None, act
        self.thread = threading.Thread(target=self.run)

    def run(self):
        close_old_connections()
        try:
            self.act()
            self.outcome = "done"
        except Exception as error:
            self.outcome = type(error)
        finally:
            connection.close()

    def begins(self):
        """Begin, and come back when it waits for a lock or is over."""
        self.thread.start()
        while self.thread.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    return
            self.thread.join(0.02)

    def ends(self):
        self.thread.join(10)
        return self.outcome


def made(cast, **more):
    departure = case(cast, **more)
    row = departure.customers.get()
    return departure, row, task(cast, departure, cast.li, key="joint_visit", step=2, handover=row)


ACTS = {
    "report": lambda cast, row, task: handover_tasks.report(
        actor=cast.li, task=task, problem="No keys"
    ),
    "react": lambda cast, row, task: introductions.react(
        actor=cast.li, handover=row, reaction="declines"
    ),
    "reopen": lambda cast, row, task: handover_tasks.reopen(actor=cast.hu, task=task),
    "return": lambda cast, row, task: briefs.give_back(actor=cast.chen, handover=row, why="More"),
}


@pytest.mark.parametrize("name", ACTS)
def test_whoever_acts_while_a_case_closes_is_refused_once_it_is_closed(committed, name):
    cast = committed
    departure, row, visit = made(cast)
    with audit.verb("tests", cast.hu):
        CustomerHandover.objects.filter(pk=row.pk).update(brief="submitted")
        if name == "reopen":
            HandoverTask.objects.filter(pk=visit.pk).update(
                state="done", closed_by=cast.li, closed_at="2026-01-01T00:00Z"
            )
    other = Meanwhile(lambda: ACTS[name](cast, row, visit))
    with transaction.atomic(), audit.verb("tests", cast.hu):
        held = Departure.objects.select_for_update().get(pk=departure.pk)
        held.state = "closed"
        other.begins()
        held.save()
    assert other.ends() is Refused
    row.refresh_from_db()
    assert (row.reaction, row.brief) == ("", "submitted")
    assert HandoverTask.objects.get(pk=visit.pk).state in ("not_started", "done")


def test_a_visit_confirmed_while_the_brief_is_accepted_leaves_it_accepted(committed):
    cast = committed
    departure, row, _visit = made(cast)
    task(cast, departure, cast.li, key="brief", step=2, handover=row)
    briefs.write(actor=cast.li, handover=row, answers={one["id"]: "x" for one in asked("A")})
    briefs.submit(actor=cast.li, handover=row)
    logged = activities.log(actor=cast.li, customer=row.customer, client_uuid=uuid4(), kind="visit",
                            visitors=(cast.chen.pk,))  # fmt: skip
    other = Meanwhile(lambda: activities.confirm(actor=cast.chen, activity=logged))
    with transaction.atomic():
        briefs.accept(actor=cast.chen, handover=row)
        other.begins()
    assert other.ends() == "done"
    row.refresh_from_db()
    assert row.brief == "accepted" and row.giver_met_at and row.taker_met_at


def test_of_two_tasks_left_out_at_once_both_are_left_out(committed):
    cast = committed
    departure = plan(cast)
    first, second = departure.tasks.filter(blocking=False).order_by("pk")[:2]
    given = {"actor": cast.hu, "departure": departure}
    other = Meanwhile(lambda: departures.drop_task(**given, task=second))
    with transaction.atomic():
        departures.drop_task(**given, task=first)
        other.begins()
    assert other.ends() == "done"
    left = set(departure.tasks.values_list("pk", flat=True))
    assert not left & {first.pk, second.pk}
    assert len(Departure.objects.get(pk=departure.pk).left_out) == 2


MADE_AT_ONCE = {"handover_once", "emergency_call_once", "rotation_reminded"}  # by one verb alone


def test_what_a_race_may_reach_in_the_handover_has_words():
    unique = {
        one.name
        for model in apps.get_app_config("handover").get_models()
        for one in model._meta.constraints
        if isinstance(one, UniqueConstraint)
    }
    assert unique - MADE_AT_ONCE <= set(CONSTRAINTS)


def test_a_plan_made_by_two_at_the_same_moment_is_a_conflict_and_no_fault(cast, monkeypatch):
    case(cast)
    monkeypatch.setattr(departures, "check_people", lambda *args: None)
    with pytest.raises(Conflict, match="departure case"):
        departures.prepare(
            actor=cast.hu, people=[cast.li], last_day=working(20), kind="resignation"
        )
