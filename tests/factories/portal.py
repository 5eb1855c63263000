"""An order that its customer opens by a link, with what a return of it needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.events import EventFact
from inventory.models import Product, Sku
from orders.models import Order
from orders.services import listening
from shipping.services import links
from tests.factories import money, orders
from tests.factories import returns as factory
from tests.helpers.pictures import photo

ASKED = factory.ASKED


def published(order: Order, *, at: dt.datetime = ASKED) -> str:
    """Give an order its public view; return the token of a link to it."""
    fact = EventFact(1, "orders.imported", order.key, at, {})
    listening.publish_tracked([order.pk], [fact])
    return links.issue(order.key, at=at)


def sold(*lines: Any, **more: Any) -> tuple[Order, str]:
    """Return an order that arrived (two TEA and a CUP by default), and its token."""
    factory.ensure_rules()
    factory.stocked("TEA", "CUP")
    wanted = lines or (orders.line("TEA", 2, "10.00"), orders.line("CUP", 1, "38.00"))
    order = factory.delivered_order(*wanted, **more)
    return order, published(order)


def paid(*lines: Any, now: dt.datetime) -> tuple[Order, str]:
    """Return an order paid by the test gateway that arrived two days before `now`, its token."""
    factory.ensure_rules()
    order = money.paid_order(*lines, at=now - dt.timedelta(days=2))
    return order, published(order, at=now)


def variant(code: str, *, of: str, name: str, units: int = 5) -> Sku:
    """Return another variant of a SKU's product, with stock."""
    first = Sku.objects.get(code=of)
    if first.product_id is None:
        first.product = Product.objects.create(code=f"P-{of}", name=of)
        first.save(update_fields=["product"])
    row = orders.sku(code, name=name, product=first.product)
    if units:
        orders.put(row, factory.stocked(), units)
    return row


def item(order: Order, code: str = "TEA", **more: Any) -> dict[str, Any]:
    """Return the fields that choose one line on the first page."""
    prefix = f"i{factory.line_of(order, code).pk}"
    chosen = {"take": "on", "qty": "1", "reason": "CHANGED_MIND", "note": "", **more}
    return {f"{prefix}-{name}": value for name, value in chosen.items()}


def picture() -> Any:
    """Return an uploaded photo."""
    return photo()
