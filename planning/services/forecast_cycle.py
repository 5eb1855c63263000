"""The forecast of a night: run, judge what is known by now, write the board."""

from __future__ import annotations

import datetime as dt

from planning.domain.shards import Progress
from planning.services import forecast_outcomes, forecast_outlook
from planning.services.forecasting import NoDemandHistory, run_forecast


def run(*, now: dt.datetime, progress: Progress | None = None) -> dict[str, int]:
    """Forecast, keep the outcomes of the weeks that are over, write the board; return counts.

    Idempotent. Without any history only the counts come back, all 0.
    """
    try:
        made = run_forecast(as_of=now, now=now, progress=progress)
    except NoDemandHistory:
        return {"series": 0, "outcomes": 0, "lines": 0}
    outcomes = forecast_outcomes.record(now=now)
    return {
        "series": made.series,
        "outcomes": outcomes,
        "lines": forecast_outlook.refresh(now=now),
    }
