"""Single days that stand out: tagged as promotions, or replaced by their weekday's usual demand.

Days are compared with the same weekday of other weeks, so a Saturday is judged by Saturdays.
Source: behaviours B-40 (discount above 10 % or uplift above 50 %) and B-43 (mean of the same
weekday over the last 8 weeks); the spike rule is that of weeks (design decision 10.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.cleaning import CleaningSettings, find_spikes, window_statistics

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

    day: int
    reason: str
    old: float
    new: float
    used: int
    score: float


def weekday_means(qty: Floats, left_out: Flags | None = None) -> tuple[Floats, NDArray[np.int64]]:
    """Return, for each day [T], the mean of the same weekday in the 8 weeks before, and how many.

    Days left out (out of stock, odd themselves) don't count; NaN where none is left.
    """
    usable = np.ones(len(qty), dtype=np.bool_) if left_out is None else ~left_out
    means = np.full(len(qty), np.nan)
    counts = np.zeros(len(qty), dtype=np.int64)
    for day in range(len(qty)):
        before = np.arange(day - 7, max(day - 7 * WEEKDAY_WEEKS, 0) - 1, -7)
        before = before[before >= 0]
        before = before[usable[before]]
        counts[day] = len(before)
        if len(before):
            means[day] = qty[before].mean()
    return means, counts


def replace_odd_days(
    qty: Floats, marked: Flags | None = None, left_out: Flags | None = None
) -> tuple[Floats, list[OddDay]]:
    """Return the cleaned copy of daily demand [T] and the report of what was replaced.

    Replaced are days that a person marked and days the detector finds; a day without any usual
    weekday before it is only reported with its own value. The raw days are not written to.
    """
    raw = np.array(qty, dtype=np.float64)
    by_hand = np.zeros(len(raw), dtype=np.bool_) if marked is None else marked
    skipped = np.zeros(len(raw), dtype=np.bool_) if left_out is None else left_out
    found, score = find_odd_days(np.where(skipped, np.nan, raw))
    odd = by_hand | found
    means, counts = weekday_means(raw, left_out=odd | skipped)
    report = [
        OddDay(
            day=int(day),
            reason="MARKED" if by_hand[day] else "SPIKE",
            old=float(raw[day]),
            new=float(means[day] if counts[day] else raw[day]),
            used=int(counts[day]),
            score=float(score[day]),
        )
        for day in np.flatnonzero(odd)
    ]
    cleaned = raw.copy()
    for one in report:
        cleaned[one.day] = one.new
    return cleaned, report


def find_odd_days(qty: Floats, settings: CleaningSettings | None = None) -> tuple[Flags, Floats]:
    """Return the odd days [T] and their score; NaN days are left out."""
    rules = replace(settings or CleaningSettings(), unjudged_weeks=2)
    weeks = -(-len(qty) // 7)
    padded = np.full(weeks * 7, np.nan)
    padded[weeks * 7 - len(qty) :] = qty  # the newest day ends a full week
    odd, _, score = find_spikes(padded.reshape(weeks, 7).T, rules)
    start = weeks * 7 - len(qty)
    return odd.T.reshape(-1)[start:], score.T.reshape(-1)[start:]


def promotion_days(qty: Floats, price: Floats, settings: CleaningSettings | None = None) -> Flags:
    """Return the days [T] that look like a promotion.

    A price more than 10 % below the median of the weeks around, or demand more than 50 % above
    the same weekday around that is also beyond its usual spread (score above the spike rule's).
    """
    rules = settings or CleaningSettings()
    weeks = -(-len(qty) // 7)
    start = weeks * 7 - len(qty)
    tables = []
    for values in (qty, price):
        padded = np.full(weeks * 7, np.nan)
        padded[start:] = values
        tables.append(padded.reshape(weeks, 7).T)
    usual, deviation = window_statistics(tables[0], rules.window_weeks)
    days = np.full((1, weeks * 7), np.nan)
    days[0, start:] = price
    reference, _ = window_statistics(days, 7 * rules.window_weeks)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(1.4826 * deviation, 1.2 * np.sqrt(usual))
        lifted = tables[0] > (1 + UPLIFT_SHARE) * usual + 1e-9
        lifted &= (tables[0] - usual > rules.spike_score * spread) & (usual >= 1.0)
        cheap = days[0] < (1 - DISCOUNT_SHARE) * reference[0] - 1e-9
    return lifted.T.reshape(-1)[start:] | cheap[start:]


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
