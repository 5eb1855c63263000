"""The smallest valid rows of inventory, and stock put there through the services themselves."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from model_bakery import baker

from core.actors import SYSTEM
from inventory.domain.lines import ReceiveLine
from inventory.models import Bin, Bom, BomLine, Lot, Sku, StockLevel, Warehouse
from inventory.services import stock

NOW = dt.datetime(2026, 1, 15, 10, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def a_key(text: str = "test") -> str:
    """Return an event key nobody used before."""
    return f"{text}:{next(_numbers)}"


def make_warehouse(code: str = "", **fields: Any) -> Warehouse:
    code = code or f"WH{next(_numbers)}"
    given = {"name": code, "country": "GB", "timezone": "UTC", **fields}
    return baker.make(Warehouse, code=code, **given)


def make_bin(warehouse: Warehouse | None = None, code: str = "", **fields: Any) -> Bin:
    """Make a pick bin; a tote, station or dock is not pickable."""
    kind = fields.pop("kind", "pick")
    fields.setdefault("is_pickable", kind in {"pick", "bulk"})
    return baker.make(
        Bin,
        warehouse=warehouse or make_warehouse(),
        code=code or f"B-{next(_numbers)}",
        kind=kind,
        zone=None,
        **{"pick_sequence": 0, **fields},
    )


def make_sku(code: str = "", **fields: Any) -> Sku:
    code = code or f"SKU{next(_numbers)}"
    given = {"name": code.title(), "weight_g": 300, "currency": "USD", "product": None, **fields}
    return baker.make(Sku, code=code, **given)


def make_lot(sku: Sku, code: str = "", **fields: Any) -> Lot:
    given = {"expires_on": None, "ship_by": None, "status": "good", "received_at": NOW, **fields}
    return baker.make(Lot, sku=sku, code=code or f"L{next(_numbers)}", **given)


def make_kit(code: str = "", parts: dict[Sku, int] | None = None, **fields: Any) -> Sku:
    """Make a virtual kit of the given parts (SKU -> units per kit) with equal price shares."""
    kit = make_sku(code, kind="virtual_kit", weight_g=None, **fields)
    parts = parts or {make_sku(): 1, make_sku(): 2}
    bom = Bom.objects.create(kit=kit, version=1, is_current=True, created_at=NOW)
    share = (Decimal(1) / len(parts)).quantize(Decimal("0.000001"))
    shares = [share] * (len(parts) - 1)
    shares.append(1 - sum(shares, Decimal(0)))
    for (sku, qty), price_share in zip(parts.items(), shares, strict=True):
        BomLine.objects.create(bom=bom, component=sku, qty=qty, price_share=price_share)
    return kit


def put_stock(
    sku: Sku,
    qty: int,
    *,
    at_bin: Bin | None = None,
    warehouse: Warehouse | None = None,
    lot: str = "",
    expires_on: dt.date | None = None,
    unit_cost: Decimal | None = Decimal("2.50"),
    at: dt.datetime = NOW,
) -> StockLevel:
    """Receive units into a bin (a new pick bin of the warehouse when none is given)."""
    place = at_bin or make_bin(warehouse)
    stock.receive(
        [ReceiveLine(place.pk, sku.pk, qty, lot, expires_on, unit_cost, "USD")],
        event_key=a_key("put_stock"),
        actor=SYSTEM,
        at=at,
    )
    return StockLevel.objects.get(warehouse=place.warehouse_id, sku=sku)
