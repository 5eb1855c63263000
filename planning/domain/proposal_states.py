"""The legal moves of a replenishment proposal.

A move is an event; the table names the states it may start from and the state it ends in. The
review lapses and wakes proposals, people do the rest; accepted, dismissed and lapsed never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPEN, ACCEPTED, SNOOZED = "open", "accepted", "snoozed"
DISMISSED, LAPSED = "dismissed", "lapsed"
STATES: Final = (OPEN, ACCEPTED, SNOOZED, DISMISSED, LAPSED)
#: One proposal of a SKU-warehouse may wait in one of these.
WAITING: Final = (OPEN, SNOOZED)

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "accept": {OPEN: ACCEPTED, SNOOZED: ACCEPTED},
    "snooze": {OPEN: SNOOZED, SNOOZED: SNOOZED},
    "reopen": {SNOOZED: OPEN},
    "dismiss": {OPEN: DISMISSED, SNOOZED: DISMISSED},
    "lapse": {OPEN: LAPSED, SNOOZED: LAPSED},
    "change": {OPEN: OPEN, SNOOZED: SNOOZED},
}


def after(state: str, move: str) -> str | None:
    """Return the state in which `move` leaves a proposal; None: it may not start from here."""
    return TRANSITIONS[move].get(state)
