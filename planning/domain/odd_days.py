"""Single days that stand out: tagged as promotions, or replaced by their weekday's usual demand.

Days are compared with the same weekday of other weeks, so a Saturday is judged by Saturdays.
Source: behaviours B-40 (discount above 10 % or uplift above 50 %) and B-43 (mean of the same
weekday over the last 8 weeks); the spike rule is that of weeks (design decision 10.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.cleaning import (
    DAYS_A_WEEK,
    CleaningSettings,
    find_spikes,
    window_statistics,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WEEKDAY_WEEKS: Final = 8
DISCOUNT_SHARE: Final = 0.10
UPLIFT_SHARE: Final = 0.50
#: Pseudo-promotions that pull the uplift of a small group to that of all. Source: decision 10.1.
PULL_PROMOTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class OddDay:
    """One day whose demand was replaced: `old` -> `new`, by `used` same weekdays before it."""

    series: int
    day: int
    reason: str
    old: float
    new: float
    used: int
    score: float


def weekday_mean(qty: Floats, day: int, left_out: Flags) -> tuple[float, int]:
    """Return the mean of the same weekday in the 8 weeks before `day`, and how many days it is of.

    `qty` [T]; days left out (out of stock, odd themselves) don't count; NaN where none is left.
    """
    before = np.arange(day - DAYS_A_WEEK, max(day - DAYS_A_WEEK * WEEKDAY_WEEKS, 0) - 1, -7)
    before = before[before >= 0]
    before = before[~left_out[before]]
    return (float(qty[before].mean()), len(before)) if len(before) else (float("nan"), 0)


def replace_odd_days(
    qty: Floats, marked: Flags | None = None, left_out: Flags | None = None
) -> tuple[Floats, list[OddDay]]:
    """Return the cleaned copy of daily demand [N, T] and the report of what was replaced.

    Replaced are days that a person marked and days the detector finds. Days left out (out of
    stock) take their weekday's mean as well. A day without any usual weekday in the eight weeks
    before keeps its value and is not reported, unless it stands out. `qty` is not written to.
    """
    raw = np.array(qty, dtype=np.float64)
    nothing = np.zeros(raw.shape, dtype=np.bool_)
    by_hand = nothing if marked is None else marked
    skipped = nothing if left_out is None else left_out
    found, score = find_odd_days(np.where(skipped, np.nan, raw))
    odd = by_hand | found | skipped
    cleaned = raw.copy()
    report: list[OddDay] = []
    for series, day in np.argwhere(odd):
        mean, used = weekday_mean(raw[series], int(day), odd[series])
        reason = "STOCKOUT" if skipped[series, day] else "SPIKE"
        reason = "MARKED" if by_hand[series, day] else reason
        if reason == "STOCKOUT" and not mean > raw[series, day]:
            continue  # it sold at least its usual units, or nobody knows what is usual
        cleaned[series, day] = mean if used else raw[series, day]
        report.append(
            OddDay(
                series=int(series),
                day=int(day),
                reason=reason,
                old=float(raw[series, day]),
                new=float(cleaned[series, day]),
                used=used,
                score=float(score[series, day]),
            )
        )
    return cleaned, report


def find_odd_days(qty: Floats, settings: CleaningSettings | None = None) -> tuple[Flags, Floats]:
    """Return the odd days [N, T] and their score; NaN days are left out."""
    rules = settings or CleaningSettings()
    odd, _, score = find_spikes(_by_weekday(qty), rules)
    return _by_day(odd, qty.shape), _by_day(score, qty.shape)


def _by_weekday(days: Floats) -> Floats:
    """Return [N x 7, weeks]: one row for each weekday of a series; the newest day ends a week."""
    count, length = days.shape
    weeks = -(-length // DAYS_A_WEEK)
    padded = np.full((count, weeks * DAYS_A_WEEK), np.nan)
    padded[:, weeks * DAYS_A_WEEK - length :] = days
    table = padded.reshape(count, weeks, DAYS_A_WEEK).transpose(0, 2, 1)
    return table.reshape(count * DAYS_A_WEEK, weeks)


def _by_day(table: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the days [N, T] of a table that `_by_weekday` made."""
    count, length = shape
    weeks = table.shape[1]
    days = table.reshape(count, DAYS_A_WEEK, weeks).transpose(0, 2, 1)
    return days.reshape(count, weeks * DAYS_A_WEEK)[:, weeks * DAYS_A_WEEK - length :]


def promotion_days(qty: Floats, price: Floats, settings: CleaningSettings | None = None) -> Flags:
    """Return the days [N, T] that look like a promotion.

    A price more than 10 % below the median of the weeks around, or demand more than 50 % above
    the same weekday around that is also beyond its usual spread (score above the spike rule's).
    """
    rules = settings or CleaningSettings()
    table = _by_weekday(qty)
    usual, deviation = window_statistics(table, rules.window_weeks)
    reference, _ = window_statistics(price, DAYS_A_WEEK * rules.window_weeks)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(1.4826 * deviation, 1.2 * np.sqrt(usual))
        lifted = table > (1 + UPLIFT_SHARE) * usual + 1e-9
        lifted &= (table - usual > rules.spike_score * spread) & (usual >= 1.0)
        cheap = price < (1 - DISCOUNT_SHARE) * reference - 1e-9
    return np.asarray(_by_day(lifted, qty.shape) | cheap, dtype=np.bool_)


def uplifts(
    qty: Floats, base: Floats, group: NDArray[np.int64]
) -> tuple[dict[int, tuple[float, int]], float]:
    """Return {group: (uplift, promotions)} and the uplift of all promotions.

    `qty` and `base` [n] are one promotion week each, `group` its discount band and category as a
    number. uplift = median(qty / base), pulled to that of all by 5 pseudo-promotions; weeks
    without base demand are left out. No promotion at all: 1.
    """
    useful = base > 0
    ratio = qty[useful] / base[useful]
    if not len(ratio):
        return {}, 1.0
    whole = float(np.median(ratio))
    found: dict[int, tuple[float, int]] = {}
    for one in np.unique(group[useful]):
        own = ratio[group[useful] == one]
        pulled = (len(own) * float(np.median(own)) + PULL_PROMOTIONS * whole) / (
            len(own) + PULL_PROMOTIONS
        )
        found[int(one)] = (pulled, len(own))
    return found, whole
