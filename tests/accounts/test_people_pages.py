"""The directory and the page of a person: what each may see and change there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Absence, Person
from accounts.services import people
from kit.dates import company_zone, today
from kit.templatetags import words


def ahead(days):
    """A day so many days from today, as it is typed."""
    return (today() + timedelta(days=days)).isoformat()


def signed_in(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["language"] = language
    return client


def text(response):
    return response.content.decode()


def names(response):
    return {person.username for person in response.context["people"]}


@pytest.mark.parametrize(
    ("q", "found"),
    [("李", {"rep.east"}), ("liwei", {"rep.east"}), ("lw", {"rep.east"}), ("Li Wei", {"rep.east"}),
     ("LEAD.", {"lead.east", "lead.south"}), ("zzz", set()), ("%", set()), ("'; --", set())],
)  # fmt: skip
def test_people_are_found_by_name_pinyin_initials_and_latin_name(cast, q, found):
    response = signed_in(cast.ming).get("/people", {"q": q})
    assert names(response) == found


def test_the_directory_filters_by_unit_with_all_below_and_by_role(cast):
    client = signed_in(cast.ming)
    sales = names(client.get("/people", {"unit": cast.units["sales"].pk}))
    assert {"rep.east", "rep.south", "head.sales"} <= sales
    assert "hr" not in sales
    assert names(client.get("/people", {"role": "hr"})) == {"hr"}


def test_who_left_and_the_company_itself_are_not_listed(cast):
    listed = names(signed_in(cast.hu).get("/people"))
    assert not listed & {"rep.left", "system"}
    assert "rep.left" in names(signed_in(cast.hu).get("/people", {"state": "left"}))


@pytest.mark.parametrize("name", ["li", "chen", "gao", "ming", "lin", "tang"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_peers_never_learn_that_somebody_is_on_notice_or_frozen(cast, name, language):
    client = signed_in(cast[name], language)
    everybody = names(client.get("/people"))
    for state in ("on_notice", "frozen", "left", "active"):
        response = client.get("/people", {"state": state})
        assert names(response) == everybody
        for word in ("On notice", "Frozen", "离职交接中", "已冻结", "冻结"):
            assert word not in text(response)
    for person in (cast.mo, cast.bai, cast.ren):
        page = text(client.get(f"/people/{person.pk}"))
        assert "badge" not in page.split('id="main"')[1].split("</main>")[0]


def test_a_lead_learns_the_state_of_the_own_team_alone(cast):
    people.set_state(actor=cast.hu, person=cast.wu, state="on_notice", reason="Resigned")
    client = signed_in(cast.he)
    assert names(client.get("/people", {"state": "on_notice"})) == {"rep.leaving"}
    assert "On notice" in text(client.get(f"/people/{cast.mo.pk}"))
    assert "On notice" not in text(client.get(f"/people/{cast.wu.pk}"))
    everybody = names(signed_in(cast.hu).get("/people", {"state": "on_notice"}))
    assert everybody == {"rep.leaving", "rep.south"}


def test_pages_of_the_directory_follow_each_other_without_loss(cast, monkeypatch):
    monkeypatch.setattr("accounts.selectors.people.page.__defaults__", (None, 5))
    client, address, seen = signed_in(cast.ming), "/people", []
    while address:
        response = client.get(address)
        seen += [person.username for person in response.context["people"]]
        address = response.context["next_page"] and f"/people{response.context['next_page']}"
    assert len(seen) == len(set(seen)) == response.context["total"] == 17


@pytest.mark.parametrize("query", ["after=x", "after=99999999999999999999", "after=-1", "unit=x",
                                   "unit=99999999999999999999", "role=emperor", "q=" + "x" * 3000])  # fmt: skip
def test_damaged_queries_are_no_filters(cast, query):
    assert signed_in(cast.ming).get(f"/people?{query}").status_code == 200


def test_the_directory_asks_the_database_little(cast, django_assert_max_num_queries):
    client = signed_in(cast.hu)
    client.get("/people")
    # session, person and unread notices belong to every page
    with django_assert_max_num_queries(3 + 5):
        client.get("/people")
    with django_assert_max_num_queries(25):
        client.get(f"/people/{cast.li.pk}")


# -- a person -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["999999", "99999999999999999999", "system"])
def test_nobody_has_the_one_404(cast, key):
    key = cast.system.pk if key == "system" else key
    assert signed_in(cast.hu).get(f"/people/{key}").status_code == 404


def test_the_page_tells_place_and_head_and_offers_a_peer_no_change(cast):
    page = text(signed_in(cast.wu).get(f"/people/{cast.li.pk}"))
    assert "East team" in page
    assert "He Jun" in page
    for path in ("edit", "roles", "state", "absence"):
        assert f"/people/{cast.li.pk}/{path}" not in page


def test_absences_are_for_oneself_the_lead_and_hr(cast, absent):
    absent(cast.li)
    Absence.objects.update(kind="sick", note="Flu")
    for name, sees in {"li": True, "he": True, "hu": True, "chen": False, "qian": False}.items():
        page = text(signed_in(cast[name]).get(f"/people/{cast.li.pk}"))
        assert ("Flu" in page) is sees, name


FORMS = ("edit", "roles", "state", "absence")


@pytest.mark.parametrize("name", ["li", "chen", "qian", "gao", "ming", "fang"])
def test_others_get_403_on_the_forms_and_nothing_changes(cast, name):
    client, person = signed_in(cast[name]), cast.wu
    before = Person.objects.filter(pk=person.pk).values().get()
    for path in FORMS[: 4 if name != "qian" else 3]:
        given = {"name": "X", "roles": ["director"], "state": "left", "reason": "x",
                 "first_day": ahead(40), "last_day": ahead(41), "kind": "leave"}  # fmt: skip
        address = f"/people/{person.pk}/{path}"
        assert (client.get(address).status_code, client.post(address, given).status_code) == (
            403,
            403,
        )
    assert Person.objects.filter(pk=person.pk).values().get() == before
    assert not Absence.objects.exists()


def test_hr_takes_somebody_on_over_the_page(cast):
    client = signed_in(cast.hu)
    assert client.get("/people/new").status_code == 200
    given = {"username": "Zhou.Yi", "name": "周易", "latin_name": "Zhou Yi", "title": "Rep",
             "email": "zhou@example.com", "roles": ["rep"], "unit": cast.units["east"].pk,
             "language": "zh-hans", "joined_on": "2026-11-02"}  # fmt: skip
    response = client.post("/people/new", given)
    person = Person.objects.get(username="zhou.yi")
    assert (response.status_code, response.url) == (303, f"/people/{person.pk}")
    again = client.post("/people/new", given)
    assert again.status_code == 422
    assert Person.objects.filter(name="周易").count() == 1
    assert "Zhou Yi" in text(client.get(f"/people/{person.pk}"))


@pytest.mark.parametrize(
    "given",
    [{}, {"username": "x"}, {"username": "a b", "name": "x"}, {"name": "x" * 500},
     {"username": "y", "name": "y", "email": "no-mail"}, {"joined_on": "tomorrow"},
     {"username": "y", "name": "y", "email": "y@example.com", "roles": ["system"], "unit": "1"}],
)  # fmt: skip
def test_a_bad_form_comes_back_with_its_messages(cast, given):
    count = Person.objects.count()
    response = signed_in(cast.hu).post("/people/new", given)
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    assert "<title>Error: " in text(response)
    assert Person.objects.count() == count


def test_hr_edits_sets_roles_and_state_over_the_pages(cast):
    client, home = signed_in(cast.hu), f"/people/{cast.li.pk}"
    for path in FORMS:
        assert client.get(f"{home}/{path}").status_code == 200
    edited = {"name": "李伟", "latin_name": "Li Wei", "email": "li@example.com", "title": "Senior"}
    assert client.post(f"{home}/edit", edited).url == home
    assert client.post(f"{home}/roles", {"roles": ["team_lead"], "reason": "Up"}).url == home
    assert client.post(f"{home}/roles", {"roles": ["team_lead"], "reason": "Up"}).status_code == 422
    assert client.post(f"{home}/state", {"state": "on_notice"}).status_code == 422
    assert client.post(f"{home}/state", {"state": "on_notice", "reason": "Resigned"}).url == home
    cast.li.refresh_from_db()
    assert (cast.li.title, cast.li.roles, cast.li.state) == ("Senior", ["team_lead"], "on_notice")


@pytest.mark.parametrize("name", ["hu", "yu"])
def test_state_page_freezes_nobody_and_says_where_it_is_done(cast, name):
    client, home = signed_in(cast[name]), f"/people/{cast.li.pk}"
    page = text(client.get(f"{home}/state"))
    assert "Sudden departure" in page and 'value="frozen"' not in page
    sent = client.post(f"{home}/state", {"state": "frozen", "reason": "Phone lost"})
    assert sent.status_code == 422
    cast.li.refresh_from_db()
    assert cast.li.state == "active"


def test_hr_gets_403_for_the_own_roles_and_state(cast):
    client = signed_in(cast.hu)
    for path in ("roles", "state"):
        assert client.get(f"/people/{cast.hu.pk}/{path}").status_code == 403
        given = {"roles": ["director"], "state": "left", "reason": "x"}
        assert client.post(f"/people/{cast.hu.pk}/{path}", given).status_code == 403


def test_a_rep_records_and_takes_back_an_absence(cast):
    client, home = signed_in(cast.li), f"/people/{cast.li.pk}"
    given = {"kind": "leave", "first_day": ahead(40), "last_day": ahead(44), "note": ""}
    assert client.post(f"{home}/absence", given).url == home
    assert client.post(f"{home}/absence", given).status_code == 409
    row = Absence.objects.get(person=cast.li)
    assert row.last_day.isoformat() == ahead(44)
    other = signed_in(cast.chen).post(f"{home}/absence/{row.pk}/end")
    assert other.status_code == 404
    assert client.post(f"/people/{cast.chen.pk}/absence/{row.pk}/end").status_code == 404
    assert client.post(f"{home}/absence/{row.pk}/end").url == home
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    "given",
    [{}, {"first_day": ahead(40)}, {"first_day": ahead(42), "last_day": ahead(40), "kind": "leave"},
     {"first_day": "2020-01-01", "last_day": "2020-01-07", "kind": "leave"},
     {"first_day": ahead(40), "last_day": "9999-12-31", "kind": "leave"},
     {"first_day": "2190-01-01", "last_day": "2190-01-02", "kind": "leave"},
     {"first_day": ahead(40), "last_day": ahead(41), "kind": "holiday"},
     {"first_day": ahead(40), "last_day": ahead(41), "kind": "leave", "note": "x" * 201}],
)  # fmt: skip
def test_a_bad_absence_is_refused_at_its_field(cast, given):
    response = signed_in(cast.li).post(f"/people/{cast.li.pk}/absence", given)
    assert response.status_code == 422
    assert not Absence.objects.exists()


@pytest.mark.parametrize("path", ["/people", "/people/new", "/people/1"])
def test_visitors_are_asked_to_sign_in(db, path):
    assert Client().get(path).status_code == 302


def test_other_methods_are_refused(cast):
    client = signed_in(cast.hu)
    for path in ("/people", f"/people/{cast.li.pk}", "/people/new"):
        assert client.delete(path).status_code == 405
    assert client.get(f"/people/{cast.li.pk}/absence/1/end").status_code == 405


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_used_name_or_address_is_told_at_its_field_in_words(cast, client, language):
    client.force_login(cast.hu)
    client.cookies["language"] = language
    sent = {"username": "REP.EAST", "name": "New", "email": "Rep.East@example.com",
            "roles": ["rep"], "unit": cast.units["east"].pk, "language": "en"}  # fmt: skip
    answer = client.post(reverse("accounts:person-new"), sent)
    text = answer.content.decode()
    assert answer.status_code == 422 and "person_email_once" not in text
    words = {
        "en": ("user name is already", "email address is already"),
        "zh-hans": ("用户名已", "邮箱已"),
    }
    assert all(word in text for word in words[language]), text[text.find("error") : 400]


def test_a_director_opens_the_form_of_roles_and_no_other(cast):
    client, home = signed_in(cast.sun), f"/people/{cast.li.pk}"
    page = text(client.get(home))
    assert f"{home}/roles" in page and f"{home}/state" not in page and f"{home}/edit" not in page
    assert client.get(f"{home}/roles").status_code == 200
    given = {"roles": ["rep", "auditor"], "reason": "Second auditor"}
    assert client.post(f"{home}/roles", given).url == home
    assert client.get(f"/people/{cast.sun.pk}/roles").status_code == 403
    for path in ("edit", "state", "absence"):
        assert client.get(f"{home}/{path}").status_code == 403


@pytest.mark.parametrize("day", ["1899-12-31", "2190-01-01", "0001-01-01", "9999-12-31"])
def test_a_first_working_day_nobody_can_mean_is_refused_at_its_field(cast, day):
    given = {"name": "李伟", "email": "li@example.com", "joined_on": day}
    answer = signed_in(cast.hu).post(f"/people/{cast.li.pk}/edit", given)
    assert answer.status_code == 422 and answer.context["form"].errors["joined_on"]


def test_an_absence_is_said_in_whole_days(cast):
    first = today(company_zone()) + timedelta(days=40)
    last = first + timedelta(days=1)
    client = signed_in(cast.li)
    given = {"kind": "leave", "first_day": first.isoformat(), "last_day": last.isoformat()}
    client.post(f"/people/{cast.li.pk}/absence", given)
    Person.objects.filter(pk=cast.li.pk).update(time_zone="Europe/London")
    page = text(client.get(f"/people/{cast.li.pk}"))
    assert words.span_words(first, last) in page
    trail = text(signed_in(cast.hu).get("/trail"))
    assert "00:00" not in trail and f"from {words.day_words(first)}" in strip(trail)
    assert f"until {words.day_words(last)}" in strip(trail)


def strip(page):
    return " ".join(strip_tags(page).split())
