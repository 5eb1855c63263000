"""Jobs of returns: one service call, repeatable."""

from __future__ import annotations

from core.jobs import JobRun
from returns.services import deciding, letters, matching, policy_trials


def match_history(job: JobRun, **_newer: object) -> dict[str, int]:
    """Tie imported returns to the orders they came from."""
    return matching.match_history(now=job.now)


def expire_requests(job: JobRun, **_newer: object) -> dict[str, int]:
    """End approved returns whose goods were not handed over in time."""
    return {"expired": deciding.expire_due(job.now)}


def remind_customers(job: JobRun, **_newer: object) -> dict[str, int]:
    """Remind customers of what they must send soon, and of units kept for them."""
    return letters.remind(job.now)


def try_policy(job: JobRun, *, trial_id: int, **_newer: object) -> dict[str, int]:
    """Run a version of a policy rule over the last returns; decides nothing."""
    trial = policy_trials.run(trial_id, at=job.now, progress=job.progress)
    return {"returns": trial.result["returns"], "changed": trial.result["changed"]}
