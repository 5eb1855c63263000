"""Returns that are decided, as labels and exchanges need them."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from core.actors import SYSTEM
from inventory.models import Sku, Warehouse
from orders.models import Order
from returns.models import ReturnLine, ReturnRequest
from returns.services import progress
from tests.factories import orders

NOW = orders.NOW
_numbers = itertools.count(5_001)


def placed_order(country: str = "US", *, sku: Sku | None = None, qty: int = 1) -> Order:
    """Return an order of `qty` units of a SKU, by default of TEA, to a country."""
    code = (sku or Sku.objects.filter(code="TEA").first() or orders.sku()).code
    if not orders.Channel.objects.filter(code="shop").exists():
        orders.channel()
    return orders.place_one(orders.line(code, qty), ship_to=orders.address(country))


def asked(
    order: Order, warehouse: Warehouse | None, *, lines: Any = None, **more: Any
) -> ReturnRequest:
    """Return a request for everything of an order, not decided yet; its goods go to `warehouse`."""
    request = ReturnRequest.objects.create(
        number=f"RMA{next(_numbers)}",
        source="portal",
        order=order,
        customer_id=order.customer_id,
        channel=order.channel,
        warehouse=warehouse,
        from_country=order.ship_country,
        currency=order.currency,
        requested_at=NOW,
        updated_at=NOW,
        created_by="test",
        **more,
    )
    for position, line in enumerate(order.lines.filter(kind="goods").order_by("position"), 1):
        facts = {"resolution": "refund", **(lines or {})}
        ReturnLine.objects.create(
            request=request,
            position=position,
            order_line=line,
            sku_id=line.sku_id,
            qty=line.qty,
            unit_value_amount=line.unit_price,
            value_amount=line.unit_price * line.qty,
            **facts,
        )
    return request


def approve(request: ReturnRequest, at: dt.datetime = NOW) -> ReturnRequest:
    """Approve a request and return it anew; listeners have not heard of it yet."""
    progress.move(request.pk, "approve", actor=SYSTEM, at=at)
    request.refresh_from_db()
    return request
