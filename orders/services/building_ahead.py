"""Kits that subscriptions will need soon are planned as work orders, before anybody orders them.

For each channel the kits are built in the warehouse that ranks first for it. What lies there free
and what open work orders will make is taken off first, so a repeat plans nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum

from core.actors import SYSTEM
from core.errors import DomainError
from inventory.models import Sku, Warehouse, WorkOrder
from inventory.queries import levels_snapshot
from inventory.services import work_orders
from inventory.services.work_orders import WorkOrderDraft
from orders.models import ChannelWarehouse
from orders.services import subscription_runs

OPEN_STATES = ("draft", "released", "in_progress")


@dataclass(frozen=True, slots=True)
class AheadReport:
    """Work orders that were planned, and the kits that could not be, each with the reason."""

    planned: list[int]
    refused: dict[str, str]


def plan(*, today: dt.date, days: int, at: dt.datetime) -> AheadReport:
    """Plan a work order for each assembled kit that due days up to `days` after `today` lack.

    Repeatable. Each work order is a transaction of its own that locks the kit; one whose components
    are short is named in the report and stops no other.
    """
    planned: list[int] = []
    refused: dict[str, str] = {}
    needs = _kit_needs(today, today + dt.timedelta(days=days))
    for (warehouse_id, kit_id), qty in sorted(needs.items()):
        try:
            order_id = _plan_one(warehouse_id, kit_id, qty, today=today, at=at)
        except DomainError as error:
            refused[Sku.objects.values_list("code", flat=True).get(pk=kit_id)] = str(error)
        else:
            planned += [] if order_id is None else [order_id]
    return AheadReport(planned, refused)


@transaction.atomic
def _plan_one(
    warehouse_id: int, kit_id: int, needed_qty: int, *, today: dt.date, at: dt.datetime
) -> int | None:
    # The kit is the lock: two runs at once must not both find that nothing is planned yet.
    list(Sku.objects.filter(pk=kit_id).select_for_update(of=("self",)).values_list("pk", flat=True))
    qty = needed_qty - _covered(warehouse_id, kit_id)
    if qty <= 0:
        return None
    draft = WorkOrderDraft(kit_id=kit_id, warehouse_id=warehouse_id, planned_qty=qty, due_on=today)
    return work_orders.create(draft, actor=SYSTEM, at=at).pk


def _covered(warehouse_id: int, kit_id: int) -> int:
    """Return the kits that lie free in a warehouse, and those that open work orders will make."""
    level = levels_snapshot([kit_id], [warehouse_id]).get((warehouse_id, kit_id))
    coming = WorkOrder.objects.filter(
        kit_id=kit_id, warehouse_id=warehouse_id, is_unkit=False, state__in=OPEN_STATES
    ).aggregate(left=Sum(F("planned_qty") - F("made_qty")))["left"]
    return (max(level.atp, 0) if level else 0) + (coming or 0)


def _kit_needs(start: dt.date, end: dt.date) -> dict[tuple[int, int], int]:
    """Return units needed by (warehouse id, assembled kit's SKU id)."""
    kits = set(
        Sku.objects.filter(kind=Sku.Kind.ASSEMBLED_KIT, archived=False).values_list("pk", flat=True)
    )
    units: Counter[tuple[int, int]] = Counter()
    for channel_id, by_sku in subscription_runs.needs_by_channel(start=start, end=end).items():
        home = _home_of(channel_id)
        if home is None:
            continue
        for sku_id in kits & by_sku.keys():
            units[home, sku_id] += by_sku[sku_id]
    return dict(units)


def _home_of(channel_id: int) -> int | None:
    ranked = ChannelWarehouse.objects.filter(
        channel_id=channel_id, is_allowed=True, warehouse__is_active=True
    ).order_by("rank", "pk")
    first = ranked.values_list("warehouse_id", flat=True).first()
    if first is not None:
        return first
    places = Warehouse.objects.filter(is_active=True, kind=Warehouse.Kind.OWN)
    return places.order_by("priority", "code").values_list("pk", flat=True).first()
