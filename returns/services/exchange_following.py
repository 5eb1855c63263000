"""Bring the exchanges of a return in line with where the return stands. Run by a job.

Each step is a transaction of its own, because an order, its shipments and the stock are locked in
that order, and a second exchange begins with an order again. What it does follows from the states
alone, so a fact that is heard twice, late or not at all changes nothing but the time.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.actors import SYSTEM
from returns.domain import exchange_states, states
from returns.models import Exchange, ReturnLine, ReturnRequest
from returns.services import exchange_orders, exchanges
from returns.services.errors import ReturnNotFound

#: What a return has reached when the policy's event has happened.
_REACHED: Final = {
    "label": frozenset({states.LABEL_ISSUED, states.IN_TRANSIT, states.ARRIVED, states.INSPECTED}),
    "in_transit": frozenset({states.IN_TRANSIT, states.ARRIVED, states.INSPECTED}),
    "received": frozenset({states.ARRIVED, states.INSPECTED}),
}
_ENDED: Final = frozenset({states.REJECTED, states.CANCELLED, states.EXPIRED})
_DECIDED: Final = frozenset(
    {states.APPROVED, states.LABEL_ISSUED, states.IN_TRANSIT, states.ARRIVED, states.INSPECTED}
)
_UNORDERED: Final = frozenset(
    {exchange_states.WAITING, exchange_states.RESERVED, exchange_states.EXPIRED}
)
_JUDGED: Final = frozenset({states.INSPECTED, states.RESOLVED})


def follow(request_id: int, *, at: dt.datetime) -> int:
    """Open, extend, order, send or give back what the return's state asks for; return how many.

    Repeatable. Call it outside of a transaction.

    Raises:
        ReturnNotFound: no such return.
    """
    request = ReturnRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise ReturnNotFound
    if request.status in _DECIDED:
        _open_missing(request, at)
    rows = Exchange.objects.filter(line__request=request).alive().order_by("pk")
    found = list(rows.select_related("line"))
    for row in found:
        if request.status in _ENDED:
            _give_back(row, request, at)
        elif row.state == exchange_states.RESERVED:
            _move_on(row, request, at)
        elif request.status in _JUDGED and row.state in {
            exchange_states.ORDERED,
            exchange_states.DONE,
        }:
            exchange_orders.settle(row.pk, at=at)
    return len(found)


def _open_missing(request: ReturnRequest, at: dt.datetime) -> None:
    """Open what no exchange was ever opened for; another variant chosen since ends the first."""
    lines = ReturnLine.objects.filter(request=request, state=ReturnLine.State.OPEN)
    newest = {row.line_id: row for row in exchanges.for_request(request.pk)}
    for line in lines.order_by("position"):
        row = newest.get(line.pk)
        wanted = line.exchange_sku_id or line.sku_id
        asks = line.resolution in exchanges.KINDS
        if row is not None and row.state in _UNORDERED and not (asks and row.sku_id == wanted):
            exchanges.release(row.pk, reason="outcome changed", actor=SYSTEM, at=at)
        if asks and (row is None or row.sku_id != wanted):
            exchanges.open_or_ask(line.pk, actor=SYSTEM, at=at)


def _move_on(row: Exchange, request: ReturnRequest, at: dt.datetime) -> None:
    is_early = request.status in _REACHED.get(request.processing_event, ())
    is_judged = request.status in _JUDGED
    if is_judged and not row.line.accepted_qty:
        exchanges.release(row.pk, reason="goods not accepted", actor=SYSTEM, at=at)
    elif is_early or exchange_orders.is_earned(row, request):
        exchange_orders.order_now(row.pk, actor=SYSTEM, at=at, is_held=False)
        exchange_orders.complete(row.pk, actor=SYSTEM, at=at)
    elif is_judged or request.status == states.ARRIVED:
        exchange_orders.order_now(row.pk, actor=SYSTEM, at=at)
    elif request.status == states.IN_TRANSIT:
        exchanges.extend(row.pk, actor=SYSTEM, at=at)


def _give_back(row: Exchange, request: ReturnRequest, at: dt.datetime) -> None:
    if row.state == exchange_states.ORDERED:
        exchange_orders.cancel(row.pk, reason=request.status, actor=SYSTEM, at=at)
    elif row.state != exchange_states.DONE:
        exchanges.release(row.pk, reason=request.status, actor=SYSTEM, at=at)
