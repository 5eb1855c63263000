"""Orders and what they need around them: the smallest valid rows, through the services."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from core.actors import SYSTEM
from inventory.models import Bin, Sku, Warehouse
from inventory.services import stock
from orders.domain.drafts import AddressDraft, LineDraft, OrderDraft, PlacedOrder
from orders.models import Channel, Order
from orders.services import placing
from shipping.models import Carrier, CarrierService

#: A Wednesday morning, before every cut-off.
NOW = dt.datetime(2026, 1, 21, 9, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def address(country: str = "US", **more: str) -> AddressDraft:
    """Return an address a parcel can be sent to."""
    fields = {
        "name": "Ada Brook",
        "line1": "12 Mill Lane",
        "city": "Springfield",
        "postcode": {"US": "62704", "CA": "K1A 0B1", "DE": "10115", "GB": "SW1A 1AA"}.get(
            country, "1000"
        ),
        "country": country,
    }
    return AddressDraft(**{**fields, **more})


def channel(code: str = "shop", **more: Any) -> Channel:
    """Return a channel; the flat service it ships by exists afterwards."""
    flat_service()
    defaults = {"name": code.title(), "currency": "USD"}
    return Channel.objects.create(code=code, **{**defaults, **more})


def flat_service() -> CarrierService:
    """Return the flat default service, as the first migration of shipping makes it."""
    found = CarrierService.objects.filter(is_default_flat=True).first()
    if found is not None:
        return found
    carrier, _ = Carrier.objects.get_or_create(code="builtin", defaults={"name": "Built in"})
    return CarrierService.objects.create(
        code="FLAT", name="Flat", carrier=carrier, is_default_flat=True
    )


def warehouse(code: str = "LA", country: str = "US", **more: Any) -> Warehouse:
    """Return a warehouse with one pick bin."""
    defaults = {"name": code, "country": country, "timezone": "UTC"}
    row = Warehouse.objects.create(code=code, **{**defaults, **more})
    Bin.objects.create(warehouse=row, code="A-01", kind="pick", is_pickable=True)
    return row


def sku(code: str = "TEA", **more: Any) -> Sku:
    """Return goods with weight and complete customs data."""
    defaults = {
        "name": code.title(),
        "weight_g": 400,
        "hs_code": "090230",
        "origin_country": "CN",
        "customs_text": "Black tea",
        "customs_value": Decimal("4.00"),
    }
    return Sku.objects.create(code=code, **{**defaults, **more})


def put(row: Sku, place: Warehouse, qty: int, **more: Any) -> None:
    """Receive units into the pick bin of a warehouse."""
    shelf = Bin.objects.get(warehouse=place, code="A-01")
    stock.receive(
        [
            stock.ReceiveLine(
                shelf.pk, row.pk, qty, unit_cost=Decimal("1.00"), currency="USD", **more
            )
        ],
        event_key=f"test-receipt-{next(_numbers)}",
        actor=SYSTEM,
        at=NOW,
    )


def line(code: str = "TEA", qty: int = 1, price: str = "10.00", **more: Any) -> LineDraft:
    """Return a goods line."""
    return LineDraft(code, qty, Decimal(price), **more)


def draft(*lines: LineDraft, **more: Any) -> OrderDraft:
    """Return a paid order of the channel `shop`, by default one unit of TEA to the US."""
    asked = lines or (line(),)
    total = sum((one.unit_price * one.qty for one in asked), Decimal(0))
    defaults: dict[str, Any] = {
        "channel": "shop",
        "external_id": f"X-{next(_numbers)}",
        "lines": asked,
        "placed_at": NOW,
        "ship_to": address(),
        "email": "ada@example.org",
        "paid_amount": total,
    }
    return OrderDraft(**{**defaults, **more})


def place(*drafts: OrderDraft, at: dt.datetime = NOW) -> list[Order]:
    """Place the drafts together and return their orders, in their order."""
    placed = place_all(*drafts, at=at)
    rows = Order.objects.in_bulk([one.order_id for one in placed])
    return [rows[one.order_id] for one in placed]


def place_all(*drafts: OrderDraft, at: dt.datetime = NOW) -> tuple[PlacedOrder, ...]:
    """Place the drafts together and return what became of each."""
    return placing.place(drafts, actor=SYSTEM, as_of=at, source="test").orders


def place_one(*lines: LineDraft, at: dt.datetime = NOW, **more: Any) -> Order:
    """Place one order and return it."""
    return place(draft(*lines, **more), at=at)[0]
