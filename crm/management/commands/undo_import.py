"""Take back what an import did."""

import json
import sys

from django.core.management.base import BaseCommand

from accounts.models import Person
from crm.imports import undo  # noqa: F401  (its steps)
from crm.imports.result import result
from crm.models import Import
from crm.services import imports
from kit import jobs
from kit.errors import Conflict
from kit.models import Job


class Command(BaseCommand):
    help = "Undo an import within its 72 hours, as far as nothing else rests on it."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, help="as `import_file` told it")
        parser.add_argument("--json", action="store_true", help="the result as the last line")

    def handle(self, *args, number, **options):
        imported = Import.objects.filter(pk=number).first()
        if imported is None:
            self.stderr.write(f"There is no import {number}.")
            sys.exit(2)
        try:
            if imported.state != Import.State.UNDOING:
                imports.undo(actor=Person.objects.system(), imported=imported)
        except Conflict as conflict:
            self.stderr.write(str(conflict.message))
            sys.exit(1)
        imported.refresh_from_db()
        job = jobs.take(imported.job_id)
        if job is not None:
            jobs.run(job)
        imported.refresh_from_db()
        told = result(imported)
        self.stdout.write(
            json.dumps(told, ensure_ascii=False) if options["json"] else told["state"]
        )
        if imported.state != Import.State.UNDONE:
            open_job = Job.objects.filter(pk=imported.job_id, state="running").exists()
            self.stderr.write("It goes on in another process." if open_job else imported.state)
            sys.exit(1)
