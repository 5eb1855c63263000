"""An order with everything a service decides on, locked and read in a constant number of queries.

Lock order of the whole app: orders by pk, then shipments by pk, then (inside inventory) stock
levels by pk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from orders.domain import states
from orders.models import Order, OrderHold, OrderLine, Shipment, ShipmentLine
from orders.services.errors import OrderMoveRefused, OrderNotFound
from orders.services.planning import DEMAND_KINDS


def open_units(line: OrderLine) -> int:
    """Return the units of a line that are to be sent under its own SKU."""
    units: int = line.qty - line.cancelled_qty - line.substituted_qty
    return units


@dataclass(slots=True)
class Dossier:
    """One locked order: its lines, open holds, shipments and their lines."""

    order: Order
    lines: list[OrderLine] = field(default_factory=list)
    holds: list[OrderHold] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    shipment_lines: dict[int, list[ShipmentLine]] = field(default_factory=dict)

    @property
    def active_shipments(self) -> list[Shipment]:
        """Return the shipments that are not cancelled."""
        return [row for row in self.shipments if row.status != states.CANCELLED]

    @property
    def demand_lines(self) -> list[OrderLine]:
        """Return the lines that are reserved and shipped."""
        return [line for line in self.lines if line.kind in DEMAND_KINDS]

    def lines_of(self, shipments: Iterable[Shipment]) -> list[ShipmentLine]:
        """Return the lines of some of the shipments."""
        return [line for row in shipments for line in self.shipment_lines.get(row.pk, ())]

    def committed(self, shipments: Iterable[Shipment]) -> dict[int, int]:
        """Return the units that shipments cover, by order line id."""
        units: dict[int, int] = defaultdict(int)
        for line in self.lines_of(shipments):
            units[line.order_line_id] += line.qty
        return units

    def open_qty(self, kept: Iterable[Shipment]) -> dict[int, int]:
        """Return by position the units that the kept shipments leave to be found."""
        units = self.committed(kept)
        return {
            line.position: left
            for line in self.demand_lines
            if (left := open_units(line) - units.get(line.pk, 0)) > 0
        }

    def demand(self, event: str) -> None:
        """Refuse a step that the order's state does not allow.

        Raises:
            OrderMoveRefused: the table has no such move.
        """
        if not states.may_order(event, self.order.status):
            raise OrderMoveRefused(state=self.order.status, event=event)


def open_dossiers(order_ids: Iterable[int]) -> list[Dossier]:
    """Lock orders and their shipments in pk order and return them, in that order; five queries.

    Call inside a transaction. Ids that do not exist are left out.
    """
    ids = sorted(set(order_ids))
    orders = Order.objects.filter(pk__in=ids).lock()
    return _filled(orders, Shipment.objects.filter(order_id__in=ids).lock(), ids)


def read_dossiers(order_ids: Iterable[int]) -> list[Dossier]:
    """Return orders as `open_dossiers` does, without locks: for a plan that is checked later."""
    ids = sorted(set(order_ids))
    orders = Order.objects.filter(pk__in=ids).order_by("pk")
    return _filled(orders, Shipment.objects.filter(order_id__in=ids).order_by("pk"), ids)


def _filled(
    orders: Iterable[Order], shipments: Iterable[Shipment], ids: list[int]
) -> list[Dossier]:
    found = {order.pk: Dossier(order) for order in orders}
    for shipment in shipments:
        if shipment.order_id in found:
            found[shipment.order_id].shipments.append(shipment)
    for line in OrderLine.objects.filter(order_id__in=found).order_by("order_id", "position"):
        found[line.order_id].lines.append(line)
    holds = OrderHold.objects.filter(order_id__in=found, released_at__isnull=True)
    for hold in holds.order_by("pk"):
        found[hold.order_id].holds.append(hold)
    owners = {row.pk: dossier for dossier in found.values() for row in dossier.shipments}
    for part in ShipmentLine.objects.filter(shipment__in=owners).order_by("pk"):
        owners[part.shipment_id].shipment_lines.setdefault(part.shipment_id, []).append(part)
    return list(found.values())


def open_dossier(order_id: int) -> Dossier:
    """Lock one order and return it with all its parts.

    Raises:
        OrderNotFound: no such order.
    """
    found = open_dossiers([order_id])
    if not found:
        raise OrderNotFound(order_id=order_id)
    return found[0]
