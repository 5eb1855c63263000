"""What the floor does when orders or shipping tell it something."""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.actors import SYSTEM
from core.events import EventFact
from fulfillment.services import put_backs, shorts


def recall_shipments(facts: Sequence[EventFact]) -> None:
    """Make the put-back tasks of shipments that were recalled. Repeatable."""
    for fact in facts:
        put_backs.recall(
            shipment_id=int(fact.payload["shipment_id"]),
            reason=str(fact.payload.get("reason", "RECALLED"))[:24],
            actor=SYSTEM,
            at=clock.now(),
        )


def close_decisions(facts: Sequence[EventFact]) -> None:
    """End the decisions about short picks that a person took on the order's page. Repeatable."""
    for fact in facts:
        shorts.close_decided(
            shipment_line_id=int(fact.payload["shipment_line_id"]),
            choice=str(fact.payload["choice"]),
            actor=SYSTEM,
            at=clock.now(),
        )


def drop_decisions(facts: Sequence[EventFact]) -> None:
    """End the decisions about short picks of cancelled orders. Repeatable."""
    for fact in facts:
        shorts.close_cancelled(order_id=int(fact.payload["order_id"]), actor=SYSTEM, at=clock.now())
