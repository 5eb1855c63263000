"""How a request about personal data moves: a copy of it, or its erasure."""

from __future__ import annotations

from typing import Final

ASKED: Final = "asked"
APPROVED: Final = "approved"
RUNNING: Final = "running"
DONE: Final = "done"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"
EXPIRED: Final = "expired"
STATES: Final = (ASKED, APPROVED, RUNNING, DONE, REFUSED, WITHDRAWN, EXPIRED)
#: States in which somebody still owes the customer an answer.
OPEN: Final = (ASKED, APPROVED, RUNNING)

#: (event, state) -> state. An expired copy was fetched or not, but is gone.
TRANSITIONS: Final = {
    ("approve", ASKED): APPROVED,
    ("refuse", ASKED): REFUSED,
    ("withdraw", ASKED): WITHDRAWN,
    ("start", APPROVED): RUNNING,
    ("finish", RUNNING): DONE,
    ("expire", DONE): EXPIRED,
}


def after(event: str, state: str) -> str | None:
    """Return the state an event leads to, None where it leads nowhere."""
    return TRANSITIONS.get((event, state))
