"""What the floor does when orders or shipping tell it something."""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.actors import SYSTEM
from core.events import EventFact
from fulfillment.services import put_backs


def recall_shipments(facts: Sequence[EventFact]) -> None:
    """Make the put-back tasks of shipments that were recalled. Repeatable."""
    for fact in facts:
        put_backs.recall(
            shipment_id=int(fact.payload["shipment_id"]),
            reason=str(fact.payload.get("reason", "RECALLED"))[:24],
            actor=SYSTEM,
            at=clock.now(),
        )
