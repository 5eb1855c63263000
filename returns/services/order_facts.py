"""Tell the orders app what came back of an order and whether a return of it is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core.actors import SYSTEM, Actor
from core.events import EventFact
from orders.services import returned
from returns.queries import returnable


def refresh(order_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Count again and hand the figures down. Repeatable. Locks the order."""
    units, open_returns = returnable.came_back(order_id)
    returned.record(order_id, units, open_returns=open_returns, actor=actor, at=at)


def on_returns_changed(facts: Sequence[EventFact]) -> None:
    """Refresh the orders of returns that moved: received, decided, ended."""
    at = max(fact.at for fact in facts)
    ids = {int(fact.payload["order_id"]) for fact in facts if "order_id" in fact.payload}
    for order_id in sorted(ids):
        refresh(order_id, actor=SYSTEM, at=at)
