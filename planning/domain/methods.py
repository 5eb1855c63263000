"""Simple methods of forecasting, run over all series at once: a level for each origin.

An origin t is a moment at which the first t periods are known. Every method is a recursion over
time that looks back only, so one pass gives the level at all origins, and none of them has seen
what comes after its own. A period that does not count (before the first sale, or masked by
cleaning) skips the update.

Sources: Brown 1959 (simple exponential smoothing, SES); Gelper, Fried, Croux 2010, J. Forecasting
29 (SES that clips errors, here at 3 mean absolute errors); Teunter, Syntetos, Babai 2011, EJOR 214
(TSB); Nikolopoulos et al. 2011, JORS 62 (ADIDA); Petropoulos, Kourentzes 2015, JORS 66 (IMAPA).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WINDOW: Final = 8  # periods of the moving average that everything is compared with
SMOOTHINGS: Final = (0.05, 0.1, 0.2, 0.3)
CLIPPED: Final = (0.05, 0.1, 0.2, 0.3)  # smoothings of the method that clips errors
CLIP: Final = 3.0  # mean absolute errors; 2.6 standard deviations if errors were normal
WARM_UP: Final = 8  # periods in which a level is a plain mean at first
SIZE_SMOOTHING: Final = 0.1  # TSB
CHANCE_SMOOTHING: Final = 0.05  # TSB
BUCKET_SMOOTHING: Final = 0.2  # inside each aggregation of IMAPA
MOST_BUCKET: Final = 13  # periods aggregated by IMAPA: a quarter

MOVING: Final = f"MA{WINDOW}"
#: Methods of one series alone, in the order of the first axis of `level_paths`.
OWN_METHODS: Final = (
    MOVING,
    *(f"SES {alpha}" for alpha in SMOOTHINGS),
    *(f"Robust {alpha}" for alpha in CLIPPED),
    "TSB",
    "Robust TSB",
    "IMAPA",
)
#: Methods that keep a slow share of the group and let the group's level follow fast.
SHARED: Final = {"SES 0.05 shared": "SES 0.05", "Robust 0.05 shared": "Robust 0.05"}
METHODS: Final = (*OWN_METHODS, *SHARED)
#: What the group's level is taken from: quick, and deaf to single large orders.
GROUP_METHOD: Final = "Robust 0.3"


@dataclass(frozen=True)
class Known:
    """What is known of N series over T periods: `qty` [N, T] (0 where unknown) and `counts`.

    `first` [N] is the period of the first sale, T where nothing was sold.
    """

    qty: Floats
    counts: Flags
    first: NDArray[np.int64]

    def age(self, origin: int) -> NDArray[np.int64]:
        """Return the periods from the first sale to the origin [N], at least 0."""
        return np.maximum(origin - self.first, 0)


def known(qty: Floats) -> Known:
    """Return the series with their periods marked; NaN = a masked period."""
    seen = np.isfinite(qty)
    units = np.where(seen, qty, 0.0)
    periods = units.shape[1]
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), periods).astype(np.int64)
    counts = seen & (np.arange(periods)[None, :] >= first[:, None])
    return Known(units, counts, first)


def level_paths(series: Known, origins: Sequence[int]) -> Floats:
    """Return the levels [len(OWN_METHODS), len(origins), N], units a period, finite and >= 0."""
    wanted = {origin: place for place, origin in enumerate(origins)}
    out = np.zeros((len(OWN_METHODS), len(origins), len(series.qty)))
    plain = _Smoothed(SMOOTHINGS, len(series.qty))
    clipped = _Clipped(CLIPPED, len(series.qty))
    sparse = _Sparse(len(series.qty))
    units, counts = np.ascontiguousarray(series.qty.T), np.ascontiguousarray(series.counts.T)
    last_plain, last_clipped = 1 + len(SMOOTHINGS), 1 + len(SMOOTHINGS) + len(CLIPPED)
    for period in range(max(origins) + 1):
        if period in wanted:
            place = wanted[period]
            out[0, place] = _moving_mean(units, counts, period)
            out[1:last_plain, place] = plain.level()
            out[last_plain:last_clipped, place] = clipped.level
            out[last_clipped, place], out[last_clipped + 1, place] = sparse.levels()
            out[last_clipped + 2, place] = _imapa(series, period)
        if period < len(units):
            plain.take(units[period], counts[period])
            clipped.take(units[period], counts[period])
            sparse.take(units[period], counts[period])
    return out


def _moving_mean(units: Floats, counts: Flags, origin: int) -> Floats:
    begin = max(0, origin - WINDOW)
    seen = counts[begin:origin].sum(axis=0)
    total = np.where(counts[begin:origin], units[begin:origin], 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(seen, 1), dtype=np.float64)


class _Smoothed:
    """SES as a mean with geometric weights, so that no first value has to be chosen."""

    def __init__(self, smoothings: Sequence[float], count: int) -> None:
        self.keep = 1.0 - np.array(smoothings)[:, None]
        self.total = np.zeros((len(smoothings), count))
        self.weight = np.zeros((len(smoothings), count))

    def take(self, units: Floats, counts: Flags) -> None:
        self.total = np.where(counts, self.keep * self.total + units, self.total)
        self.weight = np.where(counts, self.keep * self.weight + 1.0, self.weight)

    def level(self) -> Floats:
        return np.asarray(self.total / np.maximum(self.weight, 1e-12), dtype=np.float64)


class _Clipped:
    """SES whose errors are clipped at CLIP mean absolute errors, so one large order moves little.

    The mean absolute error itself takes an error at CLIP times itself at most: it grows when the
    series does, so growth is followed, only later.
    """

    def __init__(self, smoothings: Sequence[float], count: int) -> None:
        self.alpha = np.array(smoothings)[:, None]
        self.level = np.zeros((len(smoothings), count))
        self.spread = np.zeros((len(smoothings), count))
        self.seen = np.zeros(count)

    def take(self, units: Floats, counts: Flags) -> None:
        self.seen = self.seen + counts
        warm = np.where(self.seen <= WARM_UP, 1.0 / np.maximum(self.seen, 1.0), 0.0)
        error = units - self.level
        bound = np.where(self.seen < 3, np.inf, CLIP * self.spread)
        moved = self.level + np.maximum(self.alpha, warm) * np.clip(error, -bound, bound)
        size = np.minimum(np.abs(error), CLIP * self.spread + 1e-9)
        spread = self.spread + np.maximum(0.1, warm) * (size - self.spread)
        spread = np.where(self.seen <= 1, units / 2, spread)
        self.level = np.where(counts, np.maximum(moved, 0.0), self.level)
        self.spread = np.where(counts, spread, self.spread)


class _Sparse:
    """TSB: chance that a period sells, times the smoothed size of a sale (plain and clipped)."""

    def __init__(self, count: int) -> None:
        self.chance = _Smoothed((CHANCE_SMOOTHING,), count)
        self.size = _Smoothed((SIZE_SMOOTHING,), count)
        self.robust = _Clipped((SIZE_SMOOTHING,), count)

    def take(self, units: Floats, counts: Flags) -> None:
        sold = counts & (units > 0)
        self.chance.take(sold.astype(np.float64), counts)
        self.size.take(units, sold)
        self.robust.take(units, sold)

    def levels(self) -> tuple[Floats, Floats]:
        chance = self.chance.level()[0]
        return chance * self.size.level()[0], chance * self.robust.level[0]


def _imapa(series: Known, origin: int) -> Floats:
    """Return the mean of the levels of buckets of 1, 2 … K periods, K = the mean interval."""
    if origin == 0:
        return np.zeros(len(series.qty))
    units = np.where(series.counts[:, :origin], series.qty[:, :origin], 0.0)
    counts = series.counts[:, :origin].astype(np.float64)
    back = np.arange(origin)[::-1]
    buckets = np.arange(1, MOST_BUCKET + 1)
    weights = (1.0 - BUCKET_SMOOTHING) ** (back[:, None] // buckets[None, :])
    seen = counts @ weights
    levels = np.divide(units @ weights, seen, out=np.zeros_like(seen), where=seen > 0)
    interval = counts.sum(axis=1) / np.maximum((units > 0).sum(axis=1), 1)
    most = np.clip(np.rint(interval), 1, MOST_BUCKET).astype(np.int64)
    means = np.cumsum(levels, axis=1) / buckets
    return np.asarray(means[np.arange(len(units)), most - 1], dtype=np.float64)
