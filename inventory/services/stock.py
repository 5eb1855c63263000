"""Units enter, leave, move and change condition: the door to the ledger for people and imports.

Every function is atomic, locks lots, then levels, in pk order, and does nothing when its
`event_key` was used before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from core.actors import Actor
from inventory.domain.lines import (
    AdjustLine,
    BufferChange,
    ConditionLine,
    MoveLine,
    ReceiveLine,
    ScrapLine,
)
from inventory.domain.moves import Move
from inventory.domain.places import COUNT, SCRAP, SUPPLIER
from inventory.services import count_tasks
from inventory.services.buffers import set_buffer
from inventory.services.event_log import Call, open_event
from inventory.services.ledger import BinShort
from inventory.services.lots import hold_lot, lock_lots, recall_lot, release_lot, take_lots
from inventory.services.move_facts import (
    BadQuantity,
    Facts,
    OtherWarehouse,
    check_condition,
    check_reason,
    read_facts,
)
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import stock_write

__all__ = [
    "AdjustLine",
    "BinShort",
    "BufferChange",
    "ConditionLine",
    "MoveLine",
    "ReceiveLine",
    "ScrapLine",
    "StockResult",
    "adjust",
    "change_condition",
    "hold_lot",
    "move",
    "recall_lot",
    "receive",
    "release_lot",
    "scrap",
    "set_buffer",
]


@stock_write()
def receive(
    lines: Sequence[ReceiveLine], *, event_key: str, actor: Actor, at: dt.datetime, reason: str = ""
) -> StockResult:
    """Take units in from a supplier, or as opening stock; each line opens a cost layer.

    Creates lots by (SKU, code). Publishes `inventory.stock_available`. Idempotent by `event_key`.

    Raises:
        BadQuantity, UnknownBin, UnknownSku, PlaceRefused, NotStocked, LotRequired,
        LotNotExpected, LotMismatch, UnknownCondition: a line is refused; nothing is written.
    """
    call = Call(event_key, "receive", actor, at, reason)
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = read_facts(bins=[line.bin_id for line in lines], skus=[line.sku_id for line in lines])
    lots = take_lots(
        [(line.sku_id, line.lot_code, line.expires_on) for line in lines if line.lot_code], at=at
    )
    facts.lots = {lot.pk: (lot.sku_id, lot.status) for lot in lots.values()}
    moves = []
    for line in lines:
        lot = lots.get((line.sku_id, line.lot_code))
        moves.append(_arrival(line, lot.pk if lot else None, facts))
    return post_call(call, event_id, moves)


@stock_write()
def adjust(
    lines: Sequence[AdjustLine], *, event_key: str, actor: Actor, at: dt.datetime, reason: str
) -> StockResult:
    """Book units found or gone against COUNT, and close the count tasks of those bins and SKUs.

    Units gone are taken from free stock first, then from claims of picks; promises may break.
    Found units open a cost layer, lost ones are taken from the oldest. Idempotent by `event_key`.

    Raises:
        BinShort: more units are gone than the bin holds; nothing is written.
        ReasonMissing, BadQuantity, and what `receive` raises: a line is refused.
    """
    call = Call(event_key, "adjust", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = _facts(lines, [line.bin_id for line in lines])
    moves = [_adjustment(line, facts) for line in lines]
    result = post_call(call, event_id, moves, at_cost_of_claims=True)
    count_tasks.close({(line.bin_id, line.sku_id) for line in lines}, actor=actor, at=at)
    return result


@stock_write()
def move(
    lines: Sequence[MoveLine], *, event_key: str, actor: Actor, at: dt.datetime, reason: str = ""
) -> StockResult:
    """Move units no pick has claimed to other bins of the same warehouse. Idempotent.

    Raises:
        BinShort: a bin has not enough free units; nothing is written.
        OtherWarehouse, PlaceRefused, and what `receive` raises: a line is refused.
    """
    call = Call(event_key, "move", actor, at, reason)
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = _facts(
        lines, [bin_id for line in lines for bin_id in (line.from_bin_id, line.to_bin_id)]
    )
    return post_call(call, event_id, [_relocation(line, facts) for line in lines])


@stock_write()
def change_condition(
    lines: Sequence[ConditionLine],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    reason: str,
    first_owners: Collection[str] = (),
) -> StockResult:
    """Say that units are in another condition than thought; promises and claims may break.

    Claims of `first_owners` fall before those of others.

    Raises:
        BinShort: the bin holds fewer such units; nothing is written.
        ReasonMissing, UnknownCondition, and what `receive` raises: a line is refused.
    """
    call = Call(event_key, "condition", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = _facts(lines, [line.bin_id for line in lines])
    moves = [_regrading(line, facts) for line in lines]
    return post_call(call, event_id, moves, at_cost_of_claims=True, first_owners=first_owners)


@stock_write()
def scrap(
    lines: Sequence[ScrapLine], *, event_key: str, actor: Actor, at: dt.datetime, reason: str
) -> StockResult:
    """Throw units away; their cost leaves the oldest layers. Promises and claims may break.

    Raises:
        BinShort: the bin holds fewer such units; nothing is written.
        ReasonMissing, and what `receive` raises: a line is refused.
    """
    call = Call(event_key, "scrap", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = _facts(lines, [line.bin_id for line in lines])
    moves = [_disposal(line, facts) for line in lines]
    return post_call(call, event_id, moves, at_cost_of_claims=True)


def _facts(
    lines: Sequence[AdjustLine | MoveLine | ConditionLine | ScrapLine], bins: Sequence[int]
) -> Facts:
    facts = read_facts(bins=bins, skus=[line.sku_id for line in lines])
    facts.lots = lock_lots(line.lot_id for line in lines)
    return facts


def _arrival(line: ReceiveLine, lot_id: int | None, facts: Facts) -> Move:
    facts.check(line.sku_id, lot_id, line.qty)
    return Move(
        line.sku_id,
        line.qty,
        facts.place(SUPPLIER),
        facts.entrance(line.bin_id),
        lot_id,
        check_condition(line.condition),
        line.condition,
        sellable_after=facts.is_sellable(lot_id, line.condition),
        unit_cost=line.unit_cost,
        currency=line.currency or facts.currency_of(line.sku_id),
        is_provisional=line.is_provisional,
    )


def _adjustment(line: AdjustLine, facts: Facts) -> Move:
    if type(line.delta_qty) is not int:
        raise BadQuantity(qty=line.delta_qty)
    facts.check(line.sku_id, line.lot_id, abs(line.delta_qty))
    found = line.delta_qty > 0
    sellable = facts.is_sellable(line.lot_id, line.condition)
    cost = facts.cost_of(line.sku_id) if line.unit_cost is None else line.unit_cost
    return Move(
        line.sku_id,
        abs(line.delta_qty),
        facts.place(COUNT) if found else facts.exit(line.bin_id),
        facts.entrance(line.bin_id) if found else facts.place(COUNT),
        line.lot_id,
        check_condition(line.condition),
        line.condition,
        sellable_before=sellable,
        sellable_after=sellable,
        unit_cost=cost if found else None,
        currency=facts.currency_of(line.sku_id),
    )


def _relocation(line: MoveLine, facts: Facts) -> Move:
    facts.check(line.sku_id, line.lot_id, line.qty)
    origin, target = facts.exit(line.from_bin_id), facts.entrance(line.to_bin_id)
    if origin.warehouse_id != target.warehouse_id:
        raise OtherWarehouse
    return Move(
        line.sku_id,
        line.qty,
        origin,
        target,
        line.lot_id,
        check_condition(line.condition_from),
        check_condition(line.condition_to),
        sellable_before=facts.is_sellable(line.lot_id, line.condition_from),
        sellable_after=facts.is_sellable(line.lot_id, line.condition_to),
    )


def _regrading(line: ConditionLine, facts: Facts) -> Move:
    facts.check(line.sku_id, line.lot_id, line.qty)
    place = facts.exit(line.bin_id)
    return Move(
        line.sku_id,
        line.qty,
        place,
        place,
        line.lot_id,
        check_condition(line.condition_from),
        check_condition(line.condition_to, other_than=line.condition_from),
        sellable_before=facts.is_sellable(line.lot_id, line.condition_from),
        sellable_after=facts.is_sellable(line.lot_id, line.condition_to),
    )


def _disposal(line: ScrapLine, facts: Facts) -> Move:
    facts.check(line.sku_id, line.lot_id, line.qty)
    return Move(
        line.sku_id,
        line.qty,
        facts.exit(line.bin_id),
        facts.place(SCRAP),
        line.lot_id,
        check_condition(line.condition),
        line.condition,
        sellable_before=facts.is_sellable(line.lot_id, line.condition),
    )
