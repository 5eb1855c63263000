"""One pick task, scan by scan: bin, item (and lot), tote.

The picker walks to the bin and scans it, scans the item once a unit (or a quantity command), scans
the lot where the SKU has lots and the item code did not carry it, and ends at the tote. Every scan
yields one `Step`: a verdict for eye and ear, and where the task stands now. Nothing here writes;
the service stores `step` and `counted_qty` and acts on `done`.

Worked example: 2 x TEA from A-03-12 into T-118: bin A-03-12 (accept), TEA (accept, 1 of 2),
TEA (accept, go to the tote), T-118 (complete, done="pick").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

StepName = Literal["bin", "item", "lot", "tote"]
Verdict = Literal["accept", "complete", "warn", "reject"]
Kind = Literal["bin", "item", "lot", "tote", "cart", "badge", "command", "unknown"]


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan resolved in the task's context.

    `value` is the code of the thing; `lot` and `qty` are set when the code carried them (GS1).
    `eligible` is False for a lot that must not go to this customer (X13), and for a badge (its
    value is the person's key) that may not say yes to another one.
    """

    kind: Kind
    value: str
    lot: str = ""
    qty: int = 1
    eligible: bool = True


@dataclass(frozen=True, slots=True)
class PickCard:
    """What one task asks for and how far it is. Quantities are units of the SKU.

    `other_lot` is another eligible lot just offered for the whole task: CMD-OK takes it if this
    person may (`may_swap`), else a supervisor's badge.
    """

    bin_code: str
    sku_code: str
    lot_code: str
    tote_code: str
    qty: int
    counted_qty: int = 0
    step: StepName = "bin"
    reason: str = ""
    other_lot: str = ""
    may_swap: bool = False

    @property
    def needs_lot(self) -> bool:
        """Whether the units of this task come from one named lot."""
        return bool(self.lot_code)


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one scan.

    `why` is a stable reason code that the screen turns into words; `done` tells the service to
    act: pick (whole), short (found less), skip, damaged, undo.
    """

    card: PickCard
    verdict: Verdict
    why: str
    done: str = ""
    tote: str = ""


def advance(card: PickCard, scan: Scanned) -> Step:
    """Return where `card` stands after `scan`, and the verdict for it."""
    if scan.kind == "command":
        return _command(card, scan.value)
    if scan.kind == "badge":
        refusal = badge_refusal(scan, card.other_lot)
        if refusal:
            return Step(card, "reject", refusal)
        return Step(card, "accept", "LOT_SWAPPED", "swap_lot")
    if scan.kind == "unknown":
        return Step(card, "reject", "UNKNOWN_CODE")
    handlers = {"bin": _at_bin, "item": _at_item, "lot": _at_lot, "tote": _at_tote}
    return handlers[card.step](card, scan)


def _at_bin(card: PickCard, scan: Scanned) -> Step:
    if scan.kind != "bin":
        return Step(card, "reject", "SCAN_BIN_FIRST")
    if scan.value != card.bin_code:
        return Step(card, "reject", "WRONG_BIN")
    return Step(replace(card, step="item"), "accept", "BIN_OK")


def _at_item(card: PickCard, scan: Scanned) -> Step:
    if scan.kind == "bin" and scan.value == card.bin_code:
        return Step(card, "accept", "BIN_OK")
    refusal = item_refusal(scan, sku_code=card.sku_code, left_qty=card.qty - card.counted_qty)
    if refusal:
        return Step(card, "reject", refusal)
    if card.needs_lot and scan.lot and scan.lot != card.lot_code:
        return _other_lot(card, scan)
    moved = replace(card, counted_qty=card.counted_qty + scan.qty)
    if card.needs_lot and not scan.lot:
        return Step(replace(moved, step="lot"), "accept", "SCAN_LOT_NOW")
    return _counted(moved)


def item_refusal(scan: Scanned, *, sku_code: str, left_qty: int) -> str:
    """Return the code of why a scan at a bin is not the item wanted, empty when it is.

    `left_qty`: units that are still to be counted.
    """
    if scan.kind == "bin":
        return "WRONG_BIN"
    if scan.kind != "item":
        return "SCAN_ITEM_NOW"
    if scan.value != sku_code:
        return "WRONG_ITEM"
    return "TOO_MANY" if scan.qty > left_qty else ""


def badge_refusal(scan: Scanned, other_lot: str) -> str:
    """Return the code of why a badge says yes to nothing here, empty when it does."""
    if not other_lot:
        return "BADGE_NOT_HERE"
    return "" if scan.eligible else "BADGE_MAY_NOT_SWAP"


def _at_lot(card: PickCard, scan: Scanned) -> Step:
    if scan.kind not in {"lot", "item"}:
        return Step(card, "reject", "SCAN_LOT_NOW")
    code = scan.value if scan.kind == "lot" else scan.lot
    if code != card.lot_code:
        return _other_lot(card, scan)
    return _counted(replace(card, step="item"))


def _at_tote(card: PickCard, scan: Scanned) -> Step:
    if scan.kind != "tote":
        return Step(card, "reject", "SCAN_TOTE_NOW")
    if card.tote_code and scan.value != card.tote_code:
        return Step(card, "reject", "WRONG_TOTE")
    done = "pick" if card.counted_qty == card.qty else "short"
    return Step(replace(card, tote_code=scan.value), "complete", "TASK_DONE", done, scan.value)


def _counted(card: PickCard) -> Step:
    if card.counted_qty == card.qty:
        return Step(replace(card, step="tote"), "accept", "SCAN_TOTE_NOW")
    return Step(replace(card, step="item"), "accept", "ITEM_OK")


def _other_lot(card: PickCard, scan: Scanned) -> Step:
    # An ineligible lot is never taken; an eligible one when somebody says yes who may, and for the
    # whole task: units of two lots in the hand could not be told apart.
    if not scan.eligible:
        return Step(card, "reject", "LOT_NOT_ALLOWED")
    in_hand = card.counted_qty - (1 if card.step == "lot" else 0)
    if in_hand:
        return Step(card, "reject", "WRONG_LOT")
    code = scan.value if scan.kind == "lot" else scan.lot
    offered = replace(card, step="item", counted_qty=0, other_lot=code)
    why = "LATER_LOT" if card.may_swap else "LATER_LOT_ASK"
    return Step(offered, "warn", why, "offer_lot")


def _command(card: PickCard, command: str) -> Step:
    if command.startswith("CMD-QTY-"):
        return _quantity(card, command.removeprefix("CMD-QTY-"))
    if command in {"CMD-SHORT", "CMD-DAMAGED"}:
        reason = "NOT_THERE" if command == "CMD-SHORT" else "DAMAGED"
        return _short(replace(card, reason=reason))
    if command == "CMD-SKIP":
        return Step(card, "warn", "TASK_SKIPPED", "skip")
    if command == "CMD-OK" and card.other_lot:
        return _said_yes(card)
    if command == "CMD-UNDO":
        return Step(_back(card), "accept", "STEP_UNDONE", "undo")
    return Step(card, "reject", "COMMAND_NOT_HERE")


def _said_yes(card: PickCard) -> Step:
    if not card.may_swap:
        return Step(card, "reject", "SCAN_BADGE_NOW")
    return Step(card, "accept", "LOT_SWAPPED", "swap_lot")


def _quantity(card: PickCard, digits: str) -> Step:
    # A quantity command counts units after one of them was scanned: it replaces that one unit.
    if card.step != "item" or card.counted_qty == 0 or not digits.isdecimal():
        return Step(card, "reject", "SCAN_ITEM_NOW")
    counted = card.counted_qty - 1 + int(digits)
    if counted > card.qty:
        return Step(card, "reject", "TOO_MANY")
    return _counted(replace(card, counted_qty=counted))


def _short(card: PickCard) -> Step:
    if card.step == "bin":
        return Step(card, "reject", "SCAN_BIN_FIRST")
    if card.counted_qty == 0:
        return Step(card, "warn", "SHORT_NONE_FOUND", "short")
    return Step(replace(card, step="tote"), "warn", "SHORT_SCAN_TOTE")


def _back(card: PickCard) -> PickCard:
    if card.other_lot:
        return replace(card, other_lot="")
    if card.step == "item" and card.counted_qty == 0:
        return replace(card, step="bin", reason="")
    if card.reason:
        # The last scan said "short"; the units counted before it are still in the hand.
        return replace(card, step="item", reason="")
    counted = max(card.counted_qty - 1, 0)
    return replace(card, step="item", counted_qty=counted, reason="")
