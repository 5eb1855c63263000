"""Put work into the queue, cancel it, and let a dead job try again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core import audit, clock
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from core.jobs import broker
from core.jobs.limits import PRIORITY_OF_QUEUE
from core.models.documents import StoredFile
from core.models.jobs import Job
from core.wiring import wired

JobArg = int | str | bool | None


class UnknownJob(LookupError):
    """The job is not in `config/wiring.py:JOBS`."""


class JobNotCancellable(StateConflict):
    """The job has ended."""

    code = "JOB_ENDED"
    text = gettext_noop("This job has already ended, so there is nothing to cancel.")


class JobNotRetryable(StateConflict):
    """Only a job that was given up can be tried again."""

    code = "JOB_NOT_DEAD"
    text = gettext_noop("Only a job that was given up can be tried again. This one was not.")


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What else a job row remembers when it is queued."""

    max_attempts: int = 5
    priority: int | None = None
    files: Sequence[StoredFile] = ()


_PLAIN = JobOptions()


@transaction.atomic
def enqueue(  # noqa: PLR0913  # keyword-only facts of one row; callers name the two they need
    name: str,
    *,
    key: str | None = None,
    args: Mapping[str, JobArg] | None = None,
    queue: str = "normal",
    run_after: dt.datetime | None = None,
    started_by: str = "system",
    title: str = "",
    options: JobOptions = _PLAIN,
) -> Job:
    """Queue a job in the caller's transaction: it exists only if that commits.

    A `key` that exists already queues nothing and returns the job of that key, ended or not.
    `queue` is interactive (somebody watches), normal, or bulk (takes minutes). The sweeper rings
    the worker; for an interactive job the ring is part of this transaction.

    Raises:
        UnknownJob: the wiring does not know `name`.
    """
    if name not in wired("JOBS"):
        raise UnknownJob(f"{name}: add to JOBS")
    now = clock.now()
    priority = options.priority if options.priority is not None else PRIORITY_OF_QUEUE[queue]
    draft = Job(
        name=name,
        key=key,
        title=title,
        args=dict(args or {}),
        queue=queue,
        priority=priority,
        max_attempts=options.max_attempts,
        run_after=run_after or now,
        created_at=now,
        started_by=started_by,
    )
    job, is_new = _insert(draft)
    if is_new and options.files:
        job.files.set(options.files)
    if is_new and queue == Job.Queue.INTERACTIVE and job.run_after <= now:
        ring([job], now)
    return job


def _insert(draft: Job) -> tuple[Job, bool]:
    if draft.key is None:
        draft.save(force_insert=True)
        return draft, True
    known = Job.objects.filter(key=draft.key).first()
    if known:
        return known, False
    Job.objects.bulk_create([draft], ignore_conflicts=True)
    return Job.objects.get(key=draft.key), True


def ring(jobs: Sequence[Job], now: dt.datetime) -> None:
    """Send one message per job to the cluster that serves its queue, and remember when."""
    for job in jobs:
        broker.send_job(job)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(rung_at=now)


@transaction.atomic
def cancel(job_id: int, *, actor: Actor, at: dt.datetime) -> Job:
    """Cancel a waiting job at once; ask a running one to stop at its next progress report.

    Repeatable while the job runs.

    Raises:
        JobNotCancellable: the job has ended.
    """
    stopped = (
        Job.objects.waiting()
        .filter(pk=job_id)
        .update(status=Job.Status.CANCELLED, finished_at=at, cancel_asked_at=at)
    )
    asked = stopped or Job.objects.running().filter(pk=job_id).update(cancel_asked_at=at)
    job = Job.objects.get(pk=job_id)
    if not asked:
        raise JobNotCancellable(status=job.status)
    audit.record(
        actor=actor,
        action="core.job_cancelled" if stopped else "core.job_cancel_asked",
        target=f"job:{job_id}",
        at=at,
    )
    return job


@transaction.atomic
def retry(job_id: int, *, actor: Actor, at: dt.datetime) -> Job:
    """Give a dead or cancelled job a full set of attempts again, from now on.

    Raises:
        JobNotRetryable: the job is waiting, running or done.
    """
    revived = Job.objects.filter(
        pk=job_id, status__in=(Job.Status.DEAD, Job.Status.CANCELLED)
    ).update(
        status=Job.Status.QUEUED,
        max_attempts=F("attempts") + 5,
        run_after=at,
        rung_at=None,
        finished_at=None,
        cancel_asked_at=None,
    )
    job = Job.objects.get(pk=job_id)
    if not revived:
        raise JobNotRetryable(status=job.status)
    audit.record(actor=actor, action="core.job_retried", target=f"job:{job_id}", at=at)
    return job
