"""Post what a count found: the difference at count time, applied to what is there now (X18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.actors import Actor
from inventory.domain.counting import Resolution, resolve
from inventory.domain.moves import GOOD, Move, Place
from inventory.domain.places import COUNT
from inventory.models import MOST_UNITS, Condition
from inventory.services import count_tasks, level_sql
from inventory.services.event_log import Call, open_event
from inventory.services.level_sql import BinRow
from inventory.services.lots import lock_lots
from inventory.services.move_facts import BadQuantity, Facts, check_reason, read_facts
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import stock_write

SUSPECTED = Condition.SUSPECTED_MISSING.value
_OUTSIDE = Place(COUNT, None)


@dataclass(frozen=True, slots=True)
class CountLine:
    """Units counted in one bin; `expected_qty`: good and suspected units the system showed then."""

    bin_id: int
    sku_id: int
    expected_qty: int
    counted_qty: int
    lot_id: int | None = None


@stock_write()
def post_count(
    lines: Sequence[CountLine], *, event_key: str, actor: Actor, at: dt.datetime, reason: str
) -> StockResult:
    """Book the differences of a count and close the count tasks of its bins and SKUs.

    Units suspected missing are settled: not found, they are lost first; else they are good again.
    Promises and claims may break. Idempotent by `event_key`.

    Raises:
        BinShort: the bin holds fewer units now than are to be booked as lost.
        BadQuantity, ReasonMissing, and what `stock.receive` raises: a line is refused.
    """
    call = Call(event_key, "count", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = read_facts(bins=[row.bin_id for row in lines], skus=[row.sku_id for row in lines])
    facts.lots = lock_lots(row.lot_id for row in lines)
    places = [_checked(row, facts) for row in lines]
    level_sql.lock_levels(
        {(place.warehouse_id or 0, row.sku_id) for row, place in zip(lines, places, strict=True)}
    )
    bins = level_sql.read_bins({row.bin_id for row in lines}, {row.sku_id for row in lines})
    moves: list[Move] = []
    for row, place in zip(lines, places, strict=True):
        suspected = bins.get((row.bin_id, row.sku_id, row.lot_id, SUSPECTED), _EMPTY)
        found = resolve(
            expected_qty=row.expected_qty,
            counted_qty=row.counted_qty,
            suspected_qty=suspected.qty,
        )
        moves += _moves(row, place, found, facts)
    result = post_call(call, event_id, moves, at_cost_of_claims=True)
    count_tasks.close({(row.bin_id, row.sku_id) for row in lines}, actor=actor, at=at)
    return result


_EMPTY = BinRow(0, 0, 0, None, SUSPECTED, 0, 0)


def _checked(row: CountLine, facts: Facts) -> Place:
    for qty in (row.expected_qty, row.counted_qty):
        if type(qty) is not int or not 0 <= qty <= MOST_UNITS:
            raise BadQuantity(qty=qty)
    facts.check(row.sku_id, row.lot_id, 1)
    return facts.exit(row.bin_id)


def _moves(row: CountLine, place: Place, found: Resolution, facts: Facts) -> list[Move]:
    sellable = facts.is_sellable(row.lot_id, GOOD)

    def move(qty: int, origin: Place, target: Place, before: str, after: str) -> Move:
        return Move(
            row.sku_id,
            qty,
            origin,
            target,
            row.lot_id,
            before,
            after,
            sellable_before=sellable and before == GOOD,
            sellable_after=sellable and after == GOOD,
            unit_cost=facts.cost_of(row.sku_id) if origin is _OUTSIDE else None,
            currency=facts.currency_of(row.sku_id),
        )

    wanted = [
        (found.lost_suspected_qty, place, _OUTSIDE, SUSPECTED, SUSPECTED),
        (found.cleared_qty, place, place, SUSPECTED, GOOD),
        (found.lost_good_qty, place, _OUTSIDE, GOOD, GOOD),
        (found.found_qty, _OUTSIDE, place, GOOD, GOOD),
    ]
    return [move(*parts) for parts in wanted if parts[0]]
