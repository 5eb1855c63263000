"""Forecasts as they are kept: computed from the history, stored once, never edited."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from core.errors import DomainError, gettext_noop
from planning.domain import backtest, forecast_run
from planning.domain.cleaning import CAP, SPIKE, clean
from planning.domain.forecast_run import Outcome
from planning.domain.forecasting import LEVELS, Class, Result
from planning.domain.safety_stock import nb_quantile
from planning.domain.shards import Progress, Shards
from planning.models import Forecast, ForecastRun
from planning.queries import history

METHOD: Final = "pooled/1"  # raise it when a change gives other numbers for the same history
DEFAULT_HORIZON: Final = 12
BATCH: Final = 1_000
LOW, HIGH = LEVELS.index(0.05), LEVELS.index(0.95)
BY_CHANNEL: Final = ("sku", "warehouse", "channel")
BY_WAREHOUSE: Final = ("sku", "warehouse")
Key = tuple[int, ...]
Floats = NDArray[np.float64]


class NoDemandHistory(DomainError):
    """There is no complete week of demand before this moment."""

    code = "NO_DEMAND_HISTORY"
    status = 422
    text = gettext_noop(
        "No week of demand is known before %(day)s. Import orders, or rebuild the demand history."
    )


@dataclass(frozen=True)
class _Series:
    """One kind of series with its forecast: `weekly` [N, horizon] sums to the mean."""

    keys: tuple[Key, ...]
    outcome: Outcome
    made: Result
    weekly: Floats
    weeks: Floats  # [N] with demand


def run_forecast(
    *,
    as_of: dt.datetime,
    now: dt.datetime,
    horizon_weeks: int = DEFAULT_HORIZON,
    shards: Shards | None = None,
    progress: Progress | None = None,
) -> ForecastRun:
    """Forecast every SKU x warehouse x channel from the weeks before `as_of`; return the run.

    A past `as_of` replays what would have been said then. Idempotent: the same history for the
    same week returns the run that is there. Channels and total agree: the total is their sum.

    Raises: NoDemandHistory.
    """
    found = history.panel(as_of=as_of, by=BY_CHANNEL)
    if not found.keys:
        raise NoDemandHistory(day=as_of.date().isoformat())
    inputs = _hash(found, horizon_weeks)
    start = found.panel.starts
    from_on = start[-1] + dt.timedelta(weeks=1) if start else as_of.date()
    known = ForecastRun.objects.filter(from_on=from_on, inputs_hash=inputs).first()
    if known is not None:
        return known
    channels = _forecast(found, horizon_weeks, shards, progress)
    together = _forecast(history.panel(as_of=as_of, by=BY_WAREHOUSE), horizon_weeks, shards, None)
    with transaction.atomic():
        run, is_new = ForecastRun.objects.get_or_create(
            from_on=from_on,
            inputs_hash=inputs,
            defaults={
                "as_of": as_of,
                "horizon_weeks": horizon_weeks,
                "input_weeks": len(found.panel.periods),
                "method": METHOD,
                "series": len(found.keys),
                "choices": _choices(channels),
                "figures": _figures(found, horizon_weeks),
                "created_at": now,
            },
        )
        if is_new:
            rows = [*_channel_rows(run, channels), *_total_rows(run, together, channels)]
            Forecast.objects.bulk_create(rows, batch_size=BATCH)
    return run


def _hash(found: history.DemandPanel, horizon: int) -> str:
    """Return what the forecast depends on, in one word."""
    hidden = hashlib.sha256()
    hidden.update(repr((METHOD, horizon, found.keys, found.panel.periods)).encode())
    marks = (found.marks.in_stock_days, found.marks.promoted)
    for values in (found.panel.qty, *(one for one in marks if one is not None)):
        hidden.update(np.ascontiguousarray(values).tobytes())
    return hidden.hexdigest()


def _forecast(
    found: history.DemandPanel, horizon: int, shards: Shards | None, progress: Progress | None
) -> _Series:
    """Leave out the weeks that say nothing and forecast from the end of the history."""
    cleaned = clean(found.panel.qty, found.marks)
    # Empty shelves and promotions are taken out. Spikes and tails stay: the methods clip them
    # where that helps, and the mean that orders need must not lose them.
    kept = np.isin(cleaned.reasons, (SPIKE, CAP))
    panel = replace(found.panel, qty=np.where(kept, found.panel.qty, cleaned.qty))
    outcome = forecast_run.run(panel, horizon, None, shards, progress)
    end = len(panel.periods)
    made = outcome.results[end]
    ratios = outcome.plan.season[outcome.plan.origins.index(end)]
    weekly = made.mean[:, None] * (ratios / ratios.sum())[None, :]
    sold = (np.nan_to_num(panel.qty) > 0).sum(axis=1).astype(np.float64)
    return _Series(found.keys, outcome, made, weekly, sold)


def _choices(series: _Series) -> dict[str, Any]:
    """Return by class the methods and the lift, for the explanation."""
    choice = series.outcome.choices[max(series.outcome.choices)]
    return {
        kind.name.lower(): {
            "typical": forecast_run.weights_by_name(choice, kind),
            "mean": forecast_run.weights_by_name(choice, kind, mean=True),
            "lift": round(float(choice.lift[kind]), 4),
        }
        for kind in Class
    }


def _figures(found: history.DemandPanel, horizon: int) -> dict[str, Any]:
    """Return how the method did on the last origins; empty while the history is too short."""
    span = min(horizon, 4)
    try:
        origins = backtest.read_origins((), len(found.panel.periods), span)
        done = backtest.backtest(found.panel, span, origins)
    except backtest.BacktestRefused:
        return {}
    return {"origins": list(done.origins), "horizon": span, **done.accuracy.as_json()}


def _channel_rows(run: ForecastRun, series: _Series) -> list[Forecast]:
    made = series.made
    return [
        Forecast(
            run=run,
            sku_id=key[0],
            warehouse_id=key[1],
            channel_id=key[2],
            mean_qty=float(made.mean[row]),
            low_qty=float(made.quantiles[LOW, row]),
            high_qty=float(made.quantiles[HIGH, row]),
            weekly=_rounded(series.weekly[row]),
            **_common(series, row, run.horizon_weeks),
        )
        for row, key in enumerate(series.keys)
    ]


def _total_rows(run: ForecastRun, together: _Series, channels: _Series) -> list[Forecast]:
    """Return the rows of all channels: their means added, the spread of the whole."""
    place = {key: row for row, key in enumerate(together.keys)}
    rows = np.array([place[key[:2]] for key in channels.keys])
    weekly = np.zeros_like(together.weekly)
    np.add.at(weekly, rows, channels.weekly)
    mean = weekly.sum(axis=1)
    made = together.made
    wide = made.variance * np.where(made.mean > 0, mean / np.maximum(made.mean, 1e-9), 1.0)
    choice = together.outcome.choices[max(together.outcome.choices)]
    points = nb_quantile(choice.levels[made.kinds].T, mean[None, :], wide[None, :])
    return [
        Forecast(
            run=run,
            sku_id=key[0],
            warehouse_id=key[1],
            channel_id=None,
            mean_qty=float(mean[row]),
            low_qty=float(points[LOW, row]),
            high_qty=float(points[HIGH, row]),
            weekly=_rounded(weekly[row]),
            **_common(together, row, run.horizon_weeks) | {"variance": float(wide[row])},
        )
        for row, key in enumerate(together.keys)
    ]


def _common(series: _Series, row: int, horizon: int) -> dict[str, Any]:
    made = series.made
    kind = Class(int(made.kinds[row]))
    choice = series.outcome.choices[max(series.outcome.choices)]
    return {
        "kind": kind.name.lower(),
        "typical_week": float(made.level[row]),
        "variance": float(made.variance[row]),
        "confidence": float(made.confidence[row]),
        "terms": {
            "mean_of_8_weeks": round(float(made.naive[row]), 4),
            "typical_week": round(float(made.level[row]), 4),
            "expected_week": round(float(made.mean[row]) / horizon, 4),
            "lift": round(float(choice.lift[kind]), 4),
            "weeks_with_demand": int(series.weeks[row]),
        },
    }


def _rounded(values: Sequence[float] | Floats) -> list[float]:
    return [round(float(value), 6) for value in values]
