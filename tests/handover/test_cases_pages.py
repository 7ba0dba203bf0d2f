"""The pages of a case: the list, HR's home, the seven steps, tasks, sheets of customers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from accounts import audit
from handover.models import CustomerHandover, HandoverTask, SignOff
from kit.clock import database_now
from kit.dates import company_zone, today
from tests.handover.world import case, task


@pytest.fixture
def opened(cast):
    """A case of li with a task of each kind."""
    departure = case(cast)
    row = departure.customers.get()
    made = {
        "assets": task(cast, departure, cast.li),
        "brief": task(cast, departure, cast.li, key="brief", step=2, title="Answer the brief",
                      title_zh="填写交接要点", handover=row),
        "joint": task(cast, departure, cast.li, key="joint_visit", step=2, title="Joint visit",
                      title_zh="联合拜访", handover=row),
        "solo": task(cast, departure, cast.chen, key="solo_contact", step=2, title="Alone",
                     title_zh="独立联系", handover=row, blocking=False),
        "sign": task(cast, departure, cast.hu, key="sign_offs", step=6, title="Sign", who="hr"),
        "call": task(cast, departure, cast.gao, key="service_call_30", step=7, title="Call 30",
                     handover=row, blocking=False, who="service_specialist"),
    }  # fmt: skip
    return departure, row, made


def page(client, person, name, *args, **data):
    client.force_login(person)
    return client.get(reverse(f"handover:{name}", args=args), data)


def send(client, person, name, *args, **data):
    client.force_login(person)
    return client.post(reverse(f"handover:{name}", args=args), data)


def test_everybody_concerned_opens_the_case_and_nobody_else(client, cast, opened):
    departure, _row, _made = opened
    for name in ("li", "chen", "he", "zhao", "sun", "hu", "fang", "gao"):
        answer = page(client, cast[name], "departure", departure.pk)
        assert answer.status_code == 200, name
    for name in ("wu", "qian", "tang", "ming", "yu", "lin"):
        assert page(client, cast[name], "departure", departure.pk).status_code == 404, name


def test_hr_reads_the_steps_without_a_way_into_the_customer(client, cast, opened):
    departure, row, made = opened
    answer = page(client, cast.hu, "departure", departure.pk).content.decode()
    assert "华东机电" in answer and "Cannot start yet" in answer
    assert made["sign"].get_absolute_url() not in answer  # not a link
    sheet = page(client, cast.hu, "customer", departure.pk, row.pk).content.decode()
    assert f'"{row.customer.get_absolute_url()}"' not in sheet
    assert (
        row.customer.get_absolute_url()
        in page(client, cast.he, "customer", departure.pk, row.pk).content.decode()
    )


def test_the_leaver_sees_their_own_tasks_only(client, cast, opened):
    departure, _row, made = opened
    answer = page(client, cast.li, "departure", departure.pk).content.decode()
    assert made["brief"].get_absolute_url() in answer
    assert made["sign"].get_absolute_url() not in answer and "Alone" not in answer
    assert page(client, cast.li, "task", departure.pk, made["sign"].pk).status_code == 404
    assert page(client, cast.li, "departure-missing", departure.pk).status_code == 403


def test_a_confidential_case_is_the_same_404_for_the_leaver_and_the_lead(client, cast):
    secret = case(cast, confidential_until=database_now() + timedelta(days=2))
    task(cast, secret, cast.li)
    for name in ("li", "he", "sun"):
        assert page(client, cast[name], "departure", secret.pk).status_code == 404
        assert "Departures" in page(client, cast[name], "departures").content.decode()
        assert f"/departures/{secret.pk}" not in client.get("/departures").content.decode()
    assert page(client, cast.hu, "departure", secret.pk).status_code == 200


def test_lists_ask_the_database_the_same_for_many_cases(client, cast, opened):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(name):
        client.force_login(cast.hu)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(f"handover:{name}")).status_code == 200
        return len(asked)

    before = statements("departures"), statements("hr")
    task(cast, case(cast, cast.wu, customers=[cast.nanqiao]), cast.wu)
    task(cast, case(cast, cast.chen, customers=[cast.nanqiao]), cast.chen)
    assert (statements("departures"), statements("hr")) == before


def test_a_page_of_a_case_asks_the_same_for_many_tasks(client, cast, opened):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    departure, row, _made = opened
    client.force_login(cast.hu)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(departure.get_absolute_url()).status_code == 200
        return len(asked)

    before = statements()
    for number in range(5):
        task(cast, departure, cast.li, key=f"more{number}", step=2, handover=row)
    assert statements() == before


def test_a_task_is_finished_with_what_shows_it_and_opened_again(client, cast, opened):
    departure, _row, made = opened
    assert page(client, cast.li, "task", departure.pk, made["assets"].pk).status_code == 200
    refused = send(client, cast.li, "task-finish", departure.pk, made["assets"].pk)
    assert refused.status_code == 422
    done = send(client, cast.li, "task-finish", departure.pk, made["assets"].pk, proof="已签收")
    assert done.status_code == 303
    assert HandoverTask.objects.get(pk=made["assets"].pk).state == "done"
    assert page(client, cast.hu, "task", departure.pk, made["assets"].pk).status_code == 200
    assert send(client, cast.li, "task-reopen", departure.pk, made["assets"].pk).status_code == 403
    assert send(client, cast.hu, "task-reopen", departure.pk, made["assets"].pk).status_code == 303


def test_forged_ids_are_the_404(client, cast, opened):
    departure, _row, made = opened
    client.force_login(cast.hu)
    for path in (f"/departures/{10**30}", f"/departures/{departure.pk}/tasks/{10**30}",
                 f"/departures/{departure.pk + 1}/tasks/{made['assets'].pk}",
                 f"/departures/{departure.pk}/missing/waive?gate=nothing"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_a_director_waives_from_the_list_of_what_is_missing(client, cast, opened):
    departure, row, _made = opened
    listed = page(client, cast.sun, "departure-missing", departure.pk).content.decode()
    assert f"gate=told&amp;handover={row.pk}" in listed
    assert "waive" not in page(client, cast.hu, "departure-missing", departure.pk).content.decode()
    form = page(client, cast.sun, "departure-waive", departure.pk, gate="told", handover=row.pk)
    assert form.status_code == 200 and "华东机电" in form.content.decode()
    client.force_login(cast.sun)
    address = reverse("handover:departure-waive", args=[departure.pk])
    there = f"{address}?gate=told&handover={row.pk}"
    assert client.post(there, {"why": ""}).status_code == 422  # as the form of the page sends it
    sent = client.post(there, {"why": "客户停业"})
    assert sent.status_code == 303 and departure.waivers.get().by == cast.sun


# -- sheets ----------------------------------------------------------------------------------------


def test_a_brief_goes_from_draft_over_returned_to_accepted(client, cast, opened):
    departure, row, made = opened
    first = page(client, cast.li, "customer", departure.pk, row.pk)
    assert first.status_code == 200 and b'name="answer_brief_pay"' in first.content
    saved = send(client, cast.li, "customer-brief", departure.pk, row.pk, answer_brief_pay="月结")
    assert saved.status_code == 303
    assert (
        b"\xe6\x9c\x88\xe7\xbb\x93"
        not in page(client, cast.chen, "customer", departure.pk, row.pk).content
    )  # the receiver reads it when it is submitted
    half = send(client, cast.li, "customer-brief", departure.pk, row.pk, submit="1",
                answer_brief_pay="月结")  # fmt: skip
    assert half.status_code == 422
    answers = dict.fromkeys(first.context["form"].fields, "有")
    whole = send(client, cast.li, "customer-brief", departure.pk, row.pk, submit="1", **answers)
    assert whole.status_code == 303
    row.refresh_from_db()
    assert row.brief == "submitted"
    back = send(client, cast.chen, "customer-return", departure.pk, row.pk, why="谁是财务")
    assert back.status_code == 303
    assert "谁是财务" in page(client, cast.li, "customer", departure.pk, row.pk).content.decode()
    again = answers | {"answer_brief_pay": "财务王总"}
    send(client, cast.li, "customer-brief", departure.pk, row.pk, submit="1", **again)
    assert send(client, cast.chen, "customer-accept", departure.pk, row.pk).status_code == 303
    row.refresh_from_db()
    assert row.brief == "accepted"
    assert HandoverTask.objects.get(pk=made["brief"].pk).state == "done"


def test_hr_reads_no_word_of_the_brief_and_judges_nothing(client, cast, opened):
    departure, row, _made = opened
    send(client, cast.li, "customer-brief", departure.pk, row.pk, answer_brief_pay="月底付款")
    assert (
        "月底付款" not in page(client, cast.hu, "customer", departure.pk, row.pk).content.decode()
    )
    for name in ("customer-accept", "customer-brief", "customer-tell", "customer-call"):
        assert send(client, cast.hu, name, departure.pk, row.pk).status_code == 403, name


def test_after_the_visit_both_confirm_in_two_taps_and_the_task_is_done(client, cast, opened):
    from uuid import uuid4

    from crm.models import Activity

    departure, row, made = opened
    said = {"reaction": "welcomes", "client_uuid": str(uuid4())}
    assert (
        send(client, cast.li, "customer-confirm", departure.pk, row.pk, **said).status_code == 303
    )
    visit = Activity.objects.get(customer=row.customer, author=cast.li)
    assert HandoverTask.objects.get(pk=made["joint"].pk).is_open and not visit.confirmed_at
    said = {"reaction": "neutral", "client_uuid": str(uuid4())}
    assert (
        send(client, cast.chen, "customer-confirm", departure.pk, row.pk, **said).status_code == 303
    )
    visit.refresh_from_db()
    row.refresh_from_db()
    done = HandoverTask.objects.get(pk=made["joint"].pk)
    assert done.state == "done" and done.activity == visit and visit.proof == "joint"
    assert row.told_at and row.reaction == "neutral"


def test_the_service_line_notes_its_call(client, cast, opened):
    departure, row, _made = opened
    assert send(client, cast.li, "customer-call", departure.pk, row.pk).status_code == 403
    assert send(client, cast.gao, "customer-call", departure.pk, row.pk).status_code == 303
    row.refresh_from_db()
    assert row.called_by == cast.gao


def test_home_of_hr_names_who_signs_next_once_somebody_signed_or_the_end_is_near(client, cast):
    far, near = case(cast), case(cast, cast.chen, days=2)
    answer = page(client, cast.hu, "hr").content.decode()
    assert reverse("handover:sign-offs", args=[near.pk]) in answer and "next: Leaver" in answer
    assert reverse("handover:departure-missing", args=[near.pk]) in answer
    assert reverse("handover:sign-offs", args=[far.pk]) not in answer
    with transaction.atomic(), audit.verb("tests.case", cast.hu):
        SignOff.objects.create(departure=far, signer="leaver", person=cast.li, made_by=cast.li,
                               content={}, digest="0" * 64)  # fmt: skip
    answer = page(client, cast.hu, "hr").content.decode()
    assert reverse("handover:sign-offs", args=[far.pk]) in answer and "next: Successor" in answer


def test_home_of_hr_lists_briefs_that_came_back_without_what_was_said(client, cast, opened):
    _departure, row, _made = opened
    assert row.get_absolute_url() not in page(client, cast.hu, "hr").content.decode()
    with transaction.atomic(), audit.verb("tests.case", cast.hu):
        CustomerHandover.objects.filter(pk=row.pk).update(brief="returned", brief_note="Too short")
    answer = page(client, cast.hu, "hr").content.decode()
    assert row.get_absolute_url() in answer and "Too short" not in answer


def test_the_home_of_hr_asks_the_same_few_questions_however_many_cases(
    client, cast, django_assert_max_num_queries
):
    for person in (cast.li, cast.chen, cast.wu, cast.gao):
        case(cast, person, days=2)
    client.force_login(cast.hu)
    client.get("/hr")
    with django_assert_max_num_queries(19):
        client.get("/hr")


def test_a_case_says_who_signs_next_and_what_is_still_missing(client, cast, opened):
    departure, _row, _made = opened
    answer = page(client, cast.hu, "departure", departure.pk).content.decode()
    assert "signs next" in answer and "Customers: introductions 3" in answer


def test_a_lead_reads_the_count_of_the_late_tasks_they_see_and_no_others(cast):
    from handover.selectors import needs

    departure = case(cast)
    day = today(company_zone()) - timedelta(days=3)
    task(cast, departure, cast.hu, due_on=day)
    task(cast, departure, cast.qian, key="talk", due_on=day)
    assert [one.note for one in needs.departures(cast.he)] == ["2 tasks are overdue"]
    assert [one.note for one in needs.departures(cast.qian)] == ["1 task is overdue"]


def test_the_home_of_hr_names_the_agreements_a_leaver_has_not_signed(client, cast, opened):
    from tests.accounts.test_agreements import published, sign

    made = published(cast)
    assert "Agreements not signed" in page(client, cast.hu, "hr").content.decode()
    sign(cast.li, made)
    assert "Agreements not signed" not in page(client, cast.hu, "hr").content.decode()
