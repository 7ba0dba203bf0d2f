"""Pages of the organisation, the calendar and the company."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import CalendarDay, Company, Membership, Unit
from accounts.selectors.org import head_of, home_unit


def signed_in(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["language"] = language
    return client


def text(response):
    return response.content.decode()


def test_everybody_sees_the_tree_with_heads_in_both_languages(cast):
    english = text(signed_in(cast.ming).get("/organisation"))
    chinese = text(signed_in(cast.ming, "zh-hans").get("/organisation"))
    assert "East team" in english
    assert "He Jun" in english
    assert "华东组" in chinese
    assert "何军" in chinese
    assert "/organisation/units/new" not in english


def test_the_tree_asks_the_database_little(cast, django_assert_max_num_queries):
    client = signed_in(cast.hu)
    client.get("/organisation")
    with django_assert_max_num_queries(3 + 2):
        client.get("/organisation")


@pytest.mark.parametrize("name", ["li", "he", "sun", "ming", "fang"])
def test_others_get_403_and_change_nothing(cast, name):
    client, east = signed_in(cast[name]), cast.units["east"]
    home = f"/organisation/units/{east.pk}"
    assert client.get(home).status_code == 200
    paths = [f"{home}/edit", f"{home}/move", f"{home}/head", f"{home}/members/new",
             "/organisation/units/new", "/organisation/calendar/new"]  # fmt: skip
    given = {"name": "X", "parent": cast.units["line"].pk, "person": cast.li.pk, "nobody": "1",
             "kind": "team", "function": "sales", "day": "2026-05-06", "is_working": "on"}  # fmt: skip
    for path in paths:
        assert client.get(path).status_code == 403
        assert client.post(path, given).status_code == 403
    assert client.post(f"{home}/members/{cast.li.pk}/end").status_code == 403
    assert client.post("/organisation/company", {"name": "Mine"}).status_code == 403
    assert (Unit.objects.count(), CalendarDay.objects.count()) == (8, 0)
    assert (head_of(east), home_unit(cast.li)) == (cast.he, east)


def test_hr_changes_a_unit_over_the_pages(cast):
    client = signed_in(cast.hu)
    given = {"name": "North", "name_zh": "华北", "kind": "team", "function": "sales"}
    made = client.post("/organisation/units/new", given | {"parent": cast.units["sales"].pk})
    unit = Unit.objects.get(name="North")
    home = f"/organisation/units/{unit.pk}"
    assert made.url == home
    again = client.post("/organisation/units/new", given | {"parent": cast.units["sales"].pk})
    assert again.status_code == 422
    for path in ("edit", "move", "head", "members/new"):
        assert client.get(f"{home}/{path}").status_code == 200
    assert client.post(f"{home}/edit", given | {"name": "North team"}).url == home
    assert client.post(f"{home}/move", {"parent": cast.units["line"].pk}).url == home
    assert client.post(f"{home}/members/new", {"person": cast.wu.pk}).url == home
    assert client.post(f"{home}/head", {"person": cast.li.pk}).url == home
    assert head_of(unit) == cast.li
    assert home_unit(cast.wu) == unit
    assert client.post(f"{home}/members/{cast.wu.pk}/end").url == home
    assert client.post(f"{home}/head", {"nobody": "1"}).url == home
    assert client.post(f"{home}/head", {"nobody": "1"}).status_code == 409
    assert Membership.objects.at().filter(unit=unit).count() == 1


def test_a_circle_is_refused_at_the_field(cast):
    home = f"/organisation/units/{cast.units['sales'].pk}"
    response = signed_in(cast.hu).post(f"{home}/move", {"parent": cast.units["east"].pk})
    assert response.status_code == 422
    assert "cannot lie below itself" in text(response)


def test_somebody_is_chosen_by_name(cast):
    home = f"/organisation/units/{cast.units['east'].pk}/members/new"
    page = text(signed_in(cast.hu).get(home, {"q": "wuhao"}))
    assert "Wu Hao" in page
    assert "Gao Yun" not in page


@pytest.mark.parametrize("given", [{}, {"person": "x"}, {"person": "999999999999999999999"},
                                   {"person": "0"}])  # fmt: skip
def test_nobody_chosen_comes_back_with_a_message(cast, given):
    home = f"/organisation/units/{cast.units['east'].pk}"
    for path in ("members/new", "head"):
        assert signed_in(cast.hu).post(f"{home}/{path}", given).status_code == 422
    assert signed_in(cast.hu).post(f"{home}/members/999999/end").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everybody_reads_calendar_and_company(cast, language):
    CalendarDay.objects.create(
        day=date(2026, 2, 17), is_working=False, name="Spring", name_zh="春节"
    )
    client = signed_in(cast.ming, language)
    page = text(client.get("/organisation/calendar", {"year": 2026}))
    assert ("春节" if language == "zh-hans" else "Spring") in page
    assert client.get("/organisation/company").status_code == 200
    for year in ("x", "99999", "-1", "0000"):
        assert client.get("/organisation/calendar", {"year": year}).status_code == 200


def test_hr_sets_and_clears_a_day_and_the_company(cast):
    client = signed_in(cast.hu)
    given = {"day": "2026-05-06", "is_working": "off", "name": "Outing", "name_zh": "团建"}
    assert (
        client.post("/organisation/calendar/new", given).url == "/organisation/calendar?year=2026"
    )
    assert (
        client.post("/organisation/calendar/new", given | {"is_working": "on"}).status_code == 303
    )
    assert CalendarDay.objects.get().is_working
    assert client.post("/organisation/calendar/2026-05-06/clear").status_code == 303
    for day in ("2026-05-06", "2026-13-01", "x", "2026-5-6"):
        assert client.post(f"/organisation/calendar/{day}/clear").status_code == 404
    settings = {"name": "Holdfast Ltd", "name_zh": "", "time_zone": "Europe/Berlin", "country": "de",
                "currency": "eur", "day_starts": "08:00", "day_ends": "17:00", "reveal_budget": 40}  # fmt: skip
    assert client.get("/organisation/company").status_code == 200
    assert client.post("/organisation/company", settings).status_code == 303
    company = Company.objects.get(pk=1)
    assert (company.name, company.country, company.currency) == ("Holdfast Ltd", "DE", "EUR")


@pytest.mark.parametrize(
    "given",
    [{}, {"day": "2026-02-30", "is_working": "on"}, {"day": "1800-01-01", "is_working": "on"},
     {"day": "2026-05-06", "is_working": "maybe"}, {"day": "2026-05-06"}],
)  # fmt: skip
def test_a_bad_day_is_refused(cast, given):
    assert signed_in(cast.hu).post("/organisation/calendar/new", given).status_code == 422
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"time_zone": "Mars"}, {"country": "中国"}, {"currency": "EURO"}, {"day_ends": "07:00"},
     {"reveal_budget": "-1"}, {"reveal_budget": "many"}, {"name": ""}],
)  # fmt: skip
def test_bad_settings_are_refused(cast, change):
    given = {"name": "N", "time_zone": "UTC", "country": "DE", "currency": "EUR",
             "day_starts": "08:00", "day_ends": "17:00", "reveal_budget": 40}  # fmt: skip
    response = signed_in(cast.hu).post("/organisation/company", given | change)
    assert response.status_code == 422
    assert Company.objects.get(pk=1).name == "Company"
