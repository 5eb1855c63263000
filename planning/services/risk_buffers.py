"""Safety stock at the destination: kept back as the review computed it, released with cause (B-39).

What is kept back is out of what customers are promised. Only `inventory.services` writes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from core.actors import Actor
from inventory.domain.lines import BufferChange
from inventory.models import StockLevel
from inventory.services import stock
from planning.models import CoverStatus, RiskResponse
from planning.services.risk_errors import BufferNotReleasable, RiskRefused


def keep(warehouse_ids: Collection[int], *, actor: Actor, now: dt.datetime) -> int:
    """Keep back what the newest review computed at these warehouses; return how many changed.

    Units on hand stay where they are; only what can be promised changes. Repeatable. Three
    statements and one call to stock.
    """
    kept = StockLevel.objects.filter(warehouse_id__in=warehouse_ids)
    rows = kept.order_by("pk").values_list("warehouse_id", "sku_id", "buffer")
    now_kept = {(place, sku): buffer for place, sku, buffer in rows}
    covers = CoverStatus.objects.filter(warehouse_id__in=warehouse_ids).order_by("pk")
    wanted = covers.values_list("warehouse_id", "sku_id", "buffer_qty")
    changes = [
        BufferChange(place, sku, qty)
        for place, sku, qty in wanted
        if now_kept.get((place, sku), 0) != qty
    ]
    if changes:
        key = f"planning-buffer:{actor.key}:{now.isoformat()}"
        stock.set_buffer(changes, event_key=key, actor=actor, at=now, reason="B-39")
    return len(changes)


def release(
    level: StockLevel, to_qty: int, *, reason: str, has_role: bool, actor: Actor, now: dt.datetime
) -> None:
    """Keep only `to_qty` units back from now on, so that the rest can be promised.

    Raises:
        RiskRefused: no reason, or not fewer units than are kept back.
        BufferNotReleasable: no level-1 response is active and `has_role` is false.
    """
    if not reason.strip():
        raise RiskRefused(what="Reason", why="write why the safety stock is needed.")
    if not 0 <= to_qty < level.buffer:
        raise RiskRefused(what="Units", why=f"keep from 0 to {level.buffer - 1} units back.")
    active = RiskResponse.objects.filter(level=1, state=RiskResponse.State.ACTIVE)
    if not has_role and not active.exists():
        raise BufferNotReleasable
    stock.set_buffer(
        [BufferChange(level.warehouse_id, level.sku_id, to_qty)],
        event_key=f"planning-buffer:{actor.key}:{level.pk}:{now.isoformat()}",
        actor=actor,
        at=now,
        reason=reason.strip(),
    )
