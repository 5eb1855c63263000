"""One stop of a round, scan by scan: bin, items for all orders, then each order's slot.

The picker scans the bin, counts the units of every order of the stop into the hand, and scans the
slot (or the tote in it) of each order that is lit. Fewer units than asked for are shared out by
urgency; the order of `needs` is that urgency. Nothing here writes: the service keeps where the
picker stands and books what `done` names.

Worked example: TEA for slot 1 (2 units) and slot 3 (1 unit) from A-01: A-01 (accept), TEA,
CMD-QTY-3 (3 of 3, to the slots), T-003 (place 1), T-001 (place 2, the stop is done).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from fulfillment.domain.pick_steps import Scanned, Verdict, badge_refusal, item_refusal

RoundStep = Literal["bin", "item", "lot", "slot", "surplus", "close"]

#: `StopCard.reason` while a second scan of the cart would end the round before its last stop.
CLOSING = "CLOSE"


@dataclass(frozen=True, slots=True)
class SlotNeed:
    """Units one task of the stop still needs, and the slot they go into."""

    task_id: int
    position: int
    tote_code: str
    qty: int


@dataclass(frozen=True, slots=True)
class StopCard:
    """What a stop asks for and how far it is. `needs` stand in order of urgency.

    `totes` maps every tote of the cart to its slot; `placed` says that units of this stop lie in
    slots already. A round without a stop left is at step close. `other_lot` and `may_swap` as on a
    pick card; the other lot is taken for every order of the stop.
    """

    cart_code: str
    bin_code: str
    sku_code: str
    lot_code: str
    needs: tuple[SlotNeed, ...]
    totes: Mapping[str, int]
    in_hand: int = 0
    step: RoundStep = "bin"
    reason: str = ""
    placed: bool = False
    other_lot: str = ""
    may_swap: bool = False

    @property
    def qty(self) -> int:
        """Units the whole stop still asks for."""
        return sum(need.qty for need in self.needs)


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """The answer to one scan.

    `done` is "" or one of: place (`task_ids` get their shares), short (the rest was not there),
    skip, undo, undo_pick, close, offer_lot, swap_lot. `units` are those that leave the hand.
    """

    card: StopCard
    verdict: Verdict
    why: str
    done: str = ""
    task_ids: tuple[int, ...] = ()
    units: int = 0


def shares(card: StopCard) -> dict[int, int]:
    """Return the units in hand for each task of the stop, the most urgent first.

    Worked example: 3 in hand for needs of 2, 2 and 1 give 2, 1 and 0.
    """
    left = card.in_hand
    given = {}
    for need in card.needs:
        given[need.task_id] = min(need.qty, left)
        left -= given[need.task_id]
    return given


def lit(card: StopCard) -> dict[int, int]:
    """Return the units to put into each slot now: position -> units."""
    found: dict[int, int] = {}
    by_task = shares(card)
    for need in card.needs:
        if by_task[need.task_id]:
            found[need.position] = found.get(need.position, 0) + by_task[need.task_id]
    return found


def settled(card: StopCard) -> StopCard:
    """Return the card as it stands after orders came, went or were stopped meanwhile."""
    if card.step == "close":
        return card
    if card.in_hand > card.qty:
        return replace(card, step="surplus")
    if card.step == "surplus":
        card = replace(card, step="slot" if card.in_hand else "item")
    if card.step == "slot" and not card.reason and card.in_hand < card.qty:
        return replace(card, step="item")
    return card


def advance(card: StopCard, scan: Scanned) -> StopAnswer:
    """Return where the stop stands after `scan`, and the verdict for it."""
    if scan.kind == "command":
        return _command(card, scan.value)
    if scan.kind == "badge":
        return _badge(card, scan)
    if scan.kind == "unknown":
        return StopAnswer(card, "reject", "UNKNOWN_CODE")
    handlers = {
        "bin": _at_bin,
        "item": _at_item,
        "lot": _at_lot,
        "slot": _at_slot,
        "surplus": _at_surplus,
        "close": _at_close,
    }
    return handlers[card.step](card, scan)


def _at_bin(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind == "cart" and scan.value == card.cart_code:
        if card.reason == CLOSING:
            return StopAnswer(card, "complete", "ROUND_CLOSED", "close")
        return StopAnswer(replace(card, reason=CLOSING), "warn", "ROUND_NOT_DONE")
    if scan.kind != "bin":
        return StopAnswer(card, "reject", "SCAN_BIN_FIRST")
    if scan.value != card.bin_code:
        return StopAnswer(card, "reject", "WRONG_BIN")
    return StopAnswer(replace(card, step="item", reason=""), "accept", "BIN_OK")


def _at_item(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind == "bin" and scan.value == card.bin_code:
        return StopAnswer(card, "accept", "BIN_OK")
    refusal = item_refusal(scan, sku_code=card.sku_code, left_qty=card.qty - card.in_hand)
    if refusal:
        return StopAnswer(card, "reject", refusal)
    if card.lot_code and scan.lot and scan.lot != card.lot_code:
        return _other_lot(card, scan)
    counted = replace(card, in_hand=card.in_hand + scan.qty)
    if card.lot_code and not scan.lot:
        return StopAnswer(replace(counted, step="lot"), "accept", "SCAN_LOT_NOW")
    return _counted(counted)


def _at_lot(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind not in {"lot", "item"}:
        return StopAnswer(card, "reject", "SCAN_LOT_NOW")
    code = scan.value if scan.kind == "lot" else scan.lot
    return _counted(card) if code == card.lot_code else _other_lot(card, scan)


def _counted(card: StopCard) -> StopAnswer:
    if card.in_hand == card.qty:
        return StopAnswer(replace(card, step="slot"), "accept", "SCAN_SLOT_NOW")
    return StopAnswer(replace(card, step="item"), "accept", "ITEM_OK")


def _at_slot(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind != "tote":
        return StopAnswer(card, "reject", "SCAN_SLOT_NOW")
    if scan.value not in card.totes:
        return StopAnswer(card, "reject", "TOTE_NOT_ON_CART")
    by_task = shares(card)
    wanted = [need for need in card.needs if need.tote_code == scan.value and by_task[need.task_id]]
    if not wanted:
        return StopAnswer(card, "reject", "WRONG_SLOT")
    units = sum(by_task[need.task_id] for need in wanted)
    left = card.in_hand - units
    ids = tuple(need.task_id for need in wanted)
    if left:
        needs = tuple(need for need in card.needs if need not in wanted)
        after = replace(card, in_hand=left, needs=needs, placed=True)
        return StopAnswer(after, "accept", "SLOT_OK", "place", ids, units)
    return StopAnswer(replace(card, in_hand=0), "complete", "STOP_DONE", "place", ids, units)


def _at_surplus(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind != "bin":
        return StopAnswer(card, "reject", "SCAN_BIN_BACK")
    if scan.value != card.bin_code:
        return StopAnswer(card, "reject", "WRONG_BIN")
    kept = replace(card, in_hand=card.qty, step="slot" if card.qty else "bin")
    return StopAnswer(kept, "accept", "SURPLUS_BACK")


def _at_close(card: StopCard, scan: Scanned) -> StopAnswer:
    if scan.kind == "cart" and scan.value == card.cart_code:
        return StopAnswer(card, "complete", "ROUND_CLOSED", "close")
    return StopAnswer(card, "reject", "SCAN_CART_NOW")


def _other_lot(card: StopCard, scan: Scanned) -> StopAnswer:
    if not scan.eligible:
        return StopAnswer(card, "reject", "LOT_NOT_ALLOWED")
    in_hand = card.in_hand - (1 if card.step == "lot" else 0)
    if in_hand or card.placed:
        return StopAnswer(card, "reject", "WRONG_LOT")
    code = scan.value if scan.kind == "lot" else scan.lot
    offered = replace(card, step="item", in_hand=0, other_lot=code)
    why = "LATER_LOT" if card.may_swap else "LATER_LOT_ASK"
    return StopAnswer(offered, "warn", why, "offer_lot")


def _badge(card: StopCard, scan: Scanned) -> StopAnswer:
    refusal = badge_refusal(scan, card.other_lot)
    if refusal:
        return StopAnswer(card, "reject", refusal)
    return StopAnswer(card, "accept", "LOT_SWAPPED", "swap_lot")


def _command(card: StopCard, command: str) -> StopAnswer:
    if command == "CMD-UNDO":
        return _undo(card)
    if command == "CMD-OK" and (card.other_lot or card.step == "close"):
        return _said_yes(card)
    if command.startswith("CMD-QTY-") and card.step != "close":
        return _quantity(card, command.removeprefix("CMD-QTY-"))
    if command in {"CMD-SHORT", "CMD-DAMAGED"}:
        return _short(card, "NOT_THERE" if command == "CMD-SHORT" else "DAMAGED")
    if command == "CMD-SKIP" and card.step in {"bin", "item", "lot"} and not card.placed:
        return StopAnswer(card, "warn", "STOP_SKIPPED", "skip")
    return StopAnswer(card, "reject", "COMMAND_NOT_HERE")


def _said_yes(card: StopCard) -> StopAnswer:
    if card.step == "close":
        return StopAnswer(card, "complete", "ROUND_CLOSED", "close")
    if not card.may_swap:
        return StopAnswer(card, "reject", "SCAN_BADGE_NOW")
    return StopAnswer(card, "accept", "LOT_SWAPPED", "swap_lot")


def _quantity(card: StopCard, digits: str) -> StopAnswer:
    if card.step != "item" or card.in_hand == 0 or not digits.isdecimal():
        return StopAnswer(card, "reject", "SCAN_ITEM_NOW")
    counted = card.in_hand - 1 + int(digits)
    if counted > card.qty:
        return StopAnswer(card, "reject", "TOO_MANY")
    return _counted(replace(card, in_hand=counted))


def _short(card: StopCard, reason: str) -> StopAnswer:
    if card.step == "bin":
        return StopAnswer(card, "reject", "SCAN_BIN_FIRST")
    if card.step != "item":
        return StopAnswer(card, "reject", "COMMAND_NOT_HERE")
    if card.in_hand == 0:
        return StopAnswer(replace(card, reason=reason), "warn", "SHORT_NONE_FOUND", "short")
    return StopAnswer(replace(card, step="slot", reason=reason), "warn", "SHORT_SCAN_SLOTS")


def _undo(card: StopCard) -> StopAnswer:
    if card.step == "surplus":
        return StopAnswer(card, "reject", "SCAN_BIN_BACK")
    if card.other_lot:
        return StopAnswer(replace(card, other_lot=""), "accept", "STEP_UNDONE")
    if card.step in {"bin", "close"} or (card.placed and card.step == "slot"):
        return StopAnswer(card, "accept", "STEP_UNDONE", "undo_pick")
    if card.reason:
        return StopAnswer(replace(card, step="item", reason=""), "accept", "STEP_UNDONE")
    if card.in_hand == 0:
        return StopAnswer(replace(card, step="bin"), "accept", "STEP_UNDONE")
    back = replace(card, step="item", in_hand=card.in_hand - 1)
    return StopAnswer(back, "accept", "STEP_UNDONE")
