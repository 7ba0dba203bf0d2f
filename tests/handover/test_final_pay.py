"""The day of the final pay: by the rule of the country and the kind, or decided; its task follows."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Company, TrailEntry
from accounts.selectors.calendar import working_calendar
from handover.models import Departure
from handover.selectors import final_pay as ask
from handover.services import departures, final_pay
from kit.dates import company_zone, today
from kit.digests import digest_of
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api
from tests.handover.test_departures_plan import plan, working

pytestmark = pytest.mark.django_db


def country(code):
    Company.objects.update(country=code)


def task_of(departure):
    return departure.tasks.get(key="final_pay")


def decide(cast, departure, day, why="Contract, clause 7", actor="hu"):
    departure.refresh_from_db()
    return final_pay.decide(
        actor=cast[actor], departure=departure, day=day, why=why, version=departure.version
    )


@pytest.mark.parametrize(("code", "days"), [("CN", 0), ("HK", 7)])
def test_the_rule_of_the_country_gives_the_day_and_its_source(cast, code, days):
    country(code)
    departure = plan(cast)
    pay, calendar = ask.of(departure), working_calendar()
    expected = departure.last_day + timedelta(days=days)
    while not calendar.is_working_day(expected):
        expected -= timedelta(days=1)
    assert (pay.day, pay.decided) == (expected, False)
    assert "19" in pay.source or "section 25" in pay.source
    assert task_of(departure).due_on <= pay.day
    assert task_of(departure).due_on != departure.last_day


def test_after_a_dismissal_the_task_is_due_in_time_for_the_law(cast):
    departure = plan(cast, kind="dismissal")
    assert ask.of(departure).day == departure.last_day
    assert task_of(departure).due_on == working_calendar().add_working_days(departure.last_day, -1)


def test_a_dismissal_of_today_is_paid_as_soon_as_people_work(cast):
    departure = plan(cast, kind="dismissal", count=0)
    assert task_of(departure).due_on > today(company_zone())


@pytest.mark.parametrize(("code", "kind"), [("DE", "resignation"), ("CN", "death_illness")])
def test_without_a_rule_the_plan_asks_for_a_decision(client, cast, code, kind):
    country(code)
    departure = plan(cast, kind=kind)
    assert ask.of(departure).day is None and ask.ready_by(departure) is None
    client.force_login(cast.hu)
    address = reverse("handover:departure-plan", args=[departure.pk])
    page = client.get(address).content.decode()
    assert "No rule says by when" in page
    day = departure.last_day - timedelta(days=1)
    form = reverse("handover:departure-pay", args=[departure.pk])
    sent = {"day": day.isoformat(), "why": "Contract, clause 7", "version": departure.version}
    assert client.post(form, sent | {"why": ""}).status_code == 422
    assert client.post(form, sent | {"day": "soon"}).status_code == 422
    assert client.post(form, sent).status_code == 303
    page = client.get(address).content.decode()
    assert "No rule says by when" not in page and "Contract, clause 7" in page


def test_only_an_earlier_day_than_the_law_has_it_is_decided(cast):
    departure = plan(cast)
    late, early = departure.last_day + timedelta(days=1), working(10)
    for day in (late, today(company_zone()) - timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            decide(cast, departure, day)
        assert refused.value.fields.keys() == {"day"}
    assert Departure.objects.get(pk=departure.pk).pay_on is None
    departure = decide(cast, departure, early)
    assert (ask.of(departure).day, ask.of(departure).by_law) == (early, departure.last_day)
    assert task_of(departure).due_on == early
    entry = TrailEntry.objects.filter(verb="final_pay.decide", subject_type="handover.departure")
    assert entry.get().changes["pay_why"] == {"hidden": True}


def test_a_decided_day_that_the_law_has_overtaken_counts_no_more(cast):
    departure = decide(cast, plan(cast), working(20))
    departure = departures.edit(
        actor=cast.hu, departure=departure, values={"last_day": working(12)},
        version=departure.version,
    )  # fmt: skip
    assert ask.of(departure).day == departure.last_day and not ask.of(departure).decided


def test_another_last_day_moves_the_task_with_the_day_of_the_law_also_after_a_decision(cast):
    country("HK")
    departure = plan(cast, count=20)
    decide(cast, departure, ask.of(departure).by_law - timedelta(days=1))
    departure.refresh_from_db()
    departures.edit(actor=cast.hu, departure=departure, values={"last_day": working(12)},
                    version=departure.version)  # fmt: skip
    departure.refresh_from_db()
    assert task_of(departure).due_on <= ask.ready_by(departure)


def test_the_task_of_the_final_pay_is_not_put_after_its_day(cast):
    country("HK")
    departure = plan(cast)
    task = task_of(departure)
    with pytest.raises(Refused):
        departures.edit_task(actor=cast.hu, task=task, person=task.person,
                             due_on=ask.ready_by(departure) + timedelta(days=1))  # fmt: skip
    departures.edit_task(actor=cast.hu, task=task, person=task.person,
                         due_on=today(company_zone()))  # fmt: skip


def test_who_stays_has_no_final_pay_and_nobody_but_hr_decides(client, cast):
    moved = plan(cast, cast.wu, kind="internal_move")
    assert ask.of(moved) is None
    with pytest.raises(Conflict):
        decide(cast, moved, working(5))
    client.force_login(cast.hu)
    assert client.get(reverse("handover:departure-pay", args=[moved.pk])).status_code == 404
    departure = plan(cast)
    for name in ("li", "he", "tang", "sun"):
        with pytest.raises((NotAllowed, Exception)) as raised:
            decide(cast, departure, working(5), actor=name)
        assert raised.type.__name__ in ("NotAllowed", "Http404"), name


def test_rules_are_changed_added_and_removed(client, cast):
    client.force_login(cast.hu)
    rule = {"country": "de", "kinds": ["resignation"], "days": "5", "count": "working",
            "source_en": "Contract", "source_zh": "合同"}  # fmt: skip
    new = reverse("handover:pay-rule", args=["new"])
    wrong = ({"country": "D1"}, {"kinds": []}, {"kinds": ["internal_move"]}, {"days": "999"},
             {"days": "x"}, {"count": "moons"}, {"source_zh": ""})  # fmt: skip
    for one in wrong:
        assert client.post(new, rule | one).status_code == 422, one
    assert len(ask.rules()) == 2
    assert client.post(new, rule).status_code == 303
    country("DE")
    departure = plan(cast)
    calendar = working_calendar()
    assert ask.of(departure).day == calendar.add_working_days(departure.last_day, 5)
    made = ask.rules()[-1]["id"]
    page = reverse("handover:pay-rule", args=[made])
    seen = digest_of(ask.rules()[-1])
    assert f'value="{seen}"' in client.get(page).content.decode()
    assert client.post(page, rule | {"days": "0"}).status_code == 409  # nothing was seen
    assert client.post(page, rule | {"days": "0", "seen": seen}).status_code == 303
    refused = client.post(page, rule | {"days": "9", "seen": seen})  # of before
    assert refused.status_code == 409 and ask.rules()[-1]["days"] == 0
    assert f'value="{digest_of(ask.rules()[-1])}"' in refused.content.decode()
    assert ask.of(departure).day == departure.last_day
    listed = client.get(reverse("handover:pay-rules")).content.decode()
    assert "Contract" in listed and "DE" in listed
    remove = reverse("handover:pay-rule-remove", args=[made])
    assert client.post(remove).status_code == 303 and client.post(remove).status_code == 409
    assert ask.of(departure).day is None
    assert client.get(reverse("handover:pay-rule", args=["gone"])).status_code == 404


def test_a_day_off_is_paid_before(cast):
    rule = {"days": 1, "count": "calendar"}
    friday = date(2027, 3, 12)
    assert ask.day_of(rule, friday) == friday


def test_by_the_api_hr_reads_and_decides_the_day_and_nobody_else(cast):
    departure = plan(cast)
    address = f"/api/v1/departures/{departure.pk}/final-pay"
    known = api(cast.hu).get(address).json()
    assert (known["day"], known["decided"]) == (departure.last_day.isoformat(), False)
    body = {"day": working(10).isoformat(), "why": "Contract", "version": known["version"]}
    for name in ("li", "he", "fang", "tang", "sun"):
        assert api(cast[name]).post(address, body, "application/json").status_code == 404
    assert Departure.objects.get(pk=departure.pk).pay_on is None
    hr = api(cast.hu)
    late = body | {"day": (departure.last_day + timedelta(days=1)).isoformat()}
    assert hr.post(address, late, "application/json").json()["errors"].keys() == {"day"}
    said = hr.post(address, body, "application/json").json()
    assert (said["day"], said["decided"], said["by_law"]) == (body["day"], True, known["day"])
    assert hr.post(address, body, "application/json").status_code == 409


def test_by_the_api_there_is_no_day_where_the_pay_goes_on(cast):
    departure = plan(cast, kind="internal_move")
    address = f"/api/v1/departures/{departure.pk}/final-pay"
    hr, known = api(cast.hu), api(cast.hu).get(address).json()
    assert known["pays_on"] and known["day"] is None
    body = {"day": working(3).isoformat(), "why": "x", "version": known["version"]}
    assert hr.post(address, body, "application/json").status_code == 409
