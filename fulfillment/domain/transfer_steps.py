"""Receive a transfer, scan by scan: items (and lots) are counted, then booked together.

Every item scan counts units of what is on the way; a lot-tracked item asks for its lot when the
code did not carry it. CMD-DAMAGED says that the units counted last are damaged, CMD-QTY-n how many
they are, CMD-UNDO takes them back. A bin of the destination books everything counted into it;
CMD-OK books it at the dock. When units are missing, CMD-OK asks once and books the loss at the
second scan. Nothing here writes.

Worked example: 3 x CUP on the way. CUP (accept, 1 of 3), CMD-QTY-2 (accept, 2 of 3), CMD-OK (warn:
1 missing), CMD-OK (complete, done="short").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.pick_steps import Scanned, Verdict


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of one SKU and lot that one scan counted."""

    sku: str
    lot: str
    qty: int
    condition: str = "good"


@dataclass(frozen=True, slots=True)
class Awaited:
    """Units of one SKU and lot (empty: no lots) that are on the way."""

    sku: str
    lot: str
    qty: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted, oldest first. `waiting`: units of a SKU whose lot comes with the next scan.

    `is_sure`: CMD-OK was scanned once although units are missing.
    """

    counted: tuple[Counted, ...] = ()
    waiting: Counted | None = None
    is_sure: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the tally as it is kept between scans."""
        rows = [[row.sku, row.lot, row.qty, row.condition] for row in self.counted]
        waiting = [self.waiting.sku, self.waiting.qty] if self.waiting else None
        return {"counted": rows, "waiting": waiting, "is_sure": self.is_sure}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Tally:
        """Return the tally that `as_json` kept."""
        waiting = kept.get("waiting")
        return cls(
            tuple(Counted(*row) for row in kept.get("counted", ())),
            Counted(waiting[0], "", waiting[1]) if waiting else None,
            bool(kept.get("is_sure")),
        )

    def qty_of(self, sku: str, lot: str = "", *, any_lot: bool = False) -> int:
        """Return the units counted of a SKU and lot."""
        return sum(
            row.qty for row in self.counted if row.sku == sku and (any_lot or row.lot == lot)
        )

    @property
    def qty(self) -> int:
        """Return all units counted."""
        return sum(row.qty for row in self.counted)


@dataclass(frozen=True, slots=True)
class TallyStep:
    """The answer to one scan: `done` is book, short (book, and say that the rest is missing)."""

    tally: Tally
    verdict: Verdict
    why: str
    done: str = ""
    bin_code: str = ""


def advance(tally: Tally, awaited: Sequence[Awaited], scan: Scanned) -> TallyStep:
    """Return where the tally stands after `scan`, and the verdict for it."""
    asked = replace(tally, is_sure=False)
    if scan.kind == "command":
        return _command(tally, awaited, scan.value)
    if scan.kind == "item":
        return _item(asked, awaited, scan)
    if scan.kind == "lot":
        return _lot(asked, awaited, scan.value)
    if scan.kind in {"bin", "tote"}:
        return _bin(asked, scan)
    return TallyStep(asked, "reject", "UNKNOWN_CODE")


def missing_qty(tally: Tally, awaited: Sequence[Awaited]) -> int:
    """Return how many units are on the way and not counted."""
    return sum(row.qty for row in awaited) - tally.qty


def _item(tally: Tally, awaited: Sequence[Awaited], scan: Scanned) -> TallyStep:
    mine = [row for row in awaited if row.sku == scan.value]
    if not mine:
        return TallyStep(tally, "reject", "NOT_ON_TRANSFER")
    if tally.qty_of(scan.value, any_lot=True) + scan.qty > sum(row.qty for row in mine):
        return TallyStep(tally, "reject", "MORE_THAN_SHIPPED")
    if not any(row.lot for row in mine):
        return _count(tally, Counted(scan.value, "", scan.qty))
    tally = replace(tally, waiting=Counted(scan.value, "", scan.qty))
    if not scan.lot:
        return TallyStep(tally, "accept", "SCAN_LOT_OF")
    return _lot(tally, awaited, scan.lot)


def _lot(tally: Tally, awaited: Sequence[Awaited], lot: str) -> TallyStep:
    if tally.waiting is None:
        return TallyStep(tally, "reject", "SCAN_TRANSFER_ITEM")
    sku = tally.waiting.sku
    shipped = sum(row.qty for row in awaited if (row.sku, row.lot) == (sku, lot))
    if not shipped:
        return TallyStep(tally, "reject", "LOT_NOT_SHIPPED")
    if tally.qty_of(sku, lot) + tally.waiting.qty > shipped:
        return TallyStep(tally, "reject", "MORE_THAN_SHIPPED")
    return _count(tally, replace(tally.waiting, lot=lot))


def _count(tally: Tally, row: Counted) -> TallyStep:
    counted = Tally((*tally.counted, row))
    return TallyStep(counted, "accept", "TRANSFER_COUNTED")


def _bin(tally: Tally, scan: Scanned) -> TallyStep:
    if tally.waiting:
        return TallyStep(tally, "reject", "SCAN_LOT_OF")
    if not tally.counted:
        return TallyStep(tally, "reject", "SCAN_TRANSFER_ITEM")
    if scan.kind == "tote":
        return TallyStep(tally, "reject", "BIN_NOT_TOTE")
    return TallyStep(tally, "complete", "TRANSFER_BOOKED", "book", scan.value)


def _command(tally: Tally, awaited: Sequence[Awaited], command: str) -> TallyStep:
    if command == "CMD-OK":
        return _finish(tally, awaited)
    if command == "CMD-UNDO":
        return _undo(tally)
    tally = replace(tally, is_sure=False)
    if command.startswith("CMD-QTY-") and command.removeprefix("CMD-QTY-").isdecimal():
        return _quantity(tally, awaited, int(command.removeprefix("CMD-QTY-")))
    if command == "CMD-DAMAGED":
        if tally.waiting or not tally.counted:
            return TallyStep(tally, "reject", "SCAN_TRANSFER_ITEM")
        last = replace(tally.counted[-1], condition="damaged")
        return TallyStep(
            replace(tally, counted=(*tally.counted[:-1], last)), "warn", "COUNTED_DAMAGED"
        )
    return TallyStep(tally, "reject", "COMMAND_NOT_HERE")


def _finish(tally: Tally, awaited: Sequence[Awaited]) -> TallyStep:
    if tally.waiting:
        return TallyStep(tally, "reject", "SCAN_LOT_OF")
    if not missing_qty(tally, awaited):
        return TallyStep(tally, "complete", "TRANSFER_BOOKED", "book")
    if not tally.is_sure:
        return TallyStep(replace(tally, is_sure=True), "warn", "TRANSFER_MISSING")
    return TallyStep(tally, "complete", "TRANSFER_SHORT", "short")


def _undo(tally: Tally) -> TallyStep:
    if tally.is_sure:
        return TallyStep(replace(tally, is_sure=False), "accept", "STEP_UNDONE")
    if tally.waiting:
        return TallyStep(replace(tally, waiting=None), "accept", "STEP_UNDONE")
    if not tally.counted:
        return TallyStep(tally, "reject", "NOTHING_TO_UNDO")
    return TallyStep(replace(tally, counted=tally.counted[:-1]), "accept", "STEP_UNDONE")


def _quantity(tally: Tally, awaited: Sequence[Awaited], qty: int) -> TallyStep:
    # A quantity command counts the units scanned last; it replaces what that scan counted.
    if tally.waiting or not tally.counted or qty < 1:
        return TallyStep(tally, "reject", "SCAN_TRANSFER_ITEM")
    last = tally.counted[-1]
    before = replace(tally, counted=tally.counted[:-1])
    shipped = sum(row.qty for row in awaited if (row.sku, row.lot) == (last.sku, last.lot))
    if before.qty_of(last.sku, last.lot) + qty > shipped:
        return TallyStep(tally, "reject", "MORE_THAN_SHIPPED")
    return _count(before, replace(last, qty=qty))
