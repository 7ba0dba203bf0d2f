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
