"""Issue a personal API token from the shell: `manage.py token --as LOGIN [--days N] [--name TEXT]`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Person
from accounts.services.sessions import issue_token
from kit.errors import Refused


class Command(BaseCommand):
    help = "Print a fresh API token of a person. It is shown once and stands in the trail."

    def add_arguments(self, parser):
        parser.add_argument("--as", dest="login", required=True, metavar="LOGIN")
        parser.add_argument("--days", type=int, default=30, help="1 to 90, default 30")
        parser.add_argument("--name", default="", help="what it is for")

    def handle(self, *, login, days, name, **options):
        person = Person.objects.filter(username=login).first()
        if person is None:
            raise CommandError(f"nobody signs in as {login}")
        name = name or f"shell {timezone.now():%Y-%m-%d %H:%M:%S}"
        try:
            _row, token = issue_token(actor=person, name=name, days=days, reason="manage.py token")
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write(token)
