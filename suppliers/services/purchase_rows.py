"""What every change of a purchase order shares: the lock, the move, the snapshot, the note.

Order of locks: the purchase order first, then its lines, then its approval request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.actors import Actor
from core.money import quantize
from core.services.rates import base_currency
from suppliers.domain import purchase_states
from suppliers.domain.purchase_hash import content_hash, plain
from suppliers.domain.states import IllegalMove
from suppliers.models import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.services.purchase_errors import OrderMissing, OrderStale, OrderState

Snapshot = dict[str, Any]


def lock(order_id: int) -> PurchaseOrder:
    """Return the order, its row locked until the caller's transaction ends.

    Raises:
        OrderMissing: there is none.
    """
    rows = PurchaseOrder.objects.select_for_update(of=("self",))
    order = rows.select_related("supplier", "warehouse", "agreement").filter(pk=order_id).first()
    if order is None:
        raise OrderMissing(order=order_id)
    return order


def lines_of(order: PurchaseOrder) -> list[PurchaseLine]:
    """Return the order's lines by position, each with its SKU."""
    return list(
        PurchaseLine.objects.filter(order=order).select_related("sku").order_by("position", "pk")
    )


def move(order: PurchaseOrder, name: str) -> str:
    """Return the state the move leads to.

    Raises:
        OrderState: the order's state has no such move.
    """
    try:
        return purchase_states.after(order.state, name)
    except IllegalMove as error:
        raise OrderState(number=order.number, state=order.get_state_display()) from error


def save(order: PurchaseOrder, **values: Any) -> None:
    """Write the values and count the version on; the caller holds the lock.

    Raises:
        OrderStale: somebody else wrote the row since it was read.
    """
    mine = PurchaseOrder.objects.filter(pk=order.pk, version=order.version)
    if not mine.update(version=F("version") + 1, **values):
        raise OrderStale(number=order.number, n=1, differences=())
    order.version += 1
    for name, value in values.items():
        setattr(order, name, value)


def total_of(lines: Sequence[PurchaseLine], currency: str) -> Decimal:
    """Return the sum of the lines, each rounded to the currency's exponent."""
    amounts = (quantize(line.unit_price * line.qty, currency) for line in lines)
    return sum(amounts, Decimal(0))


def based(amount: Decimal, rate: Decimal) -> Decimal:
    """Return an amount in the base currency, rounded to its exponent."""
    return quantize(amount * rate, base_currency())


def snapshot_of(order: PurchaseOrder, lines: Sequence[PurchaseLine]) -> Snapshot:
    """Return what an approval is given for: texts and whole numbers only."""
    return {
        "number": order.number,
        "supplier": order.supplier.code,
        "warehouse": order.warehouse.code,
        "agreement": order.agreement.number if order.agreement is not None else "",
        "mode": order.mode,
        "currency": order.currency,
        "fx_rate": plain(order.fx_rate) if order.fx_rate is not None else None,
        "required_by": order.required_by.isoformat() if order.required_by else None,
        "note": order.note,
        "total": plain(total_of(lines, order.currency)),
        "total_base": plain(based(total_of(lines, order.currency), order.fx_rate))
        if order.fx_rate is not None
        else None,
        "lines": [_line(line) for line in lines],
    }


def _line(line: PurchaseLine) -> Snapshot:
    return {
        "position": line.position,
        "sku": line.sku.code,
        "qty": line.qty,
        "raw_need_qty": line.raw_need_qty,
        "unit_price": plain(line.unit_price),
        "quoted_price": plain(line.quoted_price) if line.quoted_price is not None else None,
        "price_source": line.price_source,
        "reason": line.off_agreement_reason,
    }


def keep_revision(
    order: PurchaseOrder,
    snapshot: Snapshot,
    *,
    actor: Actor,
    at: dt.datetime,
    **more: Any,
) -> PurchaseRevision:
    """Write the order's revision as it is submitted; it never changes."""
    return PurchaseRevision.objects.create(
        order=order,
        revision=order.revision,
        snapshot=snapshot,
        content_hash=content_hash(snapshot),
        made_by=actor.key,
        made_at=at,
        **more,
    )
