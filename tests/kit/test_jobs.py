"""A job of a person runs with that person's rights, and ends with their access."""

import subprocess
import sys

import pytest
from celery.signals import worker_ready
from django.utils import timezone

from kit import jobs, tasks
from kit.models import Job

DONE = []


@pytest.fixture
def counted(monkeypatch):
    """A kind of job that notes each step."""
    DONE.clear()
    monkeypatch.setitem(jobs.STEPS, "tests.count", lambda job: DONE.append(job.pk) or True)


def test_a_job_of_the_company_is_done(cast, counted):
    job = jobs.start("tests.count")
    assert jobs.run(jobs.claim(job.pk)) == Job.State.DONE and [job.pk] == DONE


def test_a_job_of_a_person_with_access_is_done(cast, counted):
    job = jobs.start("tests.count", person=cast.li)
    assert jobs.run(jobs.claim(job.pk)) == Job.State.DONE and [job.pk] == DONE


@pytest.mark.parametrize("change", [{"auth_epoch": 1}, {"state": "frozen"}])
def test_a_job_of_a_person_whose_access_ended_does_nothing(cast, counted, change):
    job = jobs.start("tests.count", person=cast.li)
    type(cast.li).objects.filter(pk=cast.li.pk).update(**change)
    assert jobs.run(jobs.claim(job.pk)) == Job.State.CANCELLED and DONE == []


def test_a_job_whose_lease_was_taken_over_is_left_alone(cast, counted):
    job = jobs.start("tests.count")
    mine = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_owner="another:1")
    assert jobs.run(mine) is None and DONE == []


def test_a_job_of_a_killed_process_of_this_machine_is_open_at_once(cast, counted):
    job = jobs.start("tests.count")
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    host = jobs.me().rpartition(":")[0]
    held = {"state": Job.State.RUNNING, "lease_until": timezone.now() + jobs.LEASE}
    for living in (f"{host}:1", "another:1", jobs.me()):
        Job.objects.filter(pk=job.pk).update(lease_owner=living, **held)
        assert jobs.claim(job.pk) is None
    Job.objects.filter(pk=job.pk).update(lease_owner=f"{host}:{gone}", **held)
    assert jobs.claim(job.pk) == job


def test_a_long_job_goes_back_behind_the_others_when_its_while_is_over(cast, monkeypatch):
    DONE.clear()
    monkeypatch.setitem(jobs.STEPS, "tests.long", lambda job: DONE.append(job.pk) or len(DONE) > 3)
    long, short = jobs.start("tests.long"), jobs.start("tests.long")
    assert jobs.sweep(seconds=0) is True and [long.pk] == DONE
    long.refresh_from_db()
    assert (long.state, long.lease_owner) == (Job.State.WAITING, "")
    assert jobs.sweep(seconds=0) is True and [long.pk, short.pk] == DONE
    assert jobs.sweep() is False
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_a_worker_that_begins_looks_at_once_for_what_was_left(monkeypatch):
    asked = []
    for task in (tasks.relay, tasks.sweep):
        monkeypatch.setattr(task, "delay", lambda name=task.name: asked.append(name))
    worker_ready.send(sender=None)
    assert asked == ["kit.tasks.relay", "kit.tasks.sweep"]
