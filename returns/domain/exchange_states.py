"""The legal moves of an exchange: reserved, ordered, given back. Pure.

A unit is promised to the line of the return (reserved), then to the order that replaces it
(ordered), which leaves when the return is in order (done). What lapses waits for the customer's
choice (expired): money instead (converted), or the next unit (waiting).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WAITING, RESERVED, ORDERED, DONE = "waiting", "reserved", "ordered", "done"
EXPIRED, CONVERTED, RELEASED = "expired", "converted", "released"
STATES: Final = (WAITING, RESERVED, ORDERED, DONE, EXPIRED, CONVERTED, RELEASED)
#: One of these for each line, at most.
ALIVE: Final = (WAITING, RESERVED, ORDERED, DONE, EXPIRED)

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "reserve": {WAITING: RESERVED, EXPIRED: RESERVED},
    "extend": {RESERVED: RESERVED},
    "expire": {RESERVED: EXPIRED, WAITING: EXPIRED},
    "wait": {EXPIRED: WAITING, WAITING: WAITING},
    "convert": {EXPIRED: CONVERTED, WAITING: CONVERTED, RESERVED: CONVERTED},
    "release": dict.fromkeys((WAITING, RESERVED, EXPIRED, ORDERED), RELEASED),
    "order": {RESERVED: ORDERED},
    "complete": {ORDERED: DONE},
}


def sources(event: str) -> tuple[str, ...]:
    """Return the states from which an event leads on."""
    return tuple(MOVES[event])


def may(event: str, state: str) -> bool:
    """Say whether the table knows the move."""
    return state in MOVES[event]
