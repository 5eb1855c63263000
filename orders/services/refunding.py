"""Money owed back: written once per cause, paid by the refund services later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from core import money
from orders.models import Order, OrderLine, RefundDue
from orders.models.orders import LineKind

ZERO = Decimal(0)


def units_value(lines: Sequence[OrderLine], cancelled: Mapping[int, int], currency: str) -> Decimal:
    """Return what the given units (by position) cost the customer, at the currency's exponent.

    Goods after the line's discount, with its tax. A component counts its share of the kit line, a
    substitute the units it stands in for.
    """
    by_position = {line.position: line for line in lines}
    total = ZERO
    for position, units in cancelled.items():
        line, qty = _as_ordered(lines, by_position[position], Decimal(units))
        if line.kind == LineKind.COMPONENT and line.kit_position in by_position:
            kit = by_position[line.kit_position]
            total += _line_total(kit) * (line.price_share or ZERO) * qty / line.qty
        elif line.kind != LineKind.KIT:
            total += _line_total(line) * qty / line.qty
    return money.quantize(total, currency)


def _as_ordered(
    lines: Sequence[OrderLine], line: OrderLine, qty: Decimal
) -> tuple[OrderLine, Decimal]:
    """Return the line that was ordered and paid, and its units: a substitute has no price."""
    if line.substitute_for_id is None:
        return line, qty
    ordered = next(one for one in lines if one.pk == line.substitute_for_id)
    others = [one for one in lines if one.substitute_for_id == ordered.pk]
    share = Decimal(ordered.substituted_qty) / sum(one.qty for one in others)
    return ordered, qty * share


def _line_total(line: OrderLine) -> Decimal:
    total: Decimal = line.unit_price * line.qty - line.discount_amount + line.tax_amount
    return total


def remainder_refund(
    order: Order, lines: Sequence[OrderLine], *, at: dt.datetime
) -> list[RefundDue]:
    """Return the unsaved refund for units dropped when the order was placed (cancel_remainder)."""
    dropped = {line.position: line.cancelled_qty for line in lines if line.cancelled_qty}
    amount = min(order.paid_amount, units_value(lines, dropped, order.currency))
    return _row(order, amount, "PARTLY_CANCELLED", f"order:{order.pk}:remainder", at)


def owed(order: Order, amount: Decimal, *, reason: str, event_key: str, at: dt.datetime) -> Decimal:
    """Write a refund of at most what is still paid and not yet owed back; return its amount.

    Repeatable by `event_key`. The caller holds the order's lock.
    """
    earlier = RefundDue.objects.filter(order=order).values_list("event_key", "amount")
    by_key: dict[str, Decimal] = dict(earlier)
    if event_key in by_key:
        return by_key[event_key]
    amount = min(amount, order.paid_amount - sum(by_key.values(), ZERO))
    RefundDue.objects.bulk_create(_row(order, amount, reason, event_key, at))
    return max(amount, ZERO)


def _row(
    order: Order, amount: Decimal, reason: str, event_key: str, at: dt.datetime
) -> list[RefundDue]:
    if amount <= 0:
        return []
    return [
        RefundDue(
            order_id=order.pk,
            amount=amount,
            currency=order.currency,
            reason=reason,
            event_key=event_key,
            created_at=at,
        )
    ]


def total_owed(refunds: Iterable[RefundDue]) -> Decimal:
    """Return the sum of refunds of one order."""
    return sum((refund.amount for refund in refunds), ZERO)
