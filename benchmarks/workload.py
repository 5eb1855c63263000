"""The order workload that every benchmark shares: deterministic, sized by one number.

Three warehouses, 2 000 SKUs whose popularity follows Zipf 1.1, orders of one to five lines
(mean 2.2) with one to three units a line, and stock for 97 % of the demand. The same seed and
size give the same orders on every machine, so two programs measured in one run do the same work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

WAREHOUSES = ("SZX", "RTM", "LAX")
HOME_COUNTRY = {"SZX": "CN", "RTM": "DE", "LAX": "US"}
SKU_COUNT = 2_000
ZIPF_EXPONENT = 1.1
LINE_COUNT_SHARES = (0.38, 0.28, 0.18, 0.08, 0.08)  # 1..5 lines; the mean is 2.2
STOCK_SHARE = 0.97


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """One order: `lines` holds (sku index, units); `warehouse` is the one of its region."""

    number: int
    warehouse: str
    country: str
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """Orders and the opening stock by (warehouse, sku index) that covers 97 % of their units."""

    orders: tuple[BenchOrder, ...]
    stock: dict[tuple[str, int], int]

    def batches(self, size: int) -> Iterator[tuple[BenchOrder, ...]]:
        """Yield the orders in runs of `size`."""
        for start in range(0, len(self.orders), size):
            yield self.orders[start : start + size]


def build(order_count: int, seed: int = 20261121) -> Workload:
    """Return the workload of `order_count` orders for `seed`."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, SKU_COUNT + 1) ** ZIPF_EXPONENT
    weights /= weights.sum()
    line_counts = rng.choice(np.arange(1, 6), size=order_count, p=LINE_COUNT_SHARES)
    homes = rng.integers(0, len(WAREHOUSES), size=order_count)
    total = int(line_counts.sum())
    skus = rng.choice(SKU_COUNT, size=total, p=weights)
    units = rng.integers(1, 4, size=total)
    orders: list[BenchOrder] = []
    position = 0
    for number in range(order_count):
        count = int(line_counts[number])
        chosen: dict[int, int] = {}
        for unit in units[position : position + count]:
            sku = int(skus[position])
            while sku in chosen:  # a line is one SKU; the next free rank keeps the shape
                sku = (sku + 1) % SKU_COUNT
            chosen[sku] = int(unit)
            position += 1
        home = WAREHOUSES[int(homes[number])]
        orders.append(BenchOrder(number, home, HOME_COUNTRY[home], tuple(chosen.items())))
    return Workload(tuple(orders), _stock_for(orders))


def _stock_for(orders: list[BenchOrder]) -> dict[tuple[str, int], int]:
    demand: Counter[tuple[str, int]] = Counter()
    for order in orders:
        for sku, unit in order.lines:
            demand[order.warehouse, sku] += unit
    return {
        (warehouse, sku): round(demand[warehouse, sku] * STOCK_SHARE)
        for warehouse in WAREHOUSES
        for sku in range(SKU_COUNT)
    }
