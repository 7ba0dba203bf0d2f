"""The log sheet, the page of a visit, corrections and timelines, as browsers ask for them."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import TrailEntry
from crm.models import Activity, Contact, Position
from crm.services import activities
from kit.dates import company_zone, today
from kit.disclosure import Disclosure
from tests.crm.test_activities_service import at, log

SHANGHAI = ZoneInfo("Asia/Shanghai")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def page(client, cast):
    """page(who): a browser in which that person is signed in."""

    def sign_in(who):
        client.force_login(cast[who])
        return client

    return sign_in


def body(at_customer, **more):
    return {"client_uuid": uuid.uuid4(), "customer": at_customer.pk, "note": "谈了价格"} | more


# -- logging --------------------------------------------------------------------------------------


def test_a_rep_without_scripts_logs_a_visit_and_reads_it(page, cast):
    browser = page("li")
    assert "华东机电" in browser.get(reverse("crm:log")).content.decode()
    answer = browser.post(reverse("crm:log"), body(cast.huadong))
    visit = Activity.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, visit.get_absolute_url())
    shown = browser.get(answer["Location"]).content.decode()
    assert "谈了价格" in shown and "Visit logged." in shown
    assert reverse("crm:customer", args=[cast.huadong.pk]) in shown


def test_the_sheet_is_told_that_it_was_stored_and_where(page, cast):
    answer = page("li").post(reverse("crm:log"), body(cast.huadong), **HTMX)
    assert answer.status_code == 200 and answer["HX-Trigger"] == "visit-logged"
    assert answer["HX-Retarget"] == "#main"
    assert Activity.objects.get().get_absolute_url() in answer.content.decode()


def test_a_form_posted_twice_makes_one_visit(page, cast):
    browser, sent = page("li"), body(cast.huadong)
    answers = [browser.post(reverse("crm:log"), sent) for _again in range(3)]
    assert {answer["Location"] for answer in answers} == {Activity.objects.get().get_absolute_url()}
    assert TrailEntry.objects.filter(verb="activities.log").count() == 1


def test_another_text_under_the_same_key_is_422_with_the_way_to_the_first(page, cast):
    browser, sent = page("li"), body(cast.huadong)
    browser.post(reverse("crm:log"), sent)
    answer = browser.post(reverse("crm:log"), sent | {"note": "other"}, **HTMX)
    assert answer.status_code == 422 and answer["HX-Trigger"] == "log-renew"
    first = Activity.objects.get()
    assert first.note == "谈了价格" and first.get_absolute_url() in answer.content.decode()


def test_the_key_of_a_colleagues_visit_shows_no_way_to_it(page, cast):
    sent = body(cast.huadong)
    log(cast.li, cast.huadong, client_uuid=sent["client_uuid"])
    answer = page("chen").post(reverse("crm:log"), sent)
    assert answer.status_code == 422
    assert Activity.objects.get().get_absolute_url() not in answer.content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"customer": "999999"}, {"customer": "foreign"}, {"customer": "abc"}, {"customer": ""},
        {"customer": "9" * 30}, {"customer": "-1"}, {"client_uuid": "not-a-uuid"}, {"client_uuid": ""},
        {"happened_at": "yesterday-ish"}, {"happened_at": "2999-01-01 10:00"},
        {"happened_at": "0001-01-01 00:00"}, {"note": "x" * 1_000_000}, {"next_step": "x" * 201},
        {"next_in": "5"}, {"kind": "party"}, {"contacts": ["x"]}, {"contacts": ["9" * 40]},
        {"contacts": ["1"] * 200 + ["424242"]}, {"visitors": ["424242"]}, {"ago": "-5"}, {"ago": "x"},
        {"note": "nul\x00byte"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_bad_input_is_422_and_writes_nothing(page, cast, bad, headers):
    if bad.get("customer") == "foreign":
        bad = {"customer": cast.nanqiao.pk}
    answer = page("li").post(reverse("crm:log"), body(cast.huadong) | bad, **headers)
    assert answer.status_code == 422, answer.content.decode()[:500]
    assert not Activity.objects.exists()
    assert "Nanqiao" not in answer.content.decode()


def test_a_foreign_customer_and_a_missing_one_answer_alike(page, cast):
    browser = page("li")
    texts = [
        browser.post(reverse("crm:log"), body(cast.huadong, customer=key), **HTMX).content
        for key in (cast.nanqiao.pk, 987_654)
    ]
    assert texts[0] == texts[1]


def test_what_was_typed_is_shown_escaped_and_kept_after_an_error(page, cast):
    text = "<script>alert(1)</script>"
    answer = page("li").post(reverse("crm:log"), body(cast.huadong, note=text, customer=""))
    assert "&lt;script&gt;alert(1)" in answer.content.decode()
    assert text not in answer.content.decode()
    visit = log(cast.li, cast.huadong, note=text)
    for address in (
        visit.get_absolute_url(),
        reverse("crm:customer-timeline", args=[cast.huadong.pk]),
        "/",
    ):
        assert text not in page("li").get(address).content.decode()


def test_contacts_colleagues_and_the_next_step_travel_with_the_form(page, cast):
    wang = at(cast.huadong, "王芳")
    sent = body(
        cast.huadong, contacts=[wang.pk], visitors=[cast.lin.pk], next_in="3", next_step="送样品"
    )
    page("li").post(reverse("crm:log"), sent)
    visit = Activity.objects.get()
    assert list(visit.contacts.all()) == [wang]
    assert [row.person for row in visit.visitors.all()] == [cast.lin]
    assert visit.next_step_on == today(company_zone()) + timedelta(days=3)


def test_people_who_do_not_log_are_told_so(page, cast):
    for who in ("gao", "hu", "sun", "ming"):
        browser = page(who)
        for address in ("crm:log", "crm:log-sheet", "crm:log-search"):
            assert browser.get(reverse(address)).status_code == 403
        assert browser.post(reverse("crm:log"), body(cast.huadong)).status_code == 403
    assert not Activity.objects.exists()


# -- the sheet ------------------------------------------------------------------------------------


def test_the_sheet_offers_the_pages_customer_first_and_only_where_one_may_log(page, cast):
    at(cast.huadong, "王芳")
    text = page("li").get(reverse("crm:log-sheet"), {"customer": cast.huadong.pk}).content.decode()
    assert f'value="{cast.huadong.pk}" checked' in text and "王芳" in text
    foreign = (
        page("li").get(reverse("crm:log-sheet"), {"customer": cast.nanqiao.pk}).content.decode()
    )
    assert "Nanqiao" not in foreign
    for odd in ("x", "9" * 40, "-1", "²"):
        assert page("li").get(reverse("crm:log-sheet"), {"customer": odd}).status_code == 200


def test_the_shell_of_the_sheet_asks_the_database_nothing(
    page, cast, django_assert_max_num_queries
):
    from django.template.loader import render_to_string

    with django_assert_max_num_queries(0):
        text = render_to_string("crm/activities/sheet.html", {"csrf_token": "t"})
    assert 'id="log-sheet"' in text and "data-choices" in text


def test_what_the_sheet_offers_costs_few_statements_and_is_counted(
    page, cast, django_assert_max_num_queries
):
    browser = page("li")
    with django_assert_max_num_queries(8):
        browser.get(reverse("crm:log-sheet"))
    assert Disclosure.objects.get().customer_ids == [cast.huadong.pk]


def test_a_search_in_the_sheet_finds_own_customers_and_colleagues(page, cast):
    browser = page("li")
    assert "华东机电" in browser.get(reverse("crm:log-search"), {"q": "hdjd"}).content.decode()
    assert (
        "Nanqiao" not in browser.get(reverse("crm:log-search"), {"q": "nanqiao"}).content.decode()
    )
    people = browser.get(
        reverse("crm:log-search"), {"q": "lintao", "for": "people"}
    ).content.decode()
    assert "林涛" in people and f'data-join="{cast.lin.pk}"' in people


def test_without_scripts_a_search_with_one_hit_chooses_it(page, cast):
    browser = page("he")
    log(cast.he, cast.huadong)
    text = browser.get(reverse("crm:log"), {"q": "hdjd"}).content.decode()
    assert f'value="{cast.huadong.pk}" checked' in text


# -- the page of a visit --------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["li", "chen", "he", "zhao", "sun", "fang", "gao"])
def test_who_sees_the_customer_sees_the_visit(page, cast, who):
    visit = log(cast.li, cast.huadong)
    assert page(who).get(visit.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("who", ["wu", "qian", "lin", "hu", "yu", "ming"])
def test_strangers_get_the_one_404(page, cast, who):
    visit = log(cast.li, cast.huadong)
    browser = page(who)
    paths = [visit.get_absolute_url(), reverse("crm:activity-correct", args=[visit.pk])]
    for path in paths:
        foreign, missing = browser.get(path), browser.get(path.replace(str(visit.pk), "987654"))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
    for name in ("activity-confirm", "activity-next-step", "activity-correct"):
        assert (
            browser.post(reverse(f"crm:{name}", args=[visit.pk]), {"version": 1}).status_code == 404
        )
    visit.refresh_from_db()
    assert (visit.version, visit.proof, visit.next_step_done_at) == (1, "", None)


def test_keys_that_are_no_keys_are_404(page):
    for odd in ("0", "9" * 30, "x", "-1"):
        assert page("li").get(f"/visits/{odd}").status_code == 404


def test_a_service_specialist_does_not_read_the_reps_remarks(page, cast):
    visit = log(cast.li, cast.huadong, next_step="geheim")
    timeline = reverse("crm:customer-timeline", args=[cast.huadong.pk])
    for address in (visit.get_absolute_url(), timeline):
        text = page("gao").get(address).content.decode()
        assert "谈了价格" not in text and "geheim" not in text


def test_a_joint_visitor_reads_the_visit_without_a_way_to_the_customer_and_confirms(page, cast):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin])
    browser = page("lin")
    text = browser.get(visit.get_absolute_url()).content.decode()
    assert "华东机电" in text and "谈了价格" in text
    assert reverse("crm:customer", args=[cast.huadong.pk]) not in text
    assert browser.get(reverse("crm:customer-timeline", args=[cast.huadong.pk])).status_code == 404
    for _again in range(2):
        answer = browser.post(reverse("crm:activity-confirm", args=[visit.pk]))
        assert answer.status_code == 303
    visit.refresh_from_db()
    assert visit.proof == "joint"
    assert (
        reverse("crm:activity-confirm", args=[visit.pk])
        not in browser.get(visit.get_absolute_url()).content.decode()
    )


def test_who_did_not_come_along_may_not_confirm(page, cast):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin])
    assert page("chen").post(reverse("crm:activity-confirm", args=[visit.pk])).status_code == 403
    assert page("li").get(reverse("crm:activity-confirm", args=[visit.pk])).status_code == 405
    visit.refresh_from_db()
    assert visit.proof == ""


# -- corrections ----------------------------------------------------------------------------------


def correction(visit, **more):
    then = visit.happened_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return {"version": visit.version, "kind": "visit", "happened_at": then, "note": "更正"} | more


def test_a_correction_shows_the_original_and_itself(page, cast):
    visit = log(cast.li, cast.huadong)
    browser = page("li")
    address = reverse("crm:activity-correct", args=[visit.pk])
    assert "谈了价格" in browser.get(address).content.decode()
    assert browser.post(address, correction(visit)).status_code == 303
    text = browser.get(visit.get_absolute_url()).content.decode()
    assert "谈了价格" in text and "更正" in text and "Original" in text
    stored = Activity.objects.get()
    assert stored.happened_at == visit.happened_at  # the seconds are not lost


def test_a_correction_against_another_version_is_409_and_shows_both(page, cast):
    visit = log(cast.li, cast.huadong)
    stale = correction(visit, note="meine")
    activities.correct(actor=cast.li, activity=visit, version=1, values={"note": "die andere"})
    answer = page("li").post(reverse("crm:activity-correct", args=[visit.pk]), stale)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "meine" in text and "die andere" in text and 'name="version" value="2"' in text
    assert Activity.objects.get().note == "die andere"


def test_a_correction_posted_twice_is_one_version(page, cast):
    visit = log(cast.li, cast.huadong)
    for _again in range(2):
        answer = page("li").post(
            reverse("crm:activity-correct", args=[visit.pk]), correction(visit)
        )
        assert answer.status_code == 303
    assert Activity.objects.get().version == 2


@pytest.mark.parametrize(
    "bad",
    [{"version": "x"}, {"version": ""}, {"note": "x" * 20_000}, {"happened_at": "2999-01-01 10:00"},
     {"happened_at": ""}, {"kind": ""}, {"next_step_on": "31.31."}, {"contacts": ["424242"]}],
)  # fmt: skip
def test_a_bad_correction_is_422_and_changes_nothing(page, cast, bad):
    visit = log(cast.li, cast.huadong)
    answer = page("li").post(
        reverse("crm:activity-correct", args=[visit.pk]), correction(visit) | bad
    )
    assert answer.status_code == 422
    assert Activity.objects.get().version == 1


def test_a_colleague_who_sees_it_may_not_correct_it(page, cast):
    visit = log(cast.li, cast.huadong)
    address = reverse("crm:activity-correct", args=[visit.pk])
    for who in ("chen", "he", "gao", "sun", "fang"):
        assert page(who).get(address).status_code == 403
        assert page(who).post(address, correction(visit)).status_code == 403
    assert page("wu").get(address).status_code == 404
    for who in ("chen", "he", "gao"):
        assert address not in page(who).get(visit.get_absolute_url()).content.decode()
    assert Activity.objects.get().version == 1


# -- timeline -------------------------------------------------------------------------------------


def test_the_timeline_pages_through_everything_once(page, cast):
    now = timezone.now()
    for day in range(45):
        log(cast.li, cast.huadong, note=f"entry-{day}-", happened_at=now - timedelta(days=day // 3))
    browser, address, seen = (
        page("li"),
        reverse("crm:customer-timeline", args=[cast.huadong.pk]),
        [],
    )
    before = ""
    for _page in range(6):
        answer = browser.get(address, {"before": before}, **(HTMX if before else {}))
        page_ = answer.context["page"]
        seen += [event.cursor for event in page_.events]
        before = page_.older
        if not before:
            break
    assert len(seen) == len(set(seen)) == 45 + 3  # and the three seats
    assert "<html" not in answer.content.decode()


def test_the_timeline_narrows_by_kind_and_person(page, cast):
    log(cast.li, cast.huadong, note="von-li")
    log(cast.chen, cast.huadong, note="von-chen", kind="call")
    browser, address = page("li"), reverse("crm:customer-timeline", args=[cast.huadong.pk])

    def text(**query):
        return browser.get(address, query).content.decode()

    assert "von-li" not in text(kind="call") and "von-chen" in text(kind="call")
    assert "von-li" in text(who=cast.li.pk) and "von-chen" not in text(who=cast.li.pk)
    assert "took the seat" in text(kind="seat") and "von-li" not in text(kind="seat")
    for odd in ({"kind": "x"}, {"who": "x"}, {"before": "x~y~z"}, {"before": "2026-01-01~1~9"}):
        assert browser.get(address, odd).status_code == 200


def test_a_timeline_costs_the_same_for_one_event_and_for_twenty(
    page, cast, django_assert_max_num_queries
):
    wang = at(cast.huadong, "王芳")
    for _entry in range(20):
        log(cast.li, cast.huadong, contacts=[wang], visitors=[cast.lin])
    browser = page("li")
    with django_assert_max_num_queries(16):
        browser.get(reverse("crm:customer-timeline", args=[cast.huadong.pk]))


def test_contacts_of_a_customer_one_cannot_see_are_never_offered(page, cast):
    both = Contact.objects.create(name="王芳")
    for customer in (cast.huadong, cast.nanqiao):
        Position.objects.create(contact=both, customer=customer, title=f"bei {customer.name}")
    text = page("li").get(reverse("crm:log-sheet")).content.decode()
    assert "bei 华东机电" in text and "bei Nanqiao" not in text


def test_a_customer_one_may_not_log_for_is_not_replaced_by_another(page, cast):
    answer = page("li").get(reverse("crm:log"), {"customer": cast.nanqiao.pk})
    assert answer.status_code == 200
    assert b"checked" not in answer.content.split(b"data-customer-chips")[1].split(b"</div>")[0]


def test_the_service_line_reads_no_remarks_on_the_page_of_a_contact(page, cast):
    contact = Contact.objects.create(name="王芳")
    Position.objects.create(contact=contact, customer=cast.huadong)
    log(actor=cast.li, customer=cast.huadong, note="只给销售看", contacts=[contact])
    shown = page("gao").get(contact.get_absolute_url())
    assert shown.status_code == 200 and "只给销售看" not in shown.content.decode()
    assert "只给销售看" in page("li").get(contact.get_absolute_url()).content.decode()
