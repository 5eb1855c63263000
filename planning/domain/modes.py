"""Air, sea or both: two modes every week (dual index), one order line, and prices of haste.

Costs are plain numbers of one currency per unit. `margin` is what a lost unit loses, goodwill
included. Source: Veeraraghavan & Scheller-Wolf, Operations Research 56(4), 2008 (dual index).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.domain.safety_stock import expected_shortage, nb_quantile, shortage_of_one

FloatArray = NDArray[np.float64]

#: The part of the premium that counts against a lost sale; the rest is goodwill. Source: measured
#: by the project's simulation protocol, frozen before fresh samples.
PREMIUM_WEIGHT = 0.25
#: B-21: what a quarterly commitment saves, and what a unit costs that is carried over for a year.
COMMITMENT_SAVING = 0.05
HOLDING_A_YEAR = 0.25
#: A level of the fast mode never falls below or climbs above these.
LEAST_LEVEL, MOST_LEVEL = 0.5, 0.999
#: At most this many splits of a line are compared; larger lines go in coarser steps.
MOST_SPLITS = 500


def expedite_level(
    premium: ArrayLike, margin: ArrayLike, weight: float = PREMIUM_WEIGHT
) -> FloatArray:
    """Return cr = 1 - weight x premium/margin: the level up to which haste pays, within .5 to .999.

    `premium` = fast freight + rush surcharge - slow freight, per unit. Without a margin: .5.
    """
    top, bottom = np.broadcast_arrays(np.asarray(premium, float), np.asarray(margin, float))
    lost = np.divide(weight * top, bottom, out=np.ones(bottom.shape), where=bottom > 0)
    return np.asarray(np.clip(1 - lost, LEAST_LEVEL, MOST_LEVEL), dtype=np.float64)


def dual_index(
    order_up_to: ArrayLike, expedite_up_to: ArrayLike, near: ArrayLike, position: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return (fast, slow) units: fast lifts the near position, slow the whole with fast in it.

    No unit is ordered twice: slow = max(0, S - position - fast).
    """
    fast = np.maximum(np.asarray(expedite_up_to, dtype=np.float64) - np.asarray(near), 0.0)
    slow = np.maximum(np.asarray(order_up_to, dtype=np.float64) - np.asarray(position) - fast, 0.0)
    return fast, slow


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to bring goods: days from order to shelf, and its cost per unit, surcharge in it."""

    name: str
    days: int
    unit_cost: float


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand until any day: mean and variance grow in proportion to days.

    `lead_var` (days squared) widens it by the wandering of arrivals.
    """

    daily: float
    daily_var: float
    lead_var: float = 0.0

    def until(self, days: float) -> tuple[float, float]:
        """Return mean and variance of the demand of the next `days` days."""
        return self.daily * days, self.daily_var * days + self.daily**2 * self.lead_var

    def served(self, stock: float, days: float) -> tuple[float, float]:
        """Return the expected units lost within `days` days and those then left of `stock`."""
        mean, variance = self.until(days)
        lost = shortage_of_one(stock, mean, variance)
        return lost, max(0.0, stock - mean + lost)


@dataclass(frozen=True, slots=True)
class ModeOption:
    """One way to bring the line: units by each mode, freight, expected loss, holding and sum."""

    name: str
    fast_qty: int
    slow_qty: int
    freight: float
    lost: float
    holding: float

    @property
    def cost(self) -> float:
        """Return the expected cost."""
        return self.freight + self.lost + self.holding

    def terms(self) -> dict[str, float]:
        """Return the parts of the cost by name."""
        return {
            "fast_qty": self.fast_qty,
            "slow_qty": self.slow_qty,
            "freight": round(self.freight, 4),
            "lost": round(self.lost, 4),
            "holding": round(self.holding, 4),
            "cost": round(self.cost, 4),
        }


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """The cheapest option, and air, sea and the best split to compare."""

    best: ModeOption
    options: tuple[ModeOption, ...]


@dataclass(frozen=True, slots=True)
class LineCosts:
    """What a unit costs: lost margin, purchase cost, holding of a year as a share of it."""

    margin: float
    unit_cost: float
    holding_a_year: float = HOLDING_A_YEAR


def choose_mode(
    qty: int,
    stock: Callable[[int], float],
    demand: Demand,
    modes: tuple[Mode, Mode],
    costs: LineCosts,
    *,
    pack_qty: int = 1,
) -> ModeChoice:
    """Return how to bring `qty` units: all fast, all slow, or the split of least expected cost.

    `stock(days)` is what is on hand plus what lands within so many days. Units lost until the fast
    mode lands are the same for all: E(D_f - s_f)+. What is then left, what lands in between and
    the fast units serve until the slow ones land. Fast units are held for half that time. Ties:
    fewer fast units. Splits are whole packs, at most 500 of them.

    Raises:
        ValueError: `modes` are not (fast, slow), or there is nothing to order.
    """
    fast, slow = modes
    if fast.days > slow.days or qty < 1 or pack_qty < 1:
        raise ValueError("Modes are fast, then slow; a line has at least 1 unit and packs of 1.")
    step = pack_qty * max(1, ceil(qty / pack_qty / MOST_SPLITS))
    by_air = np.minimum(np.arange(0, qty + step, step, dtype=np.float64), qty)
    here, there = stock(fast.days), stock(slow.days)
    before, left = demand.served(here, fast.days)
    between = expected_shortage(
        left + (there - here) + by_air, *demand.until(slow.days - fast.days)
    )
    lost = costs.margin * (before + between)
    freight = by_air * fast.unit_cost + (qty - by_air) * slow.unit_cost
    held_days = (slow.days - fast.days) / 2
    holding = by_air * costs.unit_cost * costs.holding_a_year * held_days / 365.0
    cost = freight + lost + holding

    def option(index: int, name: str) -> ModeOption:
        return ModeOption(
            name=name,
            fast_qty=int(by_air[index]),
            slow_qty=qty - int(by_air[index]),
            freight=float(freight[index]),
            lost=float(lost[index]),
            holding=float(holding[index]),
        )

    all_fast, all_slow = option(len(by_air) - 1, fast.name), option(0, slow.name)
    options = [all_slow, all_fast]
    if len(by_air) > 2:
        options.append(option(1 + int(np.argmin(cost[1:-1])), "split"))
    best = min(options, key=lambda one: (round(one.cost, 9), one.fast_qty))
    return ModeChoice(best=best, options=tuple(options))


def haste_pays_from(premium: float, margin: float) -> float:
    """Return the chance of losing a unit from which haste pays: premium/margin, at most 1."""
    return 1.0 if margin <= 0 else min(1.0, premium / margin)


def quarterly_commitment(
    mean: float,
    variance: float,
    carried_months: float,
    *,
    saving: float = COMMITMENT_SAVING,
    holding_a_year: float = HOLDING_A_YEAR,
) -> int:
    """Return the units of a quarter to commit to for the agreement's price (newsvendor).

    A committed unit that is not needed costs h' = holding x months/12; one that is saves `saving`.
    Commit while P(D >= k) >= h'/(h' + saving): the quantile saving/(h' + saving), .29 at 6 months.

    Raises:
        ValueError: no saving, or months of 0 or below.
    """
    if saving <= 0 or carried_months <= 0:
        raise ValueError("A commitment needs a saving and a time that a unit too many is carried.")
    carried = holding_a_year * carried_months / 12
    return int(nb_quantile(saving / (carried + saving), mean, variance))
