from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import psutil
import pytest
from django_q.models import OrmQ

from core import clock
from core.jobs import enqueue
from core.jobs.identity import Worker, this_worker
from core.jobs.limits import LEASE, RING_AGAIN
from core.jobs.running import claim
from core.jobs.sweeping import forget_rings, release_group, ring_due, take_over
from core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def sleeper():
    """A process of ours that does nothing and may be killed."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def worker_of(pid: int) -> str:
    own = this_worker()
    return str(Worker(own.host, own.group, pid, psutil.Process(pid).create_time()))


def fetched(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_due_job_is_rung_for_once_then_again_when_the_ring_was_lost():
    enqueue("test.note", args={"name": "a"})
    now = clock.now()

    assert [ring_due(now), ring_due(now + dt.timedelta(seconds=29))] == [1, 0]
    assert ring_due(now + RING_AGAIN) == 1
    assert OrmQ.objects.filter(key="quayside").count() == 2


def test_bulk_jobs_are_rung_for_in_the_long_cluster():
    enqueue("test.note", args={"name": "a"}, queue="bulk")

    ring_due(clock.now())

    assert list(OrmQ.objects.values_list("key", flat=True)) == ["long"]


def test_at_most_a_hundred_rings_are_sent_at_once():
    now = clock.now()
    Job.objects.bulk_create(
        [Job(name="test.note", run_after=now, created_at=now) for _ in range(130)]
    )

    assert [ring_due(now), ring_due(now)] == [100, 30]


def test_a_job_whose_worker_process_died_is_tried_again_at_once(sleeper):
    job = enqueue("test.note", args={"name": "a"})
    claim(job.pk, now=clock.now(), worker=worker_of(sleeper.pid))
    assert take_over(clock.now()) == 0
    sleeper.kill()
    sleeper.wait()

    assert take_over(clock.now()) == 1

    job = fetched(job)
    assert (job.status, job.attempts) == ("failed_retry", 1)
    assert job.error == "The worker process died while it ran this job."


def test_a_process_that_hangs_without_a_lease_is_killed_before_its_job_goes_on(sleeper):
    job = enqueue("test.note", args={"name": "a"})
    now = clock.now()
    claim(job.pk, now=now, worker=worker_of(sleeper.pid))

    assert take_over(now + LEASE) == 1

    assert not psutil.pid_exists(sleeper.pid)
    assert fetched(job).status == "failed_retry"


def test_a_worker_of_another_machine_keeps_its_job_until_the_lease_lapses():
    job = enqueue("test.note", args={"name": "a"})
    now = clock.now()
    claim(job.pk, now=now, worker=f"elsewhere/quayside/{os.getpid()}/1.00")

    assert take_over(now + LEASE - dt.timedelta(seconds=1)) == 0
    assert take_over(now + LEASE) == 1


def test_rel_j_04_a_job_whose_worker_dies_each_time_is_given_up_after_five_attempts():
    job = enqueue("test.note", args={"name": "a"})
    now = clock.now()
    for _ in range(5):
        assert claim(job.pk, now=now, worker="elsewhere/quayside/1/1.00") is not None
        take_over(now + LEASE)
        Job.objects.filter(status="failed_retry").update(run_after=now)

    job = fetched(job)
    assert (job.status, job.attempts) == ("dead", 5)
    assert claim(job.pk, now=now, worker="w") is None


def test_the_jobs_of_a_killed_group_are_released_and_no_others():
    ours, theirs = (enqueue("test.note", args={"name": name}) for name in "ab")
    host = this_worker().host
    claim(ours.pk, now=clock.now(), worker=f"{host}/quayside/1/1.00")
    claim(theirs.pk, now=clock.now(), worker=f"{host}/long/1/1.00")

    assert release_group("quayside") == 1
    assert [fetched(job).status for job in (ours, theirs)] == ["failed_retry", "running"]


def test_after_a_restart_every_waiting_job_is_rung_for_anew():
    enqueue("test.note", args={"name": "a"})
    now = clock.now()
    ring_due(now)

    forget_rings("quayside")

    assert ring_due(now) == 1
