"""Jobs of inventory: one service call, repeatable."""

from __future__ import annotations

from core.jobs import JobRun
from inventory.services import drift_watch, releasing, replenishing

BATCH = 500


def expire_promises(job: JobRun, **_newer: object) -> dict[str, int]:
    """Let reservations whose time has come lapse, in batches, until none is due."""
    lapsed = 0
    while batch := releasing.expire_due(job.now, limit=BATCH):
        lapsed += len(batch)
    return {"lapsed": lapsed}


def check_stock(job: JobRun, **_newer: object) -> dict[str, int | str]:
    """Compare stock with the ledger, as each night, and tell people about drift."""
    return drift_watch.look(at=job.now)


def plan_refills(job: JobRun, **_newer: object) -> dict[str, int]:
    """Plan the refills that pick faces need now; a second run adds none."""
    return {"refills": replenishing.plan_all(at=job.now)}
