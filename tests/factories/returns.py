"""Orders that arrived, and returns of them, through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actors import SYSTEM, Actor
from inventory.domain.lines import DispatchLine
from inventory.models import BinStock, Sku, Warehouse
from inventory.services import dispatching
from orders.domain.drafts import LineDraft as OrderedLine
from orders.models import Channel, Order, OrderLine, Shipment, ShipmentLine
from orders.services import floor
from returns.models import ReturnRequest
from returns.services import policy_rules, reasons, requesting
from returns.services.requesting import LineDraft, RequestDraft
from tests.factories import orders

NOW = orders.NOW
#: When the orders of this file were delivered, and when their returns are asked for.
DELIVERED = NOW + dt.timedelta(days=5)
ASKED = DELIVERED + dt.timedelta(days=2)
DESK = Actor("user", 201, "Des K.")


def ensure_rules() -> None:
    """Have reasons and the default rulebook, as the first migration makes them."""
    reasons.ensure()
    policy_rules.ensure_defaults(at=NOW)


def stocked(*codes: str, units: int = 50, place: Warehouse | None = None) -> Warehouse:
    """Return a warehouse with units of each SKU, by default of TEA; the channel `shop` exists."""
    if not Channel.objects.filter(code="shop").exists():
        orders.channel()
    place = place or Warehouse.objects.filter(code="LA").first() or orders.warehouse("LA")
    for code in codes or ("TEA",):
        orders.put(Sku.objects.filter(code=code).first() or orders.sku(code), place, units)
    return place


def send_off(*rows: Order, at: dt.datetime = NOW) -> list[Shipment]:
    """Let everything of the orders leave: floor, stock and parcels' places as in life."""
    shipments = list(Shipment.objects.filter(order__in=rows, status="planned").order_by("pk"))
    ids = [row.pk for row in shipments]
    floor.release(ids, wave_key="wave:test", actor=SYSTEM, at=at)
    lines = list(ShipmentLine.objects.filter(shipment__in=ids).order_by("pk"))
    picks = [floor.PickedUnits(line.pk, line.qty) for line in lines]
    floor.record_picked(picks, actor=SYSTEM, at=at)
    floor.record_packed(ids, actor=SYSTEM, at=at)
    for shipment in shipments:
        leaving = [
            part
            for line in lines
            if line.shipment_id == shipment.pk
            for part in _from_bins(line, shipment.warehouse_id)
        ]
        dispatching.dispatch(leaving, event_key=f"test-left:{shipment.pk}", actor=SYSTEM, at=at)
    floor.ship(ids, actor=SYSTEM, at=at)
    return list(Shipment.objects.filter(pk__in=ids).order_by("pk"))


def _from_bins(line: ShipmentLine, warehouse_id: int) -> list[DispatchLine]:
    parts, left = [], line.qty
    rows = BinStock.objects.filter(
        bin__warehouse_id=warehouse_id, sku_id=line.sku_id, condition="good", qty__gt=0
    )
    for row in rows.order_by("lot__expires_on", "pk"):
        qty = min(left, row.qty)
        if qty:
            parts.append(_leaving(line, warehouse_id, row, qty))
            left -= qty
    return parts


def _leaving(line: ShipmentLine, warehouse_id: int, row: BinStock, qty: int) -> DispatchLine:
    return DispatchLine(
        warehouse_id=warehouse_id,
        from_bin_id=row.bin_id,
        sku_id=line.sku_id,
        lot_id=row.lot_id,
        qty=qty,
        owner_key=line.key,
    )


def delivered_order(*lines: OrderedLine, at: dt.datetime = DELIVERED, **more: Any) -> Order:
    """Return an order that arrived at `at`; by default two units of TEA at 10.00, paid.

    The SKUs need stock before: see `stocked`.
    """
    asked = lines or (orders.line("TEA", 2),)
    order = orders.place_one(*asked, **more)
    shipments = send_off(order)
    floor.deliver([row.pk for row in shipments], actor=SYSTEM, at=at)
    order.refresh_from_db()
    return order


def line_of(order: Order, code: str = "TEA") -> OrderLine:
    """Return the order's line of a SKU that is sent."""
    return OrderLine.objects.exclude(kind="kit").get(order=order, sku_code=code)


def ask(order: Order, *, units: dict[str, int] | None = None, **more: Any) -> RequestDraft:
    """Return the draft of a return: units by SKU code, by default one TEA that pleased nobody."""
    facts = {"resolution": "refund", "reason_code": "CHANGED_MIND"}
    given = {key: more.pop(key) for key in list(more) if key in LineDraft.__dataclass_fields__}
    lines = tuple(
        LineDraft(line_of(order, code).pk, qty, **{**facts, **given})
        for code, qty in (units or {"TEA": 1}).items()
    )
    return RequestDraft(order.pk, lines, **{"source": "portal", **more})


def request(
    order: Order,
    *,
    units: dict[str, int] | None = None,
    at: dt.datetime = ASKED,
    actor: Actor = SYSTEM,
    **more: Any,
) -> ReturnRequest:
    """Return a request that the services took, decided as the policy decides."""
    ensure_rules()
    return requesting.submit(ask(order, units=units, **more), actor=actor, at=at)
