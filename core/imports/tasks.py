"""The jobs of an import: check, apply, undo. Each may be stopped and run again."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from core.errors import DomainError
from core.imports import pipeline
from core.jobs import JobCancelled, JobRun, enqueue
from core.models.imports import ImportBatch
from core.models.jobs import Job

CHECK, APPLY, UNDO = "core.check_import", "core.apply_import", "core.undo_import"


def start(batch: ImportBatch, name: str, *, started_by: str, title: str) -> Job:
    """Queue one step of an import and let the batch point at its job; call it in a transaction."""
    queue = "interactive" if name == CHECK else "bulk"
    job = enqueue(
        name, args={"batch_id": batch.pk}, queue=queue, started_by=started_by, title=title
    )
    ImportBatch.objects.filter(pk=batch.pk).update(job_id=job.pk, error="")
    return job


def check_import(job: JobRun, *, batch_id: int, **_newer: object) -> dict[str, Any]:
    """Read the file and store what applying it would do."""
    return _stoppable(job, batch_id, pipeline.preview)


def apply_import(job: JobRun, *, batch_id: int, **_newer: object) -> dict[str, Any]:
    """Write the file, in chunks of 500 objects, each in its own transaction."""
    return _stoppable(job, batch_id, pipeline.apply)


def undo_import(job: JobRun, *, batch_id: int, **_newer: object) -> dict[str, Any]:
    """Take the import back; rows touched since stay. Repeatable."""
    batch = ImportBatch.objects.get(pk=batch_id)
    if batch.status != ImportBatch.Status.UNDONE:
        batch = pipeline.undo(batch_id, actor=actor_of(job), now=job.now)
    report = batch.undo_report
    return {
        "restored": report["restored"],
        "removed": report["removed"],
        "left": len(report["touched"]),
    }


def actor_of(job: JobRun) -> Actor:
    """Return the one who started a job, as audit entries name it."""
    kind, _colon, number = job.started_by.partition(":")
    if kind not in {"user", "api_key"} or not number.isdecimal():
        return Actor("system", None, "system")
    return Actor("user" if kind == "user" else "api_key", int(number), job.started_by)


def _stoppable(job: JobRun, batch_id: int, step: Any) -> dict[str, Any]:
    """Run a step; when a person stops it or the file is refused, the batch says so."""
    try:
        batch = step(batch_id, actor=actor_of(job), now=job.now, progress=job.progress)
    except JobCancelled:
        pipeline.mark_stopped(batch_id)
        raise
    except DomainError as error:
        # A refusal is an answer, not a fault of the machine: running it again would not help.
        pipeline.mark_stopped(batch_id, error=str(error))
        return {"refused": str(error)}
    return dict(batch.tally.get("counts", {}))
