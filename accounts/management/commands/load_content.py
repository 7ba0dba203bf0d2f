"""Take the default content of the product into the database: `manage.py load_content`."""

from django.core.management.base import BaseCommand

from accounts.models import Person
from accounts.selectors.content import unloaded
from accounts.services.content import load


class Command(BaseCommand):
    help = "Load the templates, rules and texts that ship with the product; edited ones stay."

    def handle(self, **options):
        for name in unloaded():
            load(actor=Person.objects.system(), name=name, reason="manage.py load_content")
            self.stdout.write(f"{name}: loaded")
