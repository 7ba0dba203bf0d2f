"""Recompute the chain of the trail: `manage.py verify_audit [--json]`. Exit code 1 if it is broken."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand

from accounts.selectors.audit import verify
from accounts.services.trail import note_verified


class Command(BaseCommand):
    help = (
        "Recompute the hash chain of the trail, compare it with the anchor, name the first bad row."
    )

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")

    def handle(self, **options):
        verdict = verify()
        note_verified(verdict)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict) | {"holds": verdict.holds}))
        elif verdict.holds:
            self.stdout.write(
                f"The chain holds: {verdict.links} links, anchored up to {verdict.anchored},"
                f" {verdict.unsealed} entries not sealed yet."
            )
        else:
            self.stderr.write(verdict.fault)
        if not verdict.holds:
            sys.exit(1)
