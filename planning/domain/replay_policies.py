"""Buying rules that a replay can follow: by gut, min-max, and the product's own.

A rule sees sales and whether a day ended with stock, never demand. It answers with units to order
today, arrays of shape [N], before rounding to cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planning.domain.modes import dual_index, expedite_level
from planning.domain.replenishment import order_up_to
from planning.domain.weekly_level import weekly_level

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lane:
    """Days of a mode as the buyer knows them: mean and standard deviation of arrivals."""

    mean_days: float
    sd_days: float

    @property
    def var_days(self) -> float:
        """Return the variance of the days."""
        return self.sd_days**2


@dataclass(frozen=True, slots=True)
class Desk:
    """What a buyer has on the desk on a review day.

    `sold` and `in_stock` are [N, days so far]; `due` [N, days] are units on order by days until
    they are expected (column 0: today or overdue). Costs are per unit, [N].
    """

    day: int
    first_day: int
    sold: FloatArray
    in_stock: BoolArray
    on_hand: FloatArray
    due: FloatArray
    unit_cost: FloatArray
    margin: FloatArray
    premium: FloatArray
    sea: Lane
    air: Lane
    review_days: int

    @property
    def position(self) -> FloatArray:
        """Return on hand and on order."""
        return np.asarray(self.on_hand + self.due.sum(axis=1))

    def near(self, days: int) -> FloatArray:
        """Return on hand and what is expected within `days` days."""
        return np.asarray(self.on_hand + self.due[:, : days + 1].sum(axis=1))


class Rule(Protocol):
    """A way to buy."""

    @property
    def name(self) -> str:
        """Return the word by which figures name it."""

    def decide(self, desk: Desk) -> tuple[FloatArray, FloatArray]:
        """Return units to order by sea and by air."""


@dataclass
class MinMax:
    """Order when the position covers `min_days` or less: up to a level, or a fixed lot.

    The rate is that of all days before the replay, or of the last 90, renewed every `renew_days`.
    """

    name: str
    min_days: float
    more_days: float
    renew_days: int | None = None
    is_lot: bool = False
    window_days: int = 90
    _rate: FloatArray | None = None
    _since: int = 0

    def decide(self, desk: Desk) -> tuple[FloatArray, FloatArray]:
        """Return units by sea; none by air."""
        rate = self._rate_of(desk)
        short = desk.position <= self.min_days * rate
        wanted = (self.min_days + self.more_days) * rate - desk.position
        lot = self.more_days * rate if self.is_lot else np.maximum(wanted, 0.0)
        sea = np.where(short, lot, 0.0)
        return sea, np.zeros_like(sea)

    def _rate_of(self, desk: Desk) -> FloatArray:
        if self._rate is None:
            self._since = desk.day
            window = desk.first_day if self.renew_days is None else self.window_days
            self._rate = _mean(desk.sold[:, max(0, desk.first_day - window) : desk.first_day])
        elif self.renew_days is not None and desk.day - self._since >= self.renew_days:
            self._since = desk.day
            self._rate = _mean(desk.sold[:, -self.window_days :])
        return self._rate


def _mean(units: FloatArray) -> FloatArray:
    return np.asarray(units.mean(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Quayside:
    """(R, S) with negative binomial quantiles, and air by the dual index.

    Settings were fixed in advance from published measurements of this protocol on other data:
    smoothing .2, service level .95, a quarter of the air premium set against a lost sale.
    """

    name: str = "quayside"
    service_level: float = 0.95
    alpha: float = 0.2
    premium_weight: float = 0.25
    with_air: bool = True

    def decide(self, desk: Desk) -> tuple[FloatArray, FloatArray]:
        """Return units by sea and by air."""
        slow_days = desk.sea.mean_days + desk.review_days
        fast_days = desk.air.mean_days + desk.review_days
        known = weekly_level(desk.sold, desk.in_stock, (slow_days, fast_days), alpha=self.alpha)
        slow = order_up_to(
            known.daily,
            known.variance[0],
            (desk.sea.mean_days, desk.sea.var_days),
            self.service_level,
            desk.review_days,
        )
        expedite = np.zeros_like(slow.level)
        if self.with_air:
            level = expedite_level(desk.premium, desk.margin, self.premium_weight)
            lane = (desk.air.mean_days, desk.air.var_days)
            expedite = order_up_to(
                known.daily, known.variance[1], lane, level, desk.review_days
            ).level
        near = desk.near(round(fast_days))
        fast, by_sea = dual_index(slow.level, expedite, near, desk.position)
        return by_sea, fast
