"""Jobs of inventory: one service call, repeatable."""

from __future__ import annotations

from core.jobs import JobRun
from inventory.services import releasing

BATCH = 500


def expire_promises(job: JobRun, **_newer: object) -> dict[str, int]:
    """Let reservations whose time has come lapse, in batches, until none is due."""
    lapsed = 0
    while batch := releasing.expire_due(job.now, limit=BATCH):
        lapsed += len(batch)
    return {"lapsed": lapsed}
