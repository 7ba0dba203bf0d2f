"""Import a file of another system."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from crm.imports import carry  # noqa: F401  (its steps)
from crm.imports.kinds import KINDS
from crm.imports.result import result
from crm.imports.staging import stage
from crm.models import Import
from crm.services import imports
from kit import jobs
from kit.errors import Refused
from kit.models import Job
from kit.rows import Unreadable

State = Import.State
USAGE = 2


class Usage(Exception):
    """The command cannot begin."""


class Command(BaseCommand):
    help = "Import a file of another system: CSV, XLSX or JSON, by its headers or by a mapping."

    def add_arguments(self, parser):
        lines = [f"{name}: {', '.join(kind.by_name)}" for name, kind in KINDS.items()]
        parser.epilog = "Kinds and their fields. " + "; ".join(lines)
        parser.add_argument("kind", help=", ".join(KINDS))
        parser.add_argument("path")
        parser.add_argument("--source", required=True, help="name of the system it is from")
        parser.add_argument("--mapping", help='JSON file: {"their column": "our field"}')
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--partial", action="store_true", help="leave faulty rows out")
        parser.add_argument("--keep-incomplete", action="store_true",
                            help="take customers of whom only a name is known")  # fmt: skip
        parser.add_argument("--as", dest="login", help="with the rights of this person")
        parser.add_argument("--json", action="store_true", help="the result as the last line")

    def handle(self, *args, **options):
        self.shown = 0
        try:
            imported = self.run_import(options)
        except (Usage, Refused, Unreadable) as error:
            message = getattr(error, "message", None) or str(error)
            self.answer(options, {"read": 0, "accepted": 0, "refused": [], "created": 0, "updated": 0,
                                  "unchanged": 0, "notes": [str(message)], "state": "failed", "import": None,
                                  "error": str(message)})  # fmt: skip
            sys.exit(USAGE)
        told = result(imported)
        tried = options["dry_run"] and imported.state == State.CHECKED
        if options["dry_run"]:
            told["import"] = None
            imports.discard(actor=imported.made_by, imported=imported)
        self.answer(options, told)
        if not tried and imported.state != State.DONE:
            sys.exit(1)

    def run_import(self, options):
        """Read, check and, unless it is only tried, carry out. Returns the Import."""
        actor = self.person(options["login"])
        wishes = {"mapping": self.mapping(options["mapping"]), "partial": options["partial"],
                  "keep_incomplete": options["keep_incomplete"], "go": not options["dry_run"]}  # fmt: skip
        imported = stage(actor=actor, kind=self.kind(options["kind"]), path=options["path"],
                         source=options["source"], options=wishes, told=self.reading)  # fmt: skip
        self.through(imported)
        if imported.state == State.CHECKED and not options["dry_run"]:
            imports.start(actor=actor, imported=imported)
            self.through(imported)
        return imported

    def through(self, imported):
        """Carry the jobs of the import to their end in this process."""
        stopped = Job.objects.filter(pk=imported.job_id, state__in=["failed", "cancelled"])
        if imported.state in imports.AT_WORK and stopped.exists():
            imports.resume(actor=imported.made_by, imported=imported)
        while True:
            imported.refresh_from_db()
            job = Job.objects.filter(pk=imported.job_id).first()
            if job is None or job.state not in (Job.State.WAITING, Job.State.RUNNING):
                return
            mine = jobs.take(job.pk)
            if mine is None:
                raise Usage(_("Another process is at work on this import. It goes on there."))
            jobs.run(mine, told=lambda job: self.progress(job.done, job.total))

    # -- what was asked for --------------------------------------------------------------------
    def kind(self, name):
        name = name.replace("-", "_").lower()
        if name not in KINDS:
            raise Usage(_("There is no kind “%(name)s”. There are: %(names)s")
                        % {"name": name, "names": ", ".join(KINDS)})  # fmt: skip
        return name

    def person(self, login):
        if not login:
            return Person.objects.system()
        person = Person.objects.filter(username=login).first()
        if person is None:
            raise Usage(_("There is nobody with the user name %(login)s.") % {"login": login})
        return person

    def mapping(self, path):
        if not path:
            return {}
        try:
            with open(path, encoding="utf-8-sig") as file:
                mapping = json.load(file)
        except (OSError, ValueError) as error:
            raise Usage(_("The mapping cannot be read: %(error)s") % {"error": error}) from error
        if not isinstance(mapping, dict) or not all(
            isinstance(name, str | None) for name in mapping.values()
        ):
            raise Usage(_('The mapping must be an object: {"their column": "our field"}'))
        return mapping

    # -- what is shown -------------------------------------------------------------------------
    def reading(self, done, total):
        self.progress(done, total)

    def progress(self, done, total):
        """A bar on a terminal; nothing anywhere else."""
        if not self.stderr.isatty() or not total:
            return
        part = min(1, done / total)
        bar = "█" * round(part * 30)
        self.stderr.write(f"\r{bar:30} {done} / {total}", ending="" if part < 1 else "\n")

    def answer(self, options, told):
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        if told.get("error"):
            self.stderr.write(told["error"])
            return
        self.stdout.write(_("Rows read: %(read)s. Accepted: %(accepted)s.") % told)
        self.stdout.write(
            _("Created: %(created)s. Updated: %(updated)s. Unchanged: %(unchanged)s.") % told
        )
        for note in told["notes"]:
            self.stdout.write(note)
        if told["refused"]:
            count = len(told["refused"])
            self.stdout.write(
                ngettext("%(count)s row refused:", "%(count)s rows refused:", count)
                % {"count": count}
            )
            for row in told["refused"]:
                self.stdout.write(f"  {row['row']}  {row['reason']}")
