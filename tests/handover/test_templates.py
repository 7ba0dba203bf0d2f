"""The templates of departures are the company's own: edited, tried, and never on the last day."""

import pytest
from django.urls import reverse

from accounts.selectors.content import content
from handover.models import Departure, HandoverTask
from handover.selectors import templates as ask
from handover.services import templates
from kit.errors import Conflict, NotAllowed, Refused
from tests.handover.test_departures_plan import plan, working

pytestmark = pytest.mark.django_db
WHERE = {"kind": "resignation", "group": "case", "task": "team_talk"}


def row(body, key="team_talk"):
    rows = ask.rows_of(body, "resignation", "case")
    return next((one for one in rows if one["task"] == key), None)


def test_hr_moves_a_task_and_gives_it_to_somebody_else(cast):
    values = {"offset": -3, "who": "hr", "blocking": True}
    templates.set_row(actor=cast.hu, **WHERE, values=values)
    departure = plan(cast)
    task = departure.tasks.get(key="team_talk")
    assert task.person == cast.hu and task.blocking
    assert task.due_on == working(27)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"offset": 0}, "offset"), ({"offset": 501}, "offset"), ({"who": "nobody"}, "who")],
)
def test_a_row_that_cannot_be_meant_is_refused_at_its_field(cast, values, field):
    given = {"offset": -3, "who": "hr", "blocking": False} | values
    with pytest.raises(Refused) as refused:
        templates.set_row(actor=cast.hu, **WHERE, values=given)
    assert field in refused.value.fields
    assert row(content("departure"))["offset_working_days"] == -20


def test_a_task_is_removed_from_a_template_and_taken_in_again(cast):
    body = templates.remove_row(actor=cast.hu, **WHERE)
    assert row(body) is None
    with pytest.raises(Conflict):
        templates.remove_row(actor=cast.hu, **WHERE)
    body = templates.add_row(actor=cast.hu, **WHERE, offset=-7)
    assert row(body)["offset_working_days"] == -7
    with pytest.raises(Conflict):
        templates.add_row(actor=cast.hu, **WHERE, offset=-7)


def test_a_task_of_a_customer_is_none_of_the_case(cast):
    with pytest.raises(Refused):
        templates.add_row(actor=cast.hu, kind="resignation", group="case", task="brief", offset=-7)


def test_texts_are_changed_in_both_languages_and_neither_may_be_empty(cast):
    texts = {"title": {"en": "Speak", "zh": "沟通"}, "evidence": {"en": "Date", "zh": "日期"}}
    templates.set_texts(actor=cast.hu, task="team_talk", texts=texts)
    assert plan(cast).tasks.get(key="team_talk").title_zh == "沟通"
    texts["title"]["zh"] = " "
    with pytest.raises(Refused) as refused:
        templates.set_texts(actor=cast.hu, task="team_talk", texts=texts)
    assert "title_zh" in refused.value.fields


def test_a_rep_may_not_change_templates(cast):
    with pytest.raises(NotAllowed):
        templates.remove_row(actor=cast.li, **WHERE)


def test_trying_a_template_writes_nothing(cast, client):
    client.force_login(cast.hu)
    page = client.post(
        reverse("handover:template-try"),
        {"person": cast.li.pk, "last_day": working(30).isoformat(), "kind": "retirement"},
    )
    assert page.status_code == 200 and b"Who must free time" in page.content
    assert not Departure.objects.exists() and not HandoverTask.objects.exists()


@pytest.mark.parametrize("address", [
    "/departures/templates?kind=nothing&group=Z", "/departures/templates?kind=dismissal&group=A",
    "/departures/templates/resignation/A/brief", "/departures/templates/texts/brief",
    "/departures/templates/resignation/C/add",
])  # fmt: skip
def test_the_pages_of_templates_open(cast, client, address):
    client.force_login(cast.zhao)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [
    "/departures/templates/nothing/A/brief", "/departures/templates/resignation/Z/brief",
    "/departures/templates/resignation/A/nothing", "/departures/templates/texts/nothing",
])  # fmt: skip
def test_what_is_in_no_template_is_missing(cast, client, address):
    client.force_login(cast.hu)
    assert client.get(address).status_code == 404
