"""Jobs of planning: one service call, repeatable."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from core.jobs import JobRun
from planning.queries import repurchase as reads
from planning.services import forecast_cycle, forecast_sharing, history, replenishment, repurchase
from planning.services.sharing_errors import NoForecastThisWeek

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
    return forecast_cycle.run(now=job.now, progress=job.progress)


def share_forecasts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Show suppliers this week's forecast; without one the planners are told and nothing goes."""
    try:
        return asdict(forecast_sharing.share_week(now=job.now, progress=job.progress))
    except NoForecastThisWeek as error:
        return {
            "shared": 0,
            "told": forecast_sharing.tell_that_nothing_was_shared(error, now=job.now),
        }


def review_replenishment(
    job: JobRun, *, sku_ids: list[int] | None = None, **_newer: object
) -> dict[str, int]:
    """Review all SKU-warehouses, or some SKUs when asked: covers, colors, proposals."""
    run = replenishment.review(
        as_of=job.now, now=job.now, progress=job.progress, sku_ids=sku_ids
    )
    counts = ("new", "changed", "unchanged", "lapsed", "left_alone")
    return {"rows": run.rows, **{name: run.figures[name] for name in counts}}
