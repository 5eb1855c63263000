"""The sweep: what a supervisor does every second so that nothing is forgotten.

It queues due slots, takes jobs from dead workers, wakes the delivery of facts, and rings for
every due job that nobody was rung for, or not recently. All of it may run on several machines at
once; each step is a conditional UPDATE.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from core.events.delivering import is_anything_due
from core.jobs import schedules
from core.jobs.identity import Worker, group_of
from core.jobs.limits import CLUSTERS, RING_AGAIN, RINGS_PER_SWEEP, queues_of
from core.jobs.queueing import enqueue, ring
from core.jobs.running import fail
from core.models.jobs import Job

logger = logging.getLogger(__name__)

DELIVERY_KEY = "core.deliver_events"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    slots: int
    taken_over: int
    rung: int


def sweep(now: dt.datetime) -> Swept:
    """Do one round of everything a supervisor owes to the queue. Repeatable."""
    slots = schedules.queue_due(now)
    taken_over = take_over(now)
    if is_anything_due(now):
        arm_delivery(now)
    return Swept(slots, taken_over, ring_due(now))


def ring_due(now: dt.datetime) -> int:
    """Ring for due jobs nobody was rung for, or whose ring must be lost; return how many."""
    rung = 0
    for cluster in CLUSTERS:
        with transaction.atomic():
            waiting = Job.objects.in_queues(queues_of(cluster)).unrung(now, RING_AGAIN)
            jobs = list(waiting[:RINGS_PER_SWEEP])
            ring(jobs, now)
            rung += len(jobs)
    return rung


def take_over(now: dt.datetime) -> int:
    """Fail the attempts whose worker is dead, so that they are tried again; return how many.

    A worker is dead when its process on this machine has ended, or when it has not renewed the
    lease. A process of this machine that still runs without a lease hangs, and is killed first:
    nothing may work on a job that was given to another.
    """
    taken = 0
    for job in Job.objects.running().order_by("id"):
        worker = Worker.parse(job.worker)
        lapsed = job.lease_until is not None and job.lease_until <= now
        process = worker.process() if worker and worker.is_here else None
        ended = bool(worker and worker.is_here and process is None)
        if not (lapsed or ended):
            continue
        if process is not None:
            logger.error("core.job.hanging_worker_killed", extra={"job": job.pk})
            process.kill()
            process.wait(timeout=5)
        fail(job, reason=_LAPSED if lapsed and not ended else _DIED)
        taken += 1
    return taken


_DIED = "The worker process died while it ran this job."
_LAPSED = "The worker fell silent: no progress within the time limit of the queue."


def release_group(cluster: str) -> int:
    """Fail the attempts of this machine's group that was killed; return how many."""
    held = list(Job.objects.running().filter(worker__startswith=f"{group_of(cluster)}/"))
    for job in held:
        fail(job, reason="The worker group was restarted while it ran this job.")
    return len(held)


def forget_rings(cluster: str) -> None:
    """Ring anew for every waiting job of a cluster, whose messages went down with its workers."""
    Job.objects.waiting().in_queues(queues_of(cluster)).filter(rung_at__isnull=False).update(
        rung_at=None
    )


def arm_delivery(now: dt.datetime) -> None:
    """Make the one job that delivers facts due, unless it runs or waits already. Repeatable."""
    armed = (
        Job.objects.filter(key=DELIVERY_KEY)
        .exclude(Q(status=Job.Status.RUNNING) | Q(status=Job.Status.QUEUED))
        .update(
            status=Job.Status.QUEUED,
            max_attempts=F("attempts") + 5,
            run_after=now,
            rung_at=None,
            finished_at=None,
            error="",
        )
    )
    if not armed:
        enqueue("core.deliver_events", key=DELIVERY_KEY, title="Deliver events")
