"""A backup is complete, private and cannot be changed unnoticed. Restoring: `drill restore`."""

import gzip
import json
import shutil
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import override_settings

from accounts.models import TrailEntry
from config import backups, restores
from kit.models import Beat
from tests import cast as casting
from tests import database


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker, tmp_path_factory):
    """One backup of the cast's world with one upload, and how many entries the trail had then."""
    home = tmp_path_factory.mktemp("backup")
    (home / "media" / "deep").mkdir(parents=True)
    (home / "media" / "deep" / "photo.jpg").write_bytes(b"picture")
    (home / "data").mkdir()
    places = override_settings(DATA_DIR=home / "data", MEDIA_ROOT=home / "media")
    with django_db_blocker.unblock(), places:
        try:
            with pytest.MonkeyPatch.context() as broken, pytest.raises(ZeroDivisionError):
                broken.setattr(backups, "_uploads", lambda target: 1 / 0)
                backups.take(home / "failed")
            assert not Beat.objects.filter(name="backup").exists()
            folder, _manifest = backups.take(home / "backups")
            yield folder, TrailEntry.objects.count(), Beat.objects.get(name="backup").owner
        finally:
            for connection in connections.all():
                connection.close()
            database.wipe()
            casting.build()


@pytest.fixture
def taken(once, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(once[0], tmp_path / once[0].name))


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def test_it_holds_every_row_of_one_snapshot_and_the_head_of_the_trail(taken, once):
    told, (_folder, entries, owner) = manifest(taken), once
    assert told["tables"]["accounts_trailentry"]["rows"] == entries > 0
    assert told["trail"]["position"] == entries
    assert told["files"].keys() == {"deep/photo.jpg"}
    assert "django_session" not in told["tables"]
    assert owner == taken.name


def test_only_its_owner_may_read_it(taken):
    for path in (taken, *taken.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_an_untouched_backup_passes(taken):
    assert restores.examine(taken)["format"] == backups.FORMAT


def changed_rows(folder):
    path = folder / "tables" / "crm_customer.copy.gz"
    path.write_bytes(
        gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Nanqiao", b"Nanqiau"))
    )


def changed_manifest(folder):
    told = manifest(folder)
    told["tables"]["crm_customer"]["rows"] += 1
    (folder / "manifest.json").write_text(json.dumps(told))


def lost_upload(folder):
    (folder / "media" / "deep" / "photo.jpg").unlink()


def cut_file(folder):
    path = folder / "tables" / "crm_customer.copy.gz"
    path.write_bytes(path.read_bytes()[:40])


@pytest.mark.parametrize("change", [changed_rows, changed_manifest, lost_upload, cut_file])
def test_a_changed_backup_is_noticed_before_anything_is_touched(taken, change):
    change(taken)
    with pytest.raises(restores.Refused, match=r"changed|damaged|missing"):
        restores.examine(taken)
    assert restores.examine(taken, unverified=True)


def test_another_key_is_noticed(taken, monkeypatch):
    monkeypatch.setattr(backups, "key_mark", lambda: "another")
    with pytest.raises(restores.Refused, match="another FIELD_KEY"):
        restores.examine(taken)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', "\x00"])
def test_a_damaged_manifest_is_a_sentence(db, tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(CommandError, match="damaged"):
        call_command("restore", "--from", str(tmp_path))


def test_a_folder_that_is_no_backup_is_a_sentence(db, tmp_path):
    with pytest.raises(CommandError, match="it is no backup"):
        call_command("restore", "--from", str(tmp_path))


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_database_with_people_is_left_alone(taken):
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", "--from", str(taken))
    assert TrailEntry.objects.exists()


def test_a_backup_of_a_newer_version_is_refused(taken):
    told = manifest(taken) | {"migrations": [["crm", "9999_tomorrow"]]}
    with pytest.raises(restores.Refused, match="newer version"):
        restores._refuse_newer(told)


def test_a_failed_backup_leaves_nothing_behind(once):
    assert list((once[0].parents[1] / "failed").iterdir()) == []


@pytest.mark.parametrize("command", [["backup"], ["restore", "--from", "somewhere"]])
def test_without_the_owner_role_nothing_is_begun(settings, command):
    settings.DATABASES = {"default": settings.DATABASES["default"]}
    with pytest.raises(CommandError, match="OWNER_DATABASE_URL"):
        call_command(*command)
