"""A snapshot of promisable stock that is used up on paper while a batch of orders is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from inventory.domain.allocation import LifeBook
from orders.domain.route_facts import Leg

Key = tuple[int, int]
"""(warehouse id, SKU id)."""


@dataclass(slots=True)
class StockBook:
    """Units by (warehouse id, SKU id), books of lot life for SKUs tracked by lot, due shipments.

    The router reads it, `take` uses it up, so that the orders of one batch do not count on the
    same units. The services reserve for real afterwards.
    """

    units: dict[Key, int]
    books: Mapping[Key, LifeBook] = field(default_factory=dict)
    loads: dict[tuple[int, dt.date], int] = field(default_factory=dict)
    prices: Mapping[Key, Decimal] = field(default_factory=dict)

    def atp(self, warehouse_id: int, sku_id: int) -> int:
        """Return the units that can still be promised."""
        return self.units.get((warehouse_id, sku_id), 0)

    def usable(self, warehouse_id: int, sku_id: int, on: dt.date) -> int:
        """Return the units that can be promised until a day."""
        key = (warehouse_id, sku_id)
        book = self.books.get(key)
        free = self.units.get(key, 0)
        return free if book is None else max(0, min(free, book.room(on)))

    def load(self, warehouse_id: int, day: dt.date) -> int:
        """Return the shipments due for hand-over on a day."""
        return self.loads.get((warehouse_id, day), 0)

    def free(self, sku_ids: Iterable[int], warehouse_ids: Iterable[int]) -> dict[int, int]:
        """Return the units of each SKU over these warehouses; a negative level counts as empty."""
        sites = list(warehouse_ids)
        return {
            sku_id: sum(max(0, self.units.get((site, sku_id), 0)) for site in sites)
            for sku_id in sku_ids
        }

    def take(self, legs: Iterable[Leg]) -> None:
        """Count the units and the hand-over of each leg as promised."""
        for leg in legs:
            due = (leg.warehouse_id, leg.promise.hand_over.day)
            self.loads[due] = self.loads.get(due, 0) + 1
            for sku_id, qty in leg.takes:
                key = (leg.warehouse_id, sku_id)
                self.units[key] = self.units.get(key, 0) - qty
                book = self.books.get(key)
                if book is not None:
                    book.add_need(leg.usable_until.get(sku_id), qty)
