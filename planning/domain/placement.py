"""Where a SKU should lie: its share for each warehouse, whether a further one pays, what to move.

Demand counts at the region of the customer: the warehouse that should serve it. One site is opened
after the other as long as the parcels it saves in a year are worth more than the extra safety
stock and the work it costs; closed regions are served by the cheapest open site. Shares are whole
thousandths that add up to 1 000. Source: Acimovic & Graves 2017 (M&SOM 19, proportional to regional
demand); transfers by marginal benefit: Paterson et al. 2011 (EJOR 210).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planning.domain.safety_stock import out_chance
from planning.domain.whole_parts import parts_of

Floats = NDArray[np.float64]

#: Shares are counted in thousandths, so that they add up exactly.
WHOLE: Final = 1_000
DAYS_A_YEAR: Final = 365
#: Normal quantile of a service level of 93 %. Source: planning.domain.review.Policy.
SAFETY: Final = 1.476
#: Variance over mean of demand, at least. Source: nb_quantile.
DISPERSION: Final = 1.05
#: A lane is proposed from this multiple of its fixed cost on.
LEAST_RATIO: Final = 2.0
#: A unit moves only where it is asked for with this chance before the next order arrives.
LEAST_CHANCE: Final = 0.05
#: Units of one lane that are weighed one by one.
MOST_UNITS: Final = 5_000
KM_A_MILE: Final = 1.609344
#: Upper ends in miles of the zones 2 to 7 of a parcel; farther is zone 8.
ZONE_MILES: Final = (150, 300, 600, 1_000, 1_400, 1_800)
#: Steps over the nearest zone of a parcel whose distance nobody knows.
UNKNOWN_STEPS: Final = 3


class Verdict(StrEnum):
    """What the break-even says of a warehouse for a SKU."""

    FIRST = "first"
    PAYS = "pays"
    TOO_SLOW = "too_slow"
    NO_DEMAND = "no_demand"


@dataclass(frozen=True, slots=True)
class Costs:
    """Money in one currency: what decides whether a further site or a transfer pays.

    A parcel costs `zone_step` plus `zone_step_kg` a kilogram more with each zone, `abroad` more
    across a border. `hold_share` of the value of stock is spent a year; `site_month` is the work
    of keeping one more SKU at one more site. A transfer costs `move_fixed` and `move_kg`.
    """

    zone_step: float = 0.5
    zone_step_kg: float = 0.29
    abroad: float = 12.0
    hold_share: float = 0.25
    site_month: float = 3.0
    move_fixed: float = 40.0
    move_kg: float = 0.5
    move_days: float = 5.0


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse: id, country, degrees where they are known."""

    pk: int
    country: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """A SKU at one site: units asked for in its region, and what lies there.

    `asked` over the days of history, `daily` the forecast a day, `stock` with what is on its way,
    `movable` of it may leave: free, above the buffer of the destination.
    """

    site: Site
    asked: float
    daily: float
    stock: int = 0
    movable: int = 0


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU: value of a unit, kilograms, units of a case, days from one order to the next."""

    unit_cost: float = 0.0
    weight_kg: float = 0.0
    case_qty: int = 1
    cycle_days: float = 42.0


@dataclass(frozen=True, slots=True)
class Place:
    """The suggestion for one site. Shares in thousandths; they add up to 1 000 over the sites.

    `saved` and `spent` are money a year that this site brings and costs, `least_daily` the units a
    day of its region from which on it would pay (None: never, or nothing to compare with).
    `target` are the units of today's stock that should lie here, `difference` what is missing (+)
    or too much (-).
    """

    region_share: int
    share: int
    daily: float
    verdict: Verdict
    saved: float
    spent: float
    least_daily: float | None
    target: int
    difference: int


@dataclass(frozen=True, slots=True)
class Move:
    """Units to send from one site to another, and the money that is expected to save."""

    from_pk: int
    to_pk: int
    qty: int
    benefit: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Places by site id, and the transfers that pay, the best first."""

    places: Mapping[int, Place]
    moves: tuple[Move, ...]


def zone_steps(km: float | None) -> int:
    """Return how many zones a parcel of this distance lies above the nearest one, 0 to 6."""
    if km is None:
        return UNKNOWN_STEPS
    miles = km / KM_A_MILE
    return sum(miles > end for end in ZONE_MILES)


def parcel_costs(
    sites: Sequence[Site],
    weight_kg: float,
    costs: Costs,
    distance: Callable[[Site, Site], float | None],
) -> Floats:
    """Return what serving the region of row r from site c costs more than from its own [N, N]."""
    found = np.zeros((len(sites), len(sites)))
    step = costs.zone_step + costs.zone_step_kg * weight_kg
    for row, home in enumerate(sites):
        for column, other in enumerate(sites):
            if row == column:
                continue
            found[row, column] = max(1, zone_steps(distance(home, other))) * step
            if home.country != other.country:
                found[row, column] += costs.abroad
    return found


def place(
    rows: Sequence[Here],
    goods: Goods,
    costs: Costs,
    distance: Callable[[Site, Site], float | None],
    days: int,
) -> Placement:
    """Return where a SKU should lie and which transfers pay; `asked` counts over `days`.

    Without any demand there is no share: every place is NO_DEMAND and nothing moves.
    """
    more = parcel_costs([row.site for row in rows], goods.weight_kg, costs, distance)
    asked = np.array([row.asked for row in rows])
    if not len(rows) or asked.sum() <= 0:
        none = {
            row.site.pk: Place(0, 0, 0.0, Verdict.NO_DEMAND, 0.0, 0.0, None, row.stock, 0)
            for row in rows
        }
        return Placement(none, ())
    opening = _open_sites(asked * DAYS_A_YEAR / days, more, goods, costs)
    served = _served_by(more, opening.open)
    regions = parts_of(WHOLE, asked.tolist())
    assigned = np.bincount(served, weights=asked, minlength=len(rows))
    shares = parts_of(WHOLE, assigned.tolist())
    targets = parts_of(sum(max(row.stock, 0) for row in rows), assigned.tolist())
    places = {
        row.site.pk: Place(
            region_share=regions[at],
            share=shares[at],
            daily=row.asked / days,
            verdict=opening.verdict(at, row.asked),
            saved=opening.saved[at],
            spent=opening.spent[at],
            least_daily=opening.least_daily(at, row.asked / days),
            target=targets[at],
            difference=targets[at] - row.stock,
        )
        for at, row in enumerate(rows)
    }
    paces = [row.daily for row in rows]
    daily = np.bincount(served, weights=paces, minlength=len(rows)).astype(np.float64)
    return Placement(places, tuple(_moves(rows, daily, more, goods, costs)))


@dataclass
class _Opening:
    """The sites that pay, and the yearly money of each (the first one has none)."""

    open: list[int]
    saved: list[float]
    spent: list[float]

    def verdict(self, at: int, asked: float) -> Verdict:
        if at in self.open:
            return Verdict.FIRST if at == self.open[0] else Verdict.PAYS
        return Verdict.TOO_SLOW if asked > 0 else Verdict.NO_DEMAND

    def least_daily(self, at: int, daily: float) -> float | None:
        """Return the pace at which the saving meets the cost, which hardly grows with it."""
        if at == self.open[0] or self.saved[at] <= 0:
            return None
        return daily * self.spent[at] / self.saved[at]


def _open_sites(yearly: Floats, more: Floats, goods: Goods, costs: Costs) -> _Opening:
    """Open the best single site, then the one that gains most, until none gains."""
    count = len(yearly)
    found = _Opening([int(np.argmin(yearly @ more))], [0.0] * count, [0.0] * count)
    while True:
        best, best_gain = -1, 0.0
        for at in range(count):
            if at in found.open:
                continue
            saved, spent = _further(at, found.open, yearly, more, goods, costs)
            found.saved[at], found.spent[at] = saved, spent
            if yearly[at] > 0 and saved - spent > best_gain:
                best, best_gain = at, saved - spent
        if best < 0:
            return found
        found.open.append(best)


def _further(
    at: int, opened: list[int], yearly: Floats, more: Floats, goods: Goods, costs: Costs
) -> tuple[float, float]:
    """Return money a year that one more site saves on parcels and costs in stock and work."""
    now = more[:, opened].min(axis=1)
    saved = float(yearly @ np.maximum(now - more[:, at], 0.0))
    before = _safety_units(yearly, _served_by(more, opened), goods)
    after = _safety_units(yearly, _served_by(more, [*opened, at]), goods)
    held = max(after - before, 0.0) * goods.unit_cost * costs.hold_share
    return saved, held + 12 * costs.site_month


def _served_by(more: Floats, opened: list[int]) -> NDArray[np.int64]:
    """Return the site [N] that serves each region: its own when open, else the cheapest."""
    best = np.argmin(more[:, opened], axis=1)
    return np.asarray(np.array(opened, dtype=np.int64)[best], dtype=np.int64)


def _safety_units(yearly: Floats, served: NDArray[np.int64], goods: Goods) -> float:
    """Return the safety stock of all sites together, units."""
    pooled = np.bincount(served, weights=yearly) * goods.cycle_days / DAYS_A_YEAR
    return float(SAFETY * np.sqrt(DISPERSION * pooled).sum())


def _moves(
    rows: Sequence[Here], daily: Floats, more: Floats, goods: Goods, costs: Costs
) -> list[Move]:
    """Return the lanes that pay, the best first, each weighed after those before it."""
    stock = np.array([float(row.stock) for row in rows])
    movable = [max(min(row.movable, row.stock), 0) for row in rows]
    found: list[Move] = []
    lanes = [
        (source, goal)
        for source in range(len(rows))
        for goal in range(len(rows))
        if source != goal and rows[source].site.country == rows[goal].site.country
    ]
    while True:
        best: tuple[float, int, int, int] | None = None
        for source, goal in lanes:
            if movable[source] < goods.case_qty:
                continue
            lane = _Lane(goal, source, movable[source])
            qty, benefit = _weigh(lane, stock, daily, more, goods, costs)
            worth = qty > 0 and benefit >= LEAST_RATIO * costs.move_fixed
            if worth and (best is None or benefit > best[0]):
                best = (benefit, source, goal, qty)
        if best is None:
            return found
        benefit, source, goal, qty = best
        found.append(Move(rows[source].site.pk, rows[goal].site.pk, qty, benefit))
        stock[source] -= qty
        stock[goal] += qty
        movable[source] -= qty
        lanes.remove((source, goal))


@dataclass(frozen=True, slots=True)
class _Lane:
    """From where to where, and how many units may go."""

    goal: int
    source: int
    movable: int


def _weigh(
    lane: _Lane, stock: Floats, daily: Floats, more: Floats, goods: Goods, costs: Costs
) -> tuple[int, float]:
    """Return the whole cases of a lane that gain, and the money they are expected to save.

    Unit k saves the parcel of the next best site with P(D > stock + k) at the goal, for the days
    left after its way, and costs one back with P(D >= stock - k) at the source, and its freight.
    """
    units = np.arange(min(lane.movable, MOST_UNITS), dtype=np.float64)
    mean = daily * goods.cycle_days
    left = max(0.0, 1 - costs.move_days / goods.cycle_days)
    helpers = [at for at in np.flatnonzero(stock > 0) if at != lane.goal]
    goal_value = float(more[lane.goal, helpers].min())
    gain = out_chance(stock[lane.goal] + units, mean[lane.goal], DISPERSION * mean[lane.goal])
    loss = out_chance(
        stock[lane.source] - 1 - units, mean[lane.source], DISPERSION * mean[lane.source]
    )
    source_value = float(more[lane.source, lane.goal])
    net = gain * goal_value * left - loss * source_value - costs.move_kg * goods.weight_kg
    ends = (net <= 0) | (gain < LEAST_CHANCE)
    worth = int(np.argmax(ends)) if ends.any() else len(net)
    qty = worth // goods.case_qty * goods.case_qty
    return qty, float(net[:qty].sum())
