"""Stored forecasts without the machinery that computes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from inventory.models import Sku, Warehouse
from planning.models import Forecast, ForecastOutcome, ForecastRun

HORIZON = 12


def run_of(
    weekly: Mapping[tuple[Sku, Warehouse], Sequence[float]],
    *,
    from_on: dt.date,
    at: dt.datetime,
    mark: str = "factory",
) -> ForecastRun:
    """Return a stored run that says these units a week; shorter rows repeat their last week."""
    run = ForecastRun.objects.create(
        as_of=at,
        from_on=from_on,
        horizon_weeks=HORIZON,
        input_weeks=52,
        method="factory",
        inputs_hash=mark,
        series=len(weekly),
        created_at=at,
    )
    for (sku, warehouse), units in weekly.items():
        weeks = [float(qty) for qty in units][:HORIZON]
        weeks += weeks[-1:] * (HORIZON - len(weeks))
        Forecast.objects.create(
            run=run,
            sku=sku,
            warehouse=warehouse,
            channel=None,
            kind="regular",
            typical_week=weeks[0],
            mean_qty=sum(weeks),
            variance=sum(weeks),
            low_qty=0,
            high_qty=2 * sum(weeks),
            confidence=60,
            weekly=weeks,
        )
    return run


def outcome_of(
    sku: Sku, warehouse: Warehouse, week_on: dt.date, *, forecast: float, actual: float
) -> ForecastOutcome:
    """Return what was forecast for a week four weeks before it, and what was sold in it."""
    from_on = week_on - dt.timedelta(weeks=4)
    run, _new = ForecastRun.objects.get_or_create(
        from_on=from_on,
        inputs_hash="outcomes",
        defaults={
            "as_of": dt.datetime.combine(from_on, dt.time(2), dt.UTC),
            "horizon_weeks": HORIZON,
            "input_weeks": 52,
            "method": "factory",
            "series": 1,
            "created_at": dt.datetime.combine(from_on, dt.time(2), dt.UTC),
        },
    )
    return ForecastOutcome.objects.create(
        sku=sku,
        warehouse=warehouse,
        week_on=week_on,
        lag_weeks=4,
        run=run,
        forecast_qty=forecast,
        actual_qty=actual,
    )
