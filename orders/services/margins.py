"""What an order's shipped goods brought and what they cost, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import quantize
from core.services import rates
from inventory.queries.departed_costs import DepartedCost, departed_costs
from orders.models import Order, OrderLine, ShipmentLine


@dataclass(frozen=True, slots=True)
class LineMargin:
    """One order line's shipped units in the base currency.

    `cost` None: a part is not yet costed. `variance` are costs that came after the goods left.
    `is_final`: nothing more is expected to change it.
    """

    line: OrderLine
    shipped_qty: int
    revenue: Decimal
    cost: Decimal | None
    variance: Decimal
    is_final: bool

    @property
    def margin(self) -> Decimal | None:
        """Return revenue less cost and later costs; None when not yet costed."""
        return None if self.cost is None else self.revenue - self.cost - self.variance


@dataclass(frozen=True, slots=True)
class OrderMargin:
    """The margins of an order's lines, and together; all in `currency`."""

    lines: Sequence[LineMargin]
    currency: str

    @property
    def margin(self) -> Decimal | None:
        """Return the sum of the lines; None when one of them is not yet costed."""
        total = Decimal(0)
        for line in self.lines:
            if line.margin is None:
                return None
            total += line.margin
        return total

    @property
    def is_final(self) -> bool:
        """Say whether every line is final."""
        return all(line.is_final for line in self.lines)


def margins_of(order: Order) -> OrderMargin:
    """Return the margin of every line of which units were shipped.

    Revenue is the line's net price for those units (a kit's, shared by price), without tax and
    shipping; foreign amounts count at the rate of the day the order was placed. Five queries.

    Raises:
        RateUnknown: the order's currency, or a cost's, has no rate on that day.
    """
    base = rates.base_currency()
    lines = {line.position: line for line in order.lines.order_by("position", "pk")}
    shipped, costs = _shipped(order)
    currencies = {order.currency or base}
    currencies |= {cost.currency or base for found in costs.values() for cost in found}
    values = rates.rates_on(currencies, order.placed_at.date())
    found = []
    for line in lines.values():
        if not shipped.get(line.pk):
            continue
        net = _net(line, lines) * shipped[line.pk] / line.qty
        revenue = quantize(net * values[order.currency or base], base)
        found.append(_line(line, shipped[line.pk], revenue, costs.get(line.pk, []), values))
    return OrderMargin(found, base)


def _shipped(order: Order) -> tuple[dict[int, int], dict[int, list[DepartedCost]]]:
    """Return units shipped, and what they cost, by order line id."""
    rows = list(ShipmentLine.objects.filter(shipment__order=order).order_by("pk"))
    by_owner = departed_costs([row.key for row in rows])
    units: dict[int, int] = {}
    costs: dict[int, list[DepartedCost]] = {}
    for row in rows:
        units[row.order_line_id] = units.get(row.order_line_id, 0) + row.shipped_qty
        costs.setdefault(row.order_line_id, []).extend(by_owner.get(row.key, []))
    return units, costs


def _net(line: OrderLine, lines: Mapping[int, OrderLine]) -> Decimal:
    """Return the line's price after discount; a kit's part of the kit's."""
    if line.kit_position is not None and line.price_share is not None:
        kit = lines[line.kit_position]
        return (kit.unit_price * kit.qty - kit.discount_amount) * line.price_share
    return line.unit_price * line.qty - line.discount_amount


def _line(
    line: OrderLine,
    shipped_qty: int,
    revenue: Decimal,
    costs: Sequence[DepartedCost],
    values: Mapping[str, Decimal],
) -> LineMargin:
    base = rates.base_currency()
    known = [(cost, values[cost.currency or base]) for cost in costs]
    is_costed = sum(cost.qty for cost in costs) >= shipped_qty and all(
        cost.amount is not None for cost in costs
    )
    amounts = ((cost.amount or Decimal(0)) * rate for cost, rate in known)
    variances = (cost.variance_amount * rate for cost, rate in known)
    return LineMargin(
        line,
        shipped_qty,
        revenue,
        quantize(sum(amounts, Decimal(0)), base) if is_costed else None,
        quantize(sum(variances, Decimal(0)), base),
        is_costed and not any(cost.is_provisional for cost in costs),
    )
