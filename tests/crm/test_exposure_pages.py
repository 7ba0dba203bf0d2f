"""The page of the ten-minute exposure: who may, what comes out, what is refused and where."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

ACCOUNTS = "Id,Name,Owner\n1,华东机电,李伟\n2,Nanqiao,李伟\n3,Boli,Wu Hao\n4,Lone,\n"
ACTIVITIES = (
    "Customer,Date,Rep,Amount\n1,2026-01-05,李伟,100\n1,2026-02-05,Wu Hao,50\n2,2026-03-01,李伟,300\n"
    "3,2026-03-02,Wu Hao,50\n9,2026-03-03,Wu Hao,1\n,2026-03-03,Wu Hao,1\n"
)


def signed_in(person, language="en"):
    client = Client()
    client.force_login(person)
    client.cookies["language"] = language
    return client


def sent(client, accounts=ACCOUNTS, activities=ACTIVITIES, **more):
    files = {"accounts": accounts, "activities": activities}
    data = {
        name: SimpleUploadedFile(f"{name}.csv", text.encode() if isinstance(text, str) else text)
        for name, text in files.items()
        if text is not None
    }
    return client.post("/exposure", data | more)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_a_head_gives_files_and_reads_what_hangs_on_whom(cast):
    answer = sent(signed_in(cast.zhao))
    assert answer.status_code == 200
    text = words(answer)
    assert "If 李伟 left tomorrow, 2 customers (90% of the whole) would need" in text
    assert "1 of them has nobody else who knows it." in text
    assert "2 of" not in text
    for reason in ("activities that name no customer", "not in the account file"):
        assert reason in text


def test_the_page_speaks_the_language_of_its_reader(cast):
    text = words(sent(signed_in(cast.sun, "zh-hans")))
    assert "若李伟明天离职，2 位客户（占总体的 90%）需要新的负责人" in text
    assert "left tomorrow" not in text


@pytest.mark.parametrize("name", ["he", "qian", "zhao", "sun", "hu", "fang"])
def test_who_leads_or_watches_may_give_files(cast, name):
    assert signed_in(cast[name]).get("/exposure").status_code == 200
    assert 'href="/exposure"' in signed_in(cast[name]).get("/people").content.decode()


@pytest.mark.parametrize("name", ["li", "chen", "mo", "gao", "lin", "tang", "yu", "ming"])
def test_others_may_not_and_are_not_shown_the_way(cast, name):
    client = signed_in(cast[name])
    assert client.get("/exposure").status_code == 403
    assert sent(client).status_code == 403
    assert 'href="/exposure"' not in client.get("/people").content.decode()


def test_a_lead_on_notice_may_not(cast):
    cast.he.state = "on_notice"
    cast.he.save(update_fields=["state"])
    assert sent(signed_in(cast.he)).status_code == 403


def test_missing_files_are_asked_for_at_their_fields(cast):
    answer = sent(signed_in(cast.he), activities=None)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"activities"}


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02" * 40, b"PK\x03\x04nonsense", b'{"a":', b"name\n"]
)
def test_what_is_no_table_is_said_at_its_field(cast, content):
    answer = sent(signed_in(cast.he), accounts=content)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"accounts"}


def test_a_file_over_the_limit_is_said_at_its_field_and_not_kept(cast, monkeypatch):
    monkeypatch.setattr("kit.uploads.FILE_BYTES", 20)
    answer = sent(signed_in(cast.he))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"accounts", "activities"}
    assert not answer.wsgi_request.FILES


def test_swapped_files_are_told_and_their_columns_may_be_chosen(cast):
    answer = sent(signed_in(cast.he), accounts="a,b\n1,2\n3,4\n")
    assert answer.status_code == 422
    assert "Which column names the customer?" in words(answer)
    assert 'name="column-accounts-key"' in answer.content.decode()


def test_a_chosen_column_is_taken_and_a_foreign_one_refused(cast):
    client = signed_in(cast.he)
    strange = ACCOUNTS.replace("Id,Name,Owner", "Eins,Zwei,Drei")
    assert sent(client, accounts=strange).status_code == 422
    chosen = {"column-accounts-key": "Eins", "column-accounts-name": "Zwei", "column-accounts-person": "Drei"}  # fmt: skip
    answer = sent(client, accounts=strange, **chosen)
    assert answer.status_code == 200 and "If 李伟 left tomorrow, 2 customers" in words(answer)
    assert sent(client, **{"column-accounts-key": "<gone>"}).status_code == 422


@pytest.mark.parametrize(
    "more",
    [{"as_of": "soon"}, {"as_of": "0001-01-01"}, {"as_of": "9999-12-31"}, {"day_order": "x"}],
)
def test_odd_fields_are_answered_without_a_fault(cast, more):
    assert sent(signed_in(cast.he), **more).status_code in (200, 422)


def test_the_report_can_be_saved_as_a_file_that_stands_alone(cast):
    answer = sent(signed_in(cast.he), **{"as": "file"})
    assert answer["Content-Disposition"].startswith('attachment; filename="exposure-2026-03-02')
    html = answer.content.decode()
    assert (
        "<style>" in html and "<script" not in html and "http" not in html.replace("http-equiv", "")
    )


def test_the_page_keeps_the_strict_policy_and_no_file_stays(cast):
    answer = sent(signed_in(cast.he))
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<style" not in answer.content.decode() and " style=" not in answer.content.decode()
    paths = [Path(file.temporary_file_path()) for file in answer.wsgi_request.FILES.values()]
    assert paths and not any(path.exists() for path in paths)


def test_nothing_is_written_by_it(cast, django_assert_max_num_queries):
    client = signed_in(cast.he)
    client.get("/exposure")
    from accounts.models import TrailEntry
    from crm.models import Customer
    from kit.models import Disclosure

    before = [model.objects.count() for model in (TrailEntry, Customer, Disclosure)]
    with django_assert_max_num_queries(8):
        sent(client)
    assert [model.objects.count() for model in (TrailEntry, Customer, Disclosure)] == before
