"""Write the shipments of plans and reserve their units: all of an order or none.

The levels are locked by the reservation service in one go, after every other row was written. If
units went to someone else since the snapshot was read, `StockTaken` tells the caller, who rolls
back and plans again; the caller's last try accepts it, and those orders wait for stock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from core import numbers
from core.actors import Actor
from inventory.domain.demand import Demand, Group
from inventory.services import reservations
from orders.models import Order, Shipment, ShipmentLine
from orders.services.planning import Planned
from orders.services.row_writing import insert_rows


class StockTaken(Exception):  # never leaves the services: it asks for another plan
    """Units of some plans were promised to others meanwhile."""


@dataclass(slots=True)
class Draughted:
    """One planned order with its unsaved shipments and, per shipment, (leg index, lines)."""

    planned: Planned
    shipments: list[Shipment] = field(default_factory=list)
    lines: list[ShipmentLine] = field(default_factory=list)


def before_reserving() -> None:
    """Do nothing. Race tests widen the window between snapshot and reservation here."""


def write_shipments(
    planned: Sequence[Planned], *, actor: Actor, at: dt.datetime, event: str, is_last_try: bool
) -> list[Planned]:
    """Write shipments, lines and reservations of all plans; return the plans that found no stock.

    `event` begins the event keys, which end with the order's id and version, so a repeat of the
    same step changes nothing. Orders and order lines must have their ids. Three INSERTs and one
    call of the reservation service whatever the number of orders.

    Raises:
        StockTaken: units are gone and this was not the last try.
    """
    parts = [draught(one, at) for one in planned if one.has_legs]
    if not parts:
        return []
    shipments = [shipment for part in parts for shipment in part.shipments]
    for shipment, number in zip(shipments, numbers.take("shipment", len(shipments)), strict=True):
        shipment.number = number
    insert_rows(shipments)
    lines = [line for part in parts for line in part.lines]
    for line in lines:
        # Set as an object: setting the id alone would drop the cached shipment and query it again.
        parent = line.shipment
        line.shipment = parent
    insert_rows(lines)
    before_reserving()
    results = reservations.reserve_groups(
        [group_of(part, event) for part in parts], actor=actor, at=at
    )
    short = [part for part, done in zip(parts, results, strict=True) if not done.reserved]
    if short and not is_last_try:
        raise StockTaken
    _undo(short)
    return [part.planned for part in short]


def draught(planned: Planned, at: dt.datetime) -> Draughted:
    """Return the unsaved shipments of a plan with their lines."""
    part = Draughted(planned)
    plan, job = planned.plan, planned.job
    if plan is None:
        return part
    rows = {line.position: line for line in job.lines}
    for leg in plan.legs:
        part.shipments.append(
            Shipment(
                order_id=job.order.pk,
                warehouse_id=leg.warehouse_id,
                service_code=leg.service_code,
                is_backorder=job.is_backorder,
                cutoff_at=leg.promise.hand_over.cutoff_at,
                promised_from=leg.promise.arrives_from,
                promised_by=leg.promise.arrives_by,
                created_at=at,
            )
        )
    for allotment in planned.allotments:
        row = rows[allotment.position]
        line = ShipmentLine(
            order_line_id=row.pk,
            sku_id=row.sku_id or 0,
            qty=allotment.qty,
            reserved_qty=allotment.qty,
        )
        line.shipment = part.shipments[allotment.leg]
        line.shipment.unit_qty += allotment.qty
        part.lines.append(line)
    return part


def group_of(part: Draughted, event: str) -> Group:
    """Return the demands of a draughted order; its lines must have their ids."""
    order, plan = part.planned.job.order, part.planned.plan
    until = {
        (leg.warehouse_id, sku_id): day
        for leg in (() if plan is None else plan.legs)
        for sku_id, day in leg.usable_until.items()
    }
    return Group(
        f"{event}:{order.pk}:{order.version}",
        [
            Demand(
                f"shipment_line:{line.pk}",
                line.shipment.warehouse_id,
                line.sku_id,
                line.qty,
                until.get((line.shipment.warehouse_id, line.sku_id)),
                "ORDER",
                order.priority,
            )
            for line in part.lines
        ],
    )


def _undo(short: Sequence[Draughted]) -> None:
    """Take the shipments back whose units are gone; nothing hangs on them yet."""
    ids = [shipment.pk for part in short for shipment in part.shipments]
    if not ids:
        return
    ShipmentLine.objects.filter(shipment_id__in=ids).delete()
    Shipment.objects.filter(pk__in=ids).delete()
    for part in short:
        planned = part.planned
        for _leg, position, qty in planned.allotments:
            planned.waiting[position] = planned.waiting.get(position, 0) + qty
        for position, qty in planned.dropped.items():
            planned.waiting[position] = planned.waiting.get(position, 0) + qty
        planned.allotments, planned.dropped, planned.holds = [], {}, []


def promise_order(order: Order, planned: Planned) -> None:
    """Write the plan's promise and cut-off onto the (unsaved or locked) order.

    A promise the channel made stays. The first promise is kept for ever as `promised_at_order_*`.
    """
    plan = planned.plan
    if plan is None or not planned.has_legs:
        return
    order.cutoff_at = min(leg.promise.hand_over.cutoff_at for leg in plan.legs)
    if not order.promise_is_external:
        order.promised_from, order.promised_by = plan.arrives_from, plan.arrives_by
    if order.promised_at_order_by is None:
        order.promised_at_order_from, order.promised_at_order_by = (
            order.promised_from,
            order.promised_by,
        )
