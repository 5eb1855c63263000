"""What is added to a forecast from history, each as a term with a name and a number.

Sources: domain.md 2.9 (repeats replaced, never added twice); algorithms 1.8 for new products: the
share of what others did falls as 1 / (n + 1) with the n weeks a product sells itself, and 15 near
launches missed the first weeks by .735 of what was sold.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEW_BELOW: Final = 8  # weeks since the first sale; from then on a series speaks for itself
LAUNCH_ERROR: Final = 0.735  # absolute error over sales of launches forecast by their like
#: Standard deviation over mean of a launch; 1.2533 = deviation over absolute error of a normal.
LAUNCH_CV: Final = LAUNCH_ERROR * 1.2533
LAUNCH_CONFIDENCE: Final = 100 * (1 - LAUNCH_ERROR)
FEWEST_LIKE: Final = 3  # SKUs of a category below which its middle says nothing
BLOCK_WEEKS: Final = 4  # accuracy is of totals of four weeks
MOST_BLOCKS: Final = 6
FAIR, GOOD = 0.6, 0.8  # accuracy, B-63
DAYS: Final = 7


def week_factors(
    first: dt.date, last: dt.date, factor: float, monday: dt.date, weeks: int
) -> Floats:
    """Return what an event multiplies each of `weeks` by [W], in proportion to the days it covers.

    `first` and `last` are both inclusive; a week that it does not touch is multiplied by 1.
    """
    start = (first - monday).days - DAYS * np.arange(weeks)
    end = (last - monday).days + 1 - DAYS * np.arange(weeks)
    covered = np.clip(np.minimum(end, DAYS) - np.maximum(start, 0), 0, DAYS)
    return np.asarray(1.0 + (factor - 1.0) * covered / DAYS, dtype=np.float64)


def launch_level(own: float, like: float, weeks: int) -> tuple[float, float]:
    """Return the level of a young product and the weight of its own sales in it.

    `own` and `like` are units a week of itself and of what it should sell like, `weeks` how long
    it sells. Both are weighed as ratios (geometrically); without any sale yet, plainly.
    """
    weight = weeks / (weeks + 1)
    if own <= 0 or like <= 0:
        return weight * own + (1 - weight) * like, weight
    return math.exp(weight * math.log(own) + (1 - weight) * math.log(like)), weight


def launch_variance(mean: float, weight: float, usual: float) -> float:
    """Return the variance of a young product's total: that of launches as far as others speak."""
    launch = (LAUNCH_CV * mean) ** 2 + mean
    return weight * usual + (1 - weight) * launch


@dataclass(frozen=True, slots=True)
class Score:
    """How good forecasts of known weeks were: WAPE and bias of totals of four weeks."""

    error_ratio: float
    bias_ratio: float
    weeks: int

    @property
    def accuracy(self) -> float:
        """Return 1 - WAPE, at least 0."""
        return max(0.0, 1.0 - self.error_ratio)


def score(forecast: Sequence[float], actual: Sequence[float]) -> Score | None:
    """Return the score of weeks, oldest first; None below four weeks or when nothing was sold.

    The newest weeks are taken, in whole blocks of four, at most six.
    """
    blocks = min(len(actual) // BLOCK_WEEKS, MOST_BLOCKS)
    if not blocks:
        return None
    made, sold = (
        np.asarray(values, dtype=np.float64)[-blocks * BLOCK_WEEKS :].reshape(blocks, -1).sum(1)
        for values in (forecast, actual)
    )
    total = float(sold.sum())
    if total <= 0:
        return None
    error = float(np.abs(made - sold).sum())
    return Score(error / total, float((made - sold).sum()) / total, blocks * BLOCK_WEEKS)


def badge(accuracy: float | None) -> str:
    """Return "eighty", "sixty", "below" or "unknown" (B-63)."""
    if accuracy is None:
        return "unknown"
    if accuracy >= GOOD:
        return "eighty"
    return "sixty" if accuracy >= FAIR else "below"


def runs_out_on(
    sellable: float, weekly: Sequence[float], monday: dt.date, today: dt.date
) -> dt.date | None:
    """Return the day on which nothing is left; None when the weeks forecast don't use it up.

    Each day takes a seventh of its week; days before `today` are over.
    """
    left = sellable
    for place, units in enumerate(weekly):
        for day in range(DAYS):
            on = monday + dt.timedelta(days=place * DAYS + day)
            if on < today:
                continue
            if left <= 1e-9:
                return on
            left -= units / DAYS
    return None
