"""Lines of the stock services: what enters, leaves, moves or changes condition."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from inventory.domain.demand import DispatchLine
from inventory.domain.moves import GOOD

__all__ = [
    "AdjustLine",
    "BufferChange",
    "ConditionLine",
    "DispatchLine",
    "MoveLine",
    "ReceiveLine",
    "ScrapLine",
]


@dataclass(frozen=True, slots=True)
class ReceiveLine:
    """Units that arrive. `unit_cost` None: not yet costed. A lot by code is created when new.

    `is_provisional`: freight, duty or the invoice may still change what they cost.
    """

    bin_id: int
    sku_id: int
    qty: int
    lot_code: str = ""
    expires_on: dt.date | None = None
    unit_cost: Decimal | None = None
    currency: str = ""
    condition: str = GOOD
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class AdjustLine:
    """Units found (+) or gone (-). `unit_cost` None: found units cost the SKU's default."""

    bin_id: int
    sku_id: int
    delta_qty: int
    lot_id: int | None = None
    condition: str = GOOD
    unit_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Units that go to another bin of the warehouse, and perhaps change condition on the way."""

    from_bin_id: int
    to_bin_id: int
    sku_id: int
    qty: int
    lot_id: int | None = None
    condition_from: str = GOOD
    condition_to: str = GOOD


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """Units that stay where they are and are no longer what they were taken for."""

    bin_id: int
    sku_id: int
    qty: int
    condition_from: str
    condition_to: str
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class ScrapLine:
    """Units that are thrown away."""

    bin_id: int
    sku_id: int
    qty: int
    lot_id: int | None = None
    condition: str = "damaged"


@dataclass(frozen=True, slots=True)
class BufferChange:
    """How many units of a SKU a warehouse keeps back from promises."""

    warehouse_id: int
    sku_id: int
    qty: int
