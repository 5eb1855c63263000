"""Which units of an order were sent and are not asked back yet, and what was paid for them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orders.models import Order, OrderLine, ShipmentLine
from returns.domain.paid_values import PaidLine, line_values, value_of_units
from returns.domain.states import CLAIMING_STATES
from returns.models import ReturnLine, ReturnRequest

ZERO = Decimal(0)
#: A kit's units are those of its components; a fee is not sent.
NOT_SENT = ("kit", "fee")


@dataclass(frozen=True, slots=True)
class LineUnits:
    """One order line: units sent, arrived and asked back, and the exact value of all its units.

    `taken` are (units, value) of the returns that hold on to units. Times are aware UTC.
    """

    line: OrderLine
    shipment_line_ids: tuple[int, ...] = ()
    shipped_qty: int = 0
    delivered_qty: int = 0
    delivered_at: dt.datetime | None = None
    paid_amount: Decimal = ZERO
    taken: tuple[tuple[int, Decimal], ...] = ()

    @property
    def returned_qty(self) -> int:
        """Count the units that open and closed returns hold."""
        return sum(qty for qty, _value in self.taken)

    @property
    def left_qty(self) -> int:
        """Count the units that were sent and nobody asked back."""
        return max(0, self.shipped_qty - self.returned_qty)

    def value_of(self, qty: int, currency: str) -> Decimal:
        """Return what was paid for `qty` of the units that are left, exact over all returns.

        Raises:
            ValueError: fewer units were paid for.
        """
        units = self.line.qty - self.line.substituted_qty
        return value_of_units(
            self.paid_amount, units=units, taken=self.taken, qty=qty, currency=currency
        )


@dataclass(frozen=True, slots=True)
class OrderUnits:
    """An order with the units of its lines, in their order."""

    order: Order
    lines: tuple[LineUnits, ...]
    by_id: dict[int, LineUnits] = field(default_factory=dict)


def units_of(order: Order) -> OrderUnits:
    """Return what of an order can come back. Three queries.

    Past orders of an import have no shipments: all their units count as arrived when placed.
    """
    lines = list(
        OrderLine.objects.filter(order=order).select_related("sku").order_by("position", "pk")
    )
    values = line_values(
        [_paid(line) for line in lines],
        goods_amount=order.items_amount - order.discount_amount,
        tax_amount=order.tax_amount,
        currency=order.currency,
    )
    taken = _taken(order)
    sent = _history(order, lines) if order.is_history else _sent(order)
    found = [
        _line_units(line, sent[line.pk], values.get(line.pk, ZERO), tuple(taken.get(line.pk, ())))
        for line in lines
        if line.kind not in NOT_SENT and sent.get(line.pk)
    ]
    return OrderUnits(order, tuple(found), {one.line.pk: one for one in found})


def _taken(order: Order) -> dict[int, list[tuple[int, Decimal]]]:
    """Return by line what returns hold: announced units, and what came without being announced."""
    found: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    held = ReturnLine.objects.filter(
        order_line__order=order,
        request__status__in=CLAIMING_STATES,
        state__in=(ReturnLine.State.OPEN, ReturnLine.State.CLOSED),
    ).order_by("pk")
    columns = ("order_line_id", "kind", "qty", "received_qty", "value_amount")
    for line_id, kind, qty, received, value in held.values_list(*columns):
        units = qty if kind == ReturnLine.Kind.EXPECTED else received
        if units:
            found[line_id].append((units, value))
    return found


@dataclass(frozen=True, slots=True)
class _Sent:
    shipment_line_id: int | None
    qty: int
    delivered_at: dt.datetime | None


def _sent(order: Order) -> dict[int, list[_Sent]]:
    rows = ShipmentLine.objects.filter(shipment__order=order, shipped_qty__gt=0)
    found: dict[int, list[_Sent]] = defaultdict(list)
    columns = ("order_line_id", "pk", "shipped_qty", "shipment__delivered_at")
    for line_id, pk, qty, delivered_at in rows.values_list(*columns).order_by("pk"):
        found[line_id].append(_Sent(pk, qty, delivered_at))
    return found


def _history(order: Order, lines: Sequence[OrderLine]) -> dict[int, list[_Sent]]:
    found: dict[int, list[_Sent]] = defaultdict(list)
    for line in lines:
        if line.qty > line.cancelled_qty:
            found[line.pk].append(_Sent(None, line.qty - line.cancelled_qty, order.placed_at))
    return found


def _line_units(
    line: OrderLine, rows: Sequence[_Sent], paid: Decimal, taken: tuple[tuple[int, Decimal], ...]
) -> LineUnits:
    days = [row.delivered_at for row in rows if row.delivered_at is not None]
    return LineUnits(
        line=line,
        shipment_line_ids=tuple(
            row.shipment_line_id for row in rows if row.shipment_line_id is not None
        ),
        shipped_qty=sum(row.qty for row in rows),
        delivered_qty=sum(row.qty for row in rows if row.delivered_at is not None),
        delivered_at=max(days, default=None),
        paid_amount=paid,
        taken=taken,
    )


def _paid(line: OrderLine) -> PaidLine:
    return PaidLine(
        id=line.pk,
        position=line.position,
        kind=str(line.kind),
        qty=line.qty,
        unit_price=line.unit_price,
        discount_amount=line.discount_amount,
        tax_amount=line.tax_amount,
        kit_position=line.kit_position,
        price_share=line.price_share,
        stands_in_for=line.substitute_for_id,
        substituted_qty=line.substituted_qty,
    )


def came_back(order_id: int) -> tuple[dict[int, int], int]:
    """Return by order line the units that arrived back, and how many returns are open.

    Two queries. Units count once received, also those that came without being announced.
    """
    units: dict[int, int] = defaultdict(int)
    rows = ReturnLine.objects.filter(order_line__order_id=order_id, received_qty__gt=0)
    for line_id, qty in rows.values_list("order_line_id", "received_qty").order_by("pk"):
        units[line_id] += qty
    open_count = ReturnRequest.objects.open().filter(order_id=order_id).count()
    return dict(units), open_count
