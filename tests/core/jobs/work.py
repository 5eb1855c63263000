"""Job functions that only tests wire up."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.actors import SYSTEM
from core.jobs import JobRun, cancel
from core.models import Job, Setting


def note(job: JobRun, name: str, **_newer: object) -> dict[str, str]:
    """Leave a trace under `name`, once however often it runs."""
    Setting.objects.get_or_create(
        name=name, defaults={"value": "x", "changed_at": job.now, "changed_by_key": "system"}
    )
    return {"noted": name}


def fail(job: JobRun, **_newer: object) -> None:
    """Fail in the way a programming error does."""
    raise ZeroDivisionError("nothing to divide by")


def count_up(job: JobRun, total: int, **_newer: object) -> None:
    """Report each of `total` steps."""
    for step in range(total + 1):
        job.progress(step, total, f"step {step}")


def cancel_midway(job: JobRun, **_newer: object) -> None:
    """Be cancelled by a person after 2 500 of 10 000 rows."""
    for done in range(0, 10_001, 500):
        if done == 2_500:
            cancel(job.job_id, actor=SYSTEM, at=clock.now())
        job.progress(done, 10_000, f"rows 1-{done} applied")


def lose_lease(job: JobRun, **_newer: object) -> None:
    """Find out that another attempt has taken over."""
    Job.objects.filter(pk=job.job_id).update(attempts=job.attempt + 1)
    job.progress(1, 1)


def return_nonsense(job: JobRun, **_newer: object) -> object:
    """Return what JSON can't hold."""
    return {"when": dt.date(2026, 1, 1), "what": object()}
