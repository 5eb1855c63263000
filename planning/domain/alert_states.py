"""How an alert lives: open, acknowledged, snoozed, and gone by itself or dismissed (ALT-08)."""

from __future__ import annotations

from typing import Final

ACTIVE: Final = ("open", "acknowledged", "snoozed")
CLOSED: Final = ("resolved", "dismissed")
STATES: Final = (*ACTIVE, *CLOSED)

#: Move -> state before -> state after. `wake` and `resolve` are the refresh's own.
TRANSITIONS: Final[dict[str, dict[str, str]]] = {
    "acknowledge": {"open": "acknowledged", "snoozed": "acknowledged"},
    "snooze": {"open": "snoozed", "acknowledged": "snoozed", "snoozed": "snoozed"},
    "wake": {"acknowledged": "open", "snoozed": "open"},
    "resolve": dict.fromkeys(ACTIVE, "resolved"),
    "dismiss": dict.fromkeys(ACTIVE, "dismissed"),
    "reopen": {"dismissed": "open"},
}

#: Why a person closed an alert whose condition still holds.
DISMISS_REASONS: Final = ("HANDLED", "EXPECTED", "WRONG_DATA", "TOO_NOISY", "OTHER")
#: Why the refresh closed one.
CLEARED: Final = "CLEARED"
RULE_OFF: Final = "RULE_OFF"


def states_before(move: str) -> tuple[str, ...]:
    """Return the states a move leads away from."""
    return tuple(TRANSITIONS[move])
