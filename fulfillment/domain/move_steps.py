"""Move goods within a warehouse without a task: bin, items (and lots), bin.

The first bin is where the goods lie, each item scan counts units of it, the second bin books them
there. CMD-QTY-n says how many the last scan counts, CMD-DAMAGED books what is counted as damaged,
CMD-UNDO goes one step back. Nothing here writes.

Worked example: A-01, CUP, CMD-QTY-3, B-02 moves 3 CUP from A-01 to B-02.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.pick_steps import Scanned, Verdict


@dataclass(frozen=True, slots=True)
class Load:
    """What is in the worker's hands: from which bin, which units by (SKU, lot, units)."""

    from_bin: str = ""
    taken: tuple[tuple[str, str, int], ...] = ()
    waiting: tuple[str, int] | None = None
    is_damaged: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the load as it is kept between scans."""
        return {
            "from_bin": self.from_bin,
            "taken": [list(row) for row in self.taken],
            "waiting": list(self.waiting) if self.waiting else None,
            "is_damaged": self.is_damaged,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Load:
        """Return the load that `as_json` kept."""
        waiting = kept.get("waiting")
        return cls(
            kept.get("from_bin", ""),
            tuple((sku, lot, qty) for sku, lot, qty in kept.get("taken", ())),
            (waiting[0], waiting[1]) if waiting else None,
            bool(kept.get("is_damaged")),
        )

    def qty_of(self, sku: str, lot: str) -> int:
        """Return the units taken of a SKU and lot."""
        return sum(qty for code, of, qty in self.taken if (code, of) == (sku, lot))


#: Free units in the bin the load comes from, by (SKU code, lot code); no lots: empty code.
Contents = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class MoveStep:
    """The answer to one scan; `to_bin` is set when everything taken is to be booked there."""

    load: Load
    verdict: Verdict
    why: str
    to_bin: str = ""


def advance(load: Load, contents: Contents, scan: Scanned) -> MoveStep:
    """Return where the load stands after `scan`, and the verdict for it."""
    if scan.kind == "command":
        return _command(load, contents, scan.value)
    if scan.kind in {"bin", "tote"}:
        return _bin(load, scan.value)
    if not load.from_bin:
        return MoveStep(load, "reject", "MOVE_BIN_FIRST")
    if scan.kind == "item":
        return _item(load, contents, scan)
    if scan.kind == "lot" and load.waiting:
        return _take(load, contents, load.waiting[0], scan.value, load.waiting[1])
    return MoveStep(load, "reject", "MOVE_SCAN_ITEM")


def _bin(load: Load, code: str) -> MoveStep:
    if not load.from_bin:
        return MoveStep(Load(from_bin=code), "accept", "MOVE_FROM")
    if load.waiting:
        return MoveStep(load, "reject", "MOVE_SCAN_LOT")
    if not load.taken:
        return MoveStep(Load(from_bin=code), "accept", "MOVE_FROM")
    if code == load.from_bin and not load.is_damaged:
        return MoveStep(load, "reject", "MOVE_SAME_BIN")
    return MoveStep(load, "complete", "MOVE_DONE", code)


def _item(load: Load, contents: Contents, scan: Scanned) -> MoveStep:
    lots = [lot for sku, lot in contents if sku == scan.value]
    if not lots:
        return MoveStep(load, "reject", "MOVE_NOT_HERE")
    if not any(lots):
        return _take(load, contents, scan.value, "", scan.qty)
    waiting = replace(load, waiting=(scan.value, scan.qty))
    if not scan.lot:
        return MoveStep(waiting, "accept", "MOVE_SCAN_LOT")
    return _take(waiting, contents, scan.value, scan.lot, scan.qty)


def _take(load: Load, contents: Contents, sku: str, lot: str, qty: int) -> MoveStep:
    free = contents.get((sku, lot), 0)
    if not free:
        return MoveStep(load, "reject", "MOVE_NOT_HERE")
    if load.qty_of(sku, lot) + qty > free:
        return MoveStep(load, "reject", "MOVE_TOO_MANY")
    taken = replace(load, taken=(*load.taken, (sku, lot, qty)), waiting=None)
    return MoveStep(taken, "accept", "MOVE_TAKEN")


def _command(load: Load, contents: Contents, command: str) -> MoveStep:
    if command == "CMD-UNDO":
        return _undo(load)
    if command == "CMD-DAMAGED" and load.taken:
        return MoveStep(replace(load, is_damaged=True), "warn", "MOVE_DAMAGED")
    digits = command.removeprefix("CMD-QTY-")
    if digits.isdecimal() and int(digits) and load.taken and not load.waiting:
        sku, lot, _one = load.taken[-1]
        step = _take(replace(load, taken=load.taken[:-1]), contents, sku, lot, int(digits))
        return step if step.verdict != "reject" else replace(step, load=load)
    return MoveStep(load, "reject", "COMMAND_NOT_HERE")


def _undo(load: Load) -> MoveStep:
    if load.is_damaged:
        return MoveStep(replace(load, is_damaged=False), "accept", "STEP_UNDONE")
    if load.waiting:
        return MoveStep(replace(load, waiting=None), "accept", "STEP_UNDONE")
    if load.taken:
        return MoveStep(replace(load, taken=load.taken[:-1]), "accept", "STEP_UNDONE")
    if load.from_bin:
        return MoveStep(Load(), "accept", "STEP_UNDONE")
    return MoveStep(load, "reject", "NOTHING_TO_UNDO")
