"""What transfers have under way: between two warehouses, and on its way to one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Sum

from inventory.domain.moves import LevelKey
from inventory.domain.places import TRANSIT
from inventory.domain.transit import Chunk, landed_chunks, skip_chunks
from inventory.models import LayerConsumption, StockMove, TransferLine
from inventory.querysets.moves import ON_THE_WAY


def on_the_way(transfer_id: int) -> dict[tuple[int, int | None], list[Chunk]]:
    """Return the units of a transfer in TRANSIT by (line id, lot id), oldest cost first.

    Read from the ledger, three statements. Sharp only under the lock of the transfer.
    """
    lines = {
        f"transfer_line:{pk}": pk
        for pk in TransferLine.objects.filter(transfer_id=transfer_id).values_list("pk", flat=True)
    }
    shipped: dict[tuple[int, int | None], list[Chunk]] = {}
    used = LayerConsumption.objects.filter(
        move__owner_key__in=lines,
        move__sku_id__in=TransferLine.objects.filter(transfer_id=transfer_id).values("sku_id"),
        move__to_bin_id=TRANSIT,
    ).order_by("move_id", "pk")
    for owner, lot_id, qty, cost, landed, currency in used.values_list(
        "move__owner_key", "move__lot_id", "qty", "unit_cost", "landed_amount", "layer__currency"
    ):
        chunks = landed_chunks(qty, cost, landed, currency)
        shipped.setdefault((lines[owner], lot_id), []).extend(chunks)
    gone = StockMove.objects.filter(
        owner_key__in=lines,
        sku_id__in=TransferLine.objects.filter(transfer_id=transfer_id).values("sku_id"),
        from_bin_id=TRANSIT,
    )
    for owner, lot_id, qty in (
        gone.order_by()
        .values("owner_key", "lot_id")
        .annotate(units=Sum("qty"))
        .values_list("owner_key", "lot_id", "units")
    ):
        shipped[lines[owner], lot_id] = skip_chunks(shipped[lines[owner], lot_id], qty)
    return {key: chunks for key, chunks in shipped.items() if chunks}


def incoming_transfers(
    sku_ids: Collection[int], warehouse_ids: Collection[int]
) -> dict[LevelKey, int]:
    """Return the units on their way to each (warehouse id, SKU id); they are in nobody's ATP."""
    rows = (
        TransferLine.objects.filter(
            transfer__state__in=("in_transit", "partially_received"),
            transfer__destination_id__in=warehouse_ids,
            sku_id__in=sku_ids,
        )
        .order_by()
        .values("transfer__destination_id", "sku_id")
        .annotate(units=Sum(ON_THE_WAY))
        .values_list("transfer__destination_id", "sku_id", "units")
    )
    return {(warehouse_id, sku_id): units for warehouse_id, sku_id, units in rows if units}
