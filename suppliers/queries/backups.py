"""Who else sells what a supplier is the first choice for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from suppliers.models import PurchaseLine, SupplierSku
from suppliers.queries.eta import LaterArrival


def ranks_of(supplier_ids: Sequence[int]) -> list[tuple[SupplierSku, SupplierSku | None]]:
    """Return what suppliers are first choice for, with the best backup in use of each SKU.

    A backup is another supplier's active goods, of none of `supplier_ids`. Two statements.
    """
    first = SupplierSku.objects.filter(supplier_id__in=supplier_ids, is_active=True).select_related(
        "sku", "supplier"
    )
    mine = list(first.order_by("sku__code", "rank", "pk"))
    others: dict[int, SupplierSku] = {}
    better: dict[int, int] = {}
    rivals = SupplierSku.objects.filter(
        sku_id__in={row.sku_id for row in mine}, is_active=True, supplier__is_active=True
    ).exclude(supplier_id__in=supplier_ids)
    for row in rivals.select_related("supplier").order_by("sku_id", "rank", "pk"):
        others.setdefault(row.sku_id, row)
        better.setdefault(row.sku_id, row.rank)
    found: dict[int, tuple[SupplierSku, SupplierSku | None]] = {}
    for row in mine:
        if row.sku_id not in found and row.rank < better.get(row.sku_id, row.rank + 1):
            found[row.sku_id] = (row, others.get(row.sku_id))
    return list(found.values())


def skus_coming(later: Collection[LaterArrival]) -> set[int]:
    """Return the SKUs of which open purchase orders bring units that these delays touch."""
    suppliers = {one.supplier_id for one in later}
    rows = PurchaseLine.objects.filter(
        order__supplier_id__in=suppliers,
        order__state__in=("sent", "confirmed", "partly_received"),
    )
    ways = rows.order_by("pk").values_list(
        "sku_id", "order__supplier_id", "order__mode", "order__warehouse_id"
    )
    return {
        sku_id
        for sku_id, supplier_id, mode, warehouse_id in ways
        if any(one.fits(supplier_id, mode, warehouse_id) for one in later)
    }
