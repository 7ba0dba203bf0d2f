"""Jobs with leases. Celery only hints that one may be waiting; a sweeper finds it anyway.

A job runs in steps. Each step is one transaction that also moves the job's progress, so a killed
worker leaves a job that the next one continues without doubling anything.
"""

import logging
import math
import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from kit.models import Job

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=45)  # renewed by every step
STEPS: dict[str, Callable] = {}
ALLOWED: dict[str, Callable] = {}


def step(kind, allowed=None):
    """Register `function(job) -> bool`: does one step inside a transaction, True when finished.

    `allowed(job) -> bool` is asked before every step, so that rights lost between asking and
    running stop the work.
    """

    def register(function):
        STEPS[kind] = function
        if allowed:
            ALLOWED[kind] = allowed
        return function

    return register


def start(kind, /, *, person=None, total=0, due_at=None, **payload):
    """Write a job into the present transaction. With `person` it runs with that person's rights."""
    if kind not in STEPS:
        raise LookupError(f"no steps for jobs of kind {kind!r}")
    return Job.objects.create(
        kind=kind,
        payload=payload,
        total=total,
        person_id=person.pk if person else None,
        epoch=person.auth_epoch if person else None,
        **({"due_at": due_at} if due_at else {}),
    )


def me():
    """The name under which this process holds leases."""
    return f"{socket.gethostname()}:{os.getpid()}"


@transaction.atomic
def claim(pk=None):
    """Take the lease of one open job (the oldest due one, or `pk`), or return None.

    A job is open when it waits, when its lease is over, and when its process, on this machine, is gone.
    """
    left = models.Q(lease_until__lt=Now()) | models.Q(lease_owner__in=dead_owners())
    free = models.Q(state=Job.State.WAITING) | models.Q(left, state=Job.State.RUNNING)
    jobs = Job.objects.select_for_update(skip_locked=True).filter(free, due_at__lte=Now())
    job = (jobs.filter(pk=pk) if pk else jobs).order_by("due_at", "pk").first()
    if job:
        job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
        job.lease_owner, job.lease_until = me(), timezone.now() + LEASE
        job.save()
    return job


@transaction.atomic
def take(pk):
    """Take the lease of one open job for this process, or return None: somebody alive holds it.

    A lease of a process of this machine that is gone is taken at once. Each step runs under the
    lock of the job and looks at its lease, so that nobody can be overtaken in the middle of one.
    """
    open_ones = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    job = open_ones.select_for_update().filter(pk=pk).first()
    if job is None or (job.state == Job.State.RUNNING and is_held(job)):
        return None
    job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
    job.lease_owner, job.lease_until = me(), timezone.now() + LEASE
    job.save()
    return job


def dead_owners():
    """Names of processes of this machine that hold a lease and are gone: killed, not slow."""
    owners = Job.objects.filter(state=Job.State.RUNNING).values_list("lease_owner", flat=True)
    return [owner for owner in set(owners) if owner != me() and not alive(owner)]


def is_held(job):
    """Whether another process that lives has the lease."""
    return alive(job.lease_owner) and job.lease_until > timezone.now()


def alive(owner):
    """Whether the process of this name lives; of another machine that is not known, so it does."""
    host, _colon, pid = owner.rpartition(":")
    if host != socket.gethostname():
        return bool(host)
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return int(pid) != os.getpid()


def run(job, told=None, until=math.inf):
    """Carry a claimed job to its end, or until the lease is lost. Returns its last state.

    told: called with the job after every step, for whoever shows its progress. until: moment of
    time.monotonic() after which the job goes back to those that wait, at the end of its step.
    """
    while True:
        try:
            with transaction.atomic():
                held = Job.objects.select_for_update().filter(
                    pk=job.pk, state=Job.State.RUNNING, lease_owner=job.lease_owner
                )
                job = held.first()
                if job is None:
                    return None
                if not (still_there(job) and ALLOWED.get(job.kind, lambda job: True)(job)):
                    return _finish(job, Job.State.CANCELLED, "not_allowed")
                finished = STEPS[job.kind](job)
                job.lease_until = timezone.now() + LEASE
                if finished:
                    return _finish(job, Job.State.DONE)
                if time.monotonic() > until:
                    return _give_back(job)
                job.save()
            if told:
                told(job)
        except Exception as error:  # the step was rolled back as a whole
            log.exception("job %s of kind %s failed", job.pk, job.kind)
            return _finish(job, Job.State.FAILED, type(error).__name__)


def cancel(pk):
    """Forget a job that has not begun. Whoever runs it already ends on its own."""
    waiting = Job.objects.filter(pk=pk, state=Job.State.WAITING)
    waiting.update(state=Job.State.CANCELLED, finished_at=timezone.now())


def still_there(job):
    """Whether the person who asked still has access, in the epoch of then. The company always has."""
    if job.person_id is None:
        return True
    person = get_user_model().objects.filter(pk=job.person_id, auth_epoch=job.epoch).first()
    return person is not None and person.has_access


def _finish(job, state, error=""):
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.lease_owner, job.lease_until = "", None
    job.save()
    return state


def _give_back(job):
    """Behind the others that wait, and open to whoever comes."""
    job.state, job.due_at = Job.State.WAITING, timezone.now()
    job.lease_owner, job.lease_until = "", None
    job.save()
    return job.state


def sweep(seconds=math.inf):
    """Run whatever is waiting or was left by a dead worker. Returns whether work is left.

    seconds: after these a long job is put back at the end of its step, so that the process is free
    for other work.
    """
    until = time.monotonic() + seconds
    while job := claim():
        run(job, until=until)
        if time.monotonic() > until:
            return True
    return False
