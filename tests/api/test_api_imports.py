"""Imports over the API: a file in a form, progress, rows, undo; the same answers as the pages."""

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Customer, Import
from tests.api.conftest import Api
from tests.crm.imports_world import through

pytestmark = pytest.mark.django_db
FIRMS = "id,name,city,phone\n1,Alpha Pumps,Lyon,0592-5911111\n2,Beta Valves,Lyon,0592-5911112\n"


def sent(api, text=FIRMS, **more):
    data = text if isinstance(text, bytes) else text.encode()
    body = {"kind": "customers", "source": "old", "file": SimpleUploadedFile("firms.csv", data)}
    return api._read(api.client.post("/api/v1/imports", body | more))


def finished(answer):
    return through(Import.objects.get(pk=answer.data["id"]))


def test_a_head_sends_a_file_and_follows_it_to_its_end(cast):
    api = Api(cast.zhao)
    answer = sent(api)
    assert (answer.status_code, answer.data["state"]) == (201, "checking")
    assert answer.data["progress"] == {"done": 0, "total": 2}
    finished(answer)
    end = api.get(f"imports/{answer.data['id']}").data
    assert (end["state"], end["created"], end["progress"]) == ("done", 2, None)
    rows = api.every(f"imports/{answer.data['id']}/rows", limit=1)
    assert [row["name"] for row in rows] == ["Alpha Pumps", "Beta Valves"]
    assert Customer.objects.filter(pk=rows[0]["customer"]).exists()


def test_the_same_file_sent_twice_under_one_number_is_one_import(cast):
    api, once = Api(cast.zhao), str(uuid4())
    first, second = sent(api, client_uuid=once), sent(api, client_uuid=once)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.data["id"] == second.data["id"] and Import.objects.count() == 1


def test_another_file_under_the_same_number_is_refused(cast):
    api, once = Api(cast.zhao), str(uuid4())
    sent(api, client_uuid=once)
    answer = sent(api, FIRMS + "3,Gamma,Lyon,\n", client_uuid=once)
    assert (answer.status_code, answer.data["code"]) == (422, "first_kept")
    assert Import.objects.count() == 1


def test_a_file_is_only_checked_when_that_is_asked_and_started_later(cast):
    api = Api(cast.zhao)
    answer = sent(api, check_only="true")
    finished(answer)
    assert api.get(f"imports/{answer.data['id']}").data["state"] == "checked"
    assert not Customer.objects.filter(name="Alpha Pumps").exists()
    assert api.post(f"imports/{answer.data['id']}/start").data["state"] == "running"
    assert api.post(f"imports/{answer.data['id']}/start").status_code == 409


def test_an_import_is_taken_back(cast):
    api = Api(cast.zhao)
    answer = sent(api)
    finished(answer)
    assert api.post(f"imports/{answer.data['id']}/undo").data["state"] == "undoing"
    assert finished(answer).state == "undone"
    assert not Customer.objects.filter(name="Alpha Pumps").exists()
    assert api.post(f"imports/{answer.data['id']}/undo").status_code == 409


@pytest.mark.parametrize(
    ("more", "field"),
    [({"mapping": json.dumps({"nope": "name"})}, "mapping"),
     ({"mapping": json.dumps({"name": "password"})}, "mapping"),
     ({"mapping": "[1]"}, "mapping"), ({"mapping": "no json"}, "mapping"),
     ({"kind": "secrets"}, "kind"), ({"source": ""}, "source"), ({"source": "x" * 61}, "source"),
     ({"file": ""}, "file"), ({"made_by": "1"}, "made_by"), ({"client_uuid": "x"}, "client_uuid")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field_and_leaves_nothing(cast, more, field):
    answer = sent(Api(cast.zhao), **more)
    assert answer.status_code == 422 and field in answer.data["errors"]
    assert not Import.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\0\1\2" * 99, b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_refused(cast, body):
    answer = sent(Api(cast.zhao), body)
    assert answer.status_code == 422 and answer.data["errors"]["file"]
    assert not Import.objects.exists()


def test_a_body_in_json_is_not_a_file(cast):
    assert Api(cast.zhao).post("imports", {"kind": "customers"}).status_code == 415


@pytest.mark.parametrize("name", ["li", "he", "sun", "fang", "hu", "mo"])
def test_who_may_not_import_is_told_so_and_sees_nobodys(cast, name):
    made = sent(Api(cast.zhao)).data["id"]
    api = Api(cast[name])
    assert sent(api).status_code == 403 and Import.objects.count() == 1
    assert api.get("imports").data["results"] == []
    for path in (f"imports/{made}", f"imports/{made}/rows", "imports/99999999999999999999"):
        assert api.get(path).status_code == 404
    for verb in ("start", "undo"):
        assert api.post(f"imports/{made}/{verb}").status_code == 404


def test_an_administrator_sees_counts_and_reasons_of_anothers_file_without_its_values(cast):
    answer = sent(Api(cast.zhao), "id,name,city,parent\n1,Alpha,Lyon,77\n", partial="true")
    finished(answer)
    row = Api(cast.yu).get(f"imports/{answer.data['id']}/rows").data["results"][0]
    assert row["outcome"] == "refused" and row["said"] and "77" not in str(row)
    own = Api(cast.zhao).get(f"imports/{answer.data['id']}/rows").data["results"][0]
    assert "77" in str(own)
