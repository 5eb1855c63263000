"""The legal moves of orders and shipments: one table each, read by services, screens and tests.

A move is an event; the table names the states it may start from and the state it ends in.
Whatever the table lacks is refused with `IllegalMove`, which services turn into a state conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

DRAFT, CONFIRMED, COMPLETED, CANCELLED = "draft", "confirmed", "completed", "cancelled"

ORDER_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "confirm": {DRAFT: CONFIRMED},
    "edit": {DRAFT: DRAFT, CONFIRMED: CONFIRMED},
    "hold": {DRAFT: DRAFT, CONFIRMED: CONFIRMED},
    "release_hold": {DRAFT: DRAFT, CONFIRMED: CONFIRMED},
    "route": {CONFIRMED: CONFIRMED},
    "cancel": {DRAFT: CANCELLED, CONFIRMED: CANCELLED},
    "complete": {CONFIRMED: COMPLETED},
    "reopen": {COMPLETED: CONFIRMED},
}
ORDER_STATES: Final = (DRAFT, CONFIRMED, COMPLETED, CANCELLED)

PLANNED, RELEASED, PICKING, PACKED = "planned", "released", "picking", "packed"
SHIPPED, DELIVERED = "shipped", "delivered"

SHIPMENT_MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "release": {PLANNED: RELEASED},
    "unrelease": {RELEASED: PLANNED},
    "start_pick": {RELEASED: PICKING, PICKING: PICKING},
    "pack": {PICKING: PACKED},
    "unpack": {PACKED: PICKING},
    "ship": {PACKED: SHIPPED},
    "deliver": {SHIPPED: DELIVERED},
    "reroute": {PLANNED: PLANNED, RELEASED: PLANNED},
    "cancel": {PLANNED: CANCELLED, RELEASED: CANCELLED},
    "recall": {RELEASED: RELEASED, PICKING: PICKING, PACKED: PACKED},
    "finish_recall": {RELEASED: CANCELLED, PICKING: CANCELLED, PACKED: CANCELLED},
}
SHIPMENT_STATES: Final = (PLANNED, RELEASED, PICKING, PACKED, SHIPPED, DELIVERED, CANCELLED)
#: States in which the goods are still here.
OPEN_SHIPMENT_STATES: Final = frozenset({PLANNED, RELEASED, PICKING, PACKED})
#: States before anybody touched the goods.
UNPICKED_STATES: Final = frozenset({PLANNED, RELEASED})

_PROGRESS: Final = {
    state: rank
    for rank, state in enumerate((PLANNED, RELEASED, PICKING, PACKED, SHIPPED, DELIVERED))
}
_STAGE_OF: Final = {PLANNED: "routed"}
_STAGE_OF_RETURN: Final = {"part": "returned_part", "all": "returned"}
_STAGE_OF_STATUS: Final = {CANCELLED: "cancelled", DRAFT: "new"}


class IllegalMove(ValueError):
    """The table has no such move from this state."""

    def __init__(self, machine: str, event: str, state: str) -> None:
        super().__init__(f"{machine}: {event} from {state}")
        self.machine, self.event, self.state = machine, event, state


def next_order_state(event: str, state: str) -> str:
    """Return the order's state after an event.

    Raises:
        IllegalMove: the table refuses it.

    """
    return _next("order", ORDER_MOVES, event, state)


def next_shipment_state(event: str, state: str) -> str:
    """Return the shipment's state after an event.

    Raises:
        IllegalMove: the table refuses it.

    """
    return _next("shipment", SHIPMENT_MOVES, event, state)


def may_order(event: str, state: str) -> bool:
    """Say whether an order may make this move."""
    return state in ORDER_MOVES[event]


def may_shipment(event: str, state: str) -> bool:
    """Say whether a shipment may make this move."""
    return state in SHIPMENT_MOVES[event]


def sources(moves: Mapping[str, Mapping[str, str]], event: str) -> tuple[str, ...]:
    """List the states an event may start from, in the table's order."""
    return tuple(moves[event])


def _next(machine: str, moves: Mapping[str, Mapping[str, str]], event: str, state: str) -> str:
    try:
        return moves[event][state]
    except KeyError:
        raise IllegalMove(machine, event, state) from None


def derive_stage(
    status: str,
    *,
    is_held: bool,
    needs_attention: bool,
    shipments: Iterable[str],
    is_waiting: bool = False,
    returned: str = "",
) -> str:
    """Return where an order stands for people.

    `shipments` are the states of its shipments, `is_waiting` says that units have no shipment
    yet, `returned` is "", "part" or "all" of the units that were sent. The least advanced part
    decides: an order is shipped or delivered only when all of it is, and returned after that.
    """
    if status in _STAGE_OF_STATUS:
        return _STAGE_OF_STATUS[status]
    active = [state for state in shipments if state != CANCELLED]
    if (
        active
        and not is_waiting
        and all(_PROGRESS[state] >= _PROGRESS[SHIPPED] for state in active)
    ):
        return _STAGE_OF_RETURN.get(returned) or min(active, key=_PROGRESS.__getitem__)
    if is_held:
        return "held"
    if needs_attention or (is_waiting and not active):
        return "attention"
    if not active:
        return "new"
    open_states = [state for state in active if state in OPEN_SHIPMENT_STATES]
    least = min(open_states or active, key=_PROGRESS.__getitem__)
    return _STAGE_OF.get(least, least)


def derive_fulfillment(shipments: Iterable[str], *, is_waiting: bool) -> str:
    """Return unfulfilled, partial, shipped or delivered from the states of the shipments."""
    active = [state for state in shipments if state != CANCELLED]
    gone = [state for state in active if _PROGRESS[state] >= _PROGRESS[SHIPPED]]
    if not gone:
        return "unfulfilled"
    if len(gone) < len(active) or is_waiting:
        return "partial"
    return "delivered" if all(state == DELIVERED for state in gone) else "shipped"
