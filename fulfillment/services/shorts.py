"""What a warehouse's bins cannot give (X09): other warehouses, the backorder, or a person.

A picker who finds too little and a wave whose bins hold less than the level promised come here
alike. What nothing covers waits as a `ShortDecision`, which ends when somebody decided or the
order was cancelled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from core.actors import Actor
from fulfillment.domain import defaults
from fulfillment.models import ShortDecision
from orders.models import ShipmentLine
from orders.services import floor

Tried = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Cover:
    """What became of missing units: (code, units) in the order tried, and the decision due."""

    steps: list[Tried] = field(default_factory=list)
    decision_id: int | None = None


def cover_elsewhere(
    *,
    shipment_line_id: int,
    missing_qty: int,
    tried: Sequence[Tried],
    actor: Actor,
    at: dt.datetime,
) -> Cover:
    """Give up the promise of units no bin has and look for them outside the warehouse.

    `tried` names what the warehouse itself could give. Call it in the transaction that found the
    units missing; locks the order, then stock levels.

    Raises:
        ShipmentNotFound, UnitsRefused: as `orders.services.floor.record_short`.
    """
    outcome = floor.record_short(
        shipment_line_id=shipment_line_id, missing_qty=missing_qty, actor=actor, at=at
    )
    steps = [*tried, *((step.code, step.covered_qty) for step in outcome.steps)]
    if not outcome.needs_decision:
        return Cover(steps)
    return Cover(steps, _open_decision(shipment_line_id, missing_qty, steps, at))


def _open_decision(
    shipment_line_id: int, missing_qty: int, steps: Sequence[Tried], at: dt.datetime
) -> int:
    shipment_id = ShipmentLine.objects.values_list("shipment_id", flat=True).get(
        pk=shipment_line_id
    )
    decision, _ = ShortDecision.objects.update_or_create(
        shipment_line_id=shipment_line_id,
        state=ShortDecision.State.OPEN,
        defaults={
            "shipment_id": shipment_id,
            "short_qty": missing_qty,
            "steps": [list(step) for step in steps],
            "opened_at": at,
            "due_at": at + defaults.DECISION_DUE,
        },
    )
    return decision.pk


def close_decided(*, shipment_line_id: int, choice: str, actor: Actor, at: dt.datetime) -> int:
    """End the open decision about a shipment line; return how many ended. Repeatable."""
    rows = ShortDecision.objects.filter(shipment_line_id=shipment_line_id)
    return _end(rows, choice, actor, at)


def close_cancelled(*, order_id: int, actor: Actor, at: dt.datetime) -> int:
    """End the open decisions of a cancelled order; return how many ended. Repeatable."""
    rows = ShortDecision.objects.filter(shipment__order_id=order_id)
    return _end(rows, "cancel", actor, at)


def close_substituted(*, order_id: int, actor: Actor, at: dt.datetime) -> int:
    """End the decisions of an order whose shipments lack nothing any more. Repeatable."""
    rows = ShortDecision.objects.filter(shipment__order_id=order_id, shipment__exception="")
    return _end(rows, "substitute", actor, at)


def _end(rows: QuerySet[ShortDecision], choice: str, actor: Actor, at: dt.datetime) -> int:
    return rows.filter(state=ShortDecision.State.OPEN).update(
        state=ShortDecision.State.DECIDED, choice=choice, decided_at=at, decided_by=actor.key
    )
