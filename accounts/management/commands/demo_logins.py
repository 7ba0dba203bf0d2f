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
    """login → {login, password}, for those that exist and still have the demo password."""
    if not settings.DEMO:
        return {}
    people = Person.objects.with_access().filter(username__in=LOGINS)
    by_login = {person.username: person for person in people}
    return {
        name: {"login": name, "password": PASSWORD}
        for name in LOGINS
        if name in by_login and by_login[name].check_password(PASSWORD)
    }
