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
from planning.domain import backtest, forecast_run, methods
from planning.domain.cleaning import CAP, SPIKE, clean
from planning.domain.forecast_run import Outcome
from planning.domain.forecast_terms import LAUNCH_CONFIDENCE, launch_variance
from planning.domain.forecasting import LEVELS, Class, Ints, Result
from planning.domain.safety_stock import nb_quantile
from planning.domain.shards import Progress, Shards
from planning.models import Forecast, ForecastRun
from planning.queries import history
from planning.services.forecast_extras import Extras, Pair, Table, put_on, read_extras

METHOD: Final = "pooled/2"  # raise it when a change gives other numbers for the same history
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
    ages: Ints  # [N] weeks since the first sale
    ratios: Floats  # [horizon] season of the coming weeks


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
    start = found.panel.starts
    from_on = start[-1] + dt.timedelta(weeks=1) if start else as_of.date()
    extras = read_extras(as_of=as_of, monday=from_on, weeks=horizon_weeks)
    inputs = _hash(found, horizon_weeks, extras)
    known = ForecastRun.objects.filter(from_on=from_on, inputs_hash=inputs).first()
    if known is not None:
        return known
    channels = _forecast(found, horizon_weeks, shards, progress)
    together = _forecast(history.panel(as_of=as_of, by=BY_WAREHOUSE), horizon_weeks, shards, None)
    table = _adjusted(channels, together, extras)
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
            rows = [
                *_channel_rows(run, channels, table),
                *_total_rows(run, together, channels, table),
            ]
            Forecast.objects.bulk_create(rows, batch_size=BATCH)
    return run


def _hash(found: history.DemandPanel, horizon: int, extras: Extras) -> str:
    """Return what the forecast depends on, in one word."""
    hidden = hashlib.sha256()
    said = (METHOD, horizon, found.keys, found.panel.periods, extras.fingerprint())
    hidden.update(repr(said).encode())
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
    ages = methods.known(panel.qty).age(end)
    return _Series(found.keys, outcome, made, weekly, sold, ages, np.asarray(ratios))


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


def _adjusted(channels: _Series, together: _Series, extras: Extras) -> Table:
    """Return the weeks of each channel with what is known beside the history put on."""
    table = Table(
        keys=[(key[0], key[1], key[2]) for key in channels.keys],
        weekly=channels.weekly.copy(),
        ages={
            (key[0], key[1]): int(age)
            for key, age in zip(together.keys, together.ages, strict=True)
        },
    )
    put_on(table, extras, channels.outcome.panel, channels.ratios)
    return table


def _channel_rows(run: ForecastRun, series: _Series, table: Table) -> list[Forecast]:
    count = len(series.keys)
    base = np.zeros((len(table.keys), run.horizon_weeks))
    base[:count] = series.weekly
    wide = np.zeros(len(table.keys))
    wide[:count] = series.made.variance
    made = _spread(series, table, base, wide, [key[:2] for key in table.keys])
    return [
        Forecast(
            run=run,
            sku_id=key[0],
            warehouse_id=key[1],
            channel_id=key[2],
            **_numbers(made, row, table.weekly[row]),
            **_common(series, row if row < count else None, run.horizon_weeks),
        )
        for row, key in enumerate(table.keys)
    ]


def _total_rows(
    run: ForecastRun, together: _Series, channels: _Series, table: Table
) -> list[Forecast]:
    """Return the rows of all channels: their means added, the spread of the whole."""
    known: list[Pair] = [(key[0], key[1]) for key in together.keys]
    pairs = known + sorted({key[:2] for key in table.keys} - set(known))
    place = {pair: row for row, pair in enumerate(pairs)}
    weekly, base = (np.zeros((len(pairs), run.horizon_weeks)) for _ in range(2))
    np.add.at(weekly, [place[key[:2]] for key in table.keys], table.weekly)
    np.add.at(base, [place[(key[0], key[1])] for key in channels.keys], channels.weekly)
    made = together.made
    old = base.sum(axis=1)[: len(known)]
    wide = np.zeros(len(pairs))
    wide[: len(known)] = made.variance * np.where(
        made.mean > 0, old / np.maximum(made.mean, 1e-9), 1.0
    )
    spread = _spread(together, replace(table, weekly=weekly), base, wide, pairs)
    rows = []
    for row, pair in enumerate(pairs):
        common = _common(together, row if row < len(known) else None, run.horizon_weeks)
        common["typical_week"] = table.typical.get(pair, common["typical_week"])
        common["terms"] |= table.terms.get(pair, {})
        common["terms"]["from_history"] = round(float(base[row].sum()), 4)
        rows.append(
            Forecast(
                run=run,
                sku_id=pair[0],
                warehouse_id=pair[1],
                channel_id=None,
                **_numbers(spread, row, weekly[row]),
                **common,
            )
        )
    return rows


def _spread(
    series: _Series, table: Table, base: Floats, wide: Floats, pairs: Sequence[Pair]
) -> tuple[Floats, Floats]:
    """Return variances [N] and quantiles [levels, N] of the totals after the terms.

    A term multiplies what is expected, so the variance grows with its square.
    """
    mean, before = table.weekly.sum(axis=1), base.sum(axis=1)
    factor = np.where(before > 0, mean / np.maximum(before, 1e-9), 1.0)
    out = wide * np.where(np.abs(factor - 1.0) > 1e-12, factor**2, 1.0)
    for row, pair in enumerate(pairs):
        if pair in table.own_weight:
            out[row] = launch_variance(float(mean[row]), table.own_weight[pair], float(out[row]))
    choice = series.outcome.choices[max(series.outcome.choices)]
    kinds = np.full(len(pairs), int(Class.NEW))
    kinds[: len(series.made.kinds)] = series.made.kinds
    points = nb_quantile(choice.levels[kinds].T, mean[None, :], out[None, :])
    return out, np.asarray(points, dtype=np.float64)


def _numbers(made: tuple[Floats, Floats], row: int, weekly: Floats) -> dict[str, Any]:
    return {
        "mean_qty": float(weekly.sum()),
        "variance": float(made[0][row]),
        "low_qty": float(made[1][LOW, row]),
        "high_qty": float(made[1][HIGH, row]),
        "weekly": _rounded(weekly),
    }


def _common(series: _Series, row: int | None, horizon: int) -> dict[str, Any]:
    """Return what history says of a series; `row` None = it has never been sold."""
    if row is None:
        return {
            "kind": Class.NEW.name.lower(),
            "typical_week": 0.0,
            "confidence": LAUNCH_CONFIDENCE,
            "terms": {"weeks_with_demand": 0},
        }
    made = series.made
    kind = Class(int(made.kinds[row]))
    choice = series.outcome.choices[max(series.outcome.choices)]
    return {
        "kind": kind.name.lower(),
        "typical_week": float(made.level[row]),
        "confidence": float(made.confidence[row]),
        "terms": {
            "mean_of_8_weeks": round(float(made.naive[row]), 4),
            "typical_week": round(float(made.level[row]), 4),
            "expected_week": round(float(made.mean[row]) / horizon, 4),
            "lift": round(float(choice.lift[kind]), 4),
            "weeks_with_demand": int(series.weeks[row]),
            "weeks_since_first": int(series.ages[row]),
        },
    }


def _rounded(values: Sequence[float] | Floats) -> list[float]:
    return [round(float(value), 6) for value in values]
