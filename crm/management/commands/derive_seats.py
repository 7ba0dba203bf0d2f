"""Take the account managers of the past from orders or activities."""

import json

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.models import Person
from crm.models import Assignment
from crm.seats import Reason, Seat
from crm.selectors.derived_seats import FROM, derived
from crm.services import seat_history

CHUNK = 100


class Command(BaseCommand):
    help = (
        "Record as account manager whoever did a customer's latest order or activity, with every "
        "change before it. Customers with seats already are left alone."
    )

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="origin", choices=FROM, required=True)
        parser.add_argument("--source", default="", help="of this source of imports only")
        parser.add_argument("--dry-run", action="store_true", help="count only")
        parser.add_argument("--json", action="store_true", help="the figures as the last line")

    def handle(self, *args, origin, source, dry_run, **options):
        found = derived(origin, source)
        customers = sorted(found.periods)
        if not dry_run:
            system = Person.objects.system()
            for start in range(0, len(customers), CHUNK):
                part = customers[start : start + CHUNK]
                rows = [row for pk in part for row in seats(pk, found.periods[pk], system)]
                seat_history.record_all(actor=system, assignments=rows)
        told = {
            "held": len(customers),
            "changes": sum(len(found.periods[pk]) - 1 for pk in customers),
            "left_alone": len(found.taken),
            "dry_run": dry_run,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            _("Customers with an account manager: %(held)s. Changes in their history: %(changes)s.")
            % told
        )
        if found.taken:
            self.stdout.write(
                _("Customers that had seats already and were left alone: %(left_alone)s.") % told
            )


def seats(customer, periods, actor):
    """Unsaved seats of one customer."""
    return [
        Assignment(
            customer_id=customer, person_id=person, seat=Seat.ACCOUNT_MANAGER,
            period=DateTimeTZRange(start, end, "[)"), reason=Reason.IMPORT, made_by=actor,
        )
        for person, start, end in periods
    ]  # fmt: skip
