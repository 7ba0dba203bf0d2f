"""The demo company can be planned on any day: what is drawn depends on it, what is possible does not."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Person
from config.demo import company, present
from config.demo.customers import INDUSTRIES, REGIONS
from config.demo.days import Days
from config.demo.files import Files
from crm.models import Industry, Region


def nothing_done(**_arguments):
    return None


@pytest.mark.slow
def test_on_every_day_of_two_months_somebody_can_take_what_is_planned(db, monkeypatch):
    for service, act in (
        (present.ownership, "assign"),
        (present.shares, "grant"),
        (present.activities, "log"),
    ):
        monkeypatch.setattr(service, act, nothing_done)
    people = {login: Person(username=login) for login in company.PEOPLE}
    regions = {key: Region(name=row[0]) for key, row in REGIONS.items()}
    industries = {key: Industry(name=row[0]) for key, row in INDUSTRIES.items()}
    for number in range(20):
        days = Days(datetime(2026, 11, 23, 3, 15, tzinfo=UTC) + timedelta(hours=73) * number)
        files = list(Files(people, regions, industries, days, small=False).make())
        present.make(people, files, days)
        assert len(files) == 600
