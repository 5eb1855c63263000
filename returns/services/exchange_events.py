"""What returns and stock tell about exchanges; each listener may hear a fact twice or late."""

from __future__ import annotations

from collections.abc import Iterable

from core.actors import SYSTEM
from core.events import EventFact
from returns.domain import exchange_states
from returns.models import Exchange, ReturnLine, ReturnRequest
from returns.services import exchange_orders, exchanges

#: When money would move early, the exchange goes out early: event of the policy -> fact heard.
_EARLY = {
    "label": "returns.label_issued",
    "in_transit": "returns.in_transit",
    "received": "returns.arrived",
}


def _requests(facts: Iterable[EventFact]) -> list[int]:
    return [int(fact.payload["request_id"]) for fact in facts]


def _of(request_id: int, state: str) -> list[int]:
    rows = Exchange.objects.filter(line__request_id=request_id, state=state)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def on_approved(facts: list[EventFact]) -> None:
    """Keep the units of each exchange, replacement and repair that was approved."""
    for fact in facts:
        lines = ReturnLine.objects.filter(
            request_id=int(fact.payload["request_id"]),
            resolution__in=exchanges.KINDS,
            state="open",
            request__status__in=("approved", "label_issued", "in_transit"),
        )
        for line in lines.select_related("request").order_by("position"):
            row = exchanges.open_or_ask(line.pk, actor=SYSTEM, at=fact.at)
            if row.state == exchange_states.RESERVED and exchange_orders.is_earned(
                row, line.request
            ):
                exchange_orders.order_now(row.pk, actor=SYSTEM, at=fact.at, is_held=False)


def on_progress(facts: list[EventFact]) -> None:
    """Follow a return on its way: keep longer, order when it arrives, send early where agreed."""
    early = dict(
        ReturnRequest.objects.filter(pk__in=_requests(facts)).values_list("pk", "processing_event")
    )
    for fact in facts:
        request_id = int(fact.payload["request_id"])
        goes_now = _EARLY.get(early.get(request_id, "")) == fact.name
        for pk in _of(request_id, exchange_states.RESERVED):
            if goes_now:
                exchange_orders.order_now(pk, actor=SYSTEM, at=fact.at, is_held=False)
            elif fact.name == "returns.in_transit":
                exchanges.extend(pk, actor=SYSTEM, at=fact.at)
            elif fact.name == "returns.arrived":
                exchange_orders.order_now(pk, actor=SYSTEM, at=fact.at)


def on_inspected(facts: list[EventFact]) -> None:
    """Send, or take back, what was ordered for goods that are inspected now."""
    for fact in facts:
        request_id = int(fact.payload["request_id"])
        for pk in _of(request_id, exchange_states.RESERVED):
            exchange_orders.order_now(pk, actor=SYSTEM, at=fact.at)
        for state in (exchange_states.ORDERED, exchange_states.DONE):
            for pk in _of(request_id, state):
                exchange_orders.settle(pk, at=fact.at)


def on_ended(facts: list[EventFact]) -> None:
    """Give back what was kept for returns that were declined, cancelled or have expired."""
    for fact in facts:
        request_id = int(fact.payload["request_id"])
        reason = fact.name.partition(".")[2]
        for state in (exchange_states.RESERVED, exchange_states.WAITING, exchange_states.EXPIRED):
            for pk in _of(request_id, state):
                exchanges.release(pk, reason=reason, actor=SYSTEM, at=fact.at)
        for pk in _of(request_id, exchange_states.ORDERED):
            exchange_orders.cancel(pk, reason=reason, actor=SYSTEM, at=fact.at)


def on_stock_available(facts: list[EventFact]) -> None:
    """Keep units that came for those who chose to wait for them."""
    ids = [int(fact.payload["sku_id"]) for fact in facts]
    exchanges.try_waiting(ids, at=max(fact.at for fact in facts))
