"""The legal moves of landed costs, claims on suppliers and suppliers' invoices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from suppliers.domain.states import IllegalMove

LANDED_COST_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "post": {"draft": "posted"},
    "reverse": {"posted": "reversed"},
}

CLAIM_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "send": {"draft": "sent"},
    "agree": {"sent": "agreed", "refused": "agreed"},
    "refuse": {"sent": "refused"},
    "settle": {"agreed": "settled"},
    "drop": {"draft": "dropped", "refused": "dropped"},
}

INVOICE_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "release": {"blocked": "released"},
    "refuse": {"blocked": "refused"},
}

TABLES: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "landed_cost": LANDED_COST_MOVES,
    "claim": CLAIM_MOVES,
    "invoice": INVOICE_MOVES,
}


def after(kind: str, state: str, move: str) -> str:
    """Return the state in which `move` leaves a document of a kind.

    Raises:
        IllegalMove: the move does not start from this state.
    """
    moves = TABLES[kind][move]
    if state not in moves:
        raise IllegalMove(kind, state, move)
    return moves[state]
