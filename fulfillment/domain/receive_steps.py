"""Receiving at the dock, scan by scan: item, then lot and expiry where the SKU needs them, count.

A code that carries its quantity (GS1 with AI 30 or 37) is booked at once. Else units are counted:
each scan of the item adds its units, CMD-QTY-n says how many there are, CMD-OK books what is
counted, and so does the scan of the next item. CMD-DAMAGED makes the counted units damaged,
CMD-HOLD holds what can't be taken in. Nothing here writes: the service books each entry of
`Step.books` and acts on `Step.done`.

Worked example: `(01)…(10)L1(17)270630(30)24` books 24 of lot L1. A plain OIL asks for the lot, the
lot L2 (new here) asks for its expiry, 2027-06-30 counts 1, CMD-QTY-12 books 12.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

StepName = Literal["item", "lot", "expiry", "life", "count", "unknown", "sample"]
Verdict = Literal["accept", "complete", "warn", "reject"]
Kind = Literal["item", "lot", "date", "dock", "carton", "badge", "place", "command", "unknown"]

#: More units than any dock sees in one scan; a longer number is a misread code.
MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """A scan as the dock understands it, in the context of the card.

    `units` per scan; `is_whole` when the code itself says how many. `is_announced`, `by_lot` and
    `needs_expiry` are facts of the SKU and lot this scan (with the card) leads to; `life` those of
    its date: fine, short, expired, or conflict (the lot is known with another date). Of a badge,
    `is_announced` says whether its holder may approve.
    """

    kind: Kind
    value: str
    lot: str = ""
    expires_on: dt.date | None = None
    units: int = 1
    is_whole: bool = False
    is_announced: bool = True
    by_lot: bool = False
    needs_expiry: bool = False
    life: str = "fine"


@dataclass(frozen=True, slots=True)
class ReceiveCard:
    """What was read and is not booked yet. `code` is a scan that named nothing we expect."""

    step: StepName = "item"
    sku_code: str = ""
    code: str = ""
    lot: str = ""
    expires_on: dt.date | None = None
    qty: int = 0
    kind: str = "good"
    approved_by: str = ""
    by_lot: bool = False
    sample_qty: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one scan: where the card stands, what to book, what else to do.

    `done`: finish, undo, hold (goods nobody expects), sample, dock, carton.
    """

    card: ReceiveCard
    verdict: Verdict
    why: str
    books: tuple[ReceiveCard, ...] = ()
    done: str = ""
    qty: int = 0


EMPTY = ReceiveCard()
LIFE = {
    "expired": "GOODS_EXPIRED",
    "short": "GOODS_SHORT_DATED",
    "conflict": "LOT_OTHER_EXPIRY",
}


def advance(card: ReceiveCard, read: Read) -> Step:
    """Return where `card` stands after `read`, and the verdict for it."""
    if read.kind == "command":
        return _command(card, read.value)
    if card.step == "sample":
        return Step(card, "reject", "SAMPLE_FIRST")
    if read.kind == "dock" and card.step == "item":
        return Step(card, "accept", "DOCK_OK", done="dock")
    if read.kind == "carton" and card.step == "item":
        return Step(card, "accept", "ARRIVED_CARTON", done="carton")
    handlers = {
        "item": _at_item,
        "unknown": _at_item,
        "lot": _at_lot,
        "expiry": _at_expiry,
        "life": _at_life,
        "count": _at_count,
    }
    return handlers[card.step](card, read)


def _at_item(card: ReceiveCard, read: Read) -> Step:
    if read.kind == "item" and read.is_announced:
        return _start(read)
    if read.value and read.kind in {"item", "unknown", "lot"}:
        held = replace(EMPTY, step="unknown", code=read.value, qty=read.units)
        if read.kind == "item":
            return Step(replace(held, sku_code=read.value), "warn", "NOT_ON_ARRIVAL")
        return Step(held, "warn", "UNKNOWN_GOODS")
    return Step(card, "reject", "SCAN_GOODS_NOW")


def _start(read: Read) -> Step:
    card = ReceiveCard(
        sku_code=read.value,
        lot=read.lot if read.by_lot else "",
        expires_on=read.expires_on if read.by_lot else None,
        qty=read.units,
        by_lot=read.by_lot,
    )
    return _settle(card, read)


def _settle(card: ReceiveCard, read: Read) -> Step:
    """Ask for what is missing; without a question, count or book."""
    if card.by_lot and not card.lot:
        return Step(replace(card, step="lot"), "accept", "SCAN_LOT_OF_GOODS")
    if read.needs_expiry and card.expires_on is None:
        return Step(replace(card, step="expiry"), "accept", "SCAN_EXPIRY")
    if read.life != "fine":
        kind = "unlabelled" if read.life == "conflict" else card.kind
        return Step(replace(card, step="life", kind=kind), "warn", LIFE[read.life])
    if read.is_whole:
        return Step(EMPTY, "complete", "GOODS_BOOKED", (replace(card, step="count"),))
    return Step(replace(card, step="count"), "accept", "GOODS_COUNTED")


def _at_lot(card: ReceiveCard, read: Read) -> Step:
    if read.kind == "item":
        if read.value != card.sku_code or not read.lot:
            return Step(card, "reject", "SCAN_LOT_OF_GOODS")
        found = replace(card, lot=read.lot, expires_on=read.expires_on)
        return _settle(found, replace(read, is_whole=False))
    if read.kind in {"lot", "unknown", "date", "carton"} and read.value:
        return _settle(replace(card, lot=read.value, expires_on=read.expires_on), read)
    return Step(card, "reject", "SCAN_LOT_OF_GOODS")


def _at_expiry(card: ReceiveCard, read: Read) -> Step:
    if read.kind != "date" or read.expires_on is None:
        return Step(card, "reject", "SCAN_EXPIRY")
    return _settle(replace(card, expires_on=read.expires_on), read)


def _at_life(card: ReceiveCard, read: Read) -> Step:
    if read.kind != "badge":
        return Step(card, "reject", "LIFE_FIRST")
    if read.life != "short":
        return Step(card, "reject", LIFE.get(read.life, "LIFE_FIRST"))
    if not read.is_announced:
        return Step(card, "reject", "BADGE_MAY_NOT")
    approved = replace(card, step="count", approved_by=read.value)
    return Step(approved, "accept", "LIFE_APPROVED")


def _at_count(card: ReceiveCard, read: Read) -> Step:
    if read.kind != "item":
        return Step(card, "reject", "BOOK_FIRST")
    same_lot = not read.lot or not card.by_lot or read.lot == card.lot
    if read.value == card.sku_code and same_lot and not read.is_whole:
        if card.qty + read.units > MOST_UNITS:
            return Step(card, "reject", "TOO_MANY_AT_DOCK")
        return Step(replace(card, qty=card.qty + read.units), "accept", "GOODS_COUNTED")
    after = _at_item(EMPTY, read)
    return replace(after, books=(card, *after.books))


def _command(card: ReceiveCard, command: str) -> Step:
    if command.startswith("CMD-QTY-"):
        return _quantity(card, command.removeprefix("CMD-QTY-"))
    handlers = {
        "CMD-OK": _ok,
        "CMD-CLOSEBOX": _ok,
        "CMD-UNDO": _undo,
        "CMD-DAMAGED": _damaged,
        "CMD-HOLD": _hold,
    }
    handle = handlers.get(command)
    return handle(card) if handle else Step(card, "reject", "COMMAND_NOT_HERE")


def _quantity(card: ReceiveCard, digits: str) -> Step:
    qty = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else -1
    if not 0 <= qty <= MOST_UNITS:
        return Step(card, "reject", "TOO_MANY_AT_DOCK")
    if card.step == "sample":
        return _sampled(card, qty)
    if qty and card.step == "unknown":
        return Step(replace(card, qty=qty), "accept", "UNKNOWN_COUNTED")
    if not qty or card.step != "count":
        return Step(card, "reject", _asked(card) if card.step != "count" else "SCAN_GOODS_NOW")
    return Step(EMPTY, "complete", "GOODS_BOOKED", (replace(card, qty=qty),))


def _sampled(card: ReceiveCard, failed_qty: int) -> Step:
    if failed_qty > card.sample_qty:
        return Step(card, "reject", "SAMPLE_TOO_MANY")
    return Step(card, "complete", "SAMPLE_ANSWERED", done="sample", qty=failed_qty)


def _ok(card: ReceiveCard) -> Step:
    if card.step == "item":
        return Step(card, "complete", "RECEIPT_DONE", done="finish")
    if card.step == "count":
        return Step(EMPTY, "complete", "GOODS_BOOKED", (card,))
    if card.step == "sample":
        return Step(card, "complete", "SAMPLE_ANSWERED", done="sample", qty=0)
    return Step(card, "reject", _asked(card))


def _undo(card: ReceiveCard) -> Step:
    if card.step == "sample":
        return Step(card, "reject", "SAMPLE_FIRST")
    if card.step == "item":
        return Step(card, "accept", "BOOKING_UNDONE", done="undo")
    if card.step == "count" and card.qty > 1 and card.kind == "good":
        return Step(replace(card, qty=card.qty - 1), "accept", "STEP_UNDONE")
    return Step(EMPTY, "accept", "STEP_UNDONE")


def _damaged(card: ReceiveCard) -> Step:
    if card.step not in {"lot", "expiry", "life", "count"}:
        return Step(card, "reject", "SCAN_GOODS_NOW")
    return Step(replace(card, step="count", kind="damaged"), "warn", "COUNT_DAMAGED")


def _hold(card: ReceiveCard) -> Step:
    if card.step == "unknown":
        return Step(EMPTY, "complete", "GOODS_TAGGED", done="hold", qty=card.qty)
    if card.step in {"lot", "expiry"}:
        held = replace(card, step="count", kind="unlabelled", lot="", expires_on=None)
        return Step(held, "warn", "COUNT_HELD")
    if card.step == "life":
        if card.kind == "unlabelled":
            held = replace(card, step="count", lot="", expires_on=None)
        else:
            held = replace(card, step="count", kind="short_life")
        return Step(held, "warn", "COUNT_HELD")
    return Step(card, "reject", "COMMAND_NOT_HERE")


def _asked(card: ReceiveCard) -> str:
    return {
        "lot": "SCAN_LOT_OF_GOODS",
        "expiry": "SCAN_EXPIRY",
        "life": "LIFE_FIRST",
        "unknown": "UNKNOWN_GOODS",
        "count": "BOOK_FIRST",
    }.get(card.step, "SCAN_GOODS_NOW")
