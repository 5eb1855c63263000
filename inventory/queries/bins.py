"""What waves may take, and from where."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q

from inventory.domain.allocation import BinSlot
from inventory.domain.moves import LevelKey
from inventory.models import BinStock, CountTask

PICKABLE = Q(bin__is_pickable=True)


def read_slots(keys: Collection[LevelKey], places: Q = PICKABLE) -> dict[LevelKey, list[BinSlot]]:
    """Return the free good units in pickable bins per (warehouse id, SKU id); one statement.

    `places` narrows the bin stock to other bins. Left out: bins closed or being counted for the
    SKU, lots that are not good.
    """
    if not keys:
        return {}
    counted = CountTask.objects.open().filter(
        Q(sku_id=OuterRef("sku_id")) | Q(sku__isnull=True), bin_id=OuterRef("bin_id")
    )
    rows = (
        BinStock.objects.sellable()
        .filter(
            ~Exists(counted),
            places,
            qty__gt=F("reserved"),
            bin__is_active=True,
            bin__warehouse_id__in={key[0] for key in keys},
            sku_id__in={key[1] for key in keys},
        )
        .order_by("pk")
        .values_list(
            "bin__warehouse_id",
            "sku_id",
            "pk",
            "bin_id",
            "lot_id",
            "lot__expires_on",
            "lot__received_at",
            "bin__pick_sequence",
            F("qty") - F("reserved"),
        )
    )
    slots: dict[LevelKey, list[BinSlot]] = {}
    for warehouse_id, sku_id, *slot in rows:
        slots.setdefault((warehouse_id, sku_id), []).append(BinSlot(*slot))
    return slots
