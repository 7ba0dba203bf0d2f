"""Where the main facts are kept: `manage.py where [--json]`."""

import json

from django.apps import apps
from django.core.management.base import BaseCommand

MODELS = {
    "customer": "crm.Customer",
    "assignment": "crm.Assignment",
    "access": "crm.CustomerAccess",
    "share": "crm.Share",
    "change_set": "crm.ChangeSet",
    "change": "crm.Change",
    "task": "crm.Task",
    "trail": "accounts.TrailEntry",
    "seal": "accounts.Seal",
    "person": "accounts.Person",
    "disclosure": "kit.Disclosure",
}


def where():
    """{fact: {table, columns}}, and the tables of field history under `events`."""
    facts = {fact: describe(apps.get_model(label)) for fact, label in MODELS.items()}
    events = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    facts["events"] = {model.pgh_tracked_model._meta.db_table: describe(model) for model in events}
    return facts


def describe(model):
    columns = [field.column for field in model._meta.concrete_fields]
    return {"table": model._meta.db_table, "columns": columns}


class Command(BaseCommand):
    help = "Names and columns of the tables of customers, seats, changes of seats, tasks, access, shares, trail and events."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, **options):
        facts = where()
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=1))
            return
        for fact, place in (facts | {"events": {}}).items():
            if place:
                self.stdout.write(f"{fact:12} {place['table']:28} {', '.join(place['columns'])}")
        for table, place in facts["events"].items():
            self.stdout.write(f"events of {table:28} {place['table']}")
