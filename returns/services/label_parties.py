"""Who sends a return and who receives it, as papers and carriers name them."""

from __future__ import annotations

from inventory.models import Warehouse
from orders.models import Order
from returns.models import ReturnLabel
from shipping.domain.label import Party


def party_of_order(order: Order) -> Party:
    """Return the customer of an order as the sender of a return."""
    fields = ("name", "company", "line1", "line2", "city", "region", "postcode", "country", "phone")
    return Party(**{name: getattr(order, f"ship_{name}") for name in fields})


def party_of_warehouse(warehouse: Warehouse) -> Party:
    """Return a warehouse as the recipient of a return."""
    fields = ("name", "line1", "line2", "city", "region", "postcode", "country", "phone")
    return Party(**{name: getattr(warehouse, name) for name in fields})


def parties(row: ReturnLabel) -> tuple[Party, Party]:
    """Return sender and recipient of a label; a carrier's parcel keeps them as they were."""
    if row.parcel is not None:
        return Party.read(row.parcel.ship_from), Party.read(row.parcel.ship_to)
    order, warehouse = row.request.order, row.warehouse
    return (
        party_of_order(order) if order else Party(),
        party_of_warehouse(warehouse) if warehouse else Party(),
    )
