"""The ends of a purchase order: cancelled, closed short, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from core import approvals
from core.actors import Actor
from suppliers.models import AsnLine, PurchaseLine, PurchaseOrder
from suppliers.services import answer_asking, journal, purchase_rows
from suppliers.services.purchase_errors import NothingOpen, OrderUnderWay, WhyNeeded

CANCEL_REASONS = ("NOT_NEEDED", "SUPPLIER_DECLINED", "TOO_LATE", "PRICE", "ENTERED_WRONG")
SHORT_REASONS = ("NOT_SENT", "LOST_IN_TRANSIT", "SUPPLIER_CANCELLED", "NOT_NEEDED")


@transaction.atomic
def cancel(order_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """Call an order off of which nothing is shipped or here; a pending approval ends with it.

    Raises:
        WhyNeeded: the reason is none of `CANCEL_REASONS`.
        OrderState: it is closed, or goods of it were received.
        OrderUnderWay: goods of it are announced, shipped or received.
    """
    if reason not in CANCEL_REASONS:
        raise WhyNeeded
    order = purchase_rows.lock(order_id)
    state = purchase_rows.move(order, "cancel")
    under_way = _under_way(order)
    if under_way:
        raise OrderUnderWay(number=order.number, qty=under_way)
    if order.state == PurchaseOrder.State.PENDING:
        approvals.supersede(f"purchase_order:{order.pk}", actor=actor, at=at)
    was_sent = order.sent_at is not None
    purchase_rows.save(order, state=state, closed_at=at, close_reason=reason)
    journal.note(order, "cancelled", {"state": state}, actor=actor, at=at, reason=reason)
    if was_sent:
        answer_asking.stop(order, at=at)
    return order


@transaction.atomic
def close_short(
    order_id: int,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    line_ids: Collection[int] | None = None,
) -> PurchaseOrder:
    """Give up what is still open, of all lines or of the named ones.

    The order closes once nothing is open any more.

    Raises:
        WhyNeeded: the reason is none of `SHORT_REASONS`.
        OrderState: the supplier does not hold it, or it is closed.
        NothingOpen: the lines have nothing open.
    """
    if reason not in SHORT_REASONS:
        raise WhyNeeded
    order = purchase_rows.lock(order_id)
    state = purchase_rows.move(order, "close_short")
    lines = purchase_rows.lines_of(order)
    given_up = 0
    for line in lines:
        if line.open_qty and (line_ids is None or line.pk in line_ids):
            given_up += line.open_qty
            line.short_qty += line.open_qty
    if not given_up:
        raise NothingOpen(number=order.number)
    PurchaseLine.objects.bulk_update(lines, ["short_qty"], batch_size=500)
    if any(line.open_qty for line in lines):
        purchase_rows.save(order)
    else:
        purchase_rows.save(order, state=state, closed_at=at, close_reason=reason)
        answer_asking.stop(order, at=at)
    journal.note(order, "closed_short", {"units": given_up}, actor=actor, at=at, reason=reason)
    return order


@transaction.atomic
def close(order_id: int, *, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """File an order of which everything is here.

    Raises:
        OrderState: it is not received.
    """
    order = purchase_rows.lock(order_id)
    state = purchase_rows.move(order, "close")
    purchase_rows.save(order, state=state, closed_at=at)
    journal.note(order, "closed", {"state": state}, actor=actor, at=at)
    answer_asking.stop(order, at=at)
    return order


def _under_way(order: PurchaseOrder) -> int:
    lines = purchase_rows.lines_of(order)
    gone = sum(max(line.shipped_qty, line.received_qty) for line in lines)
    announced = AsnLine.objects.filter(
        asn__purchase_order=order, asn__state__in=("announced", "arrived", "receiving")
    )
    return gone or sum(line.open_qty for line in announced)
