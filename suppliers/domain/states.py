"""The legal moves of arrivals, receipts and goods nobody announced.

A move is an event; the table names the states it may start from and the state it ends in.
Whatever a table lacks is refused with `IllegalMove`, which services turn into a state conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ANNOUNCED, ARRIVED, RECEIVING, RECEIVED = "announced", "arrived", "receiving", "received"
CLOSED_SHORT, CANCELLED = "closed_short", "cancelled"

ARRIVAL_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "arrive": {ANNOUNCED: ARRIVED, ARRIVED: ARRIVED, RECEIVING: RECEIVING},
    "receive": {ARRIVED: RECEIVING, RECEIVING: RECEIVING},
    "finish": {RECEIVING: RECEIVED},
    "close_short": {
        ANNOUNCED: CLOSED_SHORT,
        ARRIVED: CLOSED_SHORT,
        RECEIVING: CLOSED_SHORT,
    },
    "cancel": {ANNOUNCED: CANCELLED, ARRIVED: CANCELLED},
}

OPEN, INSPECTING, FINISHED = "open", "inspecting", "finished"

RECEIPT_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "book": {OPEN: OPEN},
    "inspect": {OPEN: INSPECTING, INSPECTING: INSPECTING},
    "finish": {OPEN: FINISHED, INSPECTING: FINISHED},
}

HELD, LINKED, RETURNED, DISPOSED = "held", "linked", "returned", "disposed"

UNIDENTIFIED_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "link": {HELD: LINKED},
    "return": {HELD: RETURNED},
    "dispose": {HELD: DISPOSED},
}

DUE, PASSED, FAILED = "due", "passed", "failed"

INSPECTION_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "pass": {DUE: PASSED},
    "fail": {DUE: FAILED},
}

TABLES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "arrival": ARRIVAL_MOVES,
    "receipt": RECEIPT_MOVES,
    "unidentified": UNIDENTIFIED_MOVES,
    "inspection": INSPECTION_MOVES,
}


class IllegalMove(ValueError):
    """An object was asked for a move its table does not have from its state."""

    def __init__(self, kind: str, state: str, move: str) -> None:
        super().__init__(f"{kind}: {move} from {state}")
        self.kind = kind
        self.state = state
        self.move = move


def after(kind: str, state: str, move: str) -> str:
    """Return the state in which `move` leaves an object of this kind.

    Raises:
        IllegalMove: the move does not start from this state.
    """
    moves = TABLES[kind][move]
    if state not in moves:
        raise IllegalMove(kind, state, move)
    return moves[state]
