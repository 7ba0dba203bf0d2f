"""Figures of exposure and readiness over the API."""

import pytest

from tests.crm.trade_world import order

pytestmark = pytest.mark.django_db


def test_the_api_gives_the_figures_of_the_page(cast, api):
    order(cast)
    told = api("he").get(f"people/{cast.li.pk}/exposure").data
    assert (told["customers"], told["alone"], told["without_backup"]) == (1, 1, 0)
    assert told["value"] == "100.00" and told["rows"][0]["name"] == "华东机电"
    assert told["rows"][0]["backup"]["id"] == cast.chen.pk
    own = api("li").get("me/readiness").data
    assert (own["customers"], own["alone"], own["value"]) == (1, 1, "100.00")


def test_the_api_tells_hr_counts_and_peers_nothing(cast, api):
    told = api("hu").get(f"people/{cast.li.pk}/exposure").data
    assert told["customers"] == 1 and told["rows"] == [] and told["value"] is None
    assert api("chen").get(f"people/{cast.li.pk}/exposure").status_code == 404
    assert api("tang").get("me/readiness").status_code == 403
