"""F04: hostile files are refused or kept harmless; what is kept is handed out by right alone, to save.

Every file of tests/crm/hostile_files.py is uploaded through the form. Whatever is kept of them is looked
for wherever the product serves files: nothing active in place, nothing hidden left in a picture, nothing
for a stranger, no address that outlives the right.
"""

from unittest import mock
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from crm.models import Document
from kit import files
from tests.accept import frame
from tests.accept.frame import Mutant, patched
from tests.cast import Cast
from tests.crm import hostile_files

SAFE_INLINE = ("image/jpeg", "image/png", "image/webp")


def run():
    with frame.undone():
        cast = Cast()
        li, wu = frame.browser(cast.li), frame.browser(cast.wu)
        lying, active = hostile_files.named(), hostile_files.active()
        hidden = hostile_files.hidden()
        wrong = [f"kept: {name!r}" for name, data in active if upload(li, cast, name, data)]
        for name, data in lying:
            kept = upload(li, cast, name, data)
            wrong += [f"kept: {name!r}"] if kept and lies(kept) else []
        for name, data in hidden:
            kept = upload(li, cast, name, data)
            wrong += [f"refused: {name}"] if kept is None else carried(li, kept, name)
        for kept in (upload(li, cast, name, data) for name, data, _kind in hostile_files.honest()):
            wrong += ["an honest file was refused"] if kept is None else served(cast, li, wu, kept)
    sent = len(lying) + len(active) + len(hidden)
    return not wrong and sent >= 60, {
        "hostile": sent, "honest": len(hostile_files.honest()), "wrong": len(wrong), "first": wrong[:5],
    }  # fmt: skip


def upload(client, cast, name, data):
    """Send a file through the form; the document that is kept, or None."""
    before = Document.objects.count()
    with transaction.atomic():
        answer = client.post(
            f"/customers/{cast.huadong.pk}/documents/new",
            {
                "title": "Offer",
                "category": "contract",
                "client_uuid": uuid4(),
                "file": named(name, data),
            },
        )
    if answer.status_code >= 500:
        raise RuntimeError(f"{name!r}: {answer.status_code}")
    return Document.objects.first() if Document.objects.count() > before else None


def named(name, data):
    """A file under the name that a sender writes into the request, whatever Django thinks of it."""
    file = SimpleUploadedFile("x", data, content_type="text/html")
    file._name = name
    return file


def lies(document):
    """Whether a kept file has a name that hides signs, or one that is not of what is in it.

    Signs that change the direction of a name may be taken out on the way; what is left is plain.
    """
    file = document.files.get()
    return not file.name.isprintable() or file.name.rpartition(".")[
        2
    ].lower() not in files.ENDINGS.get(file.kind, ())


def carried(client, document, name):
    """What a picture still carries besides the picture."""
    body = fetch(client, document)
    found = hostile_files.PLACE in body or b"<script" in body or b"PK\x05\x06" in body
    return [f"{name} keeps what was hidden in it"] if found else []


def fetch(client, document):
    return client.post(f"/documents/{document.pk}/fetch/1").content


def served(cast, li, wu, document):
    """What is wrong with how a kept file is handed out."""
    wrong = []
    for way in ("fetch", "look"):
        path = f"/documents/{document.pk}/{way}/1"
        answer = li.post(path)
        if answer.status_code == 200:
            wrong += [f"{path}: {one}" for one in harm(answer)]
        stranger = wu.post(path)
        if stranger.status_code != 404:
            wrong.append(f"{path}: {stranger.status_code} for a stranger")
        elsewhere = frame.Client().post(path)
        if elsewhere.status_code not in (302, 401):
            wrong.append(f"{path}: {elsewhere.status_code} without a session")
    if li.get("/media/").status_code != 404:
        wrong.append("files lie at an address of their own")
    return wrong


def harm(answer):
    """How an answer with a file could act in a browser."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    kept = answer.headers.get("Content-Disposition", "").startswith("attachment")
    policy = answer.headers.get("Content-Security-Policy", "")
    found = [] if kept or kind in SAFE_INLINE else [f"{kind} in place"]
    found += [] if answer.headers.get("X-Content-Type-Options") == "nosniff" else ["sniffed"]
    found += [] if "sandbox" in policy else ["no sandbox"]
    found += [] if "no-store" in answer.headers.get("Cache-Control", "") else ["kept by caches"]
    return found


def believes_the_name():
    """What a file is is read from its name."""

    def cleaned(data, name):
        return name.rpartition(".")[2].lower() if "." in name else "pdf", data, name

    return mock.patch("kit.files.cleaned", cleaned)


def as_it_came(data):
    return files.IMAGES[files.opened(data).format], data


MUTANTS = [
    Mutant("the name says what a file is", believes_the_name),
    patched("pictures are kept as they came", "kit.files.image", as_it_came),
    patched("a PDF may act", "kit.files.pdf", lambda data: data),
    patched("macros are let in", "kit.files.weigh", lambda parts: None),
]
