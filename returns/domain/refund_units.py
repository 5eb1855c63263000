"""How many units of a line are to be paid back by now. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from returns.domain.refund_math import WAY_OF

#: What happened last to a return, in the order it happens; a desk may pay at any time.
APPROVED, LABEL, IN_TRANSIT, RECEIVED, VALIDATED, MANUAL = (
    "approved",
    "label",
    "in_transit",
    "received",
    "validated",
    "manual",
)
_ORDER = (APPROVED, LABEL, IN_TRANSIT, RECEIVED, VALIDATED)

#: Event of a return -> how far it got by it.
REACHED_BY = {
    "approved": APPROVED,
    "label_issued": LABEL,
    "in_transit": IN_TRANSIT,
    "arrived": RECEIVED,
    "inspected": VALIDATED,
    "manual": MANUAL,
}


@dataclass(frozen=True, slots=True)
class LineUnits:
    """One line: units announced, received, accepted and refused, its outcome and its state."""

    qty: int
    received_qty: int
    accepted_qty: int
    refused_qty: int
    resolution: str
    state: str


def due_units(line: LineUnits, *, pays_at: str, reached: str) -> int:
    """Return the units of a line whose money is due, those paid already included.

    `pays_at` is the event at which the policy pays, `reached` how far the return got. What was
    refused is never due; before the inspection the announced units count where the policy pays
    early. Kept goods are due once approved. A person (`manual`) may pay what is not refused.
    """
    if line.state in {"rejected", "cancelled"} or line.resolution not in WAY_OF:
        return 0
    if line.resolution == "returnless":
        return line.accepted_qty or line.qty
    checked = line.accepted_qty + line.refused_qty
    if reached == VALIDATED or checked >= line.qty:
        return line.accepted_qty
    early = _paid_early(line, pays_at, reached)
    return max(early - line.refused_qty, line.accepted_qty)


def _paid_early(line: LineUnits, pays_at: str, reached: str) -> int:
    """Return the units that are paid before they are inspected."""
    if reached == MANUAL:
        return line.qty
    if pays_at in (VALIDATED, MANUAL) or _ORDER.index(reached) < _ORDER.index(pays_at):
        return 0
    return line.received_qty if pays_at == RECEIVED else line.qty
