"""Tasks of the customers' side, named in config/schedule.py."""

import logging

from celery import shared_task

from accounts.models import Person
from crm.imports import carry, check, undo  # noqa: F401  (the steps of their jobs)
from crm.models import Customer
from crm.selectors.access_index import faults
from crm.services import (  # noqa: F401 (addresses of notices)
    access_index,
    completeness,
    date_reminders,
    depth,
    erasure,
    exams,
    imports,
    late_visits,
    ownership,
    private_file,
    task_reminders,
    tasks,
    tiers,
)
from kit import jobs
from kit.models import Job

log = logging.getLogger(__name__)
CHECK = "access.check"
CHUNK = 2_000


@shared_task
def purge_access():
    """Drop rows of the access index whose time is over; no query reads them."""
    return access_index.purge()


@shared_task
def purge_imports():
    """Erase the rows of imports that can no longer be undone."""
    return imports.purge()


@shared_task
def count_files():
    """Count how complete every file is: values grow old by themselves."""
    completeness.count_all()


@shared_task
def expire_private():
    """Erase values of private files whose days are over; nobody has read them since."""
    private_file.expire_all()


@shared_task
def resume_erasures():
    """Go on with erasures that a fault has stopped."""
    erasure.resume()


@shared_task
def forget_late_visits():
    """Empty what devices wrote and somebody decided about long ago."""
    while late_visits.old().exists() and late_visits.forget(actor=Person.objects.system()):
        pass


@shared_task
def draw_exams():
    """Give every backup the file exam of this month."""
    return exams.draw_month()


@shared_task
def count_tiers():
    """Count every tier by the formula: orders grow old by themselves."""
    tiers.count_all()


@shared_task
def remind_of_dates():
    """Post the reminders of important dates whose mark has come."""
    return date_reminders.remind()


@shared_task
def check_access():
    """Compare the access index with the truth, as a job that survives its worker."""
    if not Job.objects.filter(
        kind=CHECK, state__in=[Job.State.WAITING, Job.State.RUNNING]
    ).exists():
        jobs.start(CHECK, total=Customer.objects.count(), after=0, faults=0)


@jobs.step(CHECK)
def check_some(job):
    """Compare the next customers; what is wrong goes to the log and is counted in the job."""
    above = Customer.objects.filter(pk__gt=job.payload["after"]).order_by("pk")
    ids = list(above.values_list("pk", flat=True)[:CHUNK])
    for fault in faults(ids):
        log.error("access index: %s", fault)
        job.payload["faults"] += 1
    job.payload["after"] = ids[-1] if ids else job.payload["after"]
    job.done += len(ids)
    return not ids
