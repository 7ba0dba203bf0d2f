"""Print who may do what, and write it to docs/permissions.md: `manage.py show_powers [--check]`."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import powers


def load_verbs():
    """Import every module of services, so that every verb is registered."""
    for app in ("accounts", "crm", "handover"):
        package = import_module(f"{app}.services")
        for module in iter_modules(package.__path__):
            import_module(f"{app}.services.{module.name}")


def target():
    return Path(settings.BASE_DIR) / "docs" / "permissions.md"


class Command(BaseCommand):
    help = "Print the table of powers and the verbs; writes docs/permissions.md."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="only say whether the file is stale"
        )

    def handle(self, *, check, **options):
        load_verbs()
        text = powers.page()
        if not check:
            target().write_text(text)
            self.stdout.write(text)
        elif not target().exists() or target().read_text() != text:
            raise CommandError(
                "docs/permissions.md is stale; run `python3 dev.py manage show_powers`"
            )
