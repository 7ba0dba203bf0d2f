"""MAN: three letters with evidence, eight combinations, what nobody pursues leaves the work lists."""

import itertools
from datetime import date, timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils.translation import override

from accounts.models import TrailEntry
from accounts.selectors.content import content
from crm.filters.customers import view_of
from crm.models import Customer, Finding, Task
from crm.selectors import cadence, contacts, worklist
from crm.selectors import qualification as shapes
from crm.services import contacts as contact_service
from crm.services import qualification
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.api.conftest import Api

LETTERS = ("money", "authority", "need")


def ago(days):
    return today(company_zone()) - timedelta(days=days)


@pytest.fixture
def wang(cast):
    return contact_service.create(
        actor=cast.li, customer=cast.huadong, values={"name": "王芳"},
        place={"title": "采购经理", "function": "purchase"},
    )  # fmt: skip


def save(cast, letter, value, version=0, actor=None, **more):
    values = {"value": value} | ({"words": "seen"} if value != "unknown" else {}) | more
    return qualification.save(
        actor=actor or cast.li, customer=cast.huadong, letter=letter, values=values, version=version
    )


def stop(cast, **more):
    for letter in LETTERS:
        save(cast, letter, "no", **more)


def man(cast, viewer=None):
    return shapes.of_customer(viewer or cast.li, cast.huadong)


def stale(customer):
    """Long without a confirmed contact."""
    Customer.objects.filter(pk=customer.pk).update(
        last_confirmed_at=database_now() - timedelta(days=400)
    )


# -- letters ---------------------------------------------------------------------------------------
def test_a_letter_says_its_value_evidence_day_and_who_found_it(cast, wang):
    key = next(iter(shapes.letters()[1].evidence["yes"]))
    save(cast, "authority", "yes", evidence=key, words="", contact=wang, found_on=ago(3))
    reading = man(cast, cast.chen).reading("authority")
    assert (reading.value, reading.evidence) == ("yes", ["Signed or released a comparable order"])
    found = reading.finding
    assert (found.said_by, found.contact, found.found_on) == (cast.li, wang, ago(3))


@pytest.mark.parametrize(
    ("letter", "values", "field"),
    [
        ("money", {"value": "yes", "words": ""}, "words"),
        ("money", {"value": "no", "words": "  "}, "words"),
        ("money", {"value": "yes", "evidence": "forged"}, "evidence"),
        ("money", {"value": "maybe"}, "value"),
        ("money", {"value": "yes", "words": "x" * 301}, "words"),
        ("money", {"value": "yes", "words": "x", "found_on": date(2040, 1, 1)}, "found_on"),
        ("authority", {"value": "yes", "words": "x"}, "contact"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(cast, letter, values, field):
    with pytest.raises(Refused) as refused:
        qualification.save(actor=cast.li, customer=cast.huadong, letter=letter, values=values)
    assert field in refused.value.fields
    assert not Finding.objects.exists()


def test_an_evidence_of_yes_does_not_prove_a_no(cast):
    key = next(iter(shapes.letters()[0].evidence["yes"]))
    with pytest.raises(Refused):
        save(cast, "money", "no", evidence=key, words="")


def test_a_contact_of_another_customer_decides_nothing_here(cast):
    stranger = contact_service.create(
        actor=cast.wu, customer=cast.nanqiao, values={"name": "Zhang"}, place={"title": "x", "function": "other"},
    )  # fmt: skip
    with pytest.raises(Http404):
        save(cast, "authority", "yes", contact=stranger)


def test_after_its_days_without_new_evidence_a_letter_reads_unknown_and_new_evidence_renews_it(
    cast,
):
    save(cast, "need", "yes", found_on=ago(90))
    assert man(cast).reading("need").value == "yes"
    save(cast, "need", "yes", version=1, found_on=ago(91))
    reading = man(cast).reading("need")
    assert (reading.value, reading.expired_on) == ("unknown", today(company_zone()))
    save(cast, "need", "yes", version=2)
    assert man(cast).reading("need").value == "yes"


def test_a_decider_who_is_gone_decides_nothing_any_more(cast, wang):
    save(cast, "authority", "yes", contact=wang)
    place = contacts.place_at(cast.huadong, wang)
    contact_service.end_position(
        actor=cast.li, customer=cast.huadong, position=place, ended_on=ago(3)
    )
    reading = man(cast).reading("authority")
    assert (reading.value, reading.gone) == ("unknown", True)


def test_of_two_who_say_something_at_once_the_later_is_told(cast):
    save(cast, "money", "yes")
    with pytest.raises(Conflict):
        save(cast, "money", "no", actor=cast.he)
    save(cast, "money", "no", version=1, actor=cast.he)
    steps = shapes.steps(cast.li, man(cast))
    assert [(one.value, one.by) for one in steps] == [("no", cast.he), ("yes", cast.li)]


def test_the_backup_and_strangers_change_nothing(cast):
    with pytest.raises(NotAllowed):
        save(cast, "money", "yes", actor=cast.chen)
    with pytest.raises(Http404):
        save(cast, "money", "yes", actor=cast.wu)
    assert not Finding.objects.exists()


def test_own_words_stay_out_of_the_trail_and_from_who_hears_the_customer_first(cast):
    save(cast, "money", "yes", words="secret budget")
    entry = TrailEntry.objects.get(verb="qualification.save")
    assert "secret" not in str(entry.changes)
    assert man(cast, cast.gao).reading("money").evidence == []
    assert man(cast).reading("money").evidence == ["secret budget"]


# -- combinations ----------------------------------------------------------------------------------
@pytest.mark.parametrize("values", [*itertools.product(["yes", "no", "unknown"], repeat=3)])
def test_each_combination_has_its_recommendation_and_unknown_counts_as_no(db, values):
    row = shapes.combination(values)
    if set(values) == {"unknown"}:
        assert row["id"] == "nothing_known"
    else:
        assert [row[letter] for letter in LETTERS] == [v if v == "yes" else "no" for v in values]


def test_the_texts_are_those_of_the_pack_in_both_languages(cast):
    assert len(content("qualification")["combinations"]) == 8
    assert man(cast).recommendation == "Find out first"
    for letter in LETTERS:
        save(cast, letter, "no")
    one = man(cast)
    assert one.recommendation == "Stop pursuing" and one.is_stopped
    with override("zh-hans"):
        assert one.recommendation == "停止跟进"


def test_unknown_letters_ask_their_question_at_the_next_visit(cast):
    assert shapes.question_for(cast.li, cast.huadong).startswith("Can this customer pay")
    save(cast, "money", "yes")
    assert "decide" in shapes.question_for(cast.li, cast.huadong)


def test_the_step_becomes_a_task_of_whoever_takes_it_once(cast, wang):
    save(cast, "money", "yes")
    save(cast, "need", "yes")
    save(cast, "authority", "no")
    task = qualification.plan_step(actor=cast.li, customer=cast.huadong)
    assert (task.person, "Find who decides" in task.title) == (cast.he, True)
    assert "introduction" in task.note
    with pytest.raises(Conflict):
        qualification.plan_step(actor=cast.li, customer=cast.huadong)
    assert Task.objects.count() == 1


def test_the_task_asks_the_unknown_letters_first_in_the_language_of_whoever_has_it(cast):
    cast.li.language = "zh-hans"
    cast.li.save()
    task = qualification.plan_step(actor=cast.li, customer=cast.huadong)
    assert task.title == "MAN：先摸清情况"
    assert task.note.splitlines()[0] == "要问：客户能否按我方可接受的条件付款？"


# -- nobody pursues --------------------------------------------------------------------------------
def test_three_evidenced_noes_leave_the_work_lists_until_a_new_fact(cast):
    stale(cast.huadong)
    mine = [cast.huadong.pk]
    assert list(worklist.out_of_cadence(cast.li, mine)) == [cast.huadong]
    save(cast, "money", "no")
    save(cast, "authority", "no")
    assert list(worklist.out_of_cadence(cast.li, mine)) == [cast.huadong]
    save(cast, "need", "no")
    assert man(cast).is_stopped
    assert list(worklist.out_of_cadence(cast.li, mine)) == []
    assert not Customer.objects.filter(cadence.stale(), pk=cast.huadong.pk).exists()
    save(cast, "need", "yes", version=1)
    assert list(worklist.out_of_cadence(cast.li, mine)) == [cast.huadong]


def test_a_no_that_is_too_old_stops_nothing(cast):
    stop(cast)
    assert shapes.is_stopped(cast.huadong)
    Finding.objects.filter(letter="need").update(found_on=ago(91))
    assert not shapes.is_stopped(cast.huadong)
    assert not man(cast).is_stopped


def test_an_unknown_stops_nothing(cast):
    save(cast, "money", "no")
    save(cast, "authority", "no")
    save(cast, "need", "unknown")
    assert not shapes.is_stopped(cast.huadong)


def test_the_list_finds_them_and_shows_them_as_such(cast, client):
    stop(cast)
    found = Customer.objects.filter(view_of("not-pursued", cast.li))
    assert list(found) == [cast.huadong]
    client.force_login(cast.li, backend="accounts.backends.SignIn")
    page = client.get(reverse("crm:customers") + "?view=not-pursued").content.decode()
    assert "华东机电" in page and "Not pursued" in page
    page = client.get(cast.huadong.get_absolute_url()).content.decode()
    assert "Not pursued" in page


# -- pages and API ---------------------------------------------------------------------------------
@pytest.fixture
def li(cast, client):
    client.force_login(cast.li, backend="accounts.backends.SignIn")
    return client


def test_one_tap_says_value_and_evidence(cast, li):
    key = next(iter(shapes.letters()[0].evidence["no"]))
    url = reverse("crm:customer-man-letter", args=[cast.huadong.pk, "money"])
    assert li.get(url).status_code == 200
    answer = li.post(url, {"answer": f"no-{key}", "version": 0, "found_on": ago(0).isoformat()})
    assert answer.status_code == 303
    assert man(cast).reading("money").value == "no"


@pytest.mark.parametrize("answer", ["yes", "forged", "", "yes-000000000000"])
def test_an_answer_without_evidence_or_a_forged_one_is_422(cast, li, answer):
    url = reverse("crm:customer-man-letter", args=[cast.huadong.pk, "money"])
    assert li.post(url, {"answer": answer, "version": 0}).status_code == 422
    assert not Finding.objects.exists()


def test_who_was_slower_sees_409_and_saves_on(cast, li):
    save(cast, "money", "yes")
    url = reverse("crm:customer-man-letter", args=[cast.huadong.pk, "money"])
    said = {"answer": "no", "words": "late", "version": 0}
    page = li.post(url, said)
    assert page.status_code == 409 and 'value="1"' in page.content.decode()
    assert li.post(url, said | {"version": 1}).status_code == 303


def test_the_pages_show_what_is_known_and_recommended(cast, li):
    save(cast, "money", "yes")
    for query in ("", "?panel=1"):
        page = li.get(reverse("crm:customer-man", args=[cast.huadong.pk]) + query)
        assert page.status_code == 200 and "Cultivate at low cost" in page.content.decode()
    assert (
        li.get(reverse("crm:customer-man-letter", args=[cast.huadong.pk, "x"])).status_code == 404
    )
    step = li.post(reverse("crm:customer-man-step", args=[cast.huadong.pk]))
    assert step.status_code == 303 and Task.objects.count() == 1


def test_the_api_reads_writes_and_plans(cast):
    li = Api(cast.li).client
    url = f"/api/v1/customers/{cast.huadong.pk}/man"
    said = {
        "letter": "money",
        "value": "no",
        "evidence": "Overdue more than 60 days without an agreed plan",
    }
    answer = li.post(f"{url}/save", said, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["letters"][0]["value"] == "no"
    again = li.post(f"{url}/save", said, content_type="application/json")
    assert again.status_code == 409
    bad = li.post(f"{url}/save", said | {"value": "x"}, content_type="application/json")
    assert bad.status_code == 422
    assert li.get(url).json()["combination"] == "man_none"
    assert li.post(f"{url}/step", {}, content_type="application/json").status_code == 200
