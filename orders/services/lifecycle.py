"""Confirm and cancel orders at every stage (X11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core import audit, events
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from orders.domain import addresses, states
from orders.domain.drafts import AddressDraft
from orders.models import Order, OrderHold, OrderLine, Shipment
from orders.models.orders import HoldKind, OrderStatus
from orders.services import holds, master_data, refunding, replanning, stages
from orders.services.dossier import Dossier, open_dossier
from orders.services.errors import OrderChanged, ReasonMissing
from orders.services.replanning import Wish
from orders.services.unpromising import CANCEL_PENDING, cancel_shipments, recall

ON_FLOOR = frozenset({states.RELEASED, states.PICKING, states.PACKED})
GONE = frozenset({states.SHIPPED, states.DELIVERED})


class AlreadyShipped(StateConflict):
    """Every unit has left: the customer can send it back."""

    code = "ALREADY_SHIPPED"
    text = gettext_noop("Order %(number)s has left the warehouse. Offer the customer a return.")


@dataclass(frozen=True, slots=True)
class CancelResult:
    """What a cancellation reached.

    `recalled` shipments are on the floor: their goods come back first. `shipped` ones can't be
    cancelled. `refund_amount` is what is owed for this step, in the order's currency.
    """

    order_id: int
    cancelled: tuple[int, ...] = ()
    recalled: tuple[int, ...] = ()
    shipped: tuple[int, ...] = ()
    refund_amount: Decimal = Decimal(0)
    is_repeat: bool = False


def check_version(order: Order, version: int | None) -> None:
    """Refuse a change that was decided on an older version of the order.

    Raises:
        OrderChanged: the versions differ.
    """
    if version is not None and order.version != version:
        raise OrderChanged(number=order.number, version=order.version)


def confirm(order_id: int, *, actor: Actor, at: dt.datetime) -> str:
    """Confirm a draft order: check its address, route it, reserve; return its stage.

    Raises:
        OrderNotFound: no such order.
        OrderMoveRefused: it is no draft.
    """
    with transaction.atomic():
        dossier = open_dossier(order_id)
        dossier.demand("confirm")
        order = dossier.order
        order.status, order.confirmed_at = OrderStatus.CONFIRMED, at
        order.version += 1
        order.save(update_fields=["status", "confirmed_at", "version"])
        for line in dossier.demand_lines:
            line.backorder_qty = line.qty - line.cancelled_qty
        OrderLine.objects.bulk_update(dossier.demand_lines, ["backorder_qty"])
        audit.record(actor=actor, action="orders.confirmed", target=order.key, at=at)
        check_address(order, actor=actor, at=at)
    replanning.replan(order_id, Wish("confirmed"), actor=actor, at=at)
    return str(Order.objects.values_list("stage", flat=True).get(pk=order_id))


def check_address(order: Order, *, actor: Actor, at: dt.datetime) -> tuple[str, ...]:
    """Hold an order whose address can't be right, release the hold of one that can (X06)."""
    channel = master_data.current(at).channel_by_id(order.channel_id)
    found = addresses.check_address(address_of(order), is_country_only=channel.country_only)
    standing = OrderHold.objects.filter(
        order=order, kind=HoldKind.ADDRESS, released_at__isnull=True
    )
    if found:
        if not standing.update(note=" ".join(found)):
            holds.place_hold(order.pk, HoldKind.ADDRESS, note=" ".join(found), actor=actor, at=at)
    elif standing.update(released_at=at, released_by=actor.key, release_reason="address corrected"):
        audit.record(
            actor=actor,
            action="orders.hold_released",
            target=order.key,
            after={"kind": HoldKind.ADDRESS},
            reason="address corrected",
            at=at,
        )
    return found


def address_of(order: Order) -> AddressDraft:
    """Return the order's address as a value."""
    return AddressDraft(
        order.ship_name,
        order.ship_company,
        order.ship_line1,
        order.ship_line2,
        order.ship_city,
        order.ship_region,
        order.ship_postcode,
        order.ship_country,
        order.ship_phone,
    )


@transaction.atomic
def cancel(
    order_id: int, *, reason: str, actor: Actor, at: dt.datetime, version: int | None = None
) -> CancelResult:
    """Cancel what has not left; a second cancel changes nothing.

    Planned parts are cancelled and their units freed at once. Parts on the floor are recalled:
    their next step is refused, the goods come back, then `floor.finish_recall` frees the units.
    What was paid for the cancelled units is owed back, once.

    Raises:
        OrderNotFound: no such order.
        ReasonMissing: `reason` is empty.
        OrderChanged: `version` is given and not the newest.
        AlreadyShipped: everything has left.
        OrderMoveRefused: the order is completed.
    """
    if not reason.strip():
        raise ReasonMissing
    dossier = open_dossier(order_id)
    if dossier.order.status == OrderStatus.CANCELLED:
        return CancelResult(order_id, is_repeat=True)
    check_version(dossier.order, version)
    dossier.demand("cancel")
    gone = [row for row in dossier.active_shipments if row.status in GONE]
    left = _units_left(dossier, gone)
    if gone and not left:
        if any(row.exception == CANCEL_PENDING for row in dossier.active_shipments):
            return CancelResult(order_id, is_repeat=True)
        raise AlreadyShipped(number=dossier.order.number)
    before_floor = [row for row in dossier.shipments if row.status == states.PLANNED]
    on_floor = [row for row in dossier.shipments if row.status in ON_FLOOR]
    cancel_shipments(dossier, before_floor, event="order-cancelled", actor=actor, at=at)
    recall(on_floor, exception=CANCEL_PENDING, reason=reason, actor=actor, at=at)
    amount = _close(dossier, left, is_whole=not gone, at=at)
    _record_cancel(dossier.order, reason, amount, actor, at)
    stages.refresh([order_id], at=at)
    return CancelResult(
        order_id, _ids(before_floor), _ids(on_floor), _ids(gone), refund_amount=amount
    )


def _ids(rows: Sequence[Shipment]) -> tuple[int, ...]:
    return tuple(row.pk for row in rows)


def _units_left(dossier: Dossier, gone: Sequence[Shipment]) -> dict[int, int]:
    """Return by position the units that have not left and are not cancelled yet."""
    return dossier.open_qty(gone)


def _close(dossier: Dossier, left: dict[int, int], *, is_whole: bool, at: dt.datetime) -> Decimal:
    """Cancel units, close the order when nothing has left, and owe the money back."""
    order = dossier.order
    lines = dossier.lines if is_whole else dossier.demand_lines
    for line in lines:
        if is_whole:
            line.cancelled_qty, line.substituted_qty = line.qty, 0
        else:
            line.cancelled_qty += left.get(line.position, 0)
        line.backorder_qty = 0
    OrderLine.objects.bulk_update(lines, ["cancelled_qty", "backorder_qty", "substituted_qty"])
    order.version += 1
    order.updated_at, order.decide_at = at, None
    if is_whole:
        order.status, order.attention_codes = OrderStatus.CANCELLED, []
        OrderHold.objects.filter(order=order, released_at__isnull=True).update(
            released_at=at, released_by="system", release_reason="order cancelled"
        )
    order.save()
    amount = order.paid_amount
    if not is_whole:
        amount = refunding.units_value(dossier.lines, left, order.currency)
    return refunding.owed(
        order,
        amount,
        reason="ORDER_CANCELLED",
        event_key=f"order:{order.pk}:cancel:{'all' if is_whole else order.version}",
        at=at,
    )


def _record_cancel(
    order: Order, reason: str, amount: Decimal, actor: Actor, at: dt.datetime
) -> None:
    audit.record(
        actor=actor,
        action="orders.cancelled",
        target=order.key,
        after={"status": order.status, "refund": str(amount)},
        reason=reason,
        at=at,
    )
    events.publish("orders.cancelled", target=order.key, at=at, order_id=order.pk)
