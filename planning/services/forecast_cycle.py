"""The forecast of a night: run, judge what is known by now, write the board."""

from __future__ import annotations

import datetime as dt

from planning.domain.shards import Progress
from planning.services import forecast_outcomes, forecast_outlook
from planning.services.forecasting import NoDemandHistory, run_forecast


def run(
    *, now: dt.datetime, as_of: dt.datetime | None = None, progress: Progress | None = None
) -> dict[str, int]:
    """Forecast, keep the outcomes of the weeks that are over, write the board; return counts.

    `as_of` in the past replays what would have been said then and leaves the board alone.
    Idempotent. Without any history only the counts come back, all 0.
    """
    try:
        if as_of is not None:
            replayed = run_forecast(as_of=as_of, now=now, progress=progress)
            return {"series": replayed.series, "outcomes": 0, "lines": 0}
        made = run_forecast(as_of=now, now=now, progress=progress)
    except NoDemandHistory:
        return {"series": 0, "outcomes": 0, "lines": 0}
    outcomes = forecast_outcomes.record(now=now)
    return {
        "series": made.series,
        "outcomes": outcomes,
        "lines": forecast_outlook.refresh(now=now),
    }
