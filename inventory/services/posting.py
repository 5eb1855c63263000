"""Post the moves of one service call and say what they broke."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory.domain.demand import BrokenPromise
from inventory.domain.moves import BinKey, LevelKey, Move, bin_deltas, level_deltas, level_keys
from inventory.models import StockMove
from inventory.queries.promises import broken_promises
from inventory.services.claims import Unclaimed, free_for
from inventory.services.event_log import Call, first_event_id
from inventory.services.ledger import Posting, lock_moves, post, read_bins_of


@dataclass(frozen=True, slots=True)
class StockResult:
    """What a call did beside moving units.

    `broken`: promises the touched levels can't keep now; `unclaimed`: claims that picks lost.
    """

    event_id: int
    repeated: bool = False
    broken: tuple[BrokenPromise, ...] = ()
    unclaimed: tuple[Unclaimed, ...] = ()


def post_call(
    call: Call,
    event_id: int,
    moves: Sequence[Move],
    *,
    at_cost_of_claims: bool = False,
    first_owners: Collection[str] = (),
    undoes: str = "",
) -> StockResult:
    """Lock the levels, post the moves, and report broken promises.

    `at_cost_of_claims`: units that picks have claimed may go too; the claims are given up, those
    of `first_owners` first. `undoes`: the event key whose cost layers leaving units use first.

    Raises:
        BinShort: a bin has not enough units; the caller's transaction must roll back.
    """
    levels = lock_moves(moves)
    posting = Posting(event_id, call.at, call.event_key, levels, read_bins_of(moves), undoes=undoes)
    unclaimed = []
    if at_cost_of_claims:
        unclaimed = free_for(_leaving(moves), posting, first_owners=first_owners)
    post(moves, posting)
    broken = broken_promises(_lessened(moves)) if at_cost_of_claims else []
    return StockResult(event_id, broken=tuple(broken), unclaimed=tuple(unclaimed))


def repeated(call: Call) -> StockResult:
    """Return the result of a call whose key was used before: nothing done, what is broken now."""
    event_id = first_event_id(call.event_key)
    rows = StockMove.objects.filter(event_id=event_id)
    keys: set[LevelKey] = set()
    for row in rows:
        keys |= {
            (place, row.sku_id)
            for place in (row.from_warehouse_id, row.to_warehouse_id)
            if place is not None
        }
    return StockResult(event_id, repeated=True, broken=tuple(broken_promises(keys)))


def _leaving(moves: Sequence[Move]) -> dict[BinKey, int]:
    return {key: -delta for key, delta in bin_deltas(moves).items() if delta < 0}


def _lessened(moves: Sequence[Move]) -> set[LevelKey]:
    """Return the levels that have fewer sellable units now, or other lots to sell."""
    lots = level_keys([move for move in moves if move.lot_id is not None])
    return lots | {
        key
        for key, (on_hand, unsellable) in level_deltas(moves).items()
        if on_hand - unsellable < 0
    }
