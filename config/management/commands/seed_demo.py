"""Fill an empty database with the demo company."""

from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import Person, Unit
from config.demo import agreements, books, departures, people, present, tasks
from config.demo.days import Days


class Command(BaseCommand):
    help = "Fill an empty database with the demo company, through the services."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where data exist")
        parser.add_argument(
            "--size", choices=["full", "small"], default="full",
            help="small: a tenth of the customers, made in the same way",
        )  # fmt: skip

    def handle(self, *args, if_empty, size, **options):
        if Unit.objects.exists():
            if not if_empty:
                self.stderr.write("There are data already; nothing was done.")
            return
        now = people.instant()
        with transaction.atomic():
            years = [now.year - 1, now.year, now.year + 1]
            call_command("load_holidays", year=years, stdout=StringIO())
            system, days = Person.objects.system(), Days(now)
            made = people.make(system, days)
            files = books.make(system, made, days, small=size == "small")
            present.make(made, files, days)
            tasks.make(made, files, days)
            agreements.make(made)
            people.change_state(made, days)
            departures.make(made, days)
