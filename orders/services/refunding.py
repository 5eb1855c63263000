"""Money owed back: written once per cause, paid by the refund services later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from core import audit, money
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from orders.models import Order, OrderLine, RefundDue
from orders.models.orders import LineKind
from orders.models.payments import RefundState

ZERO = Decimal(0)


class DebtClosed(StateConflict):
    """The debt was paid or dropped before."""

    code = "REFUND_DEBT_CLOSED"
    text = gettext_noop("This refund was settled meanwhile. Reload to see how.")


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

    Repeatable by `event_key`; what was dropped is owed no more. The caller holds the order's lock.
    """
    known = RefundDue.objects.filter(event_key=event_key).values_list("amount", flat=True).first()
    if known is not None:
        return known
    amount = min(amount, left_of(order))
    RefundDue.objects.bulk_create(_row(order, amount, reason, event_key, at))
    return max(amount, ZERO)


def left_of(order: Order) -> Decimal:
    """Return what was paid for an order and is not owed back; never below zero.

    The caller holds the order's lock if the answer is to stand.
    """
    rows = RefundDue.objects.filter(order=order).exclude(state=RefundState.DROPPED)
    return max(ZERO, order.paid_amount - total_owed(rows))


def settle(due_id: int) -> bool:
    """Mark a debt as paid; say whether it was open. Repeatable: a paid debt stays paid.

    Raises:
        DebtClosed: it was dropped.
    """
    if RefundDue.objects.filter(pk=due_id, state=RefundState.OPEN).update(state=RefundState.PAID):
        return True
    if RefundDue.objects.filter(pk=due_id, state=RefundState.DROPPED).exists():
        raise DebtClosed(due=due_id)
    return False


def drop(due: RefundDue, *, reason: str, actor: Actor, at: dt.datetime) -> None:
    """Owe an open debt no more, with a reason; the amount can be owed anew.

    Raises:
        DebtClosed: it was paid or dropped before.
    """
    rows = RefundDue.objects.filter(pk=due.pk, state=RefundState.OPEN)
    if not rows.update(state=RefundState.DROPPED):
        raise DebtClosed(due=due.pk)
    audit.record(
        actor=actor,
        action="orders.refund_dropped",
        target=f"order:{due.order_id}",
        after={"amount": str(due.amount), "event_key": due.event_key},
        reason=reason,
        at=at,
    )


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
