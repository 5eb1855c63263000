"""Split a shipment by hand: some of its units go in a parcel of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.demand import Demand
from inventory.models import Reservation
from inventory.services import releasing
from orders.domain import states
from orders.models import Channel, Shipment, ShipmentLine
from orders.services import stages
from orders.services.dossier import open_dossier
from orders.services.errors import ShipmentMoveRefused, ShipmentNotFound, UnitsRefused


class TooManyParcels(StateConflict):
    """The channel does not allow another parcel (X03)."""

    code = "TOO_MANY_PARCELS"
    text = gettext_noop("This channel allows at most %(most)s parcels an order.")


@transaction.atomic
def split_shipment(
    shipment_id: int, units: Mapping[int, int], *, actor: Actor, at: dt.datetime
) -> Shipment:
    """Move units (shipment line id -> units) of a planned shipment into a new one beside it.

    Their promises move with them in one call, so the total promised stays the same. Locks the
    order, its shipments, then the stock levels.

    Raises:
        ShipmentNotFound: no such shipment.
        ShipmentMoveRefused: it is not planned.
        UnitsRefused: a line has fewer units, or nothing would stay behind.
        TooManyParcels: the channel's limit is reached.
    """
    order_id = Shipment.objects.filter(pk=shipment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise ShipmentNotFound(shipment_id=shipment_id)
    dossier = open_dossier(order_id)
    source = next(row for row in dossier.shipments if row.pk == shipment_id)
    if source.status != states.PLANNED or source.exception:
        raise ShipmentMoveRefused(number=source.number, state=source.status)
    channel = Channel.objects.get(pk=dossier.order.channel_id)
    most = channel.max_parcels if channel.splits else 1
    if len(dossier.active_shipments) >= most:
        raise TooManyParcels(most=most)
    lines = {line.pk: line for line in dossier.shipment_lines.get(shipment_id, ())}
    _check_units(lines, units)
    beside = Shipment.objects.create(
        number=numbers.take("shipment")[0],
        order_id=order_id,
        warehouse_id=source.warehouse_id,
        service_code=source.service_code,
        is_backorder=source.is_backorder,
        unit_qty=sum(units.values()),
        cutoff_at=source.cutoff_at,
        promised_from=source.promised_from,
        promised_by=source.promised_by,
        created_at=at,
    )
    source.unit_qty -= beside.unit_qty
    source.save(update_fields=["unit_qty"])
    _move_units(lines, units, beside, actor, at)
    audit.record(
        actor=actor,
        action="orders.shipment_split",
        target=source.key,
        after={"beside": beside.number, "units": sum(units.values())},
        at=at,
    )
    stages.refresh([order_id], at=at)
    return beside


def _check_units(lines: Mapping[int, ShipmentLine], units: Mapping[int, int]) -> None:
    for line_id, qty in units.items():
        most = lines[line_id].reserved_qty if line_id in lines else 0
        if not 0 < qty <= most:
            raise UnitsRefused(qty=qty, most=most)
    whole = sum(line.qty for line in lines.values())
    if not units or sum(units.values()) >= whole:
        raise UnitsRefused(qty=sum(units.values()), most=whole - 1)


def _move_units(
    lines: Mapping[int, ShipmentLine],
    units: Mapping[int, int],
    beside: Shipment,
    actor: Actor,
    at: dt.datetime,
) -> None:
    old = [lines[line_id] for line_id in sorted(units)]
    owned = Reservation.objects.pending().filter(owner_key__in=[line.key for line in old])
    until = dict(owned.values_list("owner_key", "usable_until"))
    priority = dict(owned.values_list("owner_key", "priority"))
    new = [
        ShipmentLine(
            shipment=beside,
            order_line_id=line.order_line_id,
            sku_id=line.sku_id,
            qty=units[line.pk],
            reserved_qty=units[line.pk],
        )
        for line in old
    ]
    ShipmentLine.objects.bulk_create(new)
    demands: list[Demand] = []
    for line, part in zip(old, new, strict=True):
        line.qty -= part.qty
        line.reserved_qty -= part.qty
        moved = Demand(
            part.key,
            beside.warehouse_id,
            part.sku_id,
            part.qty,
            until.get(line.key),
            "ORDER",
            priority.get(line.key, 5),
        )
        demands.append(moved)
        if line.reserved_qty:
            demands.append(replace(moved, owner_key=line.key, qty=line.reserved_qty))
    ShipmentLine.objects.bulk_update(old, ["qty", "reserved_qty"])
    empty = [line.pk for line in old if not line.qty]
    releasing.reassign(
        [line.key for line in old],
        demands,
        event_key=f"split:{beside.pk}",
        reason="split",
        actor=actor,
        at=at,
    )
    ShipmentLine.objects.filter(pk__in=empty).delete()
