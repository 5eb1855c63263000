"""Tell the apps above that units became free to promise, or that promises can't be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from core.events import EventDraft, publish_many
from inventory.domain.demand import BrokenPromise
from inventory.domain.moves import LevelKey

STOCK_AVAILABLE = "inventory.stock_available"
PROMISE_BROKEN = "inventory.promise_broken"
LOT_RECALLED = "inventory.lot_recalled"


def announce_stock(keys: Iterable[LevelKey], *, at: dt.datetime) -> None:
    """Publish one `inventory.stock_available` per level, in one insert; none when there is none."""
    drafts = [
        EventDraft(
            STOCK_AVAILABLE,
            f"sku:{sku_id}",
            at,
            {"warehouse_id": warehouse_id, "sku_id": sku_id},
        )
        for warehouse_id, sku_id in sorted(keys)
    ]
    if drafts:
        publish_many(drafts)


def announce_broken(broken: Iterable[BrokenPromise], *, at: dt.datetime) -> None:
    """Publish one `inventory.promise_broken` per promise the stock no longer covers."""
    drafts = [
        EventDraft(
            PROMISE_BROKEN,
            f"sku:{promise.sku_id}",
            at,
            {
                "owner_key": promise.owner_key,
                "warehouse_id": promise.warehouse_id,
                "sku_id": promise.sku_id,
                "short_qty": promise.short_qty,
            },
        )
        for promise in broken
    ]
    if drafts:
        publish_many(drafts)
