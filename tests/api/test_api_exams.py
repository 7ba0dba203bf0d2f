"""File exams by the API: begun, answered, remarked on, and who is told of what."""

import pytest

from crm.models import Exam
from crm.services import exams
from tests.crm import changesets_world as world


@pytest.fixture
def month(cast):
    """The exam that Chen, the backup, is given this month."""
    exams.draw_month()
    return Exam.objects.get(examinee=cast.chen)


def test_a_backup_begins_and_answers_and_the_manager_remarks(month, api):
    address = f"exams/{month.pk}"
    begun = api("chen").post(f"{address}/begin")
    assert (begun.status_code, len(begun.data["questions"])) == (200, 5)
    assert api("chen").post(f"{address}/begin").status_code == 200
    assert api("li").get(address).status_code == 404
    body = {"answers": [{"number": 0, "answer": None}]}
    assert api("chen").post(f"{address}/answer", body).data["asked"] == 5
    assert api("chen").post(f"{address}/answer", body).status_code == 409
    assert api("li").get("exams", taken=True).data["results"][0]["right"] == 0
    assert api("he").get(address).status_code == 404
    assert api("li").post(f"{address}/remark", {"remark": "Noted"}).status_code == 200
    assert api("he").get(address).data["remark"] == "Noted"


@pytest.mark.parametrize("answers", [
    [{"number": 0, "answer": 99}], [{"number": 98, "answer": 1}], [{"number": "x"}], "x", None,
    [{"number": -1, "answer": 0}], [{"number": 0, "answer": 10**30}],
])  # fmt: skip
def test_answers_that_were_not_offered_are_refused(month, api, answers):
    api("chen").post(f"exams/{month.pk}/begin")
    refused = api("chen").post(f"exams/{month.pk}/answer", {"answers": answers})
    assert refused.status_code == 422
    month.refresh_from_db()
    assert month.taken_at is None


def test_a_receiver_begins_the_exam_of_a_customer_to_come_once(cast, api):
    world.proposed(cast, [cast.huadong.pk], taker="chen")
    first = api("chen").post(f"customers/{cast.huadong.pk}/exam")
    again = api("chen").post(f"customers/{cast.huadong.pk}/exam")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data["id"] == again.data["id"]
    assert api("li").post(f"customers/{cast.huadong.pk}/exam").status_code == 422
    assert api("wu").post(f"customers/{cast.huadong.pk}/exam").status_code == 404
