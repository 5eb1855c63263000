"""The legal moves of the floor's objects.

One table per object; services, screens and tests read the same one. A pair that is not here
raises `IllegalMove`, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping

WAVE: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"released", "cancelled"}),
    "released": frozenset({"in_progress", "completed", "cancelled"}),
    "in_progress": frozenset({"completed", "cancelled"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}

PICK_TASK: Mapping[str, frozenset[str]] = {
    "open": frozenset({"picked", "short", "skipped", "cancelled"}),
    "skipped": frozenset({"open", "picked", "short", "cancelled"}),
    "picked": frozenset({"open"}),
    "short": frozenset(),
    "cancelled": frozenset(),
}

PICK_ROUND: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"open", "cancelled"}),
    "open": frozenset({"sorting", "closed"}),
    "sorting": frozenset({"closed"}),
    "closed": frozenset(),
    "cancelled": frozenset(),
}

CARTON: Mapping[str, frozenset[str]] = {
    "open": frozenset({"verified", "voided"}),
    "verified": frozenset({"open", "closed", "voided"}),
    "closed": frozenset({"open", "voided"}),
    "voided": frozenset(),
}

MANIFEST: Mapping[str, frozenset[str]] = {
    "open": frozenset({"closed"}),
    "closed": frozenset(),
}

PUT_BACK: Mapping[str, frozenset[str]] = {
    "open": frozenset({"done"}),
    "done": frozenset(),
}

PRINT_JOB: Mapping[str, frozenset[str]] = {
    "queued": frozenset({"sent", "printed", "failed", "redirected"}),
    "sent": frozenset({"queued", "printed", "failed", "redirected"}),
    "failed": frozenset({"queued", "redirected"}),
    "printed": frozenset(),
    "redirected": frozenset(),
}

TABLES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "wave": WAVE,
    "pick_task": PICK_TASK,
    "pick_round": PICK_ROUND,
    "carton": CARTON,
    "manifest": MANIFEST,
    "put_back": PUT_BACK,
    "print_job": PRINT_JOB,
}


class IllegalMove(ValueError):
    """An object was asked to go where its table has no way."""

    def __init__(self, kind: str, state: str, wanted: str) -> None:
        super().__init__(f"{kind}: {state} -> {wanted}")
        self.kind = kind
        self.state = state
        self.wanted = wanted


def check_move(kind: str, state: str, wanted: str) -> None:
    """Raise `IllegalMove` unless `kind` may go from `state` to `wanted`."""
    if wanted not in TABLES[kind][state]:
        raise IllegalMove(kind, state, wanted)
