"""The legal moves of a purchase order.

A move is an event; the table names the states it may start from and the state it ends in.
Approving and rejecting belong to the approval engine, `answer` to the supplier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from suppliers.domain.states import IllegalMove

DRAFT, PENDING, APPROVED, SENT = "draft", "pending", "approved", "sent"
CONFIRMED, PARTLY_RECEIVED, RECEIVED = "confirmed", "partly_received", "received"
CLOSED, REJECTED, CANCELLED = "closed", "rejected", "cancelled"

STATES: Final = (
    DRAFT,
    PENDING,
    APPROVED,
    SENT,
    CONFIRMED,
    PARTLY_RECEIVED,
    RECEIVED,
    CLOSED,
    REJECTED,
    CANCELLED,
)
#: Bought, and something of it may still come.
ON_ORDER: Final = (APPROVED, SENT, CONFIRMED, PARTLY_RECEIVED)
#: Nobody, or not everybody, has approved the revision.
UNAPPROVED: Final = (DRAFT, PENDING, REJECTED)
#: The supplier holds it and something of it may still come.
AT_SUPPLIER: Final = (SENT, CONFIRMED, PARTLY_RECEIVED)
#: States nobody reaches without an approval.
NEEDS_APPROVAL: Final = (APPROVED, SENT, CONFIRMED, PARTLY_RECEIVED, RECEIVED)
#: Ended: nothing ever changes again.
OVER: Final = (CLOSED, CANCELLED)

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "edit": {DRAFT: DRAFT, REJECTED: DRAFT, PENDING: DRAFT},
    "submit": {DRAFT: PENDING},
    "withdraw": {PENDING: DRAFT},
    "approve": {PENDING: APPROVED},
    "reject": {PENDING: REJECTED},
    "expire": {PENDING: DRAFT},
    "auto_approve": {DRAFT: APPROVED},
    "revise": {APPROVED: PENDING, SENT: PENDING, CONFIRMED: PENDING},
    "carry_over": {APPROVED: APPROVED, SENT: APPROVED, CONFIRMED: APPROVED},
    "send": {APPROVED: SENT, SENT: SENT},
    "confirm": {SENT: CONFIRMED, CONFIRMED: CONFIRMED},
    "receive_part": {
        SENT: PARTLY_RECEIVED,
        CONFIRMED: PARTLY_RECEIVED,
        PARTLY_RECEIVED: PARTLY_RECEIVED,
    },
    "receive_all": {SENT: RECEIVED, CONFIRMED: RECEIVED, PARTLY_RECEIVED: RECEIVED},
    "close_short": {SENT: CLOSED, CONFIRMED: CLOSED, PARTLY_RECEIVED: CLOSED},
    "close": {RECEIVED: CLOSED},
    "cancel": {
        DRAFT: CANCELLED,
        PENDING: CANCELLED,
        APPROVED: CANCELLED,
        SENT: CANCELLED,
        CONFIRMED: CANCELLED,
        REJECTED: CANCELLED,
    },
}


def after(state: str, move: str) -> str:
    """Return the state in which `move` leaves a purchase order.

    Raises:
        IllegalMove: the move does not start from this state.
    """
    moves = TRANSITIONS[move]
    if state not in moves:
        raise IllegalMove("purchase_order", state, move)
    return moves[state]
