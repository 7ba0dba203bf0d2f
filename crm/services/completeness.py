"""The figure of completeness that lists show, kept beside each customer."""

from crm.models import Completeness, Customer
from crm.selectors import completeness
from kit import jobs
from kit.clock import database_now
from kit.models import Job

COUNT = "completeness.count"
CHUNK = 500


def count(customers):
    """Count the files of these customers (ids) anew, inside a running verb or job. Returns how many."""
    now, found = database_now(), completeness.scores(customers)
    rows = [
        Completeness(customer_id=pk, total=score.total, parts=score.parts, counted_at=now)
        for pk, score in found.items()
    ]
    Completeness.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer"],
        update_fields=["total", "parts", "counted_at"],
    )  # fmt: skip
    return len(rows)


def count_all():
    """Begin to count every file anew, as a job that survives its worker; one at a time."""
    busy = [Job.State.WAITING, Job.State.RUNNING]
    if not Job.objects.filter(kind=COUNT, state__in=busy).exists():
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
