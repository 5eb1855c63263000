"""What the warehouse floor reports about shipments: each step once, in order, never past a hold.

Every call locks the orders and shipments it touches in pk order, moves them by one conditional
UPDATE per step, and derives the orders' stages. Units of stock are moved by inventory, not here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import Actor
from orders.domain import states
from orders.models import OrderHold, OrderLine, Shipment, ShipmentLine
from orders.models.channels import PartialPolicy
from orders.models.orders import HoldKind
from orders.services import holds, stages
from orders.services.errors import (
    OrderOnHold,
    ShipmentMoveRefused,
    UnitsRefused,
)
from orders.services.recalling import finish_recall
from orders.services.shipment_locks import lock_shipments
from orders.services.shortages import ShortOutcome, ShortStep, decide_short, record_short

_WAITS_FOR_ALL = frozenset({PartialPolicy.SHIP_COMPLETE, PartialPolicy.WAIT_UNTIL})


@dataclass(frozen=True, slots=True)
class ReleaseResult:
    """Shipments that went to the floor, and why the others did not (id -> code)."""

    released: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PickedUnits:
    """Units of one shipment line that a picker took."""

    shipment_line_id: int
    qty: int


def may_proceed(shipment_ids: Collection[int]) -> dict[int, str]:
    """Return "" for each shipment that may go on, else the code that stops it. Two queries."""
    return holds.stops(shipment_ids)


@transaction.atomic
def release(
    shipment_ids: Sequence[int], *, wave_key: str, actor: Actor, at: dt.datetime
) -> ReleaseResult:
    """Send planned shipments to the floor; the others are refused with a code, not an error.

    Codes: NOT_PLANNED, NOT_FULLY_RESERVED (the order waits for all its units, or a line lacks
    some), CANCELLED, ON_HOLD:<kinds>, an exception. A constant number of statements.
    """
    rows = lock_shipments(shipment_ids)
    refused = {pk: code for pk, code in holds.stops([row.pk for row in rows]).items() if code}
    for row in rows:
        if row.status != states.PLANNED and row.pk not in refused:
            refused[row.pk] = "NOT_PLANNED"
    for pk in _not_covered([row for row in rows if row.pk not in refused]):
        refused[pk] = "NOT_FULLY_RESERVED"
    ids = [row.pk for row in rows if row.pk not in refused]
    Shipment.objects.filter(pk__in=ids, status=states.PLANNED).update(
        status=states.RELEASED, released_at=at, version=F("version") + 1
    )
    kept = [row for row in rows if row.pk not in refused]
    _record(kept, "orders.shipment_released", actor, at, after={"wave": wave_key})
    return ReleaseResult(ids, refused)


def _not_covered(rows: Sequence[Shipment]) -> set[int]:
    """Find shipments whose units are not all reserved, or whose order ships only complete."""
    ids = [row.pk for row in rows]
    short = set(
        ShipmentLine.objects.filter(shipment_id__in=ids, reserved_qty__lt=F("qty"))
        .values_list("shipment_id", flat=True)
        .order_by()
    )
    waiting = set(
        OrderLine.objects.filter(order_id__in={row.order_id for row in rows}, backorder_qty__gt=0)
        .values_list("order_id", flat=True)
        .order_by()
    )
    return short | {
        row.pk
        for row in rows
        if row.order_id in waiting and row.order.partial_policy in _WAITS_FOR_ALL
    }


@transaction.atomic
def unrelease(shipment_ids: Sequence[int], *, actor: Actor, at: dt.datetime) -> None:
    """Take released shipments off the floor before anything was picked.

    Raises:
        ShipmentMoveRefused: one of them is not released, or has units picked.
    """
    rows = lock_shipments(shipment_ids)
    _demand(rows, "unrelease")
    ids = [row.pk for row in rows]
    touched = ShipmentLine.objects.filter(shipment_id__in=ids, picked_qty__gt=0)
    if touched.exists():
        raise _refused(rows[0])
    _move(rows, "unrelease")
    Shipment.objects.filter(pk__in=ids).update(released_at=None)
    _record(rows, "orders.shipment_unreleased", actor, at)


@transaction.atomic
def record_picked(picks: Sequence[PickedUnits], *, actor: Actor, at: dt.datetime) -> None:
    """Count picked units; the first pick of a shipment starts its picking.

    Raises:
        UnitsRefused: more units than the line asks for, or none.
        OrderOnHold: a hold or recall stops one of the orders; nothing is counted.
        ShipmentMoveRefused: a shipment is not released or in picking.
    """
    rows = _lock_of_lines([pick.shipment_line_id for pick in picks])
    holds.check_may_proceed([row.pk for row in rows])
    _demand(rows, "start_pick")
    _add_picked(_by_line(picks), sign=1)
    started = [row for row in rows if row.status == states.RELEASED]
    _move(started, "start_pick")
    _record(started, "orders.picking_started", actor, at)


@transaction.atomic
def record_unpicked(picks: Sequence[PickedUnits], *, actor: Actor, at: dt.datetime) -> None:
    """Take picked units back from the count: an undone scan, a put-back.

    Raises:
        UnitsRefused: fewer units were picked, or some are packed already.
        ShipmentMoveRefused: a shipment is not in picking.
    """
    rows = _lock_of_lines([pick.shipment_line_id for pick in picks])
    for row in rows:
        if row.status != states.PICKING:
            raise _refused(row)
    _add_picked(_by_line(picks), sign=-1)
    _record(rows, "orders.units_unpicked", actor, at, refresh=False)


def _lock_of_lines(line_ids: Sequence[int]) -> list[Shipment]:
    owners = ShipmentLine.objects.filter(pk__in=line_ids).values_list("shipment_id", flat=True)
    return lock_shipments(sorted(set(owners.order_by())))


def _by_line(picks: Sequence[PickedUnits]) -> dict[int, int]:
    """Sum the picks of each line: one line may come from several bins at once."""
    units: dict[int, int] = defaultdict(int)
    for pick in picks:
        if pick.qty < 1:
            raise UnitsRefused(qty=pick.qty, most=0)
        units[pick.shipment_line_id] += pick.qty
    return units


def _add_picked(units: dict[int, int], *, sign: int) -> None:
    by_qty: dict[int, list[int]] = defaultdict(list)
    for line_id, qty in units.items():
        by_qty[qty].append(line_id)
    for qty, line_ids in sorted(by_qty.items()):
        lines = ShipmentLine.objects.filter(pk__in=line_ids)
        if sign > 0:
            lines = lines.filter(picked_qty__lte=F("qty") - qty)
        else:
            lines = lines.filter(picked_qty__gte=F("packed_qty") + qty)
        if lines.update(picked_qty=F("picked_qty") + sign * qty) != len(line_ids):
            row = ShipmentLine.objects.filter(pk__in=line_ids).order_by("pk")[0]
            most = row.qty - row.picked_qty if sign > 0 else row.picked_qty - row.packed_qty
            raise UnitsRefused(qty=qty, most=most)


@transaction.atomic
def record_packed(shipment_ids: Sequence[int], *, actor: Actor, at: dt.datetime) -> None:
    """Close the packing of shipments: everything picked is packed.

    Raises:
        UnitsRefused: a line is not picked in full.
        OrderOnHold: a hold or recall stops one of them.
        ShipmentMoveRefused: one is not in picking.
    """
    rows = lock_shipments(shipment_ids)
    ids = [row.pk for row in rows]
    holds.check_may_proceed(ids)
    _demand(rows, "pack")
    lines = ShipmentLine.objects.filter(shipment_id__in=ids)
    short = lines.filter(picked_qty__lt=F("qty")).order_by("pk").first()
    if short is not None:
        raise UnitsRefused(qty=short.qty, most=short.picked_qty)
    lines.update(packed_qty=F("picked_qty"))
    _move(rows, "pack")
    _record(rows, "orders.shipment_packed", actor, at)


@transaction.atomic
def reopen_packed(shipment_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Open a packed shipment again, so that its cartons can be changed.

    Raises:
        ShipmentMoveRefused: it is not packed.
    """
    rows = lock_shipments([shipment_id])
    _demand(rows, "unpack")
    ShipmentLine.objects.filter(shipment_id=shipment_id).update(packed_qty=0)
    _move(rows, "unpack")
    _record(rows, "orders.shipment_reopened", actor, at)


@transaction.atomic
def ship(shipment_ids: Sequence[int], *, actor: Actor, at: dt.datetime) -> None:
    """Record that packed shipments have left; inventory has booked the goods out.

    A constant number of statements for any number of shipments. The reservation is used up, so
    `reserved_qty` falls to 0.

    Raises:
        OrderOnHold: a hold or recall stops one of them; nothing is recorded.
        ShipmentMoveRefused: one is not packed.
    """
    rows = lock_shipments(shipment_ids)
    ids = [row.pk for row in rows]
    holds.check_may_proceed(ids)
    _demand(rows, "ship")
    ShipmentLine.objects.filter(shipment_id__in=ids).update(
        shipped_qty=F("packed_qty"), reserved_qty=0
    )
    Shipment.objects.filter(pk__in=ids, status=states.PACKED).update(
        status=states.SHIPPED, shipped_at=at, version=F("version") + 1
    )
    _record(rows, "orders.shipment_shipped", actor, at)


@transaction.atomic
def deliver(shipment_ids: Sequence[int], *, actor: Actor, at: dt.datetime) -> int:
    """Record that shipped shipments have arrived; return how many did now. Repeatable."""
    rows = [row for row in lock_shipments(shipment_ids) if row.status != states.DELIVERED]
    _demand(rows, "deliver")
    Shipment.objects.filter(pk__in=[row.pk for row in rows], status=states.SHIPPED).update(
        status=states.DELIVERED, delivered_at=at, version=F("version") + 1
    )
    _record(rows, "orders.shipment_delivered", actor, at)
    return len(rows)


@transaction.atomic
def hold_for_person(shipment_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    """Put an OPERATOR hold on the order of a shipment: someone on the floor saw a problem.

    Raises:
        ShipmentNotFound: no such shipment.
        OrderMoveRefused: its order is completed or cancelled.
    """
    [row] = lock_shipments([shipment_id])
    holds.place_hold(row.order_id, HoldKind.OPERATOR, note=reason, actor=actor, at=at)


def held_orders(order_ids: Collection[int]) -> set[int]:
    """Return which of the orders have an open hold."""
    rows = OrderHold.objects.filter(order_id__in=list(order_ids), released_at__isnull=True)
    return set(rows.values_list("order_id", flat=True).order_by())


def _demand(rows: Sequence[Shipment], event: str) -> None:
    for row in rows:
        if not states.may_shipment(event, row.status):
            raise _refused(row)


def _refused(row: Shipment) -> ShipmentMoveRefused:
    return ShipmentMoveRefused(number=row.number, state=row.status)


def _move(rows: Sequence[Shipment], event: str) -> None:
    """Move shipments by the table; the UPDATE asks for the state again: SQLite has no locks."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_state[row.status].append(row.pk)
    for state, ids in sorted(by_state.items()):
        target = states.next_shipment_state(event, state)
        moved = Shipment.objects.filter(pk__in=ids, status=state).update(
            status=target, version=F("version") + 1
        )
        if moved != len(ids):
            raise _refused(rows[0])


def _record(  # the facts of one audit entry
    rows: Sequence[Shipment],
    action: str,
    actor: Actor,
    at: dt.datetime,
    *,
    after: dict[str, str] | None = None,
    refresh: bool = True,
) -> None:
    if not rows:
        return
    audit.record_many([audit.AuditDraft(actor, action, row.key, at, None, after) for row in rows])
    if refresh:
        stages.refresh({row.order_id for row in rows}, at=at)


__all__ = [
    "OrderOnHold",
    "PickedUnits",
    "ReleaseResult",
    "ShortOutcome",
    "ShortStep",
    "decide_short",
    "deliver",
    "finish_recall",
    "held_orders",
    "hold_for_person",
    "lock_shipments",
    "may_proceed",
    "record_packed",
    "record_picked",
    "record_short",
    "record_unpicked",
    "release",
    "reopen_packed",
    "ship",
    "unrelease",
]
