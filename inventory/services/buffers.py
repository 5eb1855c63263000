"""Units a warehouse keeps back from promises: the destination safety stock (B-39)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core import audit
from core.actors import Actor
from inventory.domain.lines import BufferChange
from inventory.models import MOST_UNITS, StockLevel
from inventory.services import level_sql
from inventory.services.announcing import announce_stock
from inventory.services.event_log import Call, open_event
from inventory.services.move_facts import BadQuantity
from inventory.services.retrying import stock_write


@stock_write()
def set_buffer(
    changes: Sequence[BufferChange],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Set how many units of each SKU each warehouse keeps back. Promises already made stay.

    Locks the levels in pk order, creating those that do not exist. Publishes
    `inventory.stock_available` where more can be promised now. Idempotent by `event_key`.

    Raises:
        BadQuantity: a quantity is below zero; nothing is written.
    """
    wanted = {}
    for change in changes:
        if type(change.qty) is not int or not 0 <= change.qty <= MOST_UNITS:
            raise BadQuantity(qty=change.qty)
        wanted[change.warehouse_id, change.sku_id] = change.qty
    if open_event(Call(event_key, "buffer", actor, at, reason)) is None or not wanted:
        return
    level_sql.add_levels(wanted)
    levels = level_sql.lock_levels(wanted)
    drafts = []
    for key, level in levels.items():
        if level.buffer == wanted[key]:
            continue
        StockLevel.objects.filter(pk=level.level_id).update(buffer=wanted[key])
        drafts.append(
            audit.AuditDraft(
                actor,
                "inventory.buffer_set",
                f"sku:{key[1]}",
                at,
                before={"warehouse_id": key[0], "buffer": level.buffer},
                after={"warehouse_id": key[0], "buffer": wanted[key]},
                reason=reason,
            )
        )
    audit.record_many(drafts)
    announce_stock([key for key, level in levels.items() if wanted[key] < level.buffer], at=at)
