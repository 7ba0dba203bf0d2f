"""The search of the API answers like the palette."""

import pytest

from tests.api.conftest import disclosed


def entries(answer, group):
    return [
        one for part in answer.data["groups"] if part["group"] == group for one in part["entries"]
    ]


def test_the_holder_finds_the_customer_with_its_page_and_it_counts_as_shown(cast, api):
    answer = api("li").get("search", q="hdjd")
    assert answer.status_code == 200
    key = cast.huadong.pk
    assert [(one["id"], one["url"]) for one in entries(answer, "customers")] == [
        (key, f"/customers/{key}")
    ]
    assert disclosed(cast.li) == [[key]]


@pytest.mark.parametrize("who", ["wu", "hu", "ming"])
def test_others_get_the_answer_of_an_unknown_name(cast, api, who):
    held, unknown = (api(who).get("search", q=term) for term in ("hdjd", "xqzv"))
    assert held.data == unknown.data == {"groups": []}


@pytest.mark.parametrize(
    "query", [{"q": "x" * 61}, {"q": "a", "strange": "1"}, {"here": "x" * 300}]
)
def test_a_query_that_is_none_is_refused(cast, api, query):
    assert api("li").get("search", **query).status_code == 400
