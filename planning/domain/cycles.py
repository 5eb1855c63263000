"""How long it takes until the same product is bought again.

What is shown is the raw middle of the gaps; what plans is a gamma distribution that also counts
those who have been waiting since their last purchase (right-censored), else slow buyers would be
forgotten. Source: algorithms.md 2.2; Klein and Moeschberger 2003, ch. 3.5 (censored likelihood).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaincc, gammainccinv, gammaln

from planning.domain.rebuy import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Fewer gaps are shown, but marked as a weak ground.
FEW_GAPS: Final = 10
DAYS_A_MONTH: Final = 30.44
#: Shapes from nearly no memory to nearly a calendar.
LOG_SHAPE: Final = (-2.0, 4.6)
#: Survival below this is taken from the exponential tail of the gamma.
TAIL: Final = 1e-280


@dataclass(frozen=True)
class Waits:
    """Gaps between purchases of a product and the waits that go on: all in days.

    Gaps [n] belong to `gap_product` [n], open waits [m] (customers with a gap) to `open_product`.
    """

    gaps: Ints
    gap_product: Ints
    open: Ints
    open_product: Ints


@dataclass(frozen=True)
class Cycle:
    """The cycle of one product: raw quartiles of `gaps` gaps (days), and the gamma that plans."""

    gaps: int
    waiting: int
    quarter: float
    median: float
    three_quarters: float
    shape: float
    scale: float

    @property
    def low_confidence(self) -> bool:
        """Whether there are fewer than ten gaps."""
        return self.gaps < FEW_GAPS

    @property
    def months(self) -> float:
        """Return the median in months of 30.44 days."""
        return self.median / DAYS_A_MONTH

    def planned(self, share: float) -> float:
        """Return the days by which `share` have bought again, those still waiting counted."""
        return float(gammainccinv(self.shape, 1 - share) * self.scale)


def waits_of(known: Lines, cut: int) -> Waits:
    """Return the gaps seen by the end of day `cut` and the waits from the last purchase to it."""
    rows = known.day <= cut
    customer, product, day = known.customer[rows], known.product[rows], known.day[rows]
    if len(day) < 2:
        none = np.zeros(0, dtype=np.int64)
        return Waits(none, none, none, none)
    same = (np.diff(customer) == 0) & (np.diff(product) == 0)
    gaps = np.diff(day)[same]
    last = np.concatenate([~same, [True]]) & np.concatenate([[False], same])
    waits = cut - day[last]
    return Waits(gaps, product[1:][same], waits, product[last])


def cycles(waits: Waits) -> dict[int, Cycle]:
    """Return the cycle of each product with a gap."""
    found = {}
    by_product = _split(waits.gaps, waits.gap_product)
    waiting = _split(waits.open, waits.open_product)
    for product, gaps in by_product.items():
        found[product] = cycle_of(gaps, waiting.get(product, np.zeros(0)))
    return found


def _split(values: Ints, product: Ints) -> dict[int, Floats]:
    order = np.argsort(product, kind="stable")
    keys, starts = np.unique(product[order], return_index=True)
    parts = np.split(values[order].astype(np.float64), starts[1:])
    return {int(key): part for key, part in zip(keys, parts, strict=True)}


def cycle_of(gaps: Floats, waiting: Floats) -> Cycle:
    """Return the cycle of at least one gap (days > 0) and of waits that go on (days >= 0)."""
    quarter, median, last = (float(np.percentile(gaps, share)) for share in (25, 50, 75))
    shape, scale = _gamma(gaps, waiting)
    return Cycle(len(gaps), len(waiting), quarter, median, last, shape, scale)


def _gamma(gaps: Floats, waiting: Floats) -> tuple[float, float]:
    """Return shape and scale of greatest likelihood with right-censored waits.

    A weak pull of shape toward 1 (weight of one gap) keeps one or equal gaps finite.
    """
    total, logs, count = float(gaps.sum()), float(np.log(gaps).sum()), len(gaps)

    def loss(theta: Floats) -> float:
        shape, scale = float(np.exp(theta[0])), float(np.exp(theta[1]))
        seen = (shape - 1) * logs - total / scale - count * (gammaln(shape) + shape * theta[1])
        beyond = np.log(np.maximum(gammaincc(shape, waiting / scale), TAIL)).sum()
        return -float(seen + beyond - 0.5 * theta[0] ** 2)

    mean = (total + float(waiting.sum())) / count
    best = minimize(
        loss,
        np.array([0.0, np.log(mean)]),
        method="L-BFGS-B",
        bounds=[LOG_SHAPE, (-7.0, 12.0)],
    )
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def within(shape: Floats, scale: Floats, waited: Floats, days: float) -> Floats:
    """Return the chance [N] to buy within `days` of someone who will, after `waited` days."""
    before = gammaincc(shape, waited / scale)
    after = gammaincc(shape, (waited + days) / scale)
    tail = 1 - np.exp(-days / scale)
    safe = np.where(before > TAIL, before, 1.0)
    return np.asarray(np.where(before > TAIL, 1 - after / safe, tail), dtype=np.float64)


def middle_wait(shape: Floats, scale: Floats, waited: Floats) -> Floats:
    """Return the median of the days still to wait [N], given `waited` days (may be 0)."""
    before = gammaincc(shape, waited / scale)
    whole = gammainccinv(shape, np.maximum(before, TAIL) / 2) * scale - waited
    far = np.log(2) * scale
    return np.asarray(np.where(before > TAIL, np.maximum(whole, 0.0), far), dtype=np.float64)


def week_shares(shape: Floats, scale: Floats, waited: Floats, weeks: int, days: int) -> Floats:
    """Return how the chance of the next `days` falls on the coming weeks [N, weeks].

    Weeks beyond `days` go on at the same distribution; the shares up to `days` sum to 1.
    """
    whole = within(shape, scale, waited, float(days))
    parts = [within(shape, scale, waited, 7.0 * step) for step in range(weeks + 1)]
    steps = np.diff(np.stack(parts), axis=0).T
    flat = np.full_like(steps, 7.0 / days)
    known = whole > 1e-9
    return np.where(known[:, None], steps / np.where(known, whole, 1.0)[:, None], flat)
