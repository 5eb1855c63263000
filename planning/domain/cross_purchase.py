"""Which product is bought after which, and how often within a window.

The share shown is plain: of the buyers of A who have been watched for the whole window after
their first A, those who bought B later within it. Planning uses the share mixed with B's pooled
one, because raw shares of rare products are noise.
Source: algorithms.md 2.3; Gelman et al. 2013, Bayesian Data Analysis, ch. 5 (beta-binomial).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betaincinv, betaln

from planning.domain.rebuy import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Products compared, those with most buyers first.
TOP: Final = 150
#: Two months of the behaviour page: 61 days.
WINDOW_DAYS: Final = 61
LOG_KAPPA: Final = (0.0, 12.0)
#: Joined rows held at a time; a customer of many lines counts as many.
JOIN: Final = 2_000_000
INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True)
class After:
    """One answer: of `watched` buyers of A, `bought` bought B within the window.

    `share` is bought / watched (0 if nobody was watched), `planned` the shrunk one with its 90 %
    interval, `lift` planned / pooled share of B.
    """

    first: int
    then: int
    watched: int
    bought: int
    share: float
    planned: float
    low: float
    high: float
    lift: float


@dataclass(frozen=True)
class Crossings:
    """Counts over products [K]: `bought` [K, K] (A by B), `watched` [K]; diagonal is 0."""

    products: Ints
    watched: Ints
    bought: Ints
    pooled: Floats
    kappa: float

    def after(self, a: int, b: int) -> After:
        """Return the answer for places `a` and `b` in `products`."""
        n, hits, mean = int(self.watched[a]), int(self.bought[a, b]), float(self.pooled[b])
        up, down = hits + self.kappa * mean, n - hits + self.kappa * (1 - mean)
        planned = up / (up + down)
        low, high = (float(betaincinv(up, down, q)) if up else 0.0 for q in INTERVAL)
        return After(
            int(self.products[a]),
            int(self.products[b]),
            n,
            hits,
            hits / n if n else 0.0,
            planned,
            low,
            high,
            planned / mean if mean else 0.0,
        )

    def planned(self) -> Floats:
        """Return the shrunk shares [K, K]."""
        mixed = self.bought + self.kappa * self.pooled[None, :]
        shares = mixed / (self.watched[:, None] + self.kappa)
        np.fill_diagonal(shares, 0.0)
        return np.asarray(shares, dtype=np.float64)


def crossings(
    known: Lines, cut: int, days: int = WINDOW_DAYS, products: Ints | None = None
) -> Crossings:
    """Count who bought B within `days` after the first A, among those watched so long by `cut`.

    Without `products`, the 150 with most buyers are compared (ties: the smaller number).
    """
    rows = known.day <= cut
    part = Lines(known.customer[rows], known.product[rows], known.day[rows])
    chosen = most_bought(part) if products is None else np.sort(products)
    place = np.full(int(part.product.max(initial=-1)) + 2, -1)
    inside = chosen[chosen < len(place) - 1]
    place[inside] = np.searchsorted(chosen, inside)
    keep = place[part.product] >= 0
    customer, item, day = part.customer[keep], place[part.product[keep]], part.day[keep]
    starts = np.concatenate([[True], (np.diff(customer) != 0) | (np.diff(item) != 0)])[: len(day)]
    watched = starts & (day + days <= cut)
    totals = np.bincount(item[watched], minlength=len(chosen))
    bought = _counted((customer, item, day), watched, days, len(chosen))
    pooled = _pooled(bought, totals)
    return Crossings(chosen, totals, bought, pooled, kappa_of(bought, totals, pooled))


def most_bought(known: Lines, count: int = TOP) -> Ints:
    """Return the products with most customers, sorted by number."""
    if not len(known.product):
        return known.product
    firsts = np.concatenate(
        [[True], (np.diff(known.customer) != 0) | (np.diff(known.product) != 0)]
    )
    buyers = np.bincount(known.product[firsts])
    best = np.lexsort((np.arange(len(buyers)), -buyers))[:count]
    return np.sort(best[buyers[best] > 0]).astype(np.int64)


def _counted(rows: tuple[Ints, Ints, Ints], starts: NDArray[np.bool_], days: int, k: int) -> Ints:
    """Join each first A with the later lines of its customer, some customers at a time."""
    customer, item, day = rows
    counts = np.zeros(k * k, dtype=np.int64)
    ids, begins = np.unique(customer, return_index=True)
    sizes = np.diff(np.concatenate([begins, [len(customer)]]))
    heads = np.flatnonzero(starts)
    who = np.searchsorted(ids, customer[heads])
    cost = np.cumsum(sizes[who]) if len(heads) else np.zeros(0)
    for block in np.split(heads, np.searchsorted(cost, np.arange(JOIN, _most(cost), JOIN))):
        owner = np.searchsorted(ids, customer[block])
        length = sizes[owner]
        left = np.repeat(block, length)
        offset = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
        right = np.repeat(begins[owner], length) + offset
        gap = day[right] - day[left]
        hit = (gap > 0) & (gap <= days) & (item[right] != item[left])
        pair = np.unique(np.stack([left[hit], item[right[hit]]]), axis=1)
        counts += np.bincount(item[pair[0]] * k + pair[1], minlength=k * k)
    return counts.reshape(k, k)


def _most(cost: NDArray[np.generic]) -> int:
    return int(cost[-1]) if len(cost) else 0


def _pooled(bought: Ints, watched: Ints) -> Floats:
    """Return B's share after any other product of the list [K]."""
    others = watched.sum() - watched
    share = np.zeros(len(watched))
    np.divide(bought.sum(axis=0), others, out=share, where=others > 0)
    return share


def kappa_of(bought: Ints, watched: Ints, pooled: Floats) -> float:
    """Return how many buyers the pooled share weighs, of greatest beta-binomial likelihood."""
    usable = (watched[:, None] > 0) & (pooled[None, :] > 0) & (pooled[None, :] < 1)
    np.fill_diagonal(usable, False)
    hits = bought[usable].astype(np.float64)
    if not len(hits):
        return 1.0
    n = np.broadcast_to(watched[:, None], bought.shape)[usable].astype(np.float64)
    mean = np.broadcast_to(pooled[None, :], bought.shape)[usable]

    def loss(log: float) -> float:
        up, down = np.exp(log) * mean, np.exp(log) * (1 - mean)
        return -float((betaln(hits + up, n - hits + down) - betaln(up, down)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=LOG_KAPPA, method="bounded").x))
