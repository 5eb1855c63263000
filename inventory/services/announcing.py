"""Tell the apps above that units became free to promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from core.events import EventDraft, publish_many
from inventory.domain.moves import LevelKey

STOCK_AVAILABLE = "inventory.stock_available"


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
