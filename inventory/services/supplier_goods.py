"""Units go back to where they came from: to the supplier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.actors import Actor
from inventory.domain.moves import GOOD, Move
from inventory.domain.places import SUPPLIER
from inventory.services.event_log import Call, open_event
from inventory.services.lots import lock_lots
from inventory.services.move_facts import check_condition, check_reason, read_facts
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import stock_write

__all__ = ["SendBackLine", "send_back"]


@dataclass(frozen=True, slots=True)
class SendBackLine:
    """Units that leave a bin for the supplier."""

    bin_id: int
    sku_id: int
    qty: int
    lot_id: int | None = None
    condition: str = GOOD


@stock_write()
def send_back(
    lines: Sequence[SendBackLine],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    reason: str,
    undoes: str = "",
) -> StockResult:
    """Book units back to SUPPLIER; no pick may have claimed them. Idempotent by `event_key`.

    `undoes` is the event key of the receipt that is taken back: its cost layers are used first,
    so that a count that is undone leaves no trace in the value of the stock.

    Raises:
        BinShort: a bin has not enough free units; nothing is written.
        ReasonMissing, and what `stock.receive` raises: a line is refused.
    """
    call = Call(event_key, "send_back", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = read_facts(bins=[line.bin_id for line in lines], skus=[line.sku_id for line in lines])
    facts.lots = lock_lots(line.lot_id for line in lines)
    moves = []
    for line in lines:
        facts.check(line.sku_id, line.lot_id, line.qty)
        moves.append(
            Move(
                line.sku_id,
                line.qty,
                facts.exit(line.bin_id),
                facts.place(SUPPLIER),
                line.lot_id,
                check_condition(line.condition),
                line.condition,
                sellable_before=facts.is_sellable(line.lot_id, line.condition),
            )
        )
    return post_call(call, event_id, moves, undoes=undoes)
