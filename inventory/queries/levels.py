"""What can be promised where, and until when: snapshots for routing and screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory.domain.allocation import LifeBook
from inventory.domain.moves import LevelKey
from inventory.models import StockLevel
from inventory.queries.lot_life import read_books


@dataclass(frozen=True, slots=True)
class LevelView:
    """One level as it was read: nothing is locked, so a promise must be checked again."""

    warehouse_id: int
    sku_id: int
    on_hand: int
    unsellable: int
    reserved: int
    buffer: int
    book: LifeBook | None = None

    @property
    def atp(self) -> int:
        """Return the units that may still be promised; negative when a promise is broken."""
        return self.on_hand - self.unsellable - self.reserved - self.buffer

    def usable_atp(self, until: dt.date) -> int:
        """Return the units that may be promised to somebody who needs them usable on that day."""
        if self.book is None:
            return self.atp
        return min(self.atp, self.book.room(until))


def levels_snapshot(
    sku_ids: Collection[int], warehouse_ids: Collection[int]
) -> dict[LevelKey, LevelView]:
    """Return the levels by (warehouse id, SKU id); one statement, three with lot-tracked SKUs."""
    rows = list(
        StockLevel.objects.filter(warehouse_id__in=warehouse_ids, sku_id__in=sku_ids)
        .order_by("pk")
        .values_list(
            "pk",
            "warehouse_id",
            "sku_id",
            "on_hand",
            "unsellable",
            "reserved",
            "buffer",
            "sku__lot_tracked",
        )
    )
    books = read_books({row[0]: (row[1], row[2]) for row in rows if row[7]})
    return {(row[1], row[2]): LevelView(*row[1:7], books.get((row[1], row[2]))) for row in rows}


def atp_by_date(
    sku_id: int, warehouse_ids: Collection[int], days: Sequence[dt.date]
) -> dict[int, list[tuple[dt.date, int]]]:
    """Return, per warehouse id, the units that may be promised and are usable on each day.

    Lots that expire before a day no longer count on it; expected supply would add to it. A SKU
    without lots has the same ATP on every day.
    """
    levels = levels_snapshot([sku_id], warehouse_ids)
    return {
        warehouse_id: [
            (day, levels[warehouse_id, sku_id].usable_atp(day))
            if (warehouse_id, sku_id) in levels
            else (day, 0)
            for day in days
        ]
        for warehouse_id in warehouse_ids
    }
