"""Shirts in sizes, and returns of people who want another one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from inventory.models import Product, Sku, Warehouse
from returns.models import ReturnRequest
from tests.factories import orders
from tests.factories.return_labels import asked, placed_order
from tests.factories.returns import send_off


def shirts() -> Warehouse:
    """Lay out one product at LA: M bought, L (2 units) as dear, XL (1) dearer, S sold out.

    Called again, it brings two more L.
    """
    known = Warehouse.objects.filter(code="LA").first()
    if known is not None and Product.objects.filter(code="SHIRT").exists():
        orders.put(Sku.objects.get(code="SHIRT-L"), known, 2)
        return known
    product = Product.objects.create(code="SHIRT", name="Shirt")
    place = known or orders.warehouse("LA", line1="1 Dock Rd", city="Los Angeles", postcode="90001")
    for code, price, units in (("M", "20", 9), ("L", "20", 2), ("XL", "23.50", 1), ("S", "20", 0)):
        row = orders.sku(
            f"SHIRT-{code}", product=product, list_price=Decimal(price), currency="USD"
        )
        if units:
            orders.put(row, place, units)
    return place


def wanted(
    place: Warehouse,
    code: str = "SHIRT-L",
    *,
    qty: int = 1,
    resolution: str = "exchange",
    **more: Any,
) -> ReturnRequest:
    """Return a request to have another size for a shirt M that was sent."""
    order = placed_order(sku=Sku.objects.get(code="SHIRT-M"), qty=qty)
    send_off(order)
    facts = {"resolution": resolution, "exchange_sku": Sku.objects.get(code=code)}
    return asked(order, place, lines=facts, **more)
