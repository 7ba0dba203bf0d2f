"""The chain of the trail: sealed by the owner, checked against a file outside."""

import errno
import os
import stat
import threading

import pytest
from django.core.management import call_command
from django.db import connections

from accounts import tasks
from accounts.models import Seal, TrailEntry
from accounts.selectors import audit as chain
from accounts.services import trail
from crm.services import customers
from kit.models import Beat
from tests.accept import g02, g03


@pytest.fixture
def sealed(committed, settings, tmp_path):
    """A world whose trail is sealed, with an anchor file of its own."""
    settings.DATA_DIR = tmp_path
    trail.seal()
    return committed


def edit(cast, address):
    customer = type(cast.huadong).objects.get(pk=cast.huadong.pk)
    customers.edit(
        actor=cast.li, customer=customer, values={"address": address}, version=customer.version
    )


def test_sealing_links_every_entry_and_writes_the_anchor(sealed):
    edit(sealed, "One")
    assert trail.seal() == 1
    assert trail.seal() == 0
    assert Seal.objects.count() == TrailEntry.objects.count()
    assert list(Seal.objects.values_list("position", flat=True)) == list(
        range(1, Seal.objects.count() + 1)
    )
    assert stat.S_IMODE(chain.anchor_file().stat().st_mode) == 0o600
    verdict = chain.verify()
    assert verdict.holds and verdict.anchored == verdict.links and verdict.unsealed == 0


def test_an_entry_of_an_open_transaction_waits_and_is_sealed_later(sealed):
    begun, may_end = threading.Event(), threading.Event()

    def slow():
        from django.db import transaction

        with transaction.atomic():
            edit(sealed, "Slow")
            begun.set()
            may_end.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    assert trail.seal() == 0
    may_end.set()
    thread.join()
    assert trail.seal() == 1 and chain.verify().holds


def test_only_one_sealer_works_at_a_time(sealed):
    edit(sealed, "Two")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [trail.LOCK])
        assert trail.seal() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [trail.LOCK])
    assert trail.seal() == 1


def test_a_lost_anchor_line_is_written_with_the_next_seal(sealed):
    lines = chain.anchor_file().read_bytes()
    edit(sealed, "Three")
    trail.seal()
    chain.anchor_file().write_bytes(lines)  # the crash came between commit and file
    edit(sealed, "Four")
    trail.seal()
    assert chain.verify().holds and chain.verify().anchored == Seal.objects.count()


def test_the_sealer_refuses_to_go_on_after_a_cut(sealed):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_seal WHERE position = (SELECT max(position) FROM accounts_seal)"
        )
    edit(sealed, "Five")
    with pytest.raises(trail.ChainBroken):
        trail.seal()
    assert chain.verify().kind == "cut"
    with pytest.raises(SystemExit):
        call_command("verify_audit")


def test_a_missing_anchor_file_is_a_fault(sealed):
    chain.anchor_file().unlink()
    assert chain.verify().kind == "unanchored"


@pytest.mark.parametrize("attack", g03.ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_as_superuser_is_found_at_its_row(sealed, monkeypatch, attack):
    for n in range(24):
        edit(sealed, f"Street {n}")
    trail.seal()
    monkeypatch.setattr(g03, "BAD", 12)
    assert g03.tried(attack, connections["owner"])


def test_the_application_can_touch_neither_trail_nor_history(cast):
    ok, figures = g02.run()
    assert ok, figures


def test_the_daily_check_remembers_that_the_chain_held(sealed):
    edit(sealed, "One")
    trail.seal()
    assert tasks.verify()
    assert Beat.objects.get(name="verify_audit").owner == f"{Seal.objects.count()}"


def test_a_line_of_the_file_is_written_whole_also_in_pieces(sealed, monkeypatch):
    real = os.write
    monkeypatch.setattr(trail.os, "write", lambda file, data: real(file, data[:7]))
    edit(sealed, "In pieces")
    trail.seal()
    assert chain.verify().holds and chain.verify().anchored == Seal.objects.count()


def test_a_full_disk_leaves_no_half_line_and_is_an_alarm(sealed, monkeypatch, caplog):
    before, real = chain.anchor_file().read_bytes(), os.write

    def full(file, data):
        if len(data) < 150:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data[:50])

    edit(sealed, "Too much")
    monkeypatch.setattr(trail.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        trail.seal()
    assert chain.anchor_file().read_bytes() == before
    assert any(record.levelname == "CRITICAL" for record in caplog.records)
    monkeypatch.undo()
    trail.seal()
    assert chain.verify().holds and chain.verify().anchored == Seal.objects.count()


def test_half_a_line_that_a_stopped_machine_left_is_taken_away(sealed):
    with chain.anchor_file().open("ab") as file:
        file.write(b'{"position": 7, "dig')
    assert chain.verify().holds
    edit(sealed, "After the stop")
    trail.seal()
    assert chain.verify().holds and chain.verify().anchored == Seal.objects.count()
