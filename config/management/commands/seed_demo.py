"""Fill an empty database with the demo company."""

from io import StringIO

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import Person, Unit
from config.demo import people
from config.demo.books import Books


class Command(BaseCommand):
    help = "Fill an empty database with the demo company, through the services."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where data exist")

    def handle(self, *args, if_empty, **options):
        if Unit.objects.exists():
            if not if_empty:
                self.stderr.write("There are data already; nothing was done.")
            return
        with transaction.atomic():
            system, now = Person.objects.system(), people.instant()
            made = people.make(system, now)
            Books(system, made, now).make()
            people.change_state(system, made, now)
        call_command("load_holidays", stdout=StringIO())
