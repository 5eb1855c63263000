"""Reads for on-time delivery and speed: orders with their promise and their real arrival."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from core.permissions import Principal
from orders.domain import states
from orders.domain.delivery_kpis import Delivery, DeliveryFigures, figures
from orders.models import Order, Shipment
from orders.models.orders import OrderStatus
from orders.querysets import OrderQuerySet
from shipping.models import TrackingEvent

BATCH: Final = 2_000
Arrival = tuple[dt.datetime, dt.date]


def delivery_figures(principal: Principal, start: dt.datetime, end: dt.datetime) -> DeliveryFigures:
    """Return on-time delivery and speed of the orders in reach for the span [start, end), UTC.

    Delivered: the last shipment arrived in the span. Due: the day promised at order time lies in
    it. A parcel's day is that of the carrier's scan where it was made; without a scan, UTC.
    """
    reach = Order.objects.visible_to(principal).filter(is_history=False)
    live = reach.exclude(status__in=[OrderStatus.CANCELLED, OrderStatus.DRAFT])
    there = Shipment.objects.filter(delivered_at__gte=start, delivered_at__lt=end)
    landed = live.filter(pk__in=there.values("order_id").order_by())
    due = live.filter(promised_at_order_by__gte=start.date(), promised_at_order_by__lt=end.date())
    arrived = [one for one in _read(landed) if one.arrived_at and start <= one.arrived_at < end]
    return figures(arrived, _read(due))


def arrivals(order_ids: Collection[int]) -> dict[int, Arrival]:
    """Return when and on which day each order's last parcel arrived; none while one is under way.

    Three queries per 2,000 orders.
    """
    found: dict[int, Arrival] = {}
    ids = sorted(order_ids)
    for start in range(0, len(ids), BATCH):
        found |= _arrivals(ids[start : start + BATCH])
    return found


def _read(rows: OrderQuerySet) -> list[Delivery]:
    fields = rows.values("pk", "placed_at", "promised_at_order_by")
    facts = {row["pk"]: row for row in fields.order_by("pk")}
    came = arrivals(facts)
    return [
        Delivery(row["placed_at"], row["promised_at_order_by"], *came.get(pk, (None, None)))
        for pk, row in facts.items()
    ]


def _arrivals(order_ids: list[int]) -> dict[int, Arrival]:
    shipments = Shipment.objects.filter(order_id__in=order_ids).exclude(status=states.CANCELLED)
    rows = list(shipments.values_list("pk", "order_id", "status", "delivered_at").order_by("pk"))
    scans = _scans([f"shipment:{pk}" for pk, _order, status, _at in rows if _is_there(status)])
    last: dict[int, Arrival] = {}
    under_way: set[int] = set()
    for pk, order_id, status, delivered_at in rows:
        if not _is_there(status) or delivered_at is None:
            under_way.add(order_id)
            continue
        plain = (delivered_at, delivered_at.astimezone(dt.UTC).date())
        arrival = scans.get(f"shipment:{pk}", plain)
        last[order_id] = max(arrival, last.get(order_id, arrival))
    return {pk: arrival for pk, arrival in last.items() if pk not in under_way}


def _is_there(status: str) -> bool:
    return status == states.DELIVERED


def _scans(owner_keys: list[str]) -> dict[str, Arrival]:
    """Return the last parcel's scan of delivery by shipment; of repeated scans the first counts."""
    events = TrackingEvent.objects.filter(
        parcel__owner_key__in=owner_keys, status="delivered"
    ).exclude(parcel__state="voided")
    first: dict[tuple[str, int], Arrival] = {}
    rows = events.values_list("parcel__owner_key", "parcel_id", "at", "utc_offset_min")
    for owner, parcel_id, at, offset in rows.order_by("-at", "-pk"):
        local = at.astimezone(dt.timezone(dt.timedelta(minutes=offset)))
        first[(owner, parcel_id)] = (at, local.date())
    last: dict[str, Arrival] = {}
    for (owner, _parcel), arrival in first.items():
        last[owner] = max(arrival, last.get(owner, arrival))
    return last
