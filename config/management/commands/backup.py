"""Write a backup: `manage.py backup [--to FOLDER] [--json]`."""

import json
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.trail import ChainBroken
from config import backups


class Command(BaseCommand):
    help = "Write all rows, the anchors of the trail and the uploads into a new folder."

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", type=Path, help="the folder of backups, DATA/backups by default"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *, to, **options):
        started = time.monotonic()
        if "owner" not in settings.DATABASES:
            raise CommandError("OWNER_DATABASE_URL is not set: only the owner reads every table.")
        try:
            folder, manifest = backups.take(to or Path(settings.DATA_DIR) / "backups")
        except ChainBroken as error:
            raise CommandError(f"The trail and its anchor disagree at {error}: see verify_audit.") from error  # fmt: skip
        except OSError as error:
            raise CommandError(str(error)) from error
        told = {
            "folder": str(folder), "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"].values()),
            "files": len(manifest["files"]), "links": manifest["trail"]["position"],
            "seconds": round(time.monotonic() - started, 1),
        }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(
                f"{told['rows']:,} rows of {told['tables']} tables, {told['files']} uploads and"
                f" {told['links']} links of the trail in {folder} ({told['seconds']} s).\n"
                "Keep FIELD_KEY elsewhere: without it personal values cannot be read."
            )
