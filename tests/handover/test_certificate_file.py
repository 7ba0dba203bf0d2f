"""The certificate as a PDF: what its page says, in both languages, safe against any name."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from crm.models import Contact, Customer, Link, Position
from handover.selectors import certificate_pdf
from handover.selectors import sign_offs as shapes
from kit.digests import digest_of
from kit.disclosure import Disclosure
from kit.paper import Paper
from tests.api.conftest import token_of
from tests.handover import world
from tests.handover.test_sign_offs import all_sign


@pytest.fixture
def departure(cast):
    departure = world.case(cast, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    return departure


def read(content):
    """The text of a PDF, page by page in one."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\0", "")


def address(departure):
    return reverse("handover:certificate-file", args=[departure.pk])


def by_token(person, departure):
    """The answer of the API to a person's token."""
    path = reverse("api:departures-certificate-file", args=[departure.pk])
    return Client(headers={"Authorization": f"Token {token_of(person)}"}).get(path)


def test_hr_keeps_the_certificate_as_a_file_in_both_languages(cast, departure, client):
    all_sign(cast, departure)
    client.force_login(cast.hu)
    answer = client.get(address(departure))
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="handover-{departure.pk}.pdf"' in answer["Content-Disposition"]
    text = read(answer.content)
    for words in ["Handover certificate", "交接证明", "Li Wei", "李伟", "1. 华东机电", "He Jun", "何军",
                  "taken over by Chen Jie", "接收人 陈洁", "this certificate is a draft",
                  "Signatures", "签"]:  # fmt: skip
        assert words in text, words
    for row in departure.sign_offs.all():
        assert text.count(row.digest) == (2 if row.signer in ("leaver", "successor", "witness",
                                          "supervisor", "hr") else 0)  # fmt: skip


def test_the_file_counts_as_showing_its_customers(cast, departure, client):
    client.force_login(cast.he)
    client.get(address(departure))
    assert Disclosure.objects.get(path=address(departure)).customer_ids == [cast.huadong.pk]


@pytest.mark.parametrize(("name", "status"), [("chen", 403), ("wu", 404), ("gao", 404)])
def test_whoever_does_not_read_the_whole_case_gets_no_file(cast, departure, client, name, status):
    client.force_login(cast[name])
    assert client.get(address(departure)).status_code == status
    answer = by_token(cast[name], departure)
    assert answer.status_code == status and b"%PDF" not in answer.content
    assert not Disclosure.objects.exists()


def test_the_api_gives_the_same_bytes(cast, departure, client):
    client.force_login(cast.he)
    page = client.get(address(departure)).content
    answer = by_token(cast.he, departure)
    assert answer["Content-Type"] == "application/pdf" and answer.content == page


def test_the_font_is_in_the_file(cast, departure):
    content, _customers = certificate_pdf.certificate(cast.he, departure)
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile3" in inner["/FontDescriptor"].get_object()


HOSTILE = [
    "<b>bold</b> (x) \\) endobj",
    "العربية 😀 \u202eabc",
    "A" * 120,
    "华" * 120,
    "a\x01b\tc\nd",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_the_file(cast, departure, name):
    Customer.objects.filter(pk=cast.huadong.pk).update(name=name)
    content, _customers = certificate_pdf.certificate(cast.he, departure)
    text = read(content)
    if name.startswith("<b>"):
        assert "1. <b>bold</b> (x) \\) endobj" in text
    assert "Signatures" in text


def test_two_hundred_customers_take_several_pages(cast, departure):
    from datetime import UTC, datetime

    sheet = Paper("Many", author="Us", made_at=datetime(2026, 1, 2, tzinfo=UTC))
    sheet.heading("Customers")
    for number in range(200):
        sheet.item(f"{number}. 华东机电", small="taken over by 陈洁")
    reader = PdfReader(io.BytesIO(sheet.file()))
    assert len(reader.pages) > 5
    text = read(sheet.file())
    assert all(f"{number}. 华东机电" in text for number in range(200))


def test_chinese_lines_do_not_begin_with_a_full_stop():
    from datetime import UTC, datetime

    sheet = Paper("Lines", author="Us", made_at=datetime(2026, 1, 2, tzinfo=UTC))
    sheet.pdf.set_font("paper", size=12)
    for shift in range(8):
        lines = list(sheet._lines("一" * shift + "交接完成，客户知情。" * 30, 100))
        assert not [line for line in lines if line[0] in "，。"]
        assert all(sheet.pdf.get_string_width(line) <= 100 for line in lines)


def test_a_signature_covers_the_contacts_of_the_list(cast, departure):
    slot = shapes.slots(departure)[0]
    before = digest_of(shapes.to_sign(departure, slot, cast.li))
    contact = Contact.objects.create(name="王芳")
    Position.objects.create(contact=contact, customer=cast.huadong)
    Link.objects.create(person=cast.li, contact=contact)
    content = shapes.to_sign(departure, slot, cast.li)
    assert content["contacts"] == [{"customer": cast.huadong.pk, "contacts": [contact.pk]}]
    assert digest_of(content) != before
