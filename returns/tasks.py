"""Jobs of returns: one service call, repeatable."""

from __future__ import annotations

from core.jobs import JobRun
from returns.services import deciding, matching


def match_history(job: JobRun, **_newer: object) -> dict[str, int]:
    """Tie imported returns to the orders they came from."""
    return matching.match_history(now=job.now)


def expire_requests(job: JobRun, **_newer: object) -> dict[str, int]:
    """End approved returns whose goods were not handed over in time."""
    return {"expired": deciding.expire_due(job.now)}
