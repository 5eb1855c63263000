"""Run jobs: claim one, count the attempt, do the work, write how it ended.

The attempt is committed before the work begins, so a run that kills its process counts. The end
is written only while the row still belongs to this attempt: a worker that was given up for dead
and wakes up again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F

from core import clock, request_ids
from core.events.delivering import deliver_due
from core.jobs.identity import this_worker
from core.jobs.limits import INLINE_LEASE, LEASE
from core.models.jobs import Job
from core.retrying import back_off
from core.wiring import resolve, wired

logger = logging.getLogger(__name__)

PROGRESS_EVERY_SECONDS = 0.5
#: For this long the end of a run is written again when the database is away; less than a lease.
INSIST_SECONDS = 40.0


class JobCancelled(Exception):
    """A person asked to stop; raised by `JobRun.progress` between two steps of the work."""


class JobLost(Exception):
    """The row went to another attempt meanwhile; this run must end without a trace."""


@dataclass(slots=True)
class JobRun:
    """What a job function gets: its row's ids, the moment, and the way to report progress."""

    job_id: int
    attempt: int
    now: dt.datetime
    name: str = ""
    started_by: str = "system"
    lease: dt.timedelta = LEASE
    moved_at: float = field(default_factory=time.monotonic)
    _written_at: float = float("-inf")

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Report `done` of `total` steps and go on, if nobody wants otherwise.

        Call it between transactions: inside of one, nobody would see it and a person's wish to
        cancel would wait for the row. Costs a statement twice a second at most.

        Raises:
            JobCancelled: a person asked to stop.
            JobLost: another worker has taken over.
        """
        self.moved_at = time.monotonic()
        if self.moved_at - self._written_at < PROGRESS_EVERY_SECONDS and done < total:
            return
        self._written_at = self.moved_at
        fields = {"progress_done": done, "progress_total": total, "progress_text": text[:200]}
        mine = _held(self.job_id, self.attempt)
        if not mine.update(**fields, lease_until=clock.now() + self.lease):
            raise JobLost
        if mine.filter(cancel_asked_at__isnull=False).exists():
            raise JobCancelled


def _held(job_id: int, attempt: int) -> Any:
    return Job.objects.filter(pk=job_id, status=Job.Status.RUNNING, attempts=attempt)


def claim(job_id: int, *, now: dt.datetime, worker: str, lease: dt.timedelta = LEASE) -> Job | None:
    """Take a due job for one attempt, or return None if it is taken, ended or not due.

    One conditional UPDATE, committed before the work begins; safe under any number of workers.
    Call it outside of a transaction.
    """
    taken = (
        Job.objects.waiting()
        .filter(pk=job_id, run_after__lte=now, attempts__lt=F("max_attempts"))
        .update(
            status=Job.Status.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=now + lease,
            worker=worker,
            started_at=now,
            cancel_asked_at=None,
        )
    )
    return Job.objects.get(pk=job_id) if taken else None


def begin(job: Job, *, now: dt.datetime, lease: dt.timedelta = LEASE) -> JobRun:
    """Return the run of a claimed job, to be handed to `run`."""
    return JobRun(job.pk, job.attempts, now, job.name, job.started_by, lease)


def run(job: Job, this_run: JobRun) -> None:
    """Run a claimed job to its end and write the end. Raises nothing but what ends a process."""
    with request_ids.running(request_ids.fresh()) as error_id:
        try:
            result = _call(job, this_run)
        except JobLost:
            logger.warning("core.job.lost", extra={"job": job.pk, "attempt": job.attempts})
        except JobCancelled:
            _insist(lambda: _end(this_run, status=Job.Status.CANCELLED))
        except Exception as error:  # what a job raises is a result of it: docs/adr/0003
            logger.exception("core.job.failed", extra={"job": job.pk, "error_id": error_id})
            reason = _described(error)
            _insist(lambda: fail(job, reason=reason, error_id=error_id))
        except BaseException as error:
            # The broker's time limit, or the end of the process: note it, then let it pass.
            fail(job, reason=_described(error), error_id=error_id)
            raise
        else:
            done = {"status": Job.Status.SUCCEEDED, "result": result, "error": "", "error_id": ""}
            _insist(lambda: _end(this_run, **done))


def _insist(write: Callable[[], None]) -> None:
    """Write how a run ended, even if the database is away for a while just then.

    Otherwise work that was done would be done again after the lease, by another worker.
    """
    until = time.monotonic() + INSIST_SECONDS
    while True:
        try:
            write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() >= until:
                raise
            connection.close()
            time.sleep(1)
        else:
            return


def _call(job: Job, this_run: JobRun) -> dict[str, Any] | None:
    function: Callable[..., dict[str, Any] | None] = resolve(wired("JOBS")[job.name])
    result = function(this_run, **job.args)
    json.dumps(result)  # Refuse here what the row can't hold, so that it counts as a failure.
    return result


def _described(error: BaseException) -> str:
    lines = traceback.format_exception_only(error)
    return "".join(lines).strip()[:2000]


def _end(this_run: JobRun, **fields: Any) -> None:
    ended = _held(this_run.job_id, this_run.attempt).update(
        **fields, finished_at=clock.now(), lease_until=None
    )
    if not ended:
        logger.warning("core.job.lost", extra={"job": this_run.job_id})


def fail(job: Job, *, reason: str, error_id: str = "") -> None:
    """End an attempt as failed: try again later, or give the job up after its last attempt."""
    now = clock.now()
    mine = _held(job.pk, job.attempts)
    if job.attempts >= job.max_attempts:
        mine.update(
            status=Job.Status.DEAD,
            error=reason,
            error_id=error_id,
            finished_at=now,
            lease_until=None,
        )
        return
    mine.update(
        status=Job.Status.FAILED_RETRY,
        error=reason,
        error_id=error_id,
        run_after=now + back_off(job.attempts),
        rung_at=None,
        lease_until=None,
    )


def run_due(now: dt.datetime, limit: int = 100) -> int:
    """Run what is due at `now` in this process, events included; return how many jobs ran.

    For tests, the demo and small installations: no worker, no ring, no lease kept alive. A job
    that fails stays for its next attempt.
    """
    ran = 0
    while ran < limit:
        delivered = deliver_due(now)
        job = Job.objects.due(now).filter(attempts__lt=F("max_attempts")).first()
        if job is None and not delivered:
            break
        if job is None:
            continue
        ran += run_here(job.pk, now=now)
    return ran


def run_here(job_id: int, *, now: dt.datetime) -> bool:
    """Run one due job in this process, with no lease to renew; say whether it could be taken."""
    job = claim(job_id, now=now, worker=str(this_worker()), lease=INLINE_LEASE)
    if job:
        run(job, begin(job, now=now, lease=INLINE_LEASE))
    return job is not None
