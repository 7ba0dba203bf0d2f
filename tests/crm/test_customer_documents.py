"""Documents of a customer: who adds, sees and opens them, and what is written down."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import TrailEntry
from crm.models import Document, DocumentFile
from crm.services import customer_documents as documents
from kit.errors import Conflict, NotAllowed, Refused
from tests.accept.frame import api
from tests.api.conftest import token_of
from tests.crm import hostile_files as hostile


def text(response):
    return response.content.decode()


def a_document(cast, category="minutes", name="x.jpg", data=None, **more):
    values = {"title": "Of May", "category": category} | more
    return documents.add(actor=cast.li, customer=cast.huadong, values=values,
                         data=data or hostile.picture(), name=name)  # fmt: skip


def post(client, cast, name="x.pdf", data=hostile.PDF, **more):
    body = {"title": "Frame contract", "category": "contract", "client_uuid": uuid4(),
            "file": SimpleUploadedFile(name, data)} | more  # fmt: skip
    return client.post(reverse("crm:customer-document-new", args=[cast.huadong.pk]), body)


def test_the_account_manager_adds_a_document_and_finds_it_in_the_list(cast, as_):
    client = as_(cast.li)
    answer = post(client, cast, holder="chen jie", valid_until="2027-01-31", note="Two copies")
    document = Document.objects.get()
    assert (answer.status_code, document.holder, document.valid_until) == (
        303,
        cast.chen,
        date(2027, 1, 31),
    )
    listed = text(client.get(reverse("crm:customer-documents", args=[cast.huadong.pk])))
    assert "Frame contract" in listed and "paper original with" in listed
    assert "Two copies" in text(client.get(document.get_absolute_url()))


def test_a_photo_by_the_camera_is_enough(cast, as_):
    body = {"title": "Minutes", "category": "minutes", "client_uuid": uuid4(),
            "camera": SimpleUploadedFile("image.jpg", hostile.placed())}  # fmt: skip
    url = reverse("crm:customer-document-new", args=[cast.huadong.pk])
    assert as_(cast.li).post(url, body).status_code == 303
    file = DocumentFile.objects.get()
    assert hostile.PLACE not in documents.content(file.document, file)


def test_sending_twice_makes_one_document(cast, as_):
    client, once = as_(cast.li), uuid4()
    for _ in range(2):
        assert post(client, cast, client_uuid=once).status_code == 303
    assert DocumentFile.objects.count() == 1


def test_a_hostile_file_is_told_at_the_field_and_nothing_is_kept(cast, as_):
    client = as_(cast.li)
    for name, data in [("x.svg", hostile.SVG), ("x.php.pdf", hostile.PDF), ("x.png", hostile.vast()),
                       ("x.pdf", b"")]:  # fmt: skip
        assert post(client, cast, name, data).status_code == 422
    assert not Document.objects.exists()


def test_missing_forged_and_mistyped_fields_are_422(cast, as_):
    client = as_(cast.li)
    for more in ({"title": ""}, {"title": "x" * 9000}, {"category": "secret"}, {"holder": "nobody"},
                 {"valid_until": "31 February"}, {"client_uuid": "x"}, {"file": "no file"}):  # fmt: skip
        assert post(client, cast, **more).status_code == 422
    assert not Document.objects.exists()


def test_who_does_not_see_the_customer_finds_nothing_and_who_only_reads_adds_nothing(cast, as_):
    document = a_document(cast)
    for url in (
        reverse("crm:customer-documents", args=[cast.huadong.pk]),
        document.get_absolute_url(),
    ):
        assert as_(cast.wu).get(url).status_code == 404
    assert post(as_(cast.wu), cast).status_code == 404
    assert post(as_(cast.chen), cast).status_code == 403
    assert Document.objects.count() == 1


def test_a_contract_is_listed_for_the_backup_and_opened_by_the_account_manager_alone(cast, as_):
    document = a_document(cast, "contract")
    fetch = reverse("crm:document-fetch", args=[document.pk, 1])
    assert "Of May" in text(
        as_(cast.chen).get(reverse("crm:customer-documents", args=[cast.huadong.pk]))
    )
    assert fetch not in text(as_(cast.chen).get(document.get_absolute_url()))
    assert as_(cast.chen).post(fetch).status_code == 403
    assert as_(cast.wu).post(fetch).status_code == 404
    assert as_(cast.li).post(fetch).status_code == 200
    assert (
        as_(cast.li).post(reverse("crm:document-fetch", args=[document.pk, 9])).status_code == 404
    )
    assert DocumentFile.objects.get().downloads == 1


def test_a_file_is_handed_out_to_be_saved_and_never_run(cast, as_):
    document = a_document(cast, name="x.pdf", data=hostile.PDF)
    fetch = reverse("crm:document-fetch", args=[document.pk, 1])
    assert as_(cast.li).get(fetch).status_code == 405
    answer = as_(cast.li).post(fetch)
    assert answer.content == hostile.PDF
    assert answer["Content-Disposition"] == f'attachment; filename="document-{document.pk}-1.pdf"'
    assert (
        answer["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in answer["Content-Security-Policy"]
    )
    assert "no-store" in answer["Cache-Control"]


def test_a_look_is_marked_counted_and_written_down(cast, as_):
    document = a_document(cast)
    look = reverse("crm:document-look", args=[document.pk, 1])
    answer = as_(cast.chen).post(look)
    assert answer["Content-Type"] == "image/jpeg" and answer.content != hostile.picture()
    assert DocumentFile.objects.get().views == 1
    entry = TrailEntry.objects.filter(verb="customer_documents.look").get()
    assert (entry.actor_id, entry.customer_id) == (cast.chen.pk, cast.huadong.pk)


def test_a_pdf_is_not_shown_inside_the_page(cast):
    document = a_document(cast, name="x.pdf", data=hostile.PDF)
    with pytest.raises(Refused):
        documents.look(actor=cast.li, document=document, number=1)


def test_a_new_version_leaves_the_old_one(cast):
    document = a_document(cast)
    documents.renew(actor=cast.li, document=document, data=hostile.PDF, name="y.pdf")
    assert list(document.files.values_list("number", "kind")) == [(2, "pdf"), (1, "jpg")]
    with pytest.raises(NotAllowed):
        documents.renew(actor=cast.chen, document=document, data=hostile.PDF, name="y.pdf")
    assert document.files.count() == 2


def test_two_who_change_one_document_are_told(cast):
    document = a_document(cast)
    values = {"title": "Of June", "category": "minutes"}
    documents.edit(actor=cast.li, document=document, values=values, version=1)
    with pytest.raises(Conflict):
        documents.edit(actor=cast.li, document=document, values=values | {"title": "Z"}, version=1)
    assert Document.objects.get().title == "Of June"


def test_the_trail_does_not_say_what_a_document_is_called(cast):
    a_document(cast, note="Secret clause")
    said = str(list(TrailEntry.objects.filter(verb="customer_documents.add").values("changes")))
    assert "minutes" in said and "Of May" not in said and "Secret" not in said


def test_the_api_lists_adds_and_renews(cast):
    client = Client(headers={"Authorization": f"Token {token_of(cast.li)}"})
    url = reverse("api:customers-documents", args=[cast.huadong.pk])
    body = {
        "title": "Offer",
        "category": "quotation",
        "file": SimpleUploadedFile("x.pdf", hostile.PDF),
    }
    made = client.post(url, body)
    assert made.status_code == 201, made.content
    again = reverse("api:documents-versions", args=[made.json()["id"]])
    answer = client.post(again, {"file": SimpleUploadedFile("y.png", hostile.picture("PNG"))})
    assert [one["number"] for one in answer.json()["versions"]] == [2, 1]
    assert client.post(again, {"file": SimpleUploadedFile("y.svg", hostile.SVG)}).status_code == 422
    assert len(client.get(url).json()["results"]) == 1


def opened(client, document, **more):
    return client.post(reverse("crm:document-fetch", args=[document.pk, 1]), more)


def test_an_auditor_opens_a_contract_with_a_reason_that_stands_in_the_trail(cast, as_):
    contract, minutes = a_document(cast, "contract"), a_document(cast)
    client = as_(cast.fang)
    assert 'name="reason"' in text(client.get(contract.get_absolute_url()))
    assert opened(client, contract).status_code == 422
    assert opened(client, contract, reason="  ").status_code == 422
    assert not TrailEntry.objects.filter(verb="customer_documents.fetch").exists()
    assert opened(client, contract, reason="Sample of May").status_code == 200
    assert TrailEntry.objects.get(verb="customer_documents.fetch").reason == "Sample of May"
    assert opened(client, minutes).status_code == 200
    assert 'name="reason"' not in text(as_(cast.li).get(contract.get_absolute_url()))
    assert opened(as_(cast.li), contract).status_code == 200


def test_out_of_use_a_document_stays_with_its_reason_and_comes_back(cast, as_):
    first, second = a_document(cast), a_document(cast, title="Newer")
    client = as_(cast.li)
    retire = reverse("crm:document-retire", args=[second.pk])
    assert client.post(retire, {"why": " ", "version": 1}).status_code == 422
    assert client.post(retire, {"why": "x" * 400, "version": 1}).status_code == 422
    assert client.post(retire, {"why": "Wrong customer", "version": 1}).status_code == 303
    assert "Wrong customer" in text(client.get(second.get_absolute_url()))
    listed = text(client.get(reverse("crm:customer-documents", args=[cast.huadong.pk])))
    assert listed.index("Of May") < listed.index("Newer") and "out of use" in listed
    assert client.post(retire, {"why": "Again", "version": 2}).status_code == 409
    for name in ("edit", "renew"):
        assert client.get(reverse(f"crm:document-{name}", args=[second.pk])).status_code == 409
    with pytest.raises(Conflict):
        documents.renew(actor=cast.li, document=second, data=hostile.PDF, name="y.pdf")
    assert DocumentFile.objects.count() == 2
    entry = TrailEntry.objects.get(verb="customer_documents.retire")
    assert "Wrong customer" not in str(entry.changes) + entry.reason
    restore = reverse("crm:document-restore", args=[second.pk])
    assert client.post(restore, {"version": 1}).status_code == 409
    assert client.post(restore, {}).status_code == 409
    assert client.post(restore, {"version": 2}).status_code == 303
    assert (
        client.post(reverse("crm:document-restore", args=[first.pk]), {"version": 1}).status_code
        == 409
    )
    second.refresh_from_db()
    assert (second.retired_at, second.retired_by, second.retired_why) == (None, None, "")


def test_what_is_out_of_use_is_read_by_fewer_and_never_deleted(cast, as_):
    document = a_document(cast)
    assert opened(as_(cast.chen), document).status_code == 200
    for name, status in {"chen": 403, "he": 303, "wu": 404, "fang": 403}.items():
        retire = reverse("crm:document-retire", args=[document.pk])
        answer = as_(cast[name]).post(retire, {"why": "Wrong customer", "version": 1})
        assert answer.status_code == status, name
        assert (Document.objects.get().retired_at is not None) == (name in ("he", "wu", "fang")), (
            name
        )
    assert "Wrong customer" not in text(as_(cast.chen).get(document.get_absolute_url()))
    assert opened(as_(cast.chen), document).status_code == 403
    assert opened(as_(cast.fang), document).status_code == 422
    assert opened(as_(cast.fang), document, reason="Audit").status_code == 200
    assert opened(as_(cast.li), document).status_code == 200
    with pytest.raises(Exception, match="annot delete"):
        DocumentFile.objects.get().delete()


def test_the_api_hands_out_a_file_by_the_same_right_and_with_the_same_trail(cast):
    document = a_document(cast, "contract", name="x.pdf", data=hostile.PDF)
    there = reverse("api:documents-fetch", args=[document.pk])
    answer = api(cast.li).post(there, {"number": 1}, "application/json")
    assert (answer.status_code, answer.content) == (200, hostile.PDF)
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    for name, body, status in [("chen", {"number": 1}, 403), ("wu", {"number": 1}, 404),
                               ("fang", {"number": 1}, 422), ("li", {"number": 9}, 404),
                               ("li", {}, 422), ("li", {"number": "x"}, 422)]:  # fmt: skip
        assert api(cast[name]).post(there, body, "application/json").status_code == status, name
    assert DocumentFile.objects.get().downloads == 1
    body = {"number": 1, "reason": "Audit"}
    assert api(cast.fang).post(there, body, "application/json").status_code == 200
    said = TrailEntry.objects.filter(verb="customer_documents.fetch").order_by("pk")
    assert list(said.values_list("actor_id", "reason")) == [
        (cast.li.pk, ""),
        (cast.fang.pk, "Audit"),
    ]


def test_by_the_api_a_document_is_described_anew_and_taken_out_of_use(cast):
    document, client = a_document(cast), api(cast.li)
    there = reverse("api:documents-detail", args=[document.pk])
    body = {"holder": cast.chen.pk, "version": 1}
    said = client.patch(there, body, "application/json").json()
    assert (said["holder"]["id"], said["title"], said["version"]) == (cast.chen.pk, "Of May", 2)
    assert client.patch(there, body, "application/json").status_code == 409
    assert client.patch(there, {"title": " ", "version": 2}, "application/json").status_code == 422
    retire = reverse("api:documents-retire", args=[document.pk])
    for name, status in {"chen": 403, "wu": 404, "li": 200}.items():
        answer = api(cast[name]).post(retire, {"why": "Over", "version": 2}, "application/json")
        assert answer.status_code == status, name
    assert answer.json()["retired_at"] and answer.json()["version"] == 3
    assert client.patch(there, {"title": "X", "version": 3}, "application/json").status_code == 409
    restore = reverse("api:documents-restore", args=[document.pk])
    assert client.post(restore, {"version": 3}, "application/json").json()["retired_at"] is None
