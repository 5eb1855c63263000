"""The legal moves of a return: one table, read by services, screens, API and tests.

Goods do not wait for decisions: a parcel may arrive from a customer who cancelled, was refused or
came too late, so `arrive` starts from every state but the final one, which is reopened first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REQUESTED, REVIEW, APPROVED, LABEL_ISSUED = "requested", "review", "approved", "label_issued"
IN_TRANSIT, ARRIVED, INSPECTED, RESOLVED = "in_transit", "arrived", "inspected", "resolved"
REJECTED, CANCELLED, EXPIRED = "rejected", "cancelled", "expired"

STATES: Final = (
    REQUESTED,
    REVIEW,
    APPROVED,
    LABEL_ISSUED,
    IN_TRANSIT,
    ARRIVED,
    INSPECTED,
    RESOLVED,
    REJECTED,
    CANCELLED,
    EXPIRED,
)
#: Somebody still has to do something, or goods are still under way.
OPEN_STATES: Final = frozenset(
    {REQUESTED, REVIEW, APPROVED, LABEL_ISSUED, IN_TRANSIT, ARRIVED, INSPECTED}
)
#: The request holds on to its units: nobody may ask for them again.
CLAIMING_STATES: Final = OPEN_STATES | {RESOLVED}
#: Before the goods are under way.
UNSENT_STATES: Final = frozenset({REQUESTED, REVIEW, APPROVED, LABEL_ISSUED})

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "hold_for_review": {REQUESTED: REVIEW},
    "approve": {REQUESTED: APPROVED, REVIEW: APPROVED},
    "reject": {REQUESTED: REJECTED, REVIEW: REJECTED},
    "cancel": dict.fromkeys((REQUESTED, REVIEW, APPROVED, LABEL_ISSUED), CANCELLED),
    "expire": {APPROVED: EXPIRED, LABEL_ISSUED: EXPIRED},
    "issue_label": {APPROVED: LABEL_ISSUED, LABEL_ISSUED: LABEL_ISSUED},
    "void_label": {LABEL_ISSUED: APPROVED},
    "hand_over": {APPROVED: IN_TRANSIT, LABEL_ISSUED: IN_TRANSIT, EXPIRED: IN_TRANSIT},
    "arrive": {state: ARRIVED for state in STATES if state != RESOLVED},
    "inspect": {ARRIVED: INSPECTED},
    "resolve": dict.fromkeys((APPROVED, LABEL_ISSUED, IN_TRANSIT, ARRIVED, INSPECTED), RESOLVED),
    "reopen": {RESOLVED: INSPECTED, REJECTED: REVIEW, EXPIRED: APPROVED},
}
#: What the outbox calls the move; the others are nobody's business outside.
EVENT_OF: Final[Mapping[str, str]] = {
    "approve": "returns.approved",
    "reject": "returns.rejected",
    "cancel": "returns.cancelled",
    "expire": "returns.expired",
    "issue_label": "returns.label_issued",
    "hand_over": "returns.in_transit",
    "arrive": "returns.arrived",
    "inspect": "returns.inspected",
    "resolve": "returns.resolved",
}


class IllegalMove(ValueError):
    """The table has no such move from this state."""

    def __init__(self, event: str, state: str) -> None:
        super().__init__(f"return: {event} from {state}")
        self.event, self.state = event, state


def next_state(event: str, state: str) -> str:
    """Return the state after an event.

    Raises:
        IllegalMove: the table refuses it.
    """
    after = MOVES[event].get(state)
    if after is None:
        raise IllegalMove(event, state)
    return after


def may(event: str, state: str) -> bool:
    """Say whether the table knows the move."""
    return state in MOVES[event]
