"""The states of parcels, label requests and tracking, and the moves between them.

A parcel is packed (open, verified), labelled (labelled, confirmed), handed over (manifested) and
then moves by what the carrier reports. A label may come late: a parcel without one may still be
handed over, so dispatch never waits for a carrier. Nothing leads out of `voided`, and nothing
leads back from `delivered`.
"""

from __future__ import annotations

from typing import Final

PARCEL_TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"verified", "labelled", "manifested", "voided"}),
    "verified": frozenset({"open", "labelled", "manifested", "voided"}),
    "labelled": frozenset({"verified", "confirmed", "manifested", "in_transit", "delivered"})
    | {"exception", "voided"},
    "confirmed": frozenset({"verified", "manifested", "in_transit", "delivered"})
    | {"exception", "voided"},
    "manifested": frozenset({"in_transit", "delivered", "exception"}),
    "in_transit": frozenset({"delivered", "exception"}),
    "exception": frozenset({"in_transit", "delivered"}),
    "delivered": frozenset(),
    "voided": frozenset(),
}

LABEL_TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"purchased", "failed", "void_pending", "voided"}),
    "purchased": frozenset({"void_pending"}),
    "failed": frozenset({"requested"}),
    "void_pending": frozenset({"voided"}),
    "voided": frozenset(),
}

#: States in which goods have left: no label may be voided, no content may change.
HANDED_OVER: Final = frozenset({"manifested", "in_transit", "exception", "delivered"})


def states_leading_to(target: str, table: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return the states from which `target` may be reached in one step."""
    return frozenset(state for state, targets in table.items() if target in targets)
