"""How long goods last with and without an order, until planning forecasts: cover in days.

Cover = usable units here and on order, over the mean units sent to customers a day in the last
28 days. Both figures are those of the order's warehouse. Source: B-12, algorithms.md 3.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from inventory.domain.places import CUSTOMER
from inventory.models import StockLevel, StockMove
from suppliers.models import PurchaseOrder
from suppliers.queries.on_order import OnOrder, on_order

DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Cover:
    """One SKU of an order: what is there, coming by other orders, sold in `DAYS`, ordered."""

    sku_id: int
    stock_qty: int
    coming_qty: int
    sold_qty: int
    qty: int

    @property
    def days_before(self) -> int | None:
        """Return the full days that stock and other orders last; None without sales."""
        return self._days(0)

    @property
    def days_after(self) -> int | None:
        """Return the full days with the order; None without sales."""
        return self._days(self.qty)

    def _days(self, more: int) -> int | None:
        if self.sold_qty <= 0:
            return None
        return max(0, self.stock_qty + self.coming_qty + more) * DAYS // self.sold_qty


def cover_of(order: PurchaseOrder, wanted: Mapping[int, int], *, now: dt.datetime) -> list[Cover]:
    """Return the cover of an order's SKUs (id -> units ordered), the shortest first: 3 queries.

    A SKU that did not sell comes last.
    """
    place = order.warehouse_id
    stock, sold = _stock_and_sales(place, wanted, now)
    coming = on_order(sku_ids=list(wanted), warehouse_ids=[place])
    own = order.state in {"pending", "approved", "sent", "confirmed", "partly_received"}
    found = [
        Cover(
            sku_id=sku_id,
            stock_qty=stock.get(sku_id, 0),
            coming_qty=max(
                0, coming.get((place, sku_id), OnOrder()).total_qty - (qty if own else 0)
            ),
            sold_qty=sold.get(sku_id, 0),
            qty=qty,
        )
        for sku_id, qty in wanted.items()
    ]
    return sorted(found, key=lambda one: (one.sold_qty <= 0, one.days_before or 0, one.sku_id))


def _stock_and_sales(
    place: int, wanted: Mapping[int, int], now: dt.datetime
) -> tuple[dict[int, int], dict[int, int]]:
    moves = StockMove.objects.filter(
        sku_id=OuterRef("sku_id"),
        from_warehouse=place,
        to_bin=CUSTOMER,
        event__at__gte=now - dt.timedelta(days=DAYS),
    )
    sums = moves.order_by().values("sku_id").annotate(units=Sum("qty")).values("units")
    levels = StockLevel.objects.filter(warehouse=place, sku_id__in=wanted).order_by("pk")
    rows = levels.annotate(sold=Coalesce(Subquery(sums), 0)).values_list(
        "sku_id", "on_hand", "unsellable", "sold"
    )
    stock, sold = {}, {}
    for sku_id, on_hand, unsellable, units in rows:
        stock[sku_id], sold[sku_id] = on_hand - unsellable, units
    return stock, sold
