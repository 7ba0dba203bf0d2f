"""Seal the trail now: `manage.py seal [--thorough] [--restart]`."""

from django.core.management.base import BaseCommand, CommandError

from accounts.services import trail


class Command(BaseCommand):
    help = "Chain what was committed to the trail and write the anchor outside the database."

    def add_arguments(self, parser):
        parser.add_argument(
            "--thorough", action="store_true", help="look for unsealed entries among all ids"
        )
        parser.add_argument(
            "--restart", action="store_true",
            help="after a restore that lost the end of the chain: keep the old anchors aside, begin anew",
        )  # fmt: skip

    def handle(self, *, thorough, restart, **options):
        if restart and (aside := trail.set_aside()):
            self.stdout.write(f"The old anchors are kept in {aside}")
        try:
            self.stdout.write(f"{trail.seal(thorough=thorough)} entries sealed")
        except trail.ChainBroken as error:
            raise CommandError(
                f"The trail and its anchor disagree at position {error}; nothing was sealed. "
                "See verify_audit."
            ) from error
