"""Put-away, scan by scan: goods at the dock (item or lot), then the shelf, in parts if need be.

CMD-QTY-n after the goods carries n units of them and leaves the rest at the dock. The shelf's
scan ends the carrying. Nothing here writes.

Worked example: TEA (24 at the dock), CMD-QTY-10, A-03: 10 lie in A-03, 14 still at the dock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

StepName = Literal["item", "lot", "bin"]
Verdict = Literal["accept", "complete", "warn", "reject"]


@dataclass(frozen=True, slots=True)
class DockRow:
    """Goods that may leave a dock: `key` names dock, SKU and lot for the service."""

    key: tuple[int, int, int | None]
    sku_code: str
    lot_code: str
    qty: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A scan: `kind` is item, lot, bin, command or unknown; `lot` came with an item's code."""

    kind: str
    value: str
    lot: str = ""


@dataclass(frozen=True, slots=True)
class CarryCard:
    """What is carried: the row of the dock, the units taken of it."""

    step: StepName = "item"
    sku_code: str = ""
    row: DockRow | None = None
    qty: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one scan. `done`: put (into the scanned bin) or undo (the last put-away)."""

    card: CarryCard
    verdict: Verdict
    why: str
    done: str = ""


def advance(card: CarryCard, heard: Heard, rows: Sequence[DockRow]) -> Step:
    """Return where the carrying stands. `rows` are the goods that may leave the docks here."""
    if heard.kind == "command":
        return _command(card, heard.value)
    if card.step == "bin":
        if heard.kind == "bin":
            return Step(card, "complete", "PUT_AWAY_DONE", "put")
        return Step(card, "reject", "SCAN_SHELF_NOW")
    return _goods(card, heard, rows)


def _goods(card: CarryCard, heard: Heard, rows: Sequence[DockRow]) -> Step:
    if heard.kind not in {"item", "lot", "unknown"} or not heard.value:
        return Step(card, "reject", "SCAN_DOCK_GOODS")
    sku, lot = _named(card, heard)
    fits = [row for row in rows if _fits(row, sku, lot)]
    if not fits:
        return Step(card, "reject", "NOT_AT_DOCK" if heard.kind != "unknown" else "UNKNOWN_CODE")
    if len({(row.sku_code, row.lot_code) for row in fits}) > 1:
        if sku:
            return Step(CarryCard("lot", sku), "accept", "WHICH_LOT")
        return Step(card, "reject", "AMBIGUOUS")
    row = fits[0]
    return Step(CarryCard("bin", row.sku_code, row, row.qty), "accept", "CARRY_TO_SHELF")


def _named(card: CarryCard, heard: Heard) -> tuple[str, str]:
    if heard.kind == "item":
        return heard.value, heard.lot
    return (card.sku_code if card.step == "lot" else ""), heard.value


def _fits(row: DockRow, sku: str, lot: str) -> bool:
    return (not sku or row.sku_code == sku) and (not lot or row.lot_code == lot)


def _command(card: CarryCard, command: str) -> Step:
    if command == "CMD-UNDO":
        if card.step == "item":
            return Step(card, "accept", "PUT_AWAY_UNDONE", "undo")
        return Step(CarryCard(), "accept", "STEP_UNDONE")
    if command.startswith("CMD-QTY-") and card.step == "bin" and card.row is not None:
        return _quantity(card, card.row, command.removeprefix("CMD-QTY-"))
    return Step(card, "reject", "COMMAND_NOT_HERE")


def _quantity(card: CarryCard, row: DockRow, digits: str) -> Step:
    qty = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0
    if not 0 < qty <= row.qty:
        return Step(card, "reject", "NOT_SO_MANY_AT_DOCK")
    return Step(replace(card, qty=qty), "accept", "CARRY_TO_SHELF")
