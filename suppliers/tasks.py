"""Jobs of buying: one service call, repeatable."""

from __future__ import annotations

from core.jobs import JobRun
from suppliers.services import agreements, supplier_links
from suppliers.services import answer_clock as clocks


def run_agreements(job: JobRun, **_newer: object) -> dict[str, int]:
    """End the agreements whose time is over, and tell buyers about those that end soon."""
    ended = 0
    while batch := agreements.expire_due(at=job.now):
        ended += batch
    return {"ended": ended, "told": agreements.tell_expiring(at=job.now)}


def answer_clock(job: JobRun, **_newer: object) -> dict[str, int]:
    """Remind silent suppliers, escalate, chase shipments, and forget counts of past windows."""
    done = clocks.run(now=job.now)
    return {
        "reminded": done.reminded,
        "escalated": done.escalated,
        "late": done.late,
        "forgotten": supplier_links.sweep(now=job.now),
    }
