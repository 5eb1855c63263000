"""Jobs of inventory: one service call, repeatable."""

from __future__ import annotations

from core.actors import SYSTEM
from core.jobs import JobRun
from inventory.services import (
    count_plan,
    drift_watch,
    lot_expiry,
    releasing,
    replenishing,
    shortfalls,
)

BATCH = 500


def expire_promises(job: JobRun, **_newer: object) -> dict[str, int]:
    """Let reservations whose time has come lapse, in batches, until none is due."""
    lapsed = 0
    while batch := releasing.expire_due(job.now, limit=BATCH):
        lapsed += len(batch)
    shortfalls.refresh(at=job.now)
    return {"lapsed": lapsed}


def hold_expired(job: JobRun, **_newer: object) -> dict[str, int]:
    """Hold the lots whose last usable day is over, in batches, until none is left."""
    held = 0
    while batch := lot_expiry.hold_expired(actor=SYSTEM, at=job.now):
        held += batch
    return {"held": held}


def plan_counts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Class the SKUs anew and ask for the counts that are due."""
    classed = count_plan.reclassify(at=job.now)
    return {"classed": classed, "asked": len(count_plan.plan_counts(actor=SYSTEM, at=job.now))}


def check_stock(job: JobRun, **_newer: object) -> dict[str, int | str]:
    """Compare stock with the ledger, as each night, and tell people about drift."""
    return drift_watch.look(at=job.now)


def plan_refills(job: JobRun, **_newer: object) -> dict[str, int]:
    """Plan the refills that pick faces need now; a second run adds none."""
    return {"refills": replenishing.plan_all(at=job.now)}
