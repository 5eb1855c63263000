"""A level of demand from daily sales, and how far sums of it were off: for replays.

Weeks end yesterday, so none is partial. A week in stock on 2 to 7 days counts as 7/n of its sales,
one with less is missing; a week counts up to its series' 95 % quantile in the level, in full in
the errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

WEEK = 7
#: Source: algorithm notes of the project, measured on retail series: winsor level, overlapping
#: origins of the error, weight of the pooled variance, limits of the correction of bias.
WINSOR, MOST_ORIGINS, POOL_WEIGHT, BIAS_LIMITS = 0.95, 40, 8.0, (0.85, 1.2)
LEAST_IN_STOCK_DAYS = 2
FIRST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class WeeklyLevel:
    """Units a day [N] and the error variance of each horizon's sum, one [N] per horizon."""

    daily: FloatArray
    variance: tuple[FloatArray, ...]


def weekly_level(
    sold: FloatArray, in_stock: BoolArray, horizons_days: Sequence[float], *, alpha: float
) -> WeeklyLevel:
    """Return level and variances from daily sales [N, days]; needs two whole weeks.

    The level is simple exponential smoothing, freed of the pooled bias of its sums over the first
    horizon (within .85 to 1.2). Variances: mean squared error of h-week sums, shrunk to the pool.

    Raises:
        ValueError: fewer than 14 days.
    """
    weeks = _weeks(sold, in_stock)
    if weeks.shape[1] < 2:
        raise ValueError("A level needs two whole weeks of sales.")
    past, level = _smooth(np.minimum(weeks, _caps(weeks)), alpha)
    errors = [_errors(weeks, past, days) for days in horizons_days]
    summed, missed = errors[0][1:]
    bias = float(np.clip(summed / max(summed + missed, 1e-9), *BIAS_LIMITS)) if summed else 1.0
    daily = level * bias / WEEK
    variance = tuple(
        _shrunk(one[0], level, days, weeks.shape[1])
        for one, days in zip(errors, horizons_days, strict=True)
    )
    return WeeklyLevel(daily=daily, variance=variance)


def _weeks(sold: FloatArray, in_stock: BoolArray) -> FloatArray:
    """Return weekly demand [N, W], NaN where too few days had stock."""
    count = sold.shape[1] // WEEK
    start = sold.shape[1] - WEEK * count
    units = sold[:, start:].reshape(-1, count, WEEK).sum(axis=2)
    days = in_stock[:, start:].reshape(-1, count, WEEK).sum(axis=2)
    return np.where(days >= LEAST_IN_STOCK_DAYS, units * WEEK / np.maximum(days, 1), np.nan)


def _caps(weeks: FloatArray) -> FloatArray:
    filled = np.where(np.isnan(weeks).all(axis=1, keepdims=True), 0.0, weeks)
    return np.asarray(np.nanquantile(filled, WINSOR, axis=1, keepdims=True), dtype=np.float64)


def _smooth(weeks: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """Return the level before each week [N, W] and the one after the last [N]."""
    seen = ~np.isnan(weeks)
    clean = np.where(seen, weeks, 0.0)
    first = clean[:, :FIRST_WEEKS].sum(axis=1) / np.maximum(seen[:, :FIRST_WEEKS].sum(axis=1), 1)
    level, past = first, np.empty_like(weeks)
    for week in range(weeks.shape[1]):
        past[:, week] = level
        level = np.where(seen[:, week], alpha * clean[:, week] + (1 - alpha) * level, level)
    return past, level


def _errors(
    weeks: FloatArray, past: FloatArray, horizon_days: float
) -> tuple[FloatArray, float, float]:
    """Return mean squared error of sums [N], pooled actual, pooled forecast less actual."""
    ahead = _ahead(horizon_days, weeks.shape[1])
    filled = np.where(np.isnan(weeks), past, weeks)
    sums = np.concatenate([np.zeros((len(weeks), 1)), filled.cumsum(axis=1)], axis=1)
    last = weeks.shape[1] - ahead
    origins = np.arange(min(last, max(FIRST_WEEKS, last - MOST_ORIGINS)), last + 1)
    origins = origins[origins < weeks.shape[1]]
    actual = sums[:, origins + ahead] - sums[:, origins]
    error = past[:, origins] * ahead - actual
    return np.square(error).mean(axis=1), float(actual.sum()), float(error.sum())


def _ahead(horizon_days: float, weeks: int) -> int:
    return int(min(max(1, round(horizon_days / WEEK)), weeks - 1))


def _shrunk(squares: FloatArray, level: FloatArray, days: float, weeks: int) -> FloatArray:
    """Shrink a variance to exp(c0) mean^c1 of all series; scale whole weeks to the days asked."""
    ahead = _ahead(days, weeks)
    mean = level * ahead
    known = (mean > 0) & (squares > 0)
    pooled = squares
    if known.sum() > 2 and np.ptp(np.log(mean[known])) > 0:
        slope, start = np.polyfit(np.log(mean[known]), np.log(squares[known]), 1)
        pooled = np.where(mean > 0, np.exp(start) * np.maximum(mean, 1e-9) ** slope, 0.0)
    own = max(1.0, min(MOST_ORIGINS, weeks - ahead - FIRST_WEEKS + 1) / ahead)
    variance = (own * squares + POOL_WEIGHT * pooled) / (own + POOL_WEIGHT)
    return np.asarray(variance * (days / (ahead * WEEK)), dtype=np.float64)
