"""What the workers of the shot-at installation do: count effects, hang, or kill themselves."""

from __future__ import annotations

import os
import signal
import time

from django.db import transaction

from core import audit
from core.actors import SYSTEM
from core.events import EventFact
from core.jobs import JobRun
from core.models import AuditEntry


@transaction.atomic
def note(job: JobRun, mark: str, **_newer: object) -> None:
    """Have one effect per mark, however often it runs."""
    if not AuditEntry.objects.of(f"mark:{mark}").exists():
        audit.record(actor=SYSTEM, action="kill.noted", target=f"mark:{mark}", at=job.now)


def nap(job: JobRun, mark: str, seconds: int, **_newer: object) -> None:
    """Be busy for a while, then note the mark."""
    for second in range(seconds):
        job.progress(second, seconds)
        time.sleep(1)
    note(job, mark)


def fail(job: JobRun, **_newer: object) -> None:
    """Raise."""
    raise ZeroDivisionError("poison")


def hang(job: JobRun, **_newer: object) -> None:
    """Never end, and never say anything."""
    while True:
        time.sleep(60)


def abort(job: JobRun, **_newer: object) -> None:
    """Crash as native code does."""
    os.abort()


def die(job: JobRun, **_newer: object) -> None:
    """Be killed as by the out-of-memory killer."""
    os.kill(os.getpid(), signal.SIGKILL)


def nonsense(job: JobRun, **_newer: object) -> object:
    """Return what no row can hold."""
    return {"thing": object()}


def long_walk(job: JobRun, mark: str, seconds: int, **_newer: object) -> None:
    """Outlast the time limit of ordinary jobs, reporting progress."""
    nap(job, mark, seconds)


def hear(facts: list[EventFact]) -> None:
    """Have one effect per fact; exactly once is what the outbox promises."""
    audit.record_many(
        [
            audit.AuditDraft(SYSTEM, "kill.heard", f"heard:{fact.payload['mark']}", fact.at)
            for fact in facts
        ]
    )
