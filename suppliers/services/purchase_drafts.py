"""What a purchase order is asked to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LineAsk:
    """Units of a SKU that are needed.

    `unit_price` None takes the agreement's or the list's price; another price needs `reason`.
    `qty` None rounds the need up to the least order and to whole packs; a number is ordered as it
    is, such as a supplier proposed.
    """

    sku_id: int
    need_qty: int
    unit_price: Decimal | None = None
    reason: str = ""
    qty: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order as a buyer or the system wants it. `currency` empty is the supplier's own."""

    supplier_id: int
    warehouse_id: int
    lines: Sequence[LineAsk]
    currency: str = ""
    mode: str = "sea"
    required_by: dt.date | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineChange:
    """A change of one line; None leaves the value, 0 units take the line off the order."""

    line_id: int
    qty: int | None = None
    unit_price: Decimal | None = None
