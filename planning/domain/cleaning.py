"""Clean weekly demand of what would mislead a forecast; the raw series stays as it was.

The steps run in one order: weeks out of stock, promotions, one-off spikes, then a cap on the
largest weeks. Every changed week carries its reason, the old and the new value and the terms that
decided. Source: design decision 10.1 (order of steps, thresholds), measured by
`python -m benchmarks planning-cleaning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Why a week was changed; index = the code in `Cleaned.reasons`, 0 = unchanged.
REASONS: Final = ("", "STOCKOUT", "STOCKOUT_SHORT", "PROMOTION", "SPIKE", "CAP")
OUT_OF_STOCK, SHORT_STOCK, PROMOTION, SPIKE, CAP = range(1, 6)
DAYS_A_WEEK: Final = 7
_ROWS_AT_ONCE: Final = 2_000  # a window of 13 floats for each cell of a chunk: about 20 MB


@dataclass(frozen=True, slots=True)
class CleaningSettings:
    """Thresholds of the steps. Source: design decision 10.1 for all but `least_sizes`."""

    least_in_stock_days: int = 2  # below it the week says nothing about demand
    discount_share: float = 0.10  # a price lower than the reference by more is a promotion
    coupon_ratio: float = 2.0  # coupon use above this multiple of its usual level
    window_weeks: int = 6  # on each side of the judged week
    spike_score: float = 4.0
    spike_ratio: float = 1.6
    spike_units: float = 2.0
    unjudged_weeks: int = 2  # the newest ones have no weeks after them
    cap_quantile: float = 0.95  # of the weeks with demand
    least_sizes: int = 8  # fewer weeks with demand have no tail to cap (judgement)
    replaces_spikes: bool = True  # False: spikes are reported, the cap alone acts


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known about the weeks; each float64 or bool [N, T], None where nothing is known.

    `in_stock_days` 0 … 7 of each week, `promoted` from the calendar, `price` with NaN where none
    was seen, `coupons` used in the week.
    """

    in_stock_days: Floats | None = None
    promoted: Flags | None = None
    price: Floats | None = None
    coupons: Floats | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed week. `new` None = left out (missing); `terms` = the numbers that decided."""

    series: int
    period: int
    reason: str
    old: float
    new: float | None
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The second series [N, T] with NaN for missing weeks, and why it differs from the first."""

    raw: Floats
    qty: Floats
    reasons: NDArray[np.uint8]
    spikes: Flags  # found, whether replaced or only reported
    median: Floats
    score: Floats
    caps: Floats  # [N], inf where nothing is capped
    in_stock_days: Floats | None

    def changes(self) -> Iterator[Change]:
        """Yield every changed week, oldest first within a series."""
        for series, period in np.argwhere(self.reasons > 0):
            yield self.change(int(series), int(period))

    def change(self, series: int, period: int) -> Change:
        """Return what was done to one week and the terms that decided."""
        code = int(self.reasons[series, period])
        new = float(self.qty[series, period])
        return Change(
            series=series,
            period=period,
            reason=REASONS[code],
            old=float(self.raw[series, period]),
            new=None if np.isnan(new) else new,
            terms=self._terms(code, series, period),
        )

    def _terms(self, code: int, series: int, period: int) -> tuple[tuple[str, float], ...]:
        if code in (OUT_OF_STOCK, SHORT_STOCK) and self.in_stock_days is not None:
            return (("in_stock_days", float(self.in_stock_days[series, period])),)
        if code == SPIKE:
            return (
                ("window_median", float(self.median[series, period])),
                ("score", float(self.score[series, period])),
            )
        if code == CAP:
            return (("cap", float(self.caps[series])),)
        return ()


def clean(
    qty: Floats, marks: Marks | None = None, settings: CleaningSettings | None = None
) -> Cleaned:
    """Return the cleaned copy of weekly demand `qty` [N, T], oldest week first.

    The last column is the newest complete week. `qty` is never written to.
    """
    known = marks or Marks()
    rules = settings or CleaningSettings()
    raw = np.array(qty, dtype=np.float64)
    out = raw.copy()
    reasons = np.zeros(raw.shape, dtype=np.uint8)
    if known.in_stock_days is not None:
        _scale_short_weeks(out, reasons, known.in_stock_days, rules)
    promoted = promotion_weeks(raw.shape, known, rules)
    reasons[promoted] = PROMOTION
    out[promoted] = np.nan
    spikes, median, score = find_spikes(out, rules)
    if rules.replaces_spikes:
        out = np.where(spikes, median, out)
        reasons[spikes] = SPIKE
    caps = tail_caps(out, rules)
    over = out > caps[:, None]
    out = np.where(over, caps[:, None], out)
    reasons[over] = CAP
    reasons[out == raw] = 0  # nothing sold in a short week scales to nothing
    return Cleaned(raw, out, reasons, spikes, median, score, caps, known.in_stock_days)


def _scale_short_weeks(
    out: Floats, reasons: NDArray[np.uint8], days: Floats, rules: CleaningSettings
) -> None:
    """Scale weeks partly in stock to seven days; leave out those with too few days."""
    short = days < DAYS_A_WEEK
    useless = days < rules.least_in_stock_days
    reasons[short] = SHORT_STOCK
    reasons[useless] = OUT_OF_STOCK
    out[short] = out[short] * DAYS_A_WEEK / np.maximum(days[short], 1.0)
    out[useless] = np.nan


def promotion_weeks(shape: tuple[int, ...], marks: Marks, rules: CleaningSettings) -> Flags:
    """Return the weeks of the calendar, of a price below the reference and of coupon rushes.

    The reference price is the median of the weeks around; usual coupon use likewise (never < 1).
    """
    found = np.zeros(shape, dtype=np.bool_)
    if marks.promoted is not None:
        found |= marks.promoted
    if marks.price is not None:
        reference, _ = window_statistics(marks.price, rules.window_weeks)
        with np.errstate(invalid="ignore"):
            # a hair of tolerance: exactly ten per cent off is not a promotion yet
            found |= marks.price < (1 - rules.discount_share) * reference - 1e-9
    if marks.coupons is not None:
        usual, _ = window_statistics(marks.coupons, rules.window_weeks)
        found |= marks.coupons > rules.coupon_ratio * np.maximum(np.nan_to_num(usual), 1.0)
    return found


def find_spikes(qty: Floats, rules: CleaningSettings) -> tuple[Flags, Floats, Floats]:
    """Return the one-off weeks, the median of the weeks around each and its robust score.

    score = (y - median) / max(1.4826 MAD, 1.2 sqrt(median)); a week is odd above `spike_score`
    and above `spike_ratio` x median + `spike_units`. Two odd weeks in a row are a new level and
    stay. Where the median is below 1 most weeks sell nothing: a single sale is no oddity there.
    """
    median, deviation = window_statistics(qty, rules.window_weeks)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.maximum(1.4826 * deviation, 1.2 * np.sqrt(median))
        score = np.where(scale > 0, (qty - median) / scale, 0.0)
        odd = (score > rules.spike_score) & (median >= 1.0)
        odd &= qty > rules.spike_ratio * median + rules.spike_units
    if rules.unjudged_weeks:
        odd[:, -rules.unjudged_weeks :] = False
    alone = odd.copy()
    alone[:, 1:] &= ~odd[:, :-1]
    alone[:, :-1] &= ~odd[:, 1:]
    return alone, median, np.nan_to_num(score)


def tail_caps(qty: Floats, rules: CleaningSettings) -> Floats:
    """Return per series [N] the quantile of its weeks with demand; inf where they are too few."""
    sold = np.where(qty > 0, qty, np.nan)
    enough = (~np.isnan(sold)).sum(axis=1) >= rules.least_sizes
    caps = np.full(len(qty), np.inf)
    if enough.any():
        caps[enough] = np.nanquantile(sold[enough], rules.cap_quantile, axis=1)
    return caps


def window_statistics(values: Floats, weeks: int) -> tuple[Floats, Floats]:
    """Return median and median absolute deviation of `weeks` on each side, without the week itself.

    NaN are left out; NaN where nothing is known around. Both [N, T].
    """
    median = np.full(values.shape, np.nan)
    deviation = np.full(values.shape, np.nan)
    width = 2 * weeks + 1
    for start in range(0, len(values), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        padded = np.pad(values[rows], ((0, 0), (weeks, weeks)), constant_values=np.nan)
        around = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1).copy()
        around[:, :, weeks] = np.nan
        median[rows] = _median(around)
        deviation[rows] = _median(np.abs(around - median[rows][:, :, None]))
    return median, deviation


def _median(windows: Floats) -> Floats:
    """Return the median over the last axis, NaN left out; NaN sort last, so counts find it."""
    ordered = np.sort(windows, axis=-1)
    count = (~np.isnan(ordered)).sum(axis=-1)
    upper = np.minimum(count // 2, windows.shape[-1] - 1)
    lower = np.maximum((count - 1) // 2, 0)
    pick = np.take_along_axis
    high = pick(ordered, upper[..., None], axis=-1)[..., 0]
    low = pick(ordered, lower[..., None], axis=-1)[..., 0]
    return np.where(count > 0, (low + high) / 2, np.nan)
