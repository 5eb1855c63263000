"""One bin counted by scanner (W17): bin, items with their lots, CMD-OK.

Blind: nothing here knows how many units there should be. A scan adds a unit (or as many as the
code carries), a quantity command counts for the unit just scanned, CMD-UNDO takes the last scan
back. CMD-OK without a scan asks once more whether the bin is empty.

Worked example: A-03-12, TEA, TEA, CMD-QTY-12, CMD-OK: 13 units of TEA.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fulfillment.domain.pick_steps import Scanned, Verdict

StepName = Literal["bin", "item", "lot", "empty"]
Act = Literal["", "begin", "add", "ask_lot", "add_lot", "set_qty", "undo", "ask_empty", "finish"]


@dataclass(frozen=True, slots=True)
class CountCard:
    """What one count asks for and how far it is; `scans` are those that can be taken back."""

    bin_code: str
    step: StepName = "bin"
    sku_code: str = ""
    pending_qty: int = 0
    scans: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to one scan: a verdict and what the service is to do."""

    verdict: Verdict
    why: str
    act: Act | Literal["leave", "drop_lot"] = ""
    qty: int = 0


def advance(card: CountCard, scan: Scanned, *, lot_tracked: bool = False) -> Counted:
    """Return what a scan means; `lot_tracked` tells of the item scanned."""
    if scan.kind == "command":
        return _command(card, scan.value)
    if scan.kind == "bin":
        return _bin(card, scan.value)
    if scan.kind == "unknown" or card.step == "bin":
        return Counted("reject", "SCAN_BIN_FIRST" if scan.kind != "unknown" else "UNKNOWN_CODE")
    if scan.kind == "item":
        return _item(card, scan, lot_tracked)
    if scan.kind == "lot" and card.step == "lot":
        return Counted("accept", "COUNT_ADDED", "add_lot", card.pending_qty)
    return Counted("reject", "COUNT_SCAN_ITEM")


def _bin(card: CountCard, code: str) -> Counted:
    if code != card.bin_code:
        return Counted("reject", "WRONG_BIN" if card.step == "bin" else "COUNT_FINISH_FIRST")
    return Counted("accept", "COUNT_SCAN_ITEMS", "begin" if card.step == "bin" else "")


def _item(card: CountCard, scan: Scanned, lot_tracked: bool) -> Counted:
    if not lot_tracked or scan.lot:
        return Counted("accept", "COUNT_ADDED", "add", scan.qty)
    # The same item again before its lot: both units are of the lot that follows.
    again = card.step == "lot" and card.sku_code == scan.value
    return Counted(
        "accept", "COUNT_SCAN_LOT", "ask_lot", scan.qty + (card.pending_qty if again else 0)
    )


def _command(card: CountCard, command: str) -> Counted:
    if command == "CMD-SKIP":
        return Counted("warn", "COUNT_LEFT", "leave")
    if card.step == "bin":
        return Counted("reject", "SCAN_BIN_FIRST")
    if command.startswith("CMD-QTY-"):
        return _quantity(card, command.removeprefix("CMD-QTY-"))
    if command == "CMD-UNDO":
        return _undo(card)
    if command == "CMD-OK":
        return _ok(card)
    return Counted("reject", "COMMAND_NOT_HERE")


def _quantity(card: CountCard, digits: str) -> Counted:
    if not digits.isdecimal() or int(digits) < 1:
        return Counted("reject", "COMMAND_NOT_HERE")
    if card.step == "lot":
        return Counted("accept", "COUNT_SCAN_LOT", "ask_lot", int(digits))
    if not card.scans:
        return Counted("reject", "COUNT_SCAN_ITEM")
    return Counted("accept", "COUNT_ADDED", "set_qty", int(digits))


def _undo(card: CountCard) -> Counted:
    if card.step in {"lot", "empty"}:
        return Counted("accept", "STEP_UNDONE", "drop_lot")
    return Counted("accept", "STEP_UNDONE", "undo") if card.scans else _nothing()


def _nothing() -> Counted:
    return Counted("reject", "NOTHING_TO_UNDO")


def _ok(card: CountCard) -> Counted:
    if card.step == "lot":
        return Counted("reject", "COUNT_SCAN_LOT")
    if card.step == "empty" or card.scans:
        return Counted("complete", "COUNT_DONE", "finish")
    return Counted("warn", "COUNT_EMPTY_ASK", "ask_empty")
