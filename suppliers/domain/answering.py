"""What suppliers may answer, how a proposal differs from the order, and how long they waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

OUT_OF_STOCK, QTY, PRICE, DATE = "OUT_OF_STOCK", "QTY", "PRICE", "DATE"
DISCONTINUED, MOQ, CAPACITY, OTHER = "DISCONTINUED", "MOQ", "CAPACITY", "OTHER"

#: Why a supplier changes or declines (the codes of an order acknowledgement).
REASONS: Final = (OUT_OF_STOCK, QTY, PRICE, DATE, DISCONTINUED, MOQ, CAPACITY, OTHER)
#: Reasons that explain a whole order declined.
DECLINE_REASONS: Final = (OUT_OF_STOCK, PRICE, DATE, DISCONTINUED, MOQ, CAPACITY, OTHER)

PROPOSED, ACCEPTED, REJECTED = "proposed", "accepted", "rejected"
WITHDRAWN, SUPERSEDED = "withdrawn", "superseded"

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "accept": {PROPOSED: ACCEPTED},
    "reject": {PROPOSED: REJECTED},
    "withdraw": {PROPOSED: WITHDRAWN},
    "supersede": {PROPOSED: SUPERSEDED},
}

GREEN, ORANGE, RED, GRAY = "green", "orange", "red", "gray"


@dataclass(frozen=True, slots=True)
class LineTerms:
    """Units, day and price of one line. `on` is null where no day was agreed."""

    qty: int
    on: dt.date | None
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class WantedChange:
    """What a supplier wants for one line; null keeps what was ordered. `qty` 0 = not at all."""

    line_id: int
    reason: str
    qty: int | None = None
    on: dt.date | None = None
    unit_price: Decimal | None = None


def real_change(was: LineTerms, wanted: WantedChange) -> WantedChange | None:
    """Return the change without the values that are as ordered; None when nothing is left."""
    qty = wanted.qty if wanted.qty != was.qty else None
    on = wanted.on if wanted.on != was.on else None
    price = wanted.unit_price if wanted.unit_price != was.unit_price else None
    if qty is None and on is None and price is None:
        return None
    if qty == 0:
        on = price = None
    return WantedChange(wanted.line_id, wanted.reason, qty, on, price)


def share(new: Decimal, old: Decimal) -> Decimal | None:
    """Return (new - old) / old as a share, rounded to 0.0001; None when `old` is 0."""
    if not old:
        return None
    return ((new - old) / old).quantize(Decimal("0.0001"))


def money_change(lines: Sequence[tuple[LineTerms, WantedChange]]) -> Decimal:
    """Return by how much the total of the order would change, in the order's currency."""
    total = Decimal(0)
    for was, wanted in lines:
        qty = was.qty if wanted.qty is None else wanted.qty
        price = was.unit_price if wanted.unit_price is None else wanted.unit_price
        total += qty * price - was.qty * was.unit_price
    return total


def color(
    state: str, *, asked_at: dt.datetime | None, due_at: dt.datetime | None, now: dt.datetime
) -> str:
    """Return the light of an order: green confirmed, orange waits, red waits too long, else gray.

    `state` is the order's, or `changed` while a proposal waits for the buyer. The moment `due_at`
    itself is still orange. Source: PUR-12.
    """
    if state in ("confirmed", "partly_received", "received", "closed"):
        return GREEN
    if state in ("changed", "declined", "rejected", "cancelled") or asked_at is None:
        return GRAY
    if due_at is not None and now > due_at:
        return RED
    return ORANGE
