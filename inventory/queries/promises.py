"""Which promises the stock no longer covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import F, Q

from inventory.domain.demand import BrokenPromise
from inventory.domain.moves import LevelKey
from inventory.domain.promises import Promise, find_broken
from inventory.models import Reservation, StockLevel
from inventory.queries.lot_life import read_supply, with_claimed_qty
from inventory.querysets.stock import OPEN_QTY


def broken_promises(keys: Collection[LevelKey]) -> list[BrokenPromise]:
    """Return the promises that the levels of (warehouse id, SKU id) keys can't keep any more.

    Ordered by level, then by rank: promises in picks, by priority and the older are kept first.
    Lot life counts for lot-tracked SKUs. At most three statements.
    """
    suspects = _suspects(keys)
    if not suspects:
        return []
    tracked = {level_id: key for level_id, (key, _units, by_lot) in suspects.items() if by_lot}
    supply = read_supply(tracked.values()) if tracked else {}
    promises: dict[int, list[Promise]] = {}
    for level_id, promise in _promises(suspects):
        promises.setdefault(level_id, []).append(promise)
    return [
        BrokenPromise(owner_key, key[0], key[1], short_qty)
        for level_id, (key, sellable_qty, _by_lot) in suspects.items()
        for owner_key, short_qty in find_broken(
            promises.get(level_id, ()), sellable_qty=sellable_qty, book=supply.get(key)
        )
    ]


def _suspects(keys: Collection[LevelKey]) -> dict[int, tuple[LevelKey, int, bool]]:
    """Return level id -> (key, sellable units, tracked by lot) of levels that may be broken."""
    rows = (
        StockLevel.objects.filter(
            Q(reserved__gt=F("on_hand") - F("unsellable")) | Q(sku__lot_tracked=True),
            warehouse_id__in={key[0] for key in keys},
            sku_id__in={key[1] for key in keys},
            reserved__gt=0,
        )
        .annotate(sellable=F("on_hand") - F("unsellable"))
        .order_by("pk")
        .values_list("pk", "warehouse_id", "sku_id", "sellable", "sku__lot_tracked")
    )
    return {
        pk: ((warehouse_id, sku_id), sellable, by_lot)
        for pk, warehouse_id, sku_id, sellable, by_lot in rows
        if (warehouse_id, sku_id) in keys
    }


def _promises(level_ids: Collection[int]) -> list[tuple[int, Promise]]:
    pending = Reservation.objects.pending().filter(level_id__in=list(level_ids))
    rows = (
        with_claimed_qty(pending.annotate(open_qty=OPEN_QTY))
        .order_by("level_id", "pk")
        .values_list(
            "level_id", "owner_key", "open_qty", "claimed", "priority", "usable_until", "pk"
        )
    )
    return [(row[0], Promise(*row[1:])) for row in rows]


def promised_until(
    owner_keys: Collection[str], level_ids: Collection[int]
) -> dict[tuple[str, LevelKey], dt.date]:
    """Return until when each owner's pending promise must last, where it says so."""
    rows = Reservation.objects.pending().filter(
        owner_key__in=list(owner_keys), level_id__in=list(level_ids), usable_until__isnull=False
    )
    return {
        (owner_key, (warehouse_id, sku_id)): until
        for owner_key, warehouse_id, sku_id, until in rows.order_by("pk").values_list(
            "owner_key", "level__warehouse_id", "level__sku_id", "usable_until"
        )
        if until is not None
    }
