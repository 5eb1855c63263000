"""Recall of a lot: who has it, who was about to get it, and the stop of the latter (X13, M6).

Locks: orders and shipments, then the lot, then stock levels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction

from core.actors import Actor
from core.permissions import Principal
from inventory.models import Lot
from inventory.queries.genealogy import kit_lots_with
from inventory.queries.tracing import lot_demands, lot_departures
from inventory.services import lots
from inventory.services.lots import LotResult
from inventory.services.retrying import stock_write
from orders.domain import states
from orders.models import Order, Shipment, ShipmentLine
from orders.services import stages, unpromising
from orders.services.shipment_locks import lock_shipments
from orders.services.unpromising import CANCEL_PENDING, LOT_RECALLED

ON_FLOOR = (states.RELEASED, states.PICKING, states.PACKED)
LINE = "shipment_line:"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Recipient:
    """One order that got units of a lot: what, where to, whom to write to, and is it there yet."""

    order_id: int
    order_number: str
    channel_code: str
    customer_id: int | None
    name: str
    email: str
    country: str
    shipment_number: str
    shipment_id: int
    status: str
    shipped_at: dt.datetime | None
    qty: int

    @property
    def is_in_flight(self) -> bool:
        """Whether the parcel has left and has not arrived."""
        return self.status == states.SHIPPED


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a lot has come: shipped units, shipments, orders, customers; parcels on the way.

    `floor_count` shipments hold units of it in the warehouse and have not left.
    """

    shipped_qty: int
    shipment_count: int
    order_count: int
    customer_count: int
    in_flight_count: int
    floor_count: int


@dataclass(frozen=True, slots=True)
class RecallOutcome:
    """The recall in stock, the shipments it stopped on the floor, and the kit lots it took along.

    `kit_lot_ids` were built with units of the lot and are recalled by this call.
    """

    result: LotResult
    stopped_ids: tuple[int, ...] = ()
    kit_lot_ids: tuple[int, ...] = ()


@stock_write()
def recall(
    lot_id: int, *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> RecallOutcome:
    """Recall a lot for good and stop every shipment that has units of it and has not left.

    Kits that were built with units of it are recalled with it, kits in kits too. The goods come
    back: units of these lots go to quarantine, the others to their bins, and the orders are
    planned again. A pick that claims units at this very moment is stopped by the
    listener of `inventory.lot_recalled`. Idempotent by `event_key`.

    Raises:
        LotMissing, LotStateConflict, ReasonMissing: nothing is changed.
    """
    kits = [lot.pk for lot in kit_lots_with([lot_id]) if lot.status != Lot.Status.RECALLED]
    rows = lock_shipments(sorted({pk for one in (lot_id, *kits) for pk in on_floor(one)}))
    lots.lock_lots([lot_id, *kits])
    result = lots.recall_lot(lot_id, event_key=event_key, reason=reason, actor=actor, at=at)
    for kit in kits:
        key = f"{event_key}:kit:{kit}"
        lots.recall_lot(kit, event_key=key, reason=reason, actor=actor, at=at)
    stopped = _stop(rows, reason=reason, actor=actor, at=at)
    return RecallOutcome(result, tuple(stopped), tuple(kits))


@transaction.atomic
def stop_shipments(lot_id: int, *, actor: Actor, at: dt.datetime) -> list[int]:
    """Stop what still has units of a recalled lot; return the shipment ids. Repeatable."""
    rows = lock_shipments(on_floor(lot_id))
    return _stop(rows, reason="lot_recalled", actor=actor, at=at)


def _stop(rows: Collection[Shipment], *, reason: str, actor: Actor, at: dt.datetime) -> list[int]:
    wanted = [
        row
        for row in rows
        if row.status in ON_FLOOR and row.exception not in {CANCEL_PENDING, LOT_RECALLED}
    ]
    unpromising.recall(wanted, exception=LOT_RECALLED, reason=reason[:200], actor=actor, at=at)
    stages.refresh(sorted({row.order_id for row in wanted}), at=at)
    return [row.pk for row in wanted]


def on_floor(lot_id: int) -> list[int]:
    """Return the shipments in the warehouse whose picks hold units of a lot. Two statements."""
    lines = ShipmentLine.objects.filter(
        pk__in=_line_ids(lot_demands(lot_id)), shipment__status__in=ON_FLOOR
    )
    return sorted(set(lines.values_list("shipment_id", flat=True).order_by()))


def reach_of(lot: Lot) -> Reach:
    """Return how far a lot has come, counted."""
    units = lot_departures(lot.pk)
    shipments: set[int] = set()
    orders: set[int] = set()
    customers: set[object] = set()
    in_flight: set[int] = set()
    for batch in _batches(_line_ids(units)):
        rows = (
            ShipmentLine.objects.filter(pk__in=batch)
            .order_by()
            .values_list(
                "shipment_id",
                "shipment__status",
                "shipment__order_id",
                "shipment__order__customer_id",
                "shipment__order__email",
            )
        )
        for shipment_id, status, order_id, customer_id, email in rows:
            shipments.add(shipment_id)
            orders.add(order_id)
            customers.add(customer_id or email.lower() or f"order:{order_id}")
            if status == states.SHIPPED:
                in_flight.add(shipment_id)
    return Reach(
        sum(units.values()),
        len(shipments),
        len(orders),
        len(customers),
        len(in_flight),
        len(on_floor(lot.pk)),
    )


def recipients(lot: Lot, principal: Principal, *, most: int | None = None) -> Iterator[Recipient]:
    """Yield the shipments that carried units of a lot, the latest first, at most `most`.

    Only those of orders the principal may see.
    """
    visible = Order.objects.visible_to(principal)
    units = lot_departures(lot.pk)
    ids = _line_ids(units)
    shown = 0
    for batch in _batches(ids):
        found: dict[int, list[ShipmentLine]] = {}
        rows = ShipmentLine.objects.filter(pk__in=batch, shipment__order__in=visible)
        for line in rows.select_related("shipment__order__channel").order_by("-shipment_id", "pk"):
            found.setdefault(line.shipment_id, []).append(line)
        for lines in found.values():
            if most is not None and shown >= most:
                return
            shown += 1
            yield _recipient(lines[0].shipment, sum(units[line.key] for line in lines))


def _recipient(shipment: Shipment, qty: int) -> Recipient:
    order: Order = shipment.order
    return Recipient(
        order.pk,
        order.number,
        order.channel.code,
        order.customer_id,
        order.ship_name,
        order.email,
        order.ship_country,
        shipment.number,
        shipment.pk,
        shipment.status,
        shipment.shipped_at,
        qty,
    )


def _line_ids(keys: Collection[str]) -> list[int]:
    """Return the ids behind `shipment_line:ID` keys in their order; other owners are left out."""
    return [int(key.removeprefix(LINE)) for key in keys if key.startswith(LINE)]


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
