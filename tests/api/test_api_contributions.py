"""Who made a customer, by the API."""

from kit.dates import today


def test_the_api_tells_and_notes(cast, api):
    path = f"customers/{cast.huadong.pk}/made-by"
    given = {
        "kind": "sold",
        "person": cast.chen.pk,
        "happened_on": today().isoformat(),
        "evidence": "Fair",
    }
    [line] = api("li").post(path, given).data["lines"]
    assert (line["kind"], line["person"]["id"], line["evidence"]) == ("sold", cast.chen.pk, "Fair")
    assert api("li").post(path, given | {"unit": cast.units["hr"].pk}).status_code == 422
    assert api("li").post(f"{path}/take-back", {"noted": line["noted"]}).data["lines"] == []
    assert api("wu").get(path).status_code == 404
