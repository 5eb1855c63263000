"""Suppliers with goods, list prices and agreements: the smallest valid rows."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from inventory.models import Sku
from suppliers.models import (
    Agreement,
    AgreementLine,
    ListPrice,
    Supplier,
    SupplierSku,
)
from tests.factories.inventory import make_sku
from tests.factories.suppliers import NOW

#: The day on which tests order.
ORDER_DAY = dt.date(2026, 4, 21)
_numbers = itertools.count(1)


def make_supplier(code: str = "", **more: Any) -> Supplier:
    """Return a supplier who sells in US dollars."""
    code = code or f"SUP{next(_numbers)}"
    fields = {"name": f"{code.title()} Ltd", "currency": "USD", "country": "CN", **more}
    return Supplier.objects.create(code=code, **fields)


def make_goods(
    supplier: Supplier,
    sku: Sku | None = None,
    breaks: Mapping[int, str] | None = None,
    *,
    valid_from: dt.date = dt.date(2026, 1, 1),
    valid_until: dt.date | None = None,
    **more: Any,
) -> SupplierSku:
    """Let a supplier sell a SKU, with list prices by quantity."""
    sku = sku or make_sku()
    taken = SupplierSku.objects.filter(sku=sku).count()
    fields = {"currency": supplier.currency or "USD", "rank": taken + 1, **more}
    goods, _made = SupplierSku.objects.get_or_create(supplier=supplier, sku=sku, defaults=fields)
    for min_qty, price in (breaks or {}).items():
        ListPrice.objects.create(
            supplier_sku=goods,
            min_qty=min_qty,
            unit_price=Decimal(price),
            valid_from=valid_from,
            valid_until=valid_until,
        )
    return goods


def make_agreement(
    supplier: Supplier,
    prices: Mapping[Sku, str | Mapping[int, str] | None],
    **more: Any,
) -> Agreement:
    """Return an active agreement; a price of None is a share off the list."""
    fields = {
        "number": f"AG{next(_numbers)}",
        "state": "active",
        "is_current": True,
        "valid_from": dt.date(2026, 4, 1),
        "valid_until": dt.date(2026, 6, 30),
        "currency": supplier.currency or "USD",
        "created_at": NOW,
        "created_by": "user:1",
        "submitted_by": "user:1",
        "submitted_at": NOW,
        "approved_at": NOW,
        "approved_by": "user:2",
        **more,
    }
    agreement = Agreement.objects.create(supplier=supplier, **fields)
    for sku, price in prices.items():
        breaks = price if isinstance(price, Mapping) else {1: price}
        for min_qty, one in breaks.items():
            AgreementLine.objects.create(
                agreement=agreement,
                sku=sku,
                min_qty=min_qty,
                unit_price=None if one is None else Decimal(one),
            )
    return agreement
