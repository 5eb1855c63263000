"""What a worker does with one ring: take the most urgent job, keep its lease alive, run it."""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection

from core import clock
from core.crashpoints import crashpoint
from core.jobs.identity import GROUP_VARIABLE, group_of, this_worker
from core.jobs.limits import (
    BEAT_SECONDS,
    CLUSTER_OF_QUEUE,
    LEASE,
    SILENCE_OF_CLUSTER,
    queues_of,
)
from core.jobs.running import JobRun, begin, claim, run
from core.models.jobs import Job, JobHeartbeat

logger = logging.getLogger(__name__)


def answer_ring(job_id: int, *, now: dt.datetime) -> bool:
    """Run one due job, this one unless a more urgent one waits; say whether there was any.

    A ring for a job that ended or is taken runs another that is due in the same queues. When an
    urgent job goes first, the rung one is marked for another ring.
    """
    show_life(now)
    job = _claim_one(job_id, now)
    if job is None:
        return False
    crashpoint("job_claimed")
    this_run = begin(job, now=now)
    with _lease_kept(job, this_run):
        run(job, this_run)
    return True


def _claim_one(job_id: int, now: dt.datetime) -> Job | None:
    rung = Job.objects.filter(pk=job_id).first()
    if rung is None:
        return None
    worker = str(this_worker())
    mates = Job.objects.in_queues(queues_of(CLUSTER_OF_QUEUE[rung.queue])).due(now)
    urgent = mates.filter(priority__lt=rung.priority).first()
    if urgent and (job := claim(urgent.pk, now=now, worker=worker)):
        Job.objects.waiting().filter(pk=job_id).update(rung_at=None)
        return job
    if job := claim(job_id, now=now, worker=worker):
        return job
    other = mates.first()
    return claim(other.pk, now=now, worker=worker) if other else None


def show_life(now: dt.datetime) -> None:
    """Note that a worker of this process's group takes messages."""
    cluster = os.environ.get(GROUP_VARIABLE)
    if cluster:
        JobHeartbeat.objects.filter(group=group_of(cluster)).update(at=now)


@contextmanager
def _lease_kept(job: Job, this_run: JobRun) -> Iterator[None]:
    """Renew the job's lease from a thread, as long as the job is not silent for too long.

    The first renewal comes after a beat, so short jobs never open a second connection.
    """
    done = threading.Event()
    silence = SILENCE_OF_CLUSTER[CLUSTER_OF_QUEUE[job.queue]].total_seconds()
    keeper = threading.Thread(
        target=_keep, args=(job, this_run, done, silence), name=f"lease-{job.pk}", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join(timeout=30)


def _keep(job: Job, this_run: JobRun, done: threading.Event, silence: float) -> None:
    try:
        while not done.wait(BEAT_SECONDS):
            if time.monotonic() - this_run.moved_at > silence:
                logger.error("core.job.silent", extra={"job": job.pk, "seconds": silence})
                return
            _renew(job)
    finally:
        connection.close()


def _renew(job: Job) -> None:
    try:
        Job.objects.running().filter(pk=job.pk, attempts=job.attempts).update(
            lease_until=clock.now() + LEASE
        )
    except (DatabaseError, InterfaceError):
        # The next beat tries again on a new connection; the lease lasts for several beats.
        logger.warning("core.job.lease_not_renewed", extra={"job": job.pk}, exc_info=True)
        connection.close()
