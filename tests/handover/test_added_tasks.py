"""A task is added to an open case: who may, for whom, by when, and once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Notice, TrailEntry
from handover.models import HandoverTask
from handover.selectors import burndown, cases
from handover.services import added_tasks
from kit import outbox
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api
from tests.handover.world import case


@pytest.fixture
def departure(cast):
    return case(cast)


def add(cast, departure, actor="hu", person="chen", **more):
    values = {"title": "Collect the demo machine", "due_on": today(company_zone())} | more
    return added_tasks.add(actor=cast[actor], departure=departure, person=cast[person], **values)


def test_hr_and_who_leads_the_leaver_add_tasks_and_nobody_else(cast, departure):
    for name in ("li", "chen", "fang", "wu", "qian", "tang"):
        with pytest.raises((NotAllowed, Exception)) as raised:
            add(cast, departure, actor=name)
        assert raised.type.__name__ in ("NotAllowed", "Http404"), name
    assert not departure.tasks.exists()
    for name in ("hu", "he", "zhao", "sun"):
        assert add(cast, departure, actor=name).state == "not_started"


def test_an_added_task_is_told_and_its_words_stay_out_of_the_trail(cast, departure):
    task = add(cast, departure, handover=departure.customers.get())
    assert (task.step, task.who, task.blocking) == (2, "added", False)
    outbox.relay()
    assert Notice.objects.get(code="handover.given").person == cast.chen
    entry = TrailEntry.objects.get(verb="added_tasks.add")
    assert entry.changes["title"] == {"hidden": True} and entry.customer_id == cast.huadong.pk


def test_the_leaver_gets_a_task_up_to_the_last_day_and_never_after_it(cast, departure):
    after = departure.last_day + timedelta(days=1)
    with pytest.raises(Refused) as raised:
        add(cast, departure, person="li", due_on=after)
    assert raised.value.fields.keys() == {"due_on"} and not departure.tasks.exists()
    assert add(cast, departure, person="li").who == "leaver"
    assert add(cast, departure, person="chen", due_on=after).step == 7


def test_what_cannot_be_is_refused_at_its_field(cast, departure, absent):
    absent(cast.wu)
    other = case(cast, cast.mo, customers=[cast.nanqiao]).customers.get()
    wrong = [
        ("title", {"title": "  "}), ("title", {"title": "x" * 201}),
        ("person", {"person": "ren"}), ("person", {"person": "wu"}), ("person", {"person": "ming"}),
        ("due_on", {"due_on": today(company_zone()) - timedelta(days=1)}),
        ("due_on", {"due_on": departure.last_day}),
        ("due_on", {"due_on": departure.last_day + timedelta(days=800)}),
        ("handover", {"handover": other}), ("step", {"step": 6}), ("step", {"step": 8}),
    ]  # fmt: skip
    for field, values in wrong:
        with pytest.raises(Refused) as raised:
            add(cast, departure, **values)
        assert raised.value.fields.keys() == {field}, values
    assert not departure.tasks.exists()


def test_a_plan_and_a_closed_case_take_none(cast):
    for state in ("draft", "withdrawn"):
        with pytest.raises(Conflict):
            add(cast, case(cast, state=state))
    assert not HandoverTask.objects.exists()


def test_sent_twice_it_is_one_task_and_other_words_under_its_number_are_refused(cast, departure):
    number = uuid4()
    first = add(cast, departure, client_uuid=number)
    assert add(cast, departure, client_uuid=number).pk == first.pk
    with pytest.raises(Refused):
        add(cast, departure, client_uuid=number, title="Something else")
    assert departure.tasks.count() == 1


def test_in_a_confidential_case_nobody_is_told_and_the_leaver_is_not_asked(cast, departure):
    departure.confidential_until = departure.opened_at + timedelta(days=5)
    departure.save()
    with pytest.raises(Refused):
        add(cast, departure, person="li")
    add(cast, departure)
    outbox.relay()
    assert not Notice.objects.filter(code="handover.given").exists()


def test_what_is_added_is_more_scope_than_at_the_opening(cast, departure):
    task = add(cast, departure, handover=departure.customers.get())
    found = burndown.of(departure, cases.tasks_of(cast.hu, departure))
    assert (found.total, found.scope) == (0, cases.weight(task)) and found.left == found.scope


def test_a_lead_adds_a_task_by_the_page(client, cast, departure):
    client.force_login(cast.he)
    address = reverse("handover:task-add", args=[departure.pk])
    assert address in client.get(departure.get_absolute_url()).content.decode()
    form = client.get(address).content.decode()
    assert "华东机电" in form and "Collect" not in form
    row, day = departure.customers.get(), today(company_zone()).isoformat()
    data = {"title": "Collect the machine", "person": cast.chen.pk, "due_on": day,
            "handover": row.pk, "step": "", "client_uuid": str(uuid4())}  # fmt: skip
    for wrong in ({"person": "x"}, {"handover": "9" * 40}, {"step": "6"}, {"due_on": "soon"}):
        assert client.post(address, data | wrong).status_code == 422
    assert not departure.tasks.exists()
    for _twice in range(2):
        assert client.post(address, data).status_code in (302, 303)
    task = departure.tasks.get()
    assert task.handover == row and task.made_at > departure.opened_at
    page = client.get(departure.get_absolute_url()).content.decode()
    assert "Collect the machine" in page and "Added since the opening" in page


def test_an_auditor_reads_the_case_without_the_button(client, cast, departure):
    client.force_login(cast.fang)
    address = reverse("handover:task-add", args=[departure.pk])
    assert address not in client.get(departure.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 403


def test_by_the_api_a_task_is_added_once(cast, departure):
    body = {"departure": departure.pk, "title": "Collect it", "person": cast.chen.pk,
            "due_on": today(company_zone()).isoformat(), "client_uuid": str(uuid4())}  # fmt: skip
    address = "/api/v1/handover-tasks"
    first, again = (api(cast.hu).post(address, body, "application/json") for _twice in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] and departure.tasks.count() == 1
