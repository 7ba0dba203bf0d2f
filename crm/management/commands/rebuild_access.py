"""Recompute the access index of every customer, or compare it with the truth."""

import sys

from django.core.management.base import BaseCommand

from crm.models import Customer
from crm.selectors.access_index import faults
from crm.services import access_index


class Command(BaseCommand):
    help = "Recompute the access index; --check names what is wrong instead, and ends with 1."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="compare, change nothing")

    def handle(self, *, check, **options):
        if check:
            self.check_rows()
        else:
            self.rebuild()

    def rebuild(self):
        after, dropped, added = 0, 0, 0
        while after is not None:
            after, less, more = access_index.rebuild(after)
            dropped, added = dropped + less, added + more
        self.stdout.write(f"Dropped {dropped}, added {added} rows.")

    def check_rows(self):
        found = 0
        for ids in chunks():
            for fault in faults(ids):
                found += 1
                self.stdout.write(str(fault))
        self.stdout.write(
            f"{found} faults." if found else "The access index agrees with the truth."
        )
        if found:
            sys.exit(1)


def chunks(size=2_000):
    """Ids of all customers, some at a time."""
    after = 0
    while ids := list(
        Customer.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        yield ids
        after = ids[-1]
