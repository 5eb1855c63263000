"""What customs is told that goods in a carton are worth: what the customer paid, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from core import money
from fulfillment.models import CartonLine
from orders.models import Order, OrderLine

ZERO = Decimal(0)


def paid_by_line(order: Order) -> dict[int, Decimal]:
    """Return what was paid for each order line, at the currency's exponent, without tax.

    Line discounts are taken off. The price of a kit is split over its components by their share,
    so the components of a kit sum to exactly its price; a substitute takes over what was paid for
    the units it replaces. One query.
    """
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    paid = {line.pk: _paid(line, order.currency) for line in lines}
    kits = {line.position: line for line in lines}
    parts: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.kit_position is not None:
            parts[line.kit_position].append(line)
    for position, components in parts.items():
        weights = [component.price_share or ZERO for component in components]
        if position in kits and sum(weights, ZERO) > 0:
            shares = money.apportion(paid[kits[position].pk], weights, order.currency)
            paid |= {row.pk: share for row, share in zip(components, shares, strict=True)}
    _move_to_substitutes(lines, paid, order.currency)
    return paid


def carton_values(carton_id: int, order: Order) -> dict[int, Decimal]:
    """Return the value of each line of a carton, by its id.

    What was paid for an order line is split over all cartons that hold units of it and over the
    units that are in none yet, so the cartons of an order never sum to more than was paid.
    Three queries.
    """
    rows = list(
        CartonLine.objects.filter(carton__shipment__order=order)
        .exclude(carton__state="voided")
        .select_related("shipment_line__order_line")
        .order_by("carton_id", "pk")
    )
    paid = paid_by_line(order)
    by_line: dict[int, list[CartonLine]] = defaultdict(list)
    for row in rows:
        by_line[row.shipment_line.order_line_id].append(row)
    values: dict[int, Decimal] = {}
    for line_id, packed in by_line.items():
        for row, value in zip(packed, _split(paid[line_id], packed, order), strict=False):
            if row.carton_id == carton_id:
                values[row.pk] = value
    return values


def _move_to_substitutes(
    lines: Sequence[OrderLine], paid: dict[int, Decimal], currency: str
) -> None:
    """Give what was paid for replaced units to the goods that went in their place."""
    instead: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if line.substitute_for_id is not None:
            instead[line.substitute_for_id].append(line)
    for line in lines:
        others = instead.get(line.pk, [])
        units = sum(other.qty for other in others)
        if not units or not line.substituted_qty:
            continue
        own = line.qty - line.cancelled_qty - line.substituted_qty
        # Units of the substitute count in units of the line: their ratio need not be one to one.
        weights = [Decimal(line.substituted_qty) * other.qty / units for other in others]
        shares = money.apportion(paid[line.pk], [Decimal(max(own, 0)), *weights], currency)
        paid[line.pk] = shares[0]
        paid |= {other.pk: share for other, share in zip(others, shares[1:], strict=True)}


def _paid(line: OrderLine, currency: str) -> Decimal:
    kept = line.qty - line.cancelled_qty
    discount = line.discount_amount * kept / line.qty
    return money.quantize(max(line.unit_price * kept - discount, ZERO), currency)


def _split(total: Decimal, packed: Sequence[CartonLine], order: Order) -> list[Decimal]:
    line = packed[0].shipment_line.order_line
    units = [row.qty for row in packed]
    unpacked = max(line.qty - line.cancelled_qty - line.substituted_qty - sum(units), 0)
    return money.apportion(total, [*units, unpacked], order.currency)
