"""One line of the ledger before it is written: units go from one place to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

GOOD = "good"

BinKey = tuple[int, int, int | None, str]
"""(bin id, SKU id, lot id or None, condition)."""
LevelKey = tuple[int, int]
"""(warehouse id, SKU id)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bin and the warehouse it stands in; None for the virtual bins."""

    bin_id: int
    warehouse_id: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """`qty` units of one SKU and lot leave `origin` and arrive at `target`.

    `sellable_before` and `sellable_after` say whether the units count towards ATP there: good
    condition, in a lot that is good. `unit_cost` is that of units entering from outside;
    `is_provisional`: more costs of theirs are still to come.
    """

    sku_id: int
    qty: int
    origin: Place
    target: Place
    lot_id: int | None = None
    condition_from: str = GOOD
    condition_to: str = GOOD
    sellable_before: bool = True
    sellable_after: bool = True
    unit_cost: Decimal | None = None
    currency: str = ""
    owner_key: str = ""
    is_provisional: bool = False


def bin_deltas(moves: Iterable[Move]) -> dict[BinKey, int]:
    """Return the change of units per real bin, SKU, lot and condition; zero changes left out."""
    deltas: dict[BinKey, int] = {}
    for move in moves:
        if move.origin.warehouse_id is not None:
            key = (move.origin.bin_id, move.sku_id, move.lot_id, move.condition_from)
            deltas[key] = deltas.get(key, 0) - move.qty
        if move.target.warehouse_id is not None:
            key = (move.target.bin_id, move.sku_id, move.lot_id, move.condition_to)
            deltas[key] = deltas.get(key, 0) + move.qty
    return {key: delta for key, delta in deltas.items() if delta}


def level_deltas(moves: Iterable[Move]) -> dict[LevelKey, tuple[int, int]]:
    """Return the change of (on hand, unsellable) per level; unchanged levels left out."""
    deltas: dict[LevelKey, tuple[int, int]] = {}
    for move in moves:
        if move.origin.warehouse_id is not None:
            key = (move.origin.warehouse_id, move.sku_id)
            on_hand, unsellable = deltas.get(key, (0, 0))
            lost = 0 if move.sellable_before else move.qty
            deltas[key] = (on_hand - move.qty, unsellable - lost)
        if move.target.warehouse_id is not None:
            key = (move.target.warehouse_id, move.sku_id)
            on_hand, unsellable = deltas.get(key, (0, 0))
            gained = 0 if move.sellable_after else move.qty
            deltas[key] = (on_hand + move.qty, unsellable + gained)
    return {key: delta for key, delta in deltas.items() if delta != (0, 0)}


def level_keys(moves: Iterable[Move]) -> set[LevelKey]:
    """Return every (warehouse, SKU) a move touches: the levels to lock."""
    return {
        (place.warehouse_id, move.sku_id)
        for move in moves
        for place in (move.origin, move.target)
        if place.warehouse_id is not None
    }
