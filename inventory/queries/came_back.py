"""What left for customers and may still come back: by what it left with, SKU and lot."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Sum

from inventory.domain.places import CUSTOMER
from inventory.domain.transit import Chunk, landed_chunks, skip_chunks
from inventory.models import LayerConsumption, StockMove

OutKey = tuple[str, int, int | None]
"""(owner key, SKU id, lot id or None)."""


def still_out(owner_keys: Collection[str], sku_ids: Collection[int]) -> dict[OutKey, list[Chunk]]:
    """Return the units customers have, in the order in which they left, at what they cost then.

    Read from the ledger, two statements. Sharp only under the locks of the levels they left.
    """
    owners, skus = set(owner_keys) - {""}, set(sku_ids)
    if not owners:
        return {}
    left: dict[OutKey, list[Chunk]] = {}
    used = LayerConsumption.objects.filter(
        move__owner_key__in=owners, move__sku_id__in=skus, move__to_bin_id=CUSTOMER
    ).order_by("move_id", "pk")
    for owner, sku_id, lot_id, qty, cost, landed, currency in used.values_list(
        "move__owner_key",
        "move__sku_id",
        "move__lot_id",
        "qty",
        "unit_cost",
        "landed_amount",
        "layer__currency",
    ):
        chunks = landed_chunks(qty, cost, landed, currency)
        left.setdefault((owner, sku_id, lot_id), []).extend(chunks)
    back = StockMove.objects.filter(
        owner_key__in=owners, sku_id__in=skus, from_bin_id=CUSTOMER
    ).order_by()
    for owner, sku_id, lot_id, qty in (
        back.values("owner_key", "sku_id", "lot_id")
        .annotate(units=Sum("qty"))
        .values_list("owner_key", "sku_id", "lot_id", "units")
    ):
        key = (owner, sku_id, lot_id)
        left[key] = skip_chunks(left.get(key, []), qty)
    return {key: chunks for key, chunks in left.items() if chunks}


def left_from(owner_keys: Collection[str], sku_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the levels (warehouse id, SKU id) these units left; one statement."""
    owners = set(owner_keys) - {""}
    if not owners:
        return set()
    rows = StockMove.objects.filter(
        owner_key__in=owners, sku_id__in=set(sku_ids), to_bin_id=CUSTOMER
    ).order_by()
    pairs = rows.values_list("from_warehouse_id", "sku_id").distinct()
    return set(pairs)


def units_back(event_key: str) -> list[tuple[str, int, int | None, int, int]]:
    """Return (owner key, SKU id, lot id, bin id, units) of what one call took back."""
    rows = StockMove.objects.filter(event__event_key=event_key, from_bin_id=CUSTOMER)
    names = ("owner_key", "sku_id", "lot_id", "to_bin_id")
    found = rows.order_by().values(*names).annotate(units=Sum("qty"))
    return sorted(found.values_list(*names, "units"), key=str)
