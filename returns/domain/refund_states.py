"""The legal moves of a refund and of each payment it is made of: read by services and screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TO_APPROVE, PAYING, PAID = "to_approve", "paying", "paid"
REJECTED, CANCELLED = "rejected", "cancelled"

REFUND_STATES: Final = (TO_APPROVE, PAYING, PAID, REJECTED, CANCELLED)
#: The refund counts against what was paid.
LIVE_STATES: Final = (TO_APPROVE, PAYING, PAID)

REFUND_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "approve": {TO_APPROVE: PAYING},
    "reject": {TO_APPROVE: REJECTED},
    "settle": {PAYING: PAID},
    "cancel": {TO_APPROVE: CANCELLED, PAYING: CANCELLED},
}

WAITING, REQUESTED, BY_HAND, FAILED = "waiting", "requested", "by_hand", "failed"
REPLACED, DROPPED = "replaced", "dropped"

PAYMENT_STATES: Final = (WAITING, REQUESTED, BY_HAND, PAID, FAILED, REPLACED, DROPPED)
#: Nothing can have gone out yet: what a refund may be cancelled from, and paid another way.
UNSENT: Final = frozenset({WAITING, BY_HAND, FAILED})

PAYMENT_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "request": {WAITING: REQUESTED, FAILED: REQUESTED},
    "hand_over": {WAITING: BY_HAND},
    "pay": {REQUESTED: PAID, BY_HAND: PAID, WAITING: PAID},
    "refuse": {REQUESTED: FAILED},
    "replace": {FAILED: REPLACED, BY_HAND: REPLACED},
    "drop": {WAITING: DROPPED, BY_HAND: DROPPED, FAILED: DROPPED},
}


class IllegalMove(ValueError):
    """The table has no such move from this state."""


def next_state(moves: Mapping[str, Mapping[str, str]], event: str, state: str) -> str:
    """Return the state after an event.

    Raises:
        IllegalMove: the table refuses it.
    """
    after = moves[event].get(state)
    if after is None:
        raise IllegalMove(f"{event} from {state}")
    return after
