"""Jobs of planning: one service call, repeatable."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from core.jobs import JobRun
from planning.queries import repurchase as reads
from planning.services import forecasting, history, repurchase

#: Nightly runs look back so far; on Mondays the whole history is computed again.
LOOK_BACK = dt.timedelta(days=3)


def rebuild_history(job: JobRun, *, whole: bool = False, **_newer: object) -> dict[str, int]:
    """Write the demand of the last days, the whole history on Mondays or when asked."""
    is_whole = whole or job.now.weekday() == 0
    since = None if is_whole else job.now - LOOK_BACK
    return asdict(history.rebuild(now=job.now, since=since, progress=job.progress))


def fit_repurchase(job: JobRun, *, whole: bool = False, **_newer: object) -> dict[str, int]:
    """Give customers their segments; on Mondays, when asked and at first, fit all models anew."""
    if not (whole or job.now.weekday() == 0 or reads.latest_run(job.now) is None):
        return {"new_runs": 0, "segments_changed": repurchase.refresh_segments(as_of=job.now)}
    ran = repurchase.run(as_of=job.now)
    return {"new_runs": int(ran.is_new), "segments_changed": ran.segments_changed}


def run_forecast(job: JobRun, **_newer: object) -> dict[str, int]:
    """Forecast all series from the complete weeks; 0 series while nothing was ever sold."""
    try:
        run = forecasting.run_forecast(as_of=job.now, now=job.now, progress=job.progress)
    except forecasting.NoDemandHistory:
        return {"series": 0}
    return {"series": run.series}
