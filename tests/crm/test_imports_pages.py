"""The pages of imports: a file in steps, who may see what of it, and taking it back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Notice
from crm.imports import matching
from crm.imports.matching import receive
from crm.imports.undo_plan import plan_undo
from crm.models import Customer, Import, Order, SourceKey
from crm.services import imports
from kit import jobs, outbox
from kit.models import Job
from tests.crm.imports_world import file, through

pytestmark = pytest.mark.django_db
FIRMS = "id,name,city,phone,strange\n1,Alpha Pumps,Lyon,0592-5911111,x\n2,Beta Valves,Lyon,0592-5911112,y\n"
FAULTY = "id,name,city,parent\n1,Alpha Pumps,Lyon,\n2,,Lyon,\n3,Gamma Seals,Nice,77\n4,Bare,,\n"


def signed_in(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["language"] = language
    return client


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def upload(client, text=FIRMS, kind="customers", source="old crm", once=None, name="firms.csv"):
    data = text.encode() if isinstance(text, str) else text
    return client.post("/imports/new", {
        "kind": kind, "source": source, "once": once or uuid4(), "file": SimpleUploadedFile(name, data),
    })  # fmt: skip


def columns_of(imported):
    """What the form sends when nobody changes anything."""
    known = matching.recognition(imported)
    return {"partial": "no"} | {
        f"column-{at}": name for at, (_header, name, _how) in enumerate(known)
    }


def brought(person, text=FIRMS, **wishes):
    """An import of this person whose rows are checked."""
    client = signed_in(person)
    upload(client, text)
    imported = Import.objects.latest("pk")
    client.post(f"/imports/{imported.pk}/columns", columns_of(imported) | wishes)
    return client, through(imported)


def test_a_head_imports_a_file_in_four_steps(cast):
    client = signed_in(cast.zhao)
    answer = upload(client)
    imported = Import.objects.get()
    assert answer.status_code == 303 and answer.url == f"/imports/{imported.pk}/columns"
    page = client.get(answer.url)
    assert "Alpha Pumps" in words(page) and "By its header" in words(page)
    assert "Not recognised" in words(page) and "commas" in words(page)
    assert Customer.objects.count() == 2  # nothing but the cast's
    answer = client.post(answer.url, columns_of(imported))
    assert "being checked" in words(client.get(answer.url))
    through(imported)
    page = client.get(answer.url)
    assert "2 rows can be imported" in words(page) and "Import 2 rows" in words(page)
    assert Customer.objects.count() == 2
    client.post(f"/imports/{imported.pk}/start")
    assert "being imported" in words(client.get(answer.url))
    through(imported)
    page = words(client.get(answer.url))
    assert "Alpha Pumps" in page and "can be undone until" in page
    assert Customer.objects.visible_to(cast.zhao).filter(name="Beta Valves").exists()


def test_a_table_without_rows_is_told_so_and_imports_nothing(cast):
    client, imported = brought(cast.zhao, "id,name,city\n")
    page = words(client.get(f"/imports/{imported.pk}"))
    assert "0 rows can be imported" in page and "Import 0" not in page


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "There is nothing in this file."), (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "picture"),
     (b"PK\x03\x04broken", "damaged")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_at_its_field(cast, content, said):
    answer = upload(signed_in(cast.zhao), content)
    assert answer.status_code == 422 and said in words(answer)
    assert not Import.objects.exists()


def test_a_form_without_anything_names_each_field(cast):
    answer = signed_in(cast.zhao).post("/imports/new", {"kind": "nonsense"})
    assert answer.status_code == 422 and not Import.objects.exists()
    assert "Fill in: Source" in words(answer) and "Fill in: File" in words(answer)


def test_the_same_form_sent_twice_makes_one_import(cast):
    client, once = signed_in(cast.zhao), uuid4()
    first, second = upload(client, once=once), upload(client, once=once)
    assert first.url == second.url and Import.objects.count() == 1
    assert imports_rows() == 2


def test_another_file_in_the_same_form_is_another_import(cast):
    client, once = signed_in(cast.zhao), uuid4()
    first, second = upload(client, once=once), upload(client, FIRMS + "3,C,Lyon,,\n", once=once)
    assert first.url != second.url and Import.objects.count() == 2


def imports_rows():
    return sum(one.rows.count() for one in Import.objects.all())


def test_a_start_sent_twice_starts_once(cast):
    client, imported = brought(cast.zhao)
    for _twice in range(2):
        assert client.post(f"/imports/{imported.pk}/start").status_code == 303
    assert Job.objects.filter(kind=imports.APPLY).count() == 1


def test_two_people_import_the_same_file_and_do_not_meet(cast):
    one, first = brought(cast.zhao)
    other, second = brought(cast.yu)
    assert first.pk != second.pk and first.made_by != second.made_by
    assert one.get(f"/imports/{second.pk}").status_code == 404
    other.post(f"/imports/{second.pk}/start")
    through(second)
    first.refresh_from_db()
    assert first.state == Import.State.CHECKED


# -- columns --------------------------------------------------------------------------------------
def test_a_changed_choice_of_columns_changes_the_keys(cast):
    client = signed_in(cast.zhao)
    upload(client)
    imported = Import.objects.get()
    assert set(imported.rows.values_list("key", flat=True)) == {"1", "2"}
    sent = columns_of(imported) | {"column-0": "", "column-4": "key"}
    client.post(f"/imports/{imported.pk}/columns", sent)
    through(imported)
    assert set(imported.rows.values_list("key", flat=True)) == {"x", "y"}
    assert imported.options["mapping"]["strange"] == "key"


def test_a_left_out_key_is_not_taken_behind_ones_back(cast):
    client = signed_in(cast.zhao)
    upload(client)
    imported = Import.objects.get()
    client.post(f"/imports/{imported.pk}/columns", columns_of(imported) | {"column-0": ""})
    through(imported)
    assert all(key.startswith("=") for key in imported.rows.values_list("key", flat=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [({"column-2": "name"}, "is taken from another column already"),
     ({"column-1": ""}, "No column was found for: Name"),
     ({"column-1": "password"}, "Choose from the list")],
)  # fmt: skip
def test_columns_that_do_not_go_together_are_refused(cast, change, said):
    client = signed_in(cast.zhao)
    upload(client)
    imported = Import.objects.get()
    answer = client.post(f"/imports/{imported.pk}/columns", columns_of(imported) | change)
    assert answer.status_code == 422 and said in words(answer)
    imported.refresh_from_db()
    assert imported.state == Import.State.MATCHING and imported.job is None


def test_the_columns_of_the_last_import_of_a_source_are_offered_again(cast):
    client = signed_in(cast.zhao)
    upload(client)
    first = Import.objects.get()
    client.post(f"/imports/{first.pk}/columns", columns_of(first) | {"column-4": "website"})
    upload(client, FIRMS.replace("Alpha", "Omega"))
    page = client.get(f"/imports/{Import.objects.latest('pk').pk}/columns")
    assert "As last time" in words(page)
    assert columns_of(Import.objects.latest("pk"))["column-4"] == "website"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["customers", "contacts", "orders", "employees"])
def test_every_header_of_a_template_is_recognised(cast, name, language):
    client = signed_in(cast.yu, language)
    for form in ("csv", "xlsx"):
        answer = client.get(f"/imports/template?kind={name}&as={form}")
        table = b"".join(answer.streaming_content)
        imported_answer = upload(client, table, kind=name, name=f"t.{form}")
        assert imported_answer.status_code == 303, words(imported_answer)
        known = matching.recognition(Import.objects.latest("pk"))
        assert len(known) > 3 and all(field for _header, field, _how in known)


# -- checked --------------------------------------------------------------------------------------
def test_faulty_rows_stop_everything_and_are_grouped(cast):
    client, imported = brought(cast.zhao, FAULTY)
    assert imported.state == Import.State.REFUSED
    page = words(client.get(f"/imports/{imported.pk}"))
    assert "3 rows are refused, so nothing was imported" in page
    assert (
        "This is empty, and it is needed." in page
        and "Row 3" in page
        and "“ 77 ”" in page.replace("“77”", "“ 77 ”")
    )
    assert not SourceKey.objects.exists()


def test_only_the_sound_rows_are_imported_when_that_is_asked(cast):
    client, imported = brought(cast.zhao, FAULTY)
    client.post(f"/imports/{imported.pk}/check", {"partial": "yes", "go": "1"})
    through(imported)
    assert (imported.state, imported.created, imported.refused) == ("done", 1, 3)


def test_incomplete_rows_are_kept_when_that_is_asked(cast):
    client, imported = brought(cast.zhao, "id,name,city\n1,Alpha,Lyon\n2,Bare,\n")
    assert "Keep the incomplete ones too" in words(client.get(f"/imports/{imported.pk}"))
    client.post(f"/imports/{imported.pk}/check", {"keep_incomplete": "on"})
    through(imported)
    assert (imported.state, imported.accepted, imported.refused) == ("checked", 2, 0)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_bad_rows_come_back_as_a_file_without_formulas(cast, form, tmp_path):
    from kit import rows

    bad = "id,name,city\n1,,\"=cmd|'/c calc'!A1\"\n2,Beta,Lyon\n"
    client, imported = brought(cast.zhao, bad)
    answer = client.get(f"/imports/{imported.pk}/bad-rows?as={form}")
    body = b"".join(answer.streaming_content)
    assert form != "csv" or b"\"'=cmd" in body
    path = tmp_path / f"bad.{form}"
    path.write_bytes(body)
    found = list(rows.read(str(path)))
    assert [row.values["id"] for row in found] == ["1"]
    assert "needed" in found[0].values["Why it was refused"]


# -- who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["li", "he", "gao", "tang", "hu", "sun", "fang", "mo"])
def test_who_may_not_import_finds_no_pages(cast, name):
    _client, imported = brought(cast.zhao)
    client = signed_in(cast[name])
    assert client.get("/imports").status_code == 403
    assert upload(client).status_code == 403 and Import.objects.count() == 1
    for path in ("", "/columns", "/rows", "/bad-rows", "/undo"):
        assert client.get(f"/imports/{imported.pk}{path}").status_code == 404
    for path in ("/start", "/check", "/discard", "/resume", "/undo"):
        assert client.post(f"/imports/{imported.pk}{path}").status_code == 404
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED and imported.rows.count() == 2


def test_an_administrator_reads_nothing_of_anothers_file(cast):
    _client, imported = brought(cast.zhao, FAULTY)
    admin = signed_in(cast.yu)
    page = words(admin.get(f"/imports/{imported.pk}"))
    assert "3 rows are refused" in page and "Row 3" in page
    assert "77" not in page and "Import the" not in page
    assert "77" not in words(admin.get(f"/imports/{imported.pk}/rows"))
    for path in ("columns", "bad-rows"):
        assert admin.get(f"/imports/{imported.pk}/{path}").status_code == 403
    assert admin.post(f"/imports/{imported.pk}/columns", columns_of(imported)).status_code == 403
    assert admin.post(f"/imports/{imported.pk}/check", {"partial": "yes"}).status_code == 403
    assert admin.post(f"/imports/{imported.pk}/start").status_code == 403
    imported.refresh_from_db()
    assert imported.state == Import.State.REFUSED


def test_an_administrator_gets_no_links_to_what_was_imported(cast):
    client, imported = brought(cast.yu)
    client.post(f"/imports/{imported.pk}/start")
    through(imported)
    page = client.get(f"/imports/{imported.pk}").content.decode()
    assert "Alpha Pumps" not in page and 'href="/customers/' not in page
    assert "/customers/" not in client.get(f"/imports/{imported.pk}/rows").content.decode()


@pytest.mark.parametrize("key", ["0", "999999999", "99999999999999999999"])
def test_an_import_that_is_not_there_is_the_fixed_404(cast, key):
    client = signed_in(cast.zhao)
    for path in ("", "/columns", "/rows?outcome=x&after=-1", "/undo"):
        assert client.get(f"/imports/{key}{path}").status_code == 404


def test_parameters_that_make_no_sense_are_left_out(cast):
    client, imported = brought(cast.zhao)
    for query in ("?after=x", "?after=99999999999999999999", "?outcome=nonsense&after=-4"):
        assert client.get(f"/imports{query}").status_code == 200
        assert client.get(f"/imports/{imported.pk}/rows{query}").status_code == 200


# -- at work --------------------------------------------------------------------------------------
def test_a_worker_dies_and_the_page_goes_on_where_it_stopped(cast, monkeypatch):
    from crm.imports import carry

    monkeypatch.setattr(carry, "CHUNK", 1)
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    imported.refresh_from_db()
    job = jobs.take(imported.job_id)
    jobs.STEPS[job.kind](job)
    job.lease_owner, job.lease_until = "elsewhere:1", timezone.now() - timedelta(seconds=1)
    job.save()
    page = words(client.get(f"/imports/{imported.pk}"))
    assert "1 of 2 rows done" in page
    jobs.sweep()
    assert "can be undone until" in words(client.get(f"/imports/{imported.pk}"))
    assert Customer.objects.filter(name__in=["Alpha Pumps", "Beta Valves"]).count() == 2


def test_what_a_fault_stopped_is_gone_on_with(cast):
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    imported.refresh_from_db()
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.FAILED)
    page = words(client.get(f"/imports/{imported.pk}"))
    assert "The work stopped" in page and "Go on" in page and "Stopped by a fault" in page
    client.post(f"/imports/{imported.pk}/resume")
    through(imported)
    assert imported.state == Import.State.DONE
    assert client.post(f"/imports/{imported.pk}/resume").status_code == 409


def test_progress_is_a_fragment_for_htmx(cast):
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    body = client.get(
        f"/imports/{imported.pk}?said=0", headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in body and "<progress" in body and "every 2s" in body
    assert "import-said" not in body  # nothing new to say aloud
    through(imported)
    body = client.get(f"/imports/{imported.pk}", headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in body


def test_who_brought_a_long_file_is_told_when_it_is_through(cast):
    many = "id,name,city\n" + "".join(f"{at},Firm {at},Lyon\n" for at in range(201))
    client, imported = brought(cast.zhao, many)
    client.post(f"/imports/{imported.pk}/start")
    through(imported)
    outbox.relay()
    assert Notice.objects.filter(person=cast.zhao, code="import.ended").count() == 2
    assert "firms.csv was imported: 201 rows created" in words(client.get("/inbox"))
    chinese = words(signed_in(cast.zhao, "zh-hans").get("/inbox"))
    assert "firms.csv" in chinese and "201" in chinese and "rows" not in chinese


# -- undone ---------------------------------------------------------------------------------------
def test_an_undo_says_before_what_stays_and_why(cast):
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    through(imported)
    from accounts import audit

    beta = Customer.objects.get(name="Beta Valves")
    with audit.verb("tests.order", cast.system):
        Order.objects.create(customer=beta, number="1", ordered_on="2024-01-01", currency="CNY")
    page = words(client.get(f"/imports/{imported.pk}/undo"))
    assert "1 row will be taken back" in page and "rests on them. Row 3" in page
    plan = plan_undo(imported)
    client.post(f"/imports/{imported.pk}/undo")
    through(imported)
    assert (
        list(imported.rows.filter(outcome="kept").values_list("number", flat=True)) == plan.in_use
    )
    assert "Kept" in words(client.get(f"/imports/{imported.pk}/rows"))
    assert not Customer.objects.filter(name="Alpha Pumps").exists()


def test_an_undo_after_its_time_is_refused(cast):
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    through(imported)
    Import.objects.filter(pk=imported.pk).update(undo_until=timezone.now() - timedelta(seconds=1))
    assert "Undo import" not in words(client.get(f"/imports/{imported.pk}"))
    assert client.get(f"/imports/{imported.pk}/undo").status_code == 303
    assert client.post(f"/imports/{imported.pk}/undo").status_code == 409
    assert Customer.objects.filter(name="Alpha Pumps").exists()


def test_a_file_is_forgotten_before_it_changed_anything_and_never_after(cast):
    client, imported = brought(cast.zhao)
    client.post(f"/imports/{imported.pk}/start")
    through(imported)
    assert client.post(f"/imports/{imported.pk}/discard").status_code == 409
    client, other = brought(cast.zhao, FIRMS.replace("Lyon", "Nice"))
    assert client.post(f"/imports/{other.pk}/discard").status_code == 303
    assert not Import.objects.filter(pk=other.pk).exists()


def test_what_was_erased_cannot_be_started(cast):
    client, imported = brought(cast.zhao)
    Import.objects.filter(pk=imported.pk).update(made_at=timezone.now() - timedelta(hours=73))
    imports.purge()
    page = words(client.get(f"/imports/{imported.pk}"))
    assert "have been erased" in page and "Import 2 rows" not in page
    assert client.post(f"/imports/{imported.pk}/start").status_code == 409
    assert client.get(f"/imports/{imported.pk}/columns").status_code == 409


def test_the_history_asks_little_of_the_database(cast, django_assert_max_num_queries, tmp_path):
    path = file(tmp_path, FIRMS)
    for _several in range(4):
        receive(
            actor=cast.zhao,
            kind="customers",
            path=path,
            source="s",
            file_name="f.csv",
            once=uuid4(),
        )
    client = signed_in(cast.zhao)
    with django_assert_max_num_queries(5):
        assert client.get("/imports").status_code == 200
