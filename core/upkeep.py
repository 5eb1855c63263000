"""Nightly jobs of core: seal the audit log, and delete what is no longer needed."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core import audit, idempotency
from core.jobs import JobRun
from core.models.events import OutboxEvent
from core.models.jobs import Job
from core.services import second_factor_resets, trusted_browsers

JOBS_KEPT_FOR: Final = dt.timedelta(days=30)
EVENTS_KEPT_FOR: Final = dt.timedelta(days=30)
BATCH: Final = 5_000


def seal_audit(job: JobRun, **_newer: object) -> dict[str, int]:
    """Seal every finished day of the audit log. Repeatable."""
    return {"days": audit.seal_due(job.now)}


def purge(job: JobRun, **_newer: object) -> dict[str, int]:
    """Delete expired answers, jobs that went well a month ago, and facts all have heard.

    Dead jobs and facts a listener still owes stay. Works in batches. Repeatable.
    """
    return {
        "answers": idempotency.forget_expired(job.now),
        "jobs": _purge_jobs(job),
        "facts": _purge_events(job),
    }


def expire_second_factors(job: JobRun, **_newer: object) -> dict[str, int]:
    """Close resets nobody decided in time, and forget browsers trusted long enough. Repeatable."""
    return {
        "resets": second_factor_resets.expire_due(job.now),
        "browsers": trusted_browsers.forget_expired(job.now),
    }


def _purge_jobs(job: JobRun) -> int:
    old = Job.objects.filter(
        status__in=(Job.Status.SUCCEEDED, Job.Status.CANCELLED),
        finished_at__lt=job.now - JOBS_KEPT_FOR,
    ).order_by("id")
    gone = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Job.objects.filter(pk__in=batch).delete()
        gone += len(batch)
        job.progress(gone, gone + 1)
    return gone


def _purge_events(job: JobRun) -> int:
    old = (
        OutboxEvent.objects.filter(handed_at__lt=job.now - EVENTS_KEPT_FOR)
        .exclude(handled__state__in=("waiting", "dead"))
        .order_by("id")
    )
    gone = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        OutboxEvent.objects.filter(pk__in=batch).delete()
        gone += len(batch)
        job.progress(gone, gone + 1)
    return gone
