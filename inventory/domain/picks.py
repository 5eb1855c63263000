"""What waves and pickers ask of bins, and what they get."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.domain.demand import BinTake, PickWant

__all__ = ["BinHold", "BinPick", "BinTake", "PickWant", "PutBack", "Returning", "Unpick"]

IN_HAND = frozenset({"tote", "cart", "pack", "station", "ship", "dock"})
"""Kinds of bins that hold picked units; everything else is storage."""


@dataclass(frozen=True, slots=True)
class BinHold:
    """A claim to be made: `owner_key` is the pick, `demand_key` the promise it fills."""

    owner_key: str
    bin_stock_id: int
    qty: int
    demand_key: str = ""


@dataclass(frozen=True, slots=True)
class BinPick:
    """Claimed units that go to another bin: from storage into a tote, or from tote to station."""

    owner_key: str
    qty: int
    to_bin_id: int


@dataclass(frozen=True, slots=True)
class Unpick:
    """Claimed units that go from a tote back into a bin and stay claimed."""

    owner_key: str
    from_bin_id: int
    to_bin_id: int
    sku_id: int
    lot_id: int | None
    qty: int


@dataclass(frozen=True, slots=True)
class Returning:
    """Picked units of a recalled shipment: they wait in the tote to be put back.

    `owner_key` is the pick's, whose claim ends; a tote may hold units of other picks too.
    """

    sku_id: int
    lot_id: int | None
    qty: int
    bin_id: int
    owner_key: str = ""


@dataclass(frozen=True, slots=True)
class PutBack:
    """Returning units that lie in a bin again and may be promised."""

    sku_id: int
    lot_id: int | None
    qty: int
    from_bin_id: int
    to_bin_id: int
