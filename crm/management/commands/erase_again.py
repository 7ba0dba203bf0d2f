"""Erase again what had been erased: `manage.py erase_again [--from FILE]`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from crm.services import erasure
from kit import erasures


class Command(BaseCommand):
    help = "After a point-in-time recovery: destroy again the keys that erasures.log names."

    def add_arguments(self, parser):
        parser.add_argument(
            "--from", type=Path, dest="file", help="another file than that of the data folder"
        )

    def handle(self, *, file, **options):
        file = file or erasures.path()
        if not file.is_file():
            raise CommandError(f"There is no {file}: nothing was erased here.")
        count = erasure.again(actor=Person.objects.system(), marks=erasures.known(file))
        self.stdout.write(f"{count} keys were there again and are destroyed.")
