"""Derive where orders stand from their holds, codes and shipments: the only writer of `stage`.

Called by every service after its change, in the same transaction, with the orders locked. It also
closes an order whose last parcel has arrived and reopens one that got another shipment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from core import audit, events
from core.actors import SYSTEM
from orders.domain import attention, states
from orders.models import Order, OrderHold, OrderLine, Shipment
from orders.models.orders import OrderStatus

BATCH = 500


def refresh(order_ids: Collection[int], *, at: dt.datetime) -> dict[int, str]:
    """Recompute stage and completion of orders; return the new stage by order id.

    Four reads and at most one write per new stage, whatever the number of orders. Repeatable.
    """
    ids = sorted(set(order_ids))
    if not ids:
        return {}
    rows = list(
        Order.objects.filter(pk__in=ids, is_history=False)
        .only("status", "stage", "attention_codes", "open_returns", "returned")
        .order_by("pk")
    )
    held = set(
        OrderHold.objects.filter(order_id__in=ids, released_at__isnull=True)
        .values_list("order_id", flat=True)
        .order_by()
    )
    waiting = set(
        OrderLine.objects.filter(order_id__in=ids, backorder_qty__gt=0)
        .values_list("order_id", flat=True)
        .order_by()
    )
    parts: dict[int, list[str]] = defaultdict(list)
    shipments = Shipment.objects.filter(order_id__in=ids).order_by("pk")
    for order_id, status in shipments.values_list("order_id", "status"):
        parts[order_id].append(status)
    found: dict[int, str] = {}
    _complete(rows, parts, held, waiting, at)
    changed: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        stage = states.derive_stage(
            row.status,
            is_held=row.pk in held,
            needs_attention=attention.needs_person(row.attention_codes),
            shipments=parts[row.pk],
            is_waiting=row.pk in waiting,
            returned=row.returned,
        )
        found[row.pk] = stage
        if stage != row.stage:
            changed[stage].append(row.pk)
    for stage, changed_ids in sorted(changed.items()):
        Order.objects.filter(pk__in=changed_ids).update(stage=stage, updated_at=at)
    return found


def _complete(
    rows: Iterable[Order],
    parts: dict[int, list[str]],
    held: set[int],
    waiting: set[int],
    at: dt.datetime,
) -> None:
    """Complete orders of which all arrived and nothing comes back; reopen the others."""
    done, reopened = [], []
    for row in rows:
        active = [status for status in parts[row.pk] if status != states.CANCELLED]
        arrived = bool(active) and all(status == states.DELIVERED for status in active)
        arrived &= not row.open_returns
        if row.status == OrderStatus.CONFIRMED and arrived and row.pk not in waiting:
            row.status = OrderStatus.COMPLETED
            done.append(row.pk)
        elif row.status == OrderStatus.COMPLETED and active and not arrived:
            row.status = OrderStatus.CONFIRMED
            reopened.append(row.pk)
    for ids, move, action, status in (
        (done, "complete", "completed", OrderStatus.COMPLETED),
        (reopened, "reopen", "reopened", OrderStatus.CONFIRMED),
    ):
        if ids:
            sources = states.sources(states.ORDER_MOVES, move)
            Order.objects.filter(pk__in=ids, status__in=sources).update(status=status)
            audit.record_many(
                [audit.AuditDraft(SYSTEM, f"orders.{action}", f"order:{pk}", at) for pk in ids]
            )
    if done:
        events.publish_many(
            [
                events.EventDraft("orders.completed", f"order:{pk}", at, {"order_id": pk})
                for pk in done
            ]
        )
