"""Print the fixed logins of the demo company."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import Person

PASSWORD = "holdfast-demo"  # noqa: S105 set by the demo seed alone, and only on demo data
LOGINS = [
    "rep.east", "rep.south", "lead.east", "lead.south", "head.sales", "service",
    "support.technical", "finance", "hr", "director", "auditor", "admin",
]  # fmt: skip


class Command(BaseCommand):
    help = "Print the demo logins by role; nothing where this is no demo."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, **options):
        found = logins()
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for login in found.values():
            self.stdout.write(f"{login['login']:<20} {login['password']}")


def logins():
    """login → {login, password}, for those that exist."""
    if not settings.DEMO:
        return {}
    people = Person.objects.with_access().filter(username__in=LOGINS)
    known = set(people.values_list("username", flat=True))
    return {name: {"login": name, "password": PASSWORD} for name in LOGINS if name in known}
