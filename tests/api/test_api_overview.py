"""The overview by the API."""

import pytest

from handover.selectors import overview


def test_the_api_tells_the_numbers_of_the_page(cast, api):
    answer = api("he").get("overview", period="week").data
    made = overview.of(cast.he, "week")
    assert answer["now"]["customers"] == made.figures.customers == 1
    assert [one["person"]["id"] for one in answer["people"]] == [
        book.person.pk for book in made.books
    ]
    assert sum(cell["customers"] for cell in answer["threads"]) == 1


@pytest.mark.parametrize("name", ["li", "hu", "tang", "yu"])
def test_who_leads_nobody_gets_404(cast, api, name):
    assert api(name).get("overview").status_code == 404


def test_an_unknown_period_is_said_at_its_field(cast, api):
    assert api("he").get("overview", period="year").status_code == 400
