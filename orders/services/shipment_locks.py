"""Lock shipments the one way: their orders first, then they, both in pk order."""

from __future__ import annotations

from collections.abc import Collection

from orders.models import Order, Shipment
from orders.services.errors import ShipmentNotFound


def lock_shipments(shipment_ids: Collection[int]) -> list[Shipment]:
    """Lock the orders of these shipments, then the shipments; return them in pk order.

    Call inside a transaction.

    Raises:
        ShipmentNotFound: an id is unknown.
    """
    ids = sorted(set(shipment_ids))
    rows = Shipment.objects.filter(pk__in=ids)
    owners = sorted(set(rows.values_list("order_id", flat=True).order_by()))
    orders = {order.pk: order for order in Order.objects.filter(pk__in=owners).lock()}
    locked = list(Shipment.objects.filter(pk__in=ids).lock())
    if len(locked) != len(ids):
        missing = set(ids) - {row.pk for row in locked}
        raise ShipmentNotFound(shipment_id=min(missing))
    for row in locked:
        row.order = orders[row.order_id]
    return locked
