"""Who looks after whom now, over the API."""

from crm.seats import Seat
from crm.services import ownership
from tests.crm.changesets_world import held, proposed


def test_a_lead_reads_the_seats_of_the_team_page_by_page(cast, api):
    held(cast, 3, by="chen")
    rows = api("he").every("assignments")
    assert [row["account_manager"]["person"]["id"] for row in rows] == [cast.chen.pk] * 3 + [
        cast.li.pk
    ]
    one = rows[-1]
    assert one["customer"] == {"id": cast.huadong.pk, "name": "华东机电"} and one["tier"] == "A"
    assert one["backup"]["person"]["id"] == cast.chen.pk and one["waiting"] == []
    assert one["service_line"]["person"]["id"] == cast.gao.pk
    assert rows[0]["backup"] is None and rows[0]["key_account_members"] == []


def test_the_filters_are_those_of_the_page(cast, api):
    made = held(cast, 1, by="chen", tier="B")
    he = api("he")

    def found(**query):
        return [row["customer"]["id"] for row in he.get("assignments", **query).data["results"]]

    assert found(state="no-backup") == made and found(tier="A") == [cast.huadong.pk]
    assert found(person=cast.li.pk) == [cast.huadong.pk] and found(state="vacant") == []
    assert found(unit=cast.units["south"].pk) == []
    change_set = proposed(cast, [cast.huadong.pk])
    row = he.get("assignments", state="waiting").data["results"][0]
    (coming,) = row["waiting"]
    assert (coming["change_set"], coming["seat"]) == (change_set.pk, "account_manager")
    assert coming["person"]["id"] == cast.chen.pk


def test_what_another_lead_may_not_know_is_not_said(cast, api):
    from accounts.services import people

    ownership.assign(actor=cast.zhao, customer=cast.huadong, seat=Seat.BACKUP, person=cast.wu)
    people.set_state(actor=cast.hu, person=cast.li, state="on_notice", reason="Personnel file")
    standing = {
        name: next(
            row["account_manager"]["standing"]
            for row in api(name).get("assignments").data["results"]
            if row["customer"]["id"] == cast.huadong.pk
        )
        for name in ("he", "qian", "sun")
    }
    assert standing == {"he": "on_notice", "qian": "", "sun": "on_notice"}
    assert api("qian").get("assignments", state="away").data["results"] == []


def test_those_who_lead_nobody_and_nonsense_are_refused(cast, api, unchanged):
    with unchanged():
        for name in ("li", "gao", "hu", "fang", "ming"):
            assert api(name).get("assignments").status_code == 403
        for query in (
            {"state": "x"},
            {"person": 10**15},
            {"cursor": "x"},
            {"strange": 1},
            {"tier": "D"},
        ):
            assert api("he").get("assignments", **query).status_code == 400
