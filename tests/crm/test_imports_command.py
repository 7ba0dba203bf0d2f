"""The command: its answers for programs and for people, and its exit codes."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from crm.models import Customer, Import, ImportRow
from kit.models import Job, SubjectKey
from tests.crm.imports_world import file

pytestmark = pytest.mark.django_db
FIRMS = "id,name,city\n1,Alpha Pumps,Lyon\n2,Beta Valves,Lyon\n"


def run(*arguments):
    """(exit code, standard output) of the command."""
    out = StringIO()
    try:
        call_command("import_file", *map(str, arguments), stdout=out, stderr=StringIO())
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def told(*arguments):
    code, out = run(*arguments, "--json")
    return code, json.loads(out.splitlines()[-1])


def test_the_answer_has_every_count_and_the_refused_rows(cast, tmp_path):
    code, found = told("customers", file(tmp_path, FIRMS), "--source", "old")
    assert code == 0
    assert {name: found[name] for name in ("read", "accepted", "refused", "created", "updated", "unchanged", "state")} == {
        "read": 2, "accepted": 2, "refused": [], "created": 2, "updated": 0, "unchanged": 0, "state": "done",
    }  # fmt: skip
    assert Import.objects.get(pk=found["import"]).state == "done"


def test_nothing_applied_is_exit_code_1_with_row_and_reason(cast, tmp_path):
    code, found = told(
        "orders", file(tmp_path, "id,customer id,date\nA,77,2024-01-01\n"), "--source", "old"
    )
    assert code == 1 and found["state"] == "refused"
    assert found["refused"] == [
        {"row": 2, "reason": "customer id: “77” is not known from this source."}
    ]


def test_a_trial_says_what_would_happen_and_leaves_nothing(cast, tmp_path):
    keys = SubjectKey.objects.count()
    code, found = told("customers", file(tmp_path, FIRMS), "--source", "old", "--dry-run")
    assert (code, found["created"], found["accepted"]) == (0, 2, 2)
    assert not Customer.objects.filter(name="Alpha Pumps").exists()
    assert not Import.objects.exists() and not ImportRow.objects.exists()
    assert SubjectKey.objects.count() == keys


@pytest.mark.parametrize("mapping, named", [
    ({"city": "town"}, "account_manager"), ({"Ort": "city"}, "name"), ([1], "object"), ({"city": 3}, "object"),
])  # fmt: skip
def test_a_mapping_that_cannot_be_is_exit_code_2_and_says_what_there_is(
    cast, tmp_path, mapping, named
):
    path = file(tmp_path, json.dumps(mapping), "mapping.json")
    code, found = told("customers", file(tmp_path, FIRMS), "--source", "old", "--mapping", path)
    assert code == 2 and named in found["error"]
    assert not Import.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 100, None])
def test_what_cannot_be_read_is_exit_code_2_with_the_reason(cast, tmp_path, content):
    path = tmp_path if content is None else file(tmp_path, content)
    code, found = told("customers", path, "--source", "old")
    assert code == 2 and found["error"] and found["read"] == 0


@pytest.mark.parametrize("arguments", [("kings",), ("customers", "--as", "nobody")])
def test_what_does_not_exist_is_exit_code_2(cast, tmp_path, arguments):
    kind, *more = arguments
    code, found = told(kind, file(tmp_path, FIRMS), "--source", "old", *more)
    assert code == 2 and found["error"]


def test_whoever_may_not_is_refused(cast, tmp_path):
    code, _found = told("customers", file(tmp_path, FIRMS), "--source", "old", "--as", "rep.east")
    assert code == 2 and not Customer.objects.filter(name="Alpha Pumps").exists()


def test_kinds_may_be_written_with_a_hyphen(cast, tmp_path):
    told("customers", file(tmp_path, FIRMS), "--source", "old")
    told("orders", file(tmp_path, "id,customer id,date\nA,1,2024-01-01\n"), "--source", "old")
    code, found = told(
        "order-lines", file(tmp_path, "order id,product,qty,price\nA,P,1,2\n"), "--source", "old"
    )
    assert (code, found["created"]) == (0, 1)


def test_people_read_sentences(cast, tmp_path):
    code, out = run("customers", file(tmp_path, FIRMS), "--source", "old")
    assert code == 0 and "Created: 2" in out


def test_an_unfinished_import_of_the_same_file_goes_on(cast, tmp_path):
    from accounts.models import Person
    from crm.imports.staging import stage

    path = file(tmp_path, FIRMS)
    wishes = {"mapping": {}, "partial": False, "keep_incomplete": False, "go": True}
    begun = stage(
        actor=Person.objects.system(), kind="customers", path=path, source="old", options=wishes
    )
    code, found = told("customers", path, "--source", "old")
    assert (code, found["import"], found["created"]) == (0, begun.pk, 2)


def test_what_another_process_does_is_left_to_it(cast, tmp_path):
    import os
    import socket
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import Person
    from crm.imports.staging import stage

    path = file(tmp_path, FIRMS)
    wishes = {"mapping": {}, "partial": False, "keep_incomplete": False, "go": True}
    begun = stage(
        actor=Person.objects.system(), kind="customers", path=path, source="old", options=wishes
    )
    lease = {
        "lease_owner": f"{socket.gethostname()}:{os.getppid()}",
        "lease_until": timezone.now() + timedelta(minutes=1),
    }
    Job.objects.filter(pk=begun.job_id).update(state="running", **lease)
    code, found = told("customers", path, "--source", "old")
    assert code == 2 and "Another process" in found["error"]
    Job.objects.filter(pk=begun.job_id).update(lease_owner=f"{socket.gethostname()}:999999999")
    code, found = told("customers", path, "--source", "old")
    assert (code, found["created"]) == (0, 2)


def test_two_imports_of_one_source_and_kind_do_not_stand_on_each_other(cast, tmp_path):
    code, first = told("customers", file(tmp_path, FIRMS), "--source", "old")
    Import.objects.filter(pk=first["import"]).update(state="undoing")
    code, found = told("customers", file(tmp_path, FIRMS + "3,Gamma,Lyon\n"), "--source", "old")
    assert code == 2 and str(first["import"]) in found["error"]
    assert not Customer.objects.filter(name="Gamma").exists()


def test_an_import_that_a_fault_stopped_goes_on_when_the_command_is_given_again(
    cast, tmp_path, monkeypatch
):
    from crm.imports import carry

    path = file(tmp_path, FIRMS)
    with monkeypatch.context() as fault:
        fault.setattr(carry, "due", lambda imported: 1 / 0)
        code, found = told("customers", path, "--source", "old")
        assert code == 1 and found["state"] == "running"
    code, again = told("customers", path, "--source", "old")
    assert (code, again["import"], again["created"]) == (0, found["import"], 2)
