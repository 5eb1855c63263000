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
from scipy.special import gammaincc, gammainccinv, gammaln

from planning.domain.rebuy import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Fewer gaps are shown, but marked as a weak ground.
FEW_GAPS: Final = 10
DAYS_A_MONTH: Final = 30.44
#: Shapes from nearly no memory to nearly a calendar.
LOG_SHAPE: Final = (-2.0, 4.6)
LOG_SCALE: Final = (-7.0, 12.0)
#: Step of the differences, in logs, and Newton steps at most.
NEAR: Final = 1e-3
STEPS: Final = 40
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
    """Return the cycle of each product with a gap; one of fewer than ten plans with the shop's."""
    if not len(waits.gaps):
        return {}
    products, owner, counts = np.unique(waits.gap_product, return_inverse=True, return_counts=True)
    order = np.argsort(owner, kind="stable")
    parts = np.split(waits.gaps[order].astype(np.float64), np.cumsum(counts)[:-1])
    quarters = [np.percentile(part, (25, 50, 75)) for part in parts]
    place = np.searchsorted(products, waits.open_product)
    waiting = np.bincount(place, minlength=len(products))
    shape, scale = _gammas(waits, products, owner, place)
    pooled = _gammas(waits, np.zeros(1, np.int64), owner * 0, place * 0)
    few = counts < FEW_GAPS
    shape, scale = np.where(few, pooled[0], shape), np.where(few, pooled[1], scale)
    return {
        int(product): Cycle(
            int(counts[n]),
            int(waiting[n]),
            float(quarters[n][0]),
            float(quarters[n][1]),
            float(quarters[n][2]),
            float(shape[n]),
            float(scale[n]),
        )
        for n, product in enumerate(products)
    }


@dataclass(frozen=True)
class _Sums:
    """What the likelihood needs of P products: sums of gaps, and distinct waits with weights."""

    total: Floats
    logs: Floats
    count: Ints
    wait: Floats
    weight: Ints
    owner: Ints

    def loss(self, theta: Floats) -> Floats:
        """Return minus the log-likelihood [P] at log shape and log scale [P, 2].

        A weak pull of shape toward 1 keeps one gap, or equal gaps, finite.
        """
        shape, scale = np.exp(theta[:, 0]), np.exp(theta[:, 1])
        seen = (shape - 1) * self.logs - self.total / scale
        seen -= self.count * (gammaln(shape) + shape * theta[:, 1])
        beyond = gammaincc(shape[self.owner], self.wait / scale[self.owner])
        logs = self.weight * np.log(np.maximum(beyond, TAIL))
        open_part = np.bincount(self.owner, weights=logs, minlength=len(shape))
        return np.asarray(0.5 * theta[:, 0] ** 2 - seen - open_part, dtype=np.float64)


def _gammas(waits: Waits, products: Ints, owner: Ints, place: Ints) -> tuple[Floats, Floats]:
    """Return shape and scale [P] of greatest likelihood, all products at once."""
    count = np.bincount(owner, minlength=len(products))
    total = np.asarray(np.bincount(owner, weights=waits.gaps), dtype=np.float64)
    logs = np.asarray(np.bincount(owner, weights=np.log(waits.gaps)), dtype=np.float64)
    span = int(waits.open.max(initial=0)) + 1
    keys, weight = np.unique(place * span + waits.open, return_counts=True)
    sums = _Sums(total, logs, count, (keys % span).astype(np.float64), weight, keys // span)
    still = np.bincount(place, weights=waits.open, minlength=len(products))
    start = np.column_stack([np.zeros(len(products)), np.log((total + still) / count)])
    best = _least(sums, start)
    return np.exp(best[:, 0]), np.exp(best[:, 1])


def _least(sums: _Sums, theta: Floats) -> Floats:
    """Descend by damped Newton steps in each product, slopes by central differences."""
    now, damping = sums.loss(theta), np.full(len(theta), 1e-3)
    for _ in range(STEPS):
        slope, curve = _derivatives(sums, theta, now)
        strength = damping[:, None] * (np.abs(np.diagonal(curve, axis1=1, axis2=2)) + 1e-6)
        bent = curve + np.eye(2) * strength[:, None, :]
        move = np.clip(np.linalg.solve(bent, slope[:, :, None])[:, :, 0], -1.0, 1.0)
        tried = np.clip(theta - move, (LOG_SHAPE[0], LOG_SCALE[0]), (LOG_SHAPE[1], LOG_SCALE[1]))
        then = sums.loss(tried)
        better = then < now
        moved = np.where(better, np.abs(tried - theta).max(axis=1), 0.0)
        theta = np.where(better[:, None], tried, theta)
        now = np.where(better, then, now)
        damping = np.where(better, damping / 10, damping * 10)
        if (~better | (moved < 1e-5)).all() and (better | (damping > 1e3)).all():
            break
    return theta


def _derivatives(sums: _Sums, theta: Floats, now: Floats) -> tuple[Floats, Floats]:
    """Return slope [P, 2] and curvature [P, 2, 2]."""
    one, two = np.array([NEAR, 0.0]), np.array([0.0, NEAR])
    up, down = sums.loss(theta + one), sums.loss(theta - one)
    right, left = sums.loss(theta + two), sums.loss(theta - two)
    both = sums.loss(theta + one + two)
    slope = np.column_stack([up - down, right - left]) / (2 * NEAR)
    mixed = (both - up - right + now) / NEAR**2
    rows = np.stack(
        [(up - 2 * now + down) / NEAR**2, mixed, mixed, (right - 2 * now + left) / NEAR**2]
    )
    return slope, rows.T.reshape(-1, 2, 2)


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
