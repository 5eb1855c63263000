"""Move claimed units between bins of a warehouse, their claims with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import StateConflict, gettext_noop
from inventory.domain.moves import GOOD, BinKey, Move
from inventory.domain.picks import IN_HAND
from inventory.models import BinReservation
from inventory.services import claims, level_sql
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.ledger import Posting, post, read_bins_of
from inventory.services.lot_expiry import check_not_expired, local_day
from inventory.services.move_facts import (
    BadQuantity,
    Facts,
    OtherWarehouse,
    read_facts,
    read_lots,
)
from inventory.services.posting import StockResult


class NotClaimed(StateConflict):
    """A pick has claimed fewer units than are to be moved for it."""

    code = "NOT_CLAIMED"
    text = gettext_noop("Only %(claimed_qty)s units are claimed for this task. Reload the task.")


class LotFrozen(StateConflict):
    """The lot is on hold, in quarantine or recalled."""

    code = "LOT_FROZEN"
    text = gettext_noop("This lot is on hold. Leave it where it is and tell the warehouse manager.")


@dataclass(frozen=True, slots=True)
class Shift:
    """Claimed units of one pick that go to `to_bin_id`.

    `from_bin_id`, `sku_id` and `lot` (a tuple of one lot id, or None) narrow down which.
    """

    owner_key: str
    qty: int
    to_bin_id: int
    from_bin_id: int | None = None
    sku_id: int | None = None
    lot: tuple[int | None, ...] = ()

    def fits(self, claim: BinReservation, *, from_hand: bool) -> bool:
        """Say whether a claim is among those the shift may move."""
        held = claim.bin_stock
        if claim.owner_key != self.owner_key or held.bin_id == self.to_bin_id:
            return False
        if self.from_bin_id is None and (held.bin.kind in IN_HAND) != from_hand:
            return False
        return (
            self.from_bin_id in (None, held.bin_id)
            and self.sku_id in (None, held.sku_id)
            and (not self.lot or held.lot_id in self.lot)
        )


def shift(
    shifts: Sequence[Shift], call: Call, *, from_hand: bool, frozen_too: bool = False
) -> StockResult:
    """Move units and claims; the caller is a `stock_write` service. Levels stay as they are.

    Raises:
        NotClaimed, LotFrozen, BadQuantity, PlaceRefused, OtherWarehouse: nothing is written.
    """
    owners = {row.owner_key for row in shifts}
    level_sql.lock_levels(
        {(row.bin_stock.bin.warehouse_id or 0, row.bin_stock.sku_id) for row in _read(owners)}
    )
    event_id = open_event(call)
    if event_id is None:
        return StockResult(first_event_id(call.event_key), repeated=True)
    held = _read(owners)
    facts = read_facts(bins=[row.to_bin_id for row in shifts], skus=())
    facts.lots = read_lots(row.bin_stock.lot_id for row in held)
    chosen = _choose(shifts, held, from_hand=from_hand)
    if not frozen_too:
        _check_lots([claim for _row, claim, _qty in chosen], call.at)
    moves = [_move(claim, qty, row, facts, frozen_too) for row, claim, qty in chosen]
    posting = Posting(event_id, call.at, call.event_key, {}, read_bins_of(moves))
    for move, (_row, _claim, qty) in zip(moves, chosen, strict=True):
        posting.claim(_key(move.origin.bin_id, move), -qty)
        posting.claim(_key(move.target.bin_id, move), qty)
    post(moves, posting)
    claims.use_up([(claim, qty) for _row, claim, qty in chosen])
    claims.add(
        [
            claims.Claim(
                claim.owner_key,
                claim.demand_key,
                posting.bins[_key(move.target.bin_id, move)].bin_stock_id,
                qty,
            )
            for move, (_row, claim, qty) in zip(moves, chosen, strict=True)
        ],
        event_id=event_id,
        at=call.at,
    )
    return StockResult(event_id)


def _check_lots(held: Iterable[BinReservation], at: dt.datetime) -> None:
    for claim in held:
        lot, place = claim.bin_stock.lot, claim.bin_stock.bin.warehouse
        if lot is not None:
            check_not_expired([lot], local_day(place, at))


def _key(bin_id: int, move: Move) -> BinKey:
    return (bin_id, move.sku_id, move.lot_id, GOOD)


def _read(owners: Iterable[str]) -> list[BinReservation]:
    return list(
        BinReservation.objects.pending()
        .filter(owner_key__in=list(owners))
        .select_related("bin_stock__bin__warehouse", "bin_stock__lot")
        .order_by("pk")
    )


def _choose(
    shifts: Sequence[Shift], held: Sequence[BinReservation], *, from_hand: bool
) -> list[tuple[Shift, BinReservation, int]]:
    left = {claim.pk: claim.qty for claim in held}
    chosen = []
    for row in shifts:
        if type(row.qty) is not int or row.qty < 1:
            raise BadQuantity(qty=row.qty)
        fitting = [claim for claim in held if row.fits(claim, from_hand=from_hand)]
        rest = row.qty
        for claim in fitting:
            qty = min(rest, left[claim.pk])
            if qty:
                left[claim.pk] -= qty
                rest -= qty
                chosen.append((row, claim, qty))
        if rest:
            raise NotClaimed(claimed_qty=row.qty - rest, owner_key=row.owner_key)
    return chosen


def _move(claim: BinReservation, qty: int, row: Shift, facts: Facts, frozen_too: bool) -> Move:
    held = claim.bin_stock
    origin = claims.place_of(held)
    target = facts.entrance(row.to_bin_id)
    if target.warehouse_id != origin.warehouse_id:
        raise OtherWarehouse
    sellable = facts.is_sellable(held.lot_id, GOOD)
    if not (sellable or frozen_too):
        raise LotFrozen(lot_id=held.lot_id)
    return Move(
        held.sku_id,
        qty,
        origin,
        target,
        held.lot_id,
        sellable_before=sellable,
        sellable_after=sellable,
        owner_key=claim.owner_key,
    )
