"""The evidence of a closed case: the same bytes for the same facts, checked offline, by the byte."""

import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import TrailEntry
from accounts.services import trail
from crm.models import Contact, Link, Position
from handover.models import Departure, SignOff
from handover.services import evidence, interviews
from kit.clock import database_now
from kit.disclosure import Disclosure
from kit.errors import Conflict, NotAllowed
from tests.accept.frame import api
from tests.handover import world
from tests.handover.test_sign_offs import all_sign


@pytest.fixture
def closed(committed, settings, tmp_path):
    """A case of li that everybody signed, closed and sealed; li knows one contact by a link."""
    settings.DATA_DIR = tmp_path
    cast = committed
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        contact = Contact.objects.create(name="周敏")
        Position.objects.create(contact=contact, customer=cast.huadong)
        Link.objects.create(contact=contact, person=cast.li, through="phone")
    departure = world.case(cast, witness=cast.qian)
    world.task(cast, departure, cast.li, key="private_channels", blocking=False)
    all_sign(cast, departure)
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        departure.state = Departure.State.CLOSED
        departure.closed_at, departure.closed_by = database_now(), cast.hu
        departure.save()
    trail.seal()
    return cast, departure


def taken(cast, departure, name="fang"):
    """The files of a pack, by name."""
    content, _customers = evidence.take(actor=cast[name], departure=departure)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {one: pack.read(one) for one in pack.namelist()}


def checked(files, folder):
    """(what the check of a pack says, whether it holds), run as anybody would, with nothing of ours."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py")], capture_output=True, text=True,
        cwd=folder, check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.stdout + done.stderr, done.returncode == 0


def changed(files, name, place):
    """The same files with one byte of one of them changed."""
    content = bytearray(files[name])
    content[place] ^= 1
    return files | {name: bytes(content)}


def digests_again(files):
    """Whoever changes a file may make the list of digests anew: the other checks remain."""
    listed = json.loads(files["manifest.json"])
    import hashlib

    listed["files"] = {name: hashlib.sha256(content).hexdigest()
                       for name, content in files.items() if name != "manifest.json"}  # fmt: skip
    return files | {"manifest.json": json.dumps(listed).encode()}


def test_a_pack_holds_and_one_changed_byte_is_named(closed, tmp_path):
    cast, departure = closed
    files = taken(cast, departure)
    said, holds = checked(files, tmp_path / "pack")
    assert holds and "The pack holds" in said, said
    digest = TrailEntry.objects.get(verb="evidence.take").changes["manifest"][1]
    assert digest in said
    for name in sorted(set(files) - {"manifest.json", "verify.py"}):
        said, holds = checked(changed(files, name, len(files[name]) // 2), tmp_path / "pack")
        assert not holds and f"{name}: changed" in said, name


def test_a_changed_entry_or_signature_is_named_even_with_new_digests(closed, tmp_path):
    cast, departure = closed
    files = taken(cast, departure)
    links = [json.loads(line) for line in files["trail.jsonl"].splitlines()]
    assert len(links) >= 7 and {link["row"][5] for link in links} >= {"sign_offs.sign"}
    links[3]["row"][3] = "999"
    forged = "".join(json.dumps(link, ensure_ascii=False) + "\n" for link in links).encode()
    said, holds = checked(digests_again(files | {"trail.jsonl": forged}), tmp_path / "a")
    assert not holds and f"entry {links[3]['row'][0]} " in said and said.count("trail.jsonl") == 1
    rows = json.loads(files["signatures.json"])
    rows[1]["content"]["statements"] = ["I never signed this"]
    forged = json.dumps(rows, ensure_ascii=False).encode()
    said, holds = checked(digests_again(files | {"signatures.json": forged}), tmp_path / "b")
    assert not holds and f"signature {rows[1]['number']} (successor)" in said
    said, holds = checked(files | {"note.txt": b"added"}, tmp_path / "c")
    assert not holds and "note.txt: not in the list" in said
    short = {name: content for name, content in files.items() if name != "customers.csv"}
    said, holds = checked(short, tmp_path / "d")
    assert not holds and "customers.csv: missing" in said


def test_the_same_facts_give_the_same_bytes(closed):
    cast, departure = closed
    first, _customers = evidence.take(actor=cast.fang, departure=departure)
    trail.seal()
    assert evidence.take(actor=cast.fang, departure=departure)[0] == first


def test_what_was_signed_and_who_was_known_stands_in_it_and_nothing_personal(closed):
    cast, departure = closed
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        departure.state = "open"
        departure.save()
    interviews.save(actor=cast.hu, departure=departure, complete=False, answers={})
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        departure.state = "closed"
        departure.save()
    trail.seal()
    files = taken(cast, departure)
    rows = json.loads(files["signatures.json"])
    assert [row["digest"] for row in rows] == list(
        SignOff.objects.filter(departure=departure).values_list("digest", flat=True)
    )
    assert (
        "周敏" in files["contacts.csv"].decode() and "华东机电" in files["customers.csv"].decode()
    )
    assert "周敏" not in taken(cast, departure, "hu")["contacts.csv"].decode()  # HR reads no names
    assert "exitinterview" not in files["trail.jsonl"].decode()
    assert "evidence.take" not in files["trail.jsonl"].decode()


def test_an_entry_without_a_link_makes_it_wait_and_an_open_case_gives_none(closed):
    cast, departure = closed
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        audit.record(departure, {"state": (None, "closed")})
    with pytest.raises(Conflict, match="sealed"):
        evidence.take(actor=cast.fang, departure=departure)
    with transaction.atomic(), audit.verb("tests.evidence", cast.hu):
        departure.state = "open"
        departure.save()
    with pytest.raises(Conflict):
        evidence.take(actor=cast.hu, departure=departure)
    assert not TrailEntry.objects.filter(verb="evidence.take").exists()


def test_only_who_runs_or_audits_cases_takes_it_and_it_is_counted(closed):
    cast, departure = closed
    address = reverse("handover:evidence", args=[departure.pk])
    for name in ("he", "sun", "li", "chen"):
        with pytest.raises((NotAllowed, Exception)) as raised:
            evidence.take(actor=cast[name], departure=departure)
        assert raised.type.__name__ in ("NotAllowed", "Http404"), name
    page = Client()
    page.force_login(cast.he)
    certificate = reverse("handover:certificate", args=[departure.pk])
    assert address not in page.get(certificate).content.decode()
    assert page.post(address).status_code == 403
    page.force_login(cast.hu)
    assert address in page.get(certificate).content.decode()
    answer = page.post(address)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].endswith(f'filename="evidence-{departure.pk}.zip"')
    assert page.get(address).status_code == 405
    assert Disclosure.objects.get(path=address).customer_ids == [cast.huadong.pk]
    entry = TrailEntry.objects.get(verb="evidence.take")
    assert entry.actor_id == cast.hu.pk and len(entry.changes["manifest"][1]) == 64


def test_by_the_api_it_is_the_same_pack_with_the_same_trail(closed):
    cast, departure = closed
    address = f"/api/v1/departures/{departure.pk}/evidence"
    answer = api(cast.fang).post(address, {}, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        assert {"manifest.json", "certificate.pdf", "trail.jsonl"} <= set(pack.namelist())
    taken_by = TrailEntry.objects.filter(verb="evidence.take").values_list("actor_id", flat=True)
    assert list(taken_by) == [cast.fang.pk]
    for name, status in {"li": 403, "he": 403, "wu": 404, "gao": 404}.items():
        assert api(cast[name]).post(address, {}, "application/json").status_code == status, name
    assert api(cast.fang).get(address).status_code == 405
    assert TrailEntry.objects.filter(verb="evidence.take").count() == 1
