"""What repeat customers will take: the forecast table, and a part of demand with a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.cross_purchase import After, Crossings
from planning.domain.cycles import FEW_GAPS, Cycle, middle_wait, week_shares
from planning.domain.purchases import day_of
from planning.domain.rebuy import Prediction

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: The model may move the repeat part of a forecast by so much and no further (algorithms.md 2.1).
CAP: Final = (0.7, 1.4)


@dataclass(frozen=True)
class Row:
    """One line of the forecast table: what, when, how likely, and what goes with it.

    `date` is when half of those who come back are back, `chance` the mean chance within the
    window, `buyers` the customers counted, `gaps` the gaps behind the date.
    """

    product: int
    date: dt.date
    chance: float
    buyers: int
    gaps: int
    low_confidence: bool
    related: After | None


def table(found: Prediction, cycles: Mapping[int, Cycle], crossed: Crossings | None) -> list[Row]:
    """Return a row for each product with a cycle, soonest first, then by product number."""
    pairs = found.pairs
    related = best_after(crossed) if crossed is not None else {}
    order = np.argsort(pairs.product, kind="stable")
    products, starts = np.unique(pairs.product[order], return_index=True)
    rows = []
    for product, members in zip(products, np.split(order, starts[1:]), strict=True):
        cycle = cycles.get(int(product))
        if cycle is None:
            continue
        size = len(members)
        shape, scale = np.full(size, cycle.shape), np.full(size, cycle.scale)
        waits = middle_wait(shape, scale, pairs.silent[members].astype(np.float64))
        when = pairs.cut + round(_weighted_median(waits, found.chance[members]))
        chance = float(found.chance[members].mean())
        weak = cycle.gaps < FEW_GAPS
        rows.append(
            Row(
                int(product),
                day_of(when),
                chance,
                size,
                cycle.gaps,
                weak,
                related.get(int(product)),
            )
        )
    return sorted(rows, key=lambda row: (row.date, row.product))


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Return the value at which half of the weight is reached (equal weights if all are 0)."""
    order = np.argsort(values, kind="stable")
    heaped = np.cumsum(weights[order] if weights.sum() > 0 else np.ones(len(values)))
    return float(values[order][int(np.searchsorted(heaped, heaped[-1] / 2))])


def best_after(crossed: Crossings) -> dict[int, After]:
    """Return for each product the one most likely bought after it, if anybody ever did."""
    planned = np.where(crossed.bought > 0, crossed.planned(), -1.0)
    if not planned.size:
        return {}
    places = planned.argmax(axis=1)
    return {
        int(crossed.products[a]): crossed.after(a, int(b))
        for a, b in enumerate(places)
        if planned[a, b] >= 0
    }


def by_week(
    found: Prediction, cycles: Mapping[int, Cycle], units: Floats, weeks: int
) -> dict[int, Floats]:
    """Return the units [weeks] that known buyers of each product will take in the coming weeks.

    Each pair counts its chance, spread by the product's cycle after the time already waited (evenly
    without one), times `units` [N], what the pair takes at a time.
    """
    pairs = found.pairs
    most = int(pairs.product.max(initial=0)) + 1
    shapes, scales = np.ones(most), np.full(most, 1e9)
    for product, cycle in cycles.items():
        if product < most:
            shapes[product], scales[product] = cycle.shape, cycle.scale
    shape, scale = shapes[pairs.product], scales[pairs.product]
    shares = week_shares(shape, scale, pairs.silent.astype(np.float64), weeks, found.days)
    expected = shares * (found.chance * units)[:, None]
    products, inverse = np.unique(pairs.product, return_inverse=True)
    total = np.zeros((len(products), weeks))
    np.add.at(total, inverse, expected)
    return {int(product): total[place] for place, product in enumerate(products)}


@dataclass(frozen=True)
class Component:
    """A week's demand with its repeat part named: `new + repeat = total`.

    `forecast` is what history alone says, `implied` the repeats in it, `expected` what the
    customers' models say, `capped` whether that was more than the cap allows.
    """

    forecast: float
    implied: float
    expected: float
    repeat: float
    capped: bool

    @property
    def new(self) -> float:
        """Demand of buyers that never had the product."""
        return self.forecast - self.implied

    @property
    def total(self) -> float:
        """Demand with the repeats of the models instead of those of history."""
        return self.new + self.repeat


def component(forecast: float, repeat_share: float, expected: float) -> Component:
    """Replace the repeats that a forecast from history already holds by those expected.

    `repeat_share` (0 to 1) is the share of past demand by customers that had the product. The
    repeats are taken out before they are put in, so nothing counts twice. A forecast without any
    repeats in it gets the expected ones up to the cap's distance from its whole.
    """
    implied = forecast * repeat_share
    ground = implied if implied > 0 else 0.0
    low, high = CAP[0] * ground, CAP[1] * ground
    if ground == 0.0:
        high = (CAP[1] - 1) * forecast
    repeat = min(max(expected, low), high)
    return Component(forecast, implied, expected, repeat, repeat != expected)


def companion_need(
    buyers_of_a: float, chance_of_b: float, expected_already: float
) -> tuple[float, float]:
    """Return what A's expected buyers take of B, and how much of it B's own forecast lacks.

    `expected_already` is what B's forecast holds for buyers of A (its history after A).
    """
    whole = buyers_of_a * chance_of_b
    return whole, max(0.0, whole - expected_already)


def by_monday(weekly: Floats, weekday: int) -> Floats:
    """Return units of seven-day blocks [W] by calendar week; `weekday` (0 = Monday) of the first.

    Blocks that do not start on a Monday are shared out evenly by days: W + 1 weeks come back, the
    first and the last of them cut off. Units are kept.
    """
    if weekday == 0:
        return weekly
    late = weekly * (weekday / 7)
    return np.asarray(np.append(weekly - late, 0.0) + np.append(0.0, late), dtype=np.float64)
