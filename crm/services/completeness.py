"""The figure of completeness that lists show, kept beside each customer."""

from django.db import connection

from crm.models import Completeness, Customer
from crm.selectors import completeness
from kit import jobs
from kit.clock import database_now
from kit.models import Job

COUNT = "completeness.count"
CHUNK = 500


HOLD = """
    INSERT INTO crm_completeness (customer_id, total, parts, counted_at)
    SELECT id, 0, '[]'::jsonb, statement_timestamp() FROM crm_customer
    WHERE id = ANY(%s::bigint[]) AND kind = 'organisation' ORDER BY id
    ON CONFLICT (customer_id) DO UPDATE SET counted_at = excluded.counted_at
    RETURNING customer_id
"""


def count(customers):
    """Count the files of these customers (ids) anew, inside a running verb or job. Returns how many."""
    held = hold(customers)
    now, found = database_now(), completeness.scores(held)
    rows = [
        Completeness(customer_id=pk, total=found[pk].total, parts=found[pk].parts, counted_at=now)
        for pk in held if pk in found
    ]  # fmt: skip
    Completeness.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer"],
        update_fields=["total", "parts", "counted_at"],
    )  # fmt: skip
    return len(rows)


def hold(customers):
    """Lock the figures of these customers (ids), in the order of their keys, before anything is read.

    Whoever counts one at the same time waits, and then reads what this one wrote: no older figure
    comes over a newer one. Returns the keys that have a figure.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(customers)])
        return sorted(pk for (pk,) in cursor.fetchall())


def count_all():
    """Begin to count every file anew, as a job that survives its worker; one that waits will do."""
    if not Job.objects.filter(kind=COUNT, state=Job.State.WAITING, payload__after=0).exists():
        jobs.start(COUNT, total=Customer.objects.count(), after=0)


@jobs.step(COUNT)
def count_some(job):
    """Count the next customers."""
    above = Customer.objects.filter(pk__gt=job.payload["after"]).order_by("pk")
    ids = list(above.values_list("pk", flat=True)[:CHUNK])
    count(ids)
    job.payload["after"] = ids[-1] if ids else job.payload["after"]
    job.done += len(ids)
    return not ids
