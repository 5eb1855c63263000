"""One carton at the pack station, scan by scan: tote, items, inserts, box, label.

The packer scans the tote (the screen shows the shipment), then every unit; a code that is not in
the order stops with a tone. When the last unit is in, each insert follows (its SKU or coupon
code; CMD-SHORT says it is gone), and then the box; closing it orders
the label, and scanning the printed label ends the carton. CMD-NEWBOX opens the next box of the
shipment, CMD-BOX-2 goes to box 2, a unit of another open box that is scanned comes into this one;
CMD-WEIGHT-1311 is what a scale says, in grams. Of a line of many units one is scanned and
CMD-QTY-24 says that it was 24; a line of few is scanned unit by unit. Nothing here writes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fulfillment.domain.pick_steps import Scanned, Verdict

PackStep = Literal["item", "insert", "box", "label", "done"]


@dataclass(frozen=True, slots=True)
class PackLine:
    """Units of one SKU and lot: how many belong in the carton and how many were scanned."""

    line_id: int
    sku_code: str
    lot_code: str
    qty: int
    verified_qty: int

    @property
    def left_qty(self) -> int:
        """Units still to scan."""
        return self.qty - self.verified_qty


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Units of one SKU and lot that lie in, or are to go into, another open box."""

    line_id: int
    sku_code: str
    lot_code: str
    qty: int
    left_qty: int


@dataclass(frozen=True, slots=True)
class PackExtra:
    """An insert, tissue or gift card that still has to go into the carton."""

    extra_id: int
    sku_code: str
    qty: int = 1


@dataclass(frozen=True, slots=True)
class PackCard:
    """A carton being verified. `blocked` names what stops it (hold, cancel), empty if nothing.

    `extras` wait to be scanned; `may_undo_extra` says that a scan decided one already. `question`
    is what CMD-OK would confirm (box, weight). `elsewhere` are the lines of other open boxes.
    `last_line_id` was scanned last (0: none); `count_from_qty` is the least line that is counted.
    """

    lines: tuple[PackLine, ...]
    step: PackStep = "item"
    tracking_number: str = ""
    box_codes: frozenset[str] = frozenset()
    blocked: str = ""
    extras: tuple[PackExtra, ...] = ()
    may_undo_extra: bool = False
    question: str = ""
    elsewhere: tuple[OtherLine, ...] = ()
    last_line_id: int = 0
    count_from_qty: int = 6


@dataclass(frozen=True, slots=True)
class PackAnswer:
    """The answer to one scan: the card after it, the verdict, and what the service does.

    `line_id` is the line that gained `units`, `extra_id` the extra added or missing; `done` is ""
    or one of count (`units` more of the last scan), insert, no_insert, box, confirm, undo,
    undo_insert, hold, ok, new_box, go_box, bring (`line_id` and `units` of the other box), weight.
    `number` is the box to go to, or the grams.
    """

    card: PackCard
    verdict: Verdict
    why: str
    done: str = ""
    line_id: int = 0
    units: int = 0
    box_code: str = ""
    extra_id: int = 0
    number: int = 0


def advance(card: PackCard, scan: Scanned) -> PackAnswer:
    """Return the carton after `scan`, and the verdict for it."""
    if card.blocked:
        return PackAnswer(card, "reject", card.blocked)
    if scan.kind == "command":
        return _command(card, scan.value)
    step = _STEPS.get(card.step)
    return step(card, scan) if step else PackAnswer(card, "reject", "CARTON_IS_CLOSED")


def _item(card: PackCard, scan: Scanned) -> PackAnswer:
    if scan.kind not in {"item", "lot"}:
        return PackAnswer(card, "reject", "SCAN_ITEM_NOW")
    if scan.kind == "lot":
        scan = _item_of_lot(card, scan)
        if scan.kind == "lot":
            return PackAnswer(card, "reject", "AMBIGUOUS")
    same = [line for line in card.lines if line.sku_code == scan.value]
    if not same:
        return _bring(card, scan) or PackAnswer(card, "reject", "NOT_IN_ORDER")
    if scan.lot and not any(line.lot_code == scan.lot for line in same):
        return PackAnswer(card, "reject", "WRONG_LOT")
    fits = [line for line in same if not scan.lot or line.lot_code == scan.lot]
    open_lines = [line for line in fits if line.left_qty >= scan.qty]
    if not open_lines:
        return _bring(card, scan) or PackAnswer(card, "reject", "TOO_MANY")
    line = open_lines[0]
    return _verified(card, line, scan.qty)


def _bring(card: PackCard, scan: Scanned) -> PackAnswer | None:
    """Take the scanned units out of another open box: first what it still waits for."""
    fits = [
        line
        for line in card.elsewhere
        if line.sku_code == scan.value and scan.lot in {"", line.lot_code}
    ]
    for line in fits:
        if line.left_qty >= scan.qty:
            return PackAnswer(card, "accept", "BROUGHT_HERE", "bring", line.line_id, scan.qty)
    for line in fits:
        if line.qty >= scan.qty:
            return PackAnswer(card, "warn", "MOVED_HERE", "bring", line.line_id, scan.qty)
    return None


def _item_of_lot(card: PackCard, scan: Scanned) -> Scanned:
    """Read a lot code alone as a unit of the one SKU that has it here; of two, ask."""
    skus = {line.sku_code for line in card.lines if line.lot_code == scan.value}
    if len(skus) > 1:
        return scan
    return replace(scan, kind="item", value=next(iter(skus), ""), lot=scan.value)


def _verified(card: PackCard, line: PackLine, units: int) -> PackAnswer:
    grown = replace(line, verified_qty=line.verified_qty + units)
    lines = tuple(grown if old.line_id == line.line_id else old for old in card.lines)
    complete = all(item.left_qty == 0 for item in lines)
    after = replace(card, lines=lines, step=_after_items(card.extras) if complete else "item")
    why = _NEXT[after.step] if complete else "ITEM_OK"
    return PackAnswer(after, "accept", why, "", line.line_id, units)


_NEXT = {"insert": "SCAN_INSERT_NOW", "box": "SCAN_BOX_NOW"}


def _after_items(extras: tuple[PackExtra, ...]) -> PackStep:
    return "insert" if extras else "box"


def _insert(card: PackCard, scan: Scanned) -> PackAnswer:
    found = next((extra for extra in card.extras if extra.sku_code == scan.value), None)
    if scan.kind != "item" or found is None:
        brought = _bring(card, scan) if scan.kind == "item" else None
        return brought or PackAnswer(card, "reject", "SCAN_INSERT_NOW")
    return _decided(card, found, "insert")


def _decided(card: PackCard, extra: PackExtra, done: str) -> PackAnswer:
    left = tuple(other for other in card.extras if other.extra_id != extra.extra_id)
    after = replace(card, extras=left, step=_after_items(left), may_undo_extra=True)
    why = "INSERT_OK" if left else "SCAN_BOX_NOW"
    return PackAnswer(after, "accept", why, done, extra_id=extra.extra_id)


def _box(card: PackCard, scan: Scanned) -> PackAnswer:
    if scan.kind == "item" and scan.value not in card.box_codes:
        return _bring(card, scan) or PackAnswer(card, "reject", "TOO_MANY")
    if scan.value not in card.box_codes:
        return PackAnswer(card, "reject", "SCAN_BOX_NOW")
    after = replace(card, step="label")
    return PackAnswer(after, "accept", "BOX_OK", "box", box_code=scan.value)


def _label(card: PackCard, scan: Scanned) -> PackAnswer:
    if not card.tracking_number:
        return PackAnswer(card, "warn", "LABEL_NOT_READY")
    if scan.value != card.tracking_number:
        return PackAnswer(card, "reject", "WRONG_LABEL")
    return PackAnswer(replace(card, step="done"), "complete", "CARTON_DONE", "confirm")


def _command(card: PackCard, command: str) -> PackAnswer:
    if command == "CMD-UNDO":
        return _undo(card)
    if command == "CMD-HOLD":
        return PackAnswer(card, "warn", "TO_HOLD_SHELF", "hold")
    if command.startswith("CMD-BOX-"):
        return _go_to_box(card, command)
    if command.startswith("CMD-QTY-"):
        return _quantity(card, command.removeprefix("CMD-QTY-"))
    found = None
    if card.step in {"item", "insert", "box"}:
        found = _box_command(card, command) or _step_command(card, command)
    elif command in {"CMD-PRINT", "CMD-REPRINT"} and card.step in {"label", "done"}:
        found = PackAnswer(card, "accept", "LABEL_PRINTS", "print")
    return found or PackAnswer(card, "reject", "COMMAND_NOT_HERE")


def _quantity(card: PackCard, digits: str) -> PackAnswer:
    """Count the line scanned last: the one scanned unit was `digits` units."""
    line = next((row for row in card.lines if row.line_id == card.last_line_id), None)
    wanted = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 6 else 0
    if line is None or not line.verified_qty or wanted == 0:
        return PackAnswer(card, "reject", "SCAN_ITEM_NOW")
    if line.qty < card.count_from_qty:
        return PackAnswer(card, "reject", "SCAN_EACH_UNIT")
    if wanted - 1 > line.left_qty:
        return PackAnswer(card, "reject", "TOO_MANY")
    return replace(_verified(card, line, wanted - 1), done="count")


def _step_command(card: PackCard, command: str) -> PackAnswer | None:
    if command == "CMD-SHORT" and card.step == "insert":
        answer = _decided(card, card.extras[0], "no_insert")
        return replace(answer, verdict="warn", why="INSERT_SKIPPED")
    if command == "CMD-CLOSEBOX" and card.step == "box":
        # No box code at hand: the carton is closed as unboxed goods (own packaging).
        return PackAnswer(replace(card, step="label"), "accept", "BOX_OK", "box")
    return None


def _box_command(card: PackCard, command: str) -> PackAnswer | None:
    if command == "CMD-OK" and card.question:
        return PackAnswer(card, "accept", "BOX_OK", "ok")
    if command == "CMD-NEWBOX":
        return PackAnswer(card, "accept", "BOX_OPENED", "new_box")
    grams = command.removeprefix("CMD-WEIGHT-")
    if grams != command and grams.isascii() and grams.isdecimal() and len(grams) <= 6:
        return PackAnswer(card, "accept", "WEIGHED", "weight", number=int(grams))
    return None


def _go_to_box(card: PackCard, command: str) -> PackAnswer:
    number = command.removeprefix("CMD-BOX-")
    if not (number.isascii() and number.isdecimal() and len(number) <= 3):
        return PackAnswer(card, "reject", "COMMAND_NOT_HERE")
    return PackAnswer(card, "accept", "OPENED", "go_box", number=int(number))


def _undo(card: PackCard) -> PackAnswer:
    if card.may_undo_extra and card.step in {"insert", "box"}:
        return PackAnswer(card, "accept", "STEP_UNDONE", "undo_insert")
    if not any(line.verified_qty for line in card.lines):
        return PackAnswer(card, "reject", "NOTHING_TO_UNDO")
    return PackAnswer(card, "accept", "STEP_UNDONE", "undo")


_STEPS = {"item": _item, "insert": _insert, "box": _box, "label": _label}
