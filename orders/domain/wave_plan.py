"""Re-plan many unreleased orders together, so that scarce stock goes where it saves most.

One order at a time takes what is cheapest for itself; together, an order gives way when another
saves more. Mixed-integer program: y[o, w] = 1 when warehouse w sends a parcel of order o,
x[l, w] = 1 when it sends line l, x <= y, each line at most once, stock per warehouse and SKU.
Least parcels + lines + split amounts + a penalty per line left over, so serving more lines always
comes first.

Worked: stock of one unit in A and one in B; order 1 costs 5 from A, 6 from B; order 2 costs 5
from A, 9 from B. One by one: 5 + 9 = 14. Together: 6 + 5 = 11.

Solved by HiGHS (scipy.optimize.milp) to a relative gap; when it finds nothing in time the orders
are assigned one after the other, and the answer says so.

Source: Xu, Allgor & Graves, M&SOM 11(2), 2009 (periodic re-evaluation); HiGHS (Huangfu & Hall).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

RELATIVE_GAP: Final = 5e-4
TIME_LIMIT_S: Final = 10.0
MOST_SITES: Final = 3
_EPSILON: Final = 1e-9

Key = tuple[int, int]
"""(warehouse id, SKU id)."""


@dataclass(frozen=True, slots=True)
class WaveLine:
    """Units of one SKU of an order. `costs` are what sending them costs beyond the parcel."""

    sku_id: int
    qty: int
    costs: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaveOrder:
    """One order. `parcels` maps the warehouses that may serve it to the cost of a parcel."""

    key: int
    parcels: Mapping[int, float]
    lines: tuple[WaveLine, ...]


@dataclass(frozen=True, slots=True)
class WavePlan:
    """Warehouse of each line by order (None: left over), the total cost, and how it was found.

    Costs are in the unit of the input, for comparing plans; money is computed from the legs.
    """

    sites: Mapping[int, tuple[int | None, ...]]
    cost: float
    is_exact: bool

    def unserved(self) -> int:
        """Count the lines left over."""
        return sum(site is None for sites in self.sites.values() for site in sites)


def plan_wave(
    orders: Sequence[WaveOrder],
    stock: Mapping[Key, int],
    *,
    split_amount: float,
    time_limit_s: float = TIME_LIMIT_S,
) -> WavePlan:
    """Return the least-cost assignment of whole lines to warehouses within `stock` (units).

    Deterministic for the same input. Falls back to `plan_one_by_one` when HiGHS has no answer in
    time, or a worse one.
    """
    simple = plan_one_by_one(orders, stock, split_amount=split_amount)
    if not orders:
        return simple
    program = _Program(orders, stock, split_amount, _penalty(orders, split_amount))
    exact = program.solve(time_limit_s)
    if exact is None or _rank(exact) > _rank(simple):
        return simple
    return exact


def _rank(plan: WavePlan) -> tuple[int, float]:
    return plan.unserved(), plan.cost


def _penalty(orders: Sequence[WaveOrder], split_amount: float) -> float:
    """Return more than any plan can save by leaving a line over."""
    dearest = sum(
        max(order.parcels.values(), default=0.0)
        + sum(max(line.costs.values(), default=0.0) for line in order.lines)
        for order in orders
    )
    return 1.0 + min(dearest, 1e4) + split_amount


def cost_of(order: WaveOrder, sites: Sequence[int | None], *, split_amount: float) -> float:
    """Return what an order costs when its lines go from `sites`; lines left over cost nothing."""
    used = {site for site in sites if site is not None}
    lines = sum(
        line.costs.get(site, 0.0)
        for line, site in zip(order.lines, sites, strict=True)
        if site is not None
    )
    return sum(order.parcels[site] for site in used) + lines + split_amount * max(0, len(used) - 1)


def plan_one_by_one(
    orders: Sequence[WaveOrder], stock: Mapping[Key, int], *, split_amount: float
) -> WavePlan:
    """Assign the orders in their order, each at its own least cost; units taken are gone."""
    left = dict(stock)
    chosen: dict[int, tuple[int | None, ...]] = {}
    total = 0.0
    for order in orders:
        sites = _cheapest(order, left, split_amount)
        for line, site in zip(order.lines, sites, strict=True):
            if site is not None:
                left[site, line.sku_id] -= line.qty
        chosen[order.key] = sites
        total += cost_of(order, sites, split_amount=split_amount)
    return WavePlan(chosen, total, is_exact=False)


def _cheapest(
    order: WaveOrder, left: Mapping[Key, int], split_amount: float
) -> tuple[int | None, ...]:
    none: tuple[int | None, ...] = (None,) * len(order.lines)
    best = ((len(order.lines), 0.0), none)
    for size in range(1, min(MOST_SITES, len(order.parcels), len(order.lines)) + 1):
        for subset in combinations(sorted(order.parcels), size):
            sites = _fill(order, subset, left)
            cost = cost_of(order, sites, split_amount=split_amount)
            rank = (sum(site is None for site in sites), cost)
            if rank < (best[0][0], best[0][1] - _EPSILON) or rank[0] < best[0][0]:
                best = (rank, sites)
    return best[1]


def _fill(
    order: WaveOrder, subset: Sequence[int], left: Mapping[Key, int]
) -> tuple[int | None, ...]:
    free = {
        (site, line.sku_id): left.get((site, line.sku_id), 0)
        for site in subset
        for line in order.lines
    }
    sites: list[int | None] = []
    for line in order.lines:
        able = [site for site in subset if free[site, line.sku_id] >= line.qty]
        site = min(able, key=lambda one: (line.costs.get(one, 0.0), one), default=None)
        if site is not None:
            free[site, line.sku_id] -= line.qty
        sites.append(site)
    return tuple(sites)


class _Program:
    """The MILP. Columns: y per (order, warehouse), then x per (line, warehouse)."""

    def __init__(
        self,
        orders: Sequence[WaveOrder],
        stock: Mapping[Key, int],
        split_amount: float,
        penalty: float,
    ) -> None:
        self.orders, self.stock, self.split_amount = orders, stock, split_amount
        self.columns: dict[tuple[int, int, int], int] = {}
        self.costs: list[float] = []
        for n, order in enumerate(orders):
            for site in sorted(order.parcels):
                self._add((n, -1, site), order.parcels[site] + split_amount)
        for n, order in enumerate(orders):
            for m, line in enumerate(order.lines):
                for site in sorted(order.parcels):
                    if stock.get((site, line.sku_id), 0) >= line.qty:
                        self._add((n, m, site), line.costs.get(site, 0.0) - penalty)
        self.rows: list[int] = []
        self.cols: list[int] = []
        self.values: list[float] = []
        self.tops: list[float] = []

    def _add(self, key: tuple[int, int, int], cost: float) -> None:
        self.columns[key] = len(self.costs)
        self.costs.append(cost)

    def _constrain(self, entries: Sequence[tuple[int, float]], top: float) -> None:
        row = len(self.tops)
        for column, value in entries:
            self.rows.append(row)
            self.cols.append(column)
            self.values.append(value)
        self.tops.append(top)

    def _build(self) -> None:
        by_line: dict[tuple[int, int], list[int]] = {}
        by_stock: dict[Key, list[tuple[int, float]]] = {}
        for (n, m, site), column in self.columns.items():
            if m < 0:
                continue
            line = self.orders[n].lines[m]
            self._constrain([(column, 1.0), (self.columns[n, -1, site], -1.0)], 0.0)
            by_line.setdefault((n, m), []).append(column)
            by_stock.setdefault((site, line.sku_id), []).append((column, float(line.qty)))
        for columns in by_line.values():
            self._constrain([(column, 1.0) for column in columns], 1.0)
        for key, entries in by_stock.items():
            if sum(qty for _column, qty in entries) > self.stock[key]:
                self._constrain(entries, float(self.stock[key]))

    def solve(self, time_limit_s: float) -> WavePlan | None:
        """Return the plan within the gap, None when there is none in time."""
        self._build()
        size = len(self.costs)
        if not self.tops:
            return None
        matrix = sparse.csr_matrix((self.values, (self.rows, self.cols)), (len(self.tops), size))
        # The penalties dwarf the costs, so the solver's own relative gap would be loose.
        found = milp(
            np.array(self.costs),
            constraints=LinearConstraint(matrix, -np.inf, np.array(self.tops)),
            integrality=np.ones(size),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": RELATIVE_GAP / 1000, "time_limit": time_limit_s},
        )
        if found.x is None:
            return None
        chosen: dict[int, tuple[int | None, ...]] = {}
        total = 0.0
        for n, order in enumerate(self.orders):
            sites = tuple(self._site_of(n, m, found.x) for m in range(len(order.lines)))
            chosen[order.key] = sites
            total += cost_of(order, sites, split_amount=self.split_amount)
        return WavePlan(chosen, total, is_exact=found.status == 0)

    def _site_of(self, n: int, m: int, solution: np.ndarray) -> int | None:
        for site in sorted(self.orders[n].parcels):
            column = self.columns.get((n, m, site))
            if column is not None and solution[column] > 0.5:
                return site
        return None
