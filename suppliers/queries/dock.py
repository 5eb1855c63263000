"""What stands at a dock and may be put away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from core.permissions import Principal
from inventory.models import Bin, BinStock, Lot, Sku
from suppliers.domain.docks import DOCKS
from suppliers.models import ReceiptLine


@dataclass(frozen=True, slots=True)
class DockGoods:
    """Units of one SKU and lot at one dock that may be carried to a shelf now."""

    dock: Bin
    sku: Sku
    lot: Lot | None
    qty: int


def dock_goods(warehouse_id: int) -> list[DockGoods]:
    """Return the goods of a warehouse that may leave its docks, by SKU and expiry; 5 statements."""
    units: dict[tuple[int, int, int | None], int] = {}
    for rows, amount in (_received(Q(bin__warehouse_id=warehouse_id)), _good(warehouse_id)):
        for bin_id, sku_id, lot_id, qty in _sums(rows, amount):
            key = (bin_id, sku_id, lot_id)
            units[key] = units.get(key, 0) + qty
    docks = Bin.objects.in_bulk({key[0] for key in units})
    skus = Sku.objects.in_bulk({key[1] for key in units})
    lots = Lot.objects.in_bulk({key[2] for key in units if key[2] is not None})
    goods = [
        DockGoods(docks[bin_id], skus[sku_id], lots[lot_id] if lot_id else None, qty)
        for (bin_id, sku_id, lot_id), qty in units.items()
    ]
    return sorted(goods, key=_order)


def waiting_count(principal: Principal) -> int:
    """Return how many groups of goods (dock, SKU, lot) wait at docks in scope to be put away."""
    found: set[tuple[int, int, int | None]] = set()
    received, amount = _received(principal.warehouse_q("bin__warehouse__code"))
    for bin_id, sku_id, lot_id, _qty in _sums(received, amount):
        found.add((bin_id, sku_id, lot_id))
    return len(found)


def _received(where: Q) -> tuple[QuerySet[Any], Any]:
    rows = ReceiptLine.objects.free_to_put_away().filter(where)
    return rows, F("qty") - F("put_away_qty") - F("withdrawn_qty")


def _good(warehouse_id: int) -> tuple[QuerySet[Any], Any]:
    rows = BinStock.objects.filter(
        bin__warehouse_id=warehouse_id, bin__kind__in=DOCKS, condition="good", qty__gt=F("reserved")
    )
    return rows, F("qty") - F("reserved")


def _sums(rows: QuerySet[Any], amount: Any) -> Iterable[tuple[int, int, int | None, int]]:
    groups = rows.values("bin_id", "sku_id", "lot_id").annotate(units=Sum(amount)).order_by()
    yield from groups.values_list("bin_id", "sku_id", "lot_id", "units")


def _order(goods: DockGoods) -> tuple[str, str, str, str]:
    lot = goods.lot
    expiry = str(lot.expires_on or "") if lot else ""
    return goods.sku.code, expiry, lot.code if lot else "", goods.dock.code
