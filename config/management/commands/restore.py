"""Bring a backup back: `manage.py restore --from FOLDER [--force] [--unverified] [--json]`."""

import json
import time
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config import restores


class Command(BaseCommand):
    help = "Restore a backup into an empty database, count every table, recompute the chain."
    requires_system_checks = []  # there may be no tables yet

    def add_arguments(self, parser):
        parser.add_argument("--from", type=Path, required=True, dest="folder")
        parser.add_argument("--force", action="store_true", help="empty the database first")
        parser.add_argument(
            "--unverified", action="store_true", help="although files or key do not match"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, folder, force, unverified, **options):
        started = time.monotonic()
        if "owner" not in settings.DATABASES:
            raise CommandError("OWNER_DATABASE_URL is not set: only the owner makes tables.")
        try:
            manifest = restores.examine(folder, unverified=unverified)
            restores.refuse_occupied(force)
            verdict = restores.restore(folder, manifest, self.stderr.write)
        except (restores.Refused, OSError) as reason:
            raise CommandError(str(reason)) from reason
        except DatabaseError as error:
            raise CommandError(f"The database refused it: {error}") from error
        counted = sum(table["rows"] for table in manifest["tables"].values())
        seconds = round(time.monotonic() - started, 1)
        if options["json"]:
            told = {"rows": counted, "tables": len(manifest["tables"]), "seconds": seconds}
            self.stdout.write(json.dumps(told | asdict(verdict) | {"holds": verdict.holds}))
        else:
            self.stdout.write(
                f"{counted:,} rows of {len(manifest['tables'])} tables, as many as were saved"
                f" at {manifest['made_at']} ({seconds} s)."
            )
            if verdict.holds:
                self.stdout.write(f"The chain of the trail holds: {verdict.links} links.")
        if not verdict.holds:
            raise CommandError(f"The chain of the trail is broken: {verdict.fault}")
