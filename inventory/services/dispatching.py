"""Units leave with their parcels: the promise is consumed, stock and cost go down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.lines import DispatchLine
from inventory.domain.moves import GOOD, BinKey, Move, Place
from inventory.domain.places import ASSEMBLY, SCRAP, TRANSIT, is_virtual
from inventory.models import MOST_UNITS, BinReservation, Reservation, StockMove
from inventory.querysets.stock import OPEN_QTY
from inventory.services import claims, level_sql
from inventory.services.carrying import LotFrozen
from inventory.services.event_log import Call, open_event
from inventory.services.ledger import BinShort, Posting, post
from inventory.services.level_sql import BinRow, LevelRow
from inventory.services.move_facts import BadQuantity, OtherWarehouse, PlaceRefused, read_lots
from inventory.services.retrying import StockMoved, stock_write

__all__ = ["DispatchLine", "DispatchResult", "NotPromised", "dispatch"]

#: How an event is called whose units do not go to a customer.
KINDS = {TRANSIT: "transfer_out", ASSEMBLY: "assemble", SCRAP: "scrap"}
OwnerLevel = tuple[str, int]
"""(owner key, level id)."""


class NotPromised(StateConflict):
    """More units are to leave for an owner than are promised to it."""

    code = "NOT_PROMISED"
    text = gettext_noop(
        "%(owner_key)s may ship only %(open_qty)s units. Check the shipment before it leaves."
    )


@dataclass(frozen=True, slots=True)
class DispatchResult:
    """The event and the ledger rows of what left."""

    event_id: int
    repeated: bool = False
    move_ids: tuple[int, ...] = ()


@stock_write(savepoint=False)
def dispatch(
    parcels: Sequence[DispatchLine],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    keep_rest: bool = False,
) -> DispatchResult:
    """Let picked units leave: out of the tote, out of the promise, out of the oldest cost layers.

    One statement per table for any number of lines, about fourteen. What an owner's promise holds
    beyond these lines is given back, unless `keep_rest`. Locks the levels in pk order. A repeated
    `event_key` changes nothing and returns the first call's moves.

    Raises:
        NotPromised, BinShort, LotFrozen, OtherWarehouse, PlaceRefused, BadQuantity: nothing is
            written.
    """
    load = _Load(
        parcels, level_sql.lock_levels({(row.warehouse_id, row.sku_id) for row in parcels})
    )
    kind = KINDS.get(parcels[0].to_bin_id, "dispatch") if parcels else "dispatch"
    call = Call(event_key, kind, actor, at)
    first = level_sql.find_event(event_key)
    if first is not None:
        return _first(first)
    promises = load.promised(keep_rest=keep_rest)
    bins = load.bins()
    cuts, claimed = load.claimed(bins)
    moves = load.moves()
    event_id = open_event(call)
    if event_id is None:
        return _first(level_sql.find_event(event_key) or 0)
    posting = Posting(event_id, at, event_key, load.levels, bins, claimed)
    for level_key, units in load.given_up(promises).items():
        posting.reserved[level_key] = -units
    ids = post(moves, posting)
    claims.use_up(cuts)
    if not level_sql.consume(promises):
        raise StockMoved
    return DispatchResult(event_id, move_ids=tuple(ids))


def _first(event_id: int) -> DispatchResult:
    ids = StockMove.objects.filter(event_id=event_id).order_by("pk")
    return DispatchResult(event_id, True, tuple(ids.values_list("pk", flat=True)))


class _Load:
    """The lines of one call with what is known about them under the lock of their levels."""

    def __init__(
        self, lines: Sequence[DispatchLine], levels: dict[tuple[int, int], LevelRow]
    ) -> None:
        self.lines = lines
        self.levels = levels
        self.keys: dict[int, tuple[int, int]] = {row.level_id: key for key, row in levels.items()}
        self.need: dict[OwnerLevel, int] = {}
        for row in lines:
            if type(row.qty) is not int or not 0 < row.qty <= MOST_UNITS:
                raise BadQuantity(qty=row.qty)
            if not is_virtual(row.to_bin_id):
                raise PlaceRefused(bin=row.to_bin_id)
            level = levels.get((row.warehouse_id, row.sku_id))
            if level is None:
                raise NotPromised(owner_key=row.owner_key, open_qty=0)
            key = (row.owner_key, level.level_id)
            self.need[key] = self.need.get(key, 0) + row.qty

    def promised(self, *, keep_rest: bool) -> list[tuple[int, int, int]]:
        """Return (reservation id, units that leave, units given back) of every owner's promise."""
        found = {
            (owner, level_id): (pk, open_qty)
            for pk, owner, level_id, open_qty in Reservation.objects.pending()
            .filter(owner_key__in={key[0] for key in self.need})
            .annotate(open_qty=OPEN_QTY)
            .order_by()
            .values_list("pk", "owner_key", "level_id", "open_qty")
        }
        self.level_of = {found[key][0]: key[1] for key in self.need if key in found}
        promises = []
        for key, qty in self.need.items():
            pk, open_qty = found.get(key, (0, 0))
            if qty > open_qty:
                raise NotPromised(owner_key=key[0], open_qty=open_qty)
            promises.append((pk, qty, 0 if keep_rest else open_qty - qty))
        return promises

    def given_up(self, promises: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
        """Return the units by which `reserved` of each level falls."""
        units: dict[tuple[int, int], int] = {}
        for pk, used, rest in promises:
            key = self.keys[self.level_of[pk]]
            units[key] = units.get(key, 0) + used + rest
        return units

    def bins(self) -> dict[BinKey, BinRow]:
        """Return the bin stock the lines leave from; every lot must be good, every bin right."""
        bins = level_sql.read_bins(
            {row.from_bin_id for row in self.lines}, {row.sku_id for row in self.lines}
        )
        lots = read_lots(row.lot_id for row in self.lines)
        for row in self.lines:
            held = bins.get(_key(row))
            if held is not None and held.warehouse_id != row.warehouse_id:
                raise OtherWarehouse
            if row.lot_id is not None and lots.get(row.lot_id, (0, ""))[1] != GOOD:
                raise LotFrozen(lot_id=row.lot_id)
        return bins

    def claimed(
        self, bins: dict[BinKey, BinRow]
    ) -> tuple[list[tuple[BinReservation, int]], dict[BinKey, int]]:
        """Return the claims the lines use up, and the claimed units by bin stock (below zero).

        A line takes the claims of its own promise first, then units without a claim.
        """
        cuts: list[tuple[BinReservation, int]] = []
        units: dict[BinKey, int] = {}
        free = {key: row.qty - row.reserved for key, row in bins.items()}
        mine = self._claims(bins)
        for line in self.lines:
            key, rest = _key(line), line.qty
            held = bins.get(key)
            pool = mine.get((line.owner_key, held.bin_stock_id), []) if held else []
            while rest and pool:
                claim, left = pool.pop()
                qty = min(rest, left)
                rest -= qty
                cuts.append((claim, qty))
                units[key] = units.get(key, 0) - qty
                if left > qty:
                    pool.append((claim, left - qty))
            free[key] = free.get(key, 0) - rest
            if free[key] < 0:
                raise BinShort(free_qty=line.qty - rest + max(0, free[key] + rest))
        return cuts, units

    def _claims(
        self, bins: dict[BinKey, BinRow]
    ) -> dict[tuple[str, int], list[tuple[BinReservation, int]]]:
        rows = (
            BinReservation.objects.pending()
            .filter(
                demand_key__in={row.owner_key for row in self.lines},
                bin_stock_id__in=[row.bin_stock_id for row in bins.values()],
            )
            .order_by("-pk")
        )
        pools: dict[tuple[str, int], list[tuple[BinReservation, int]]] = {}
        for claim in rows:
            pools.setdefault((claim.demand_key, claim.bin_stock_id), []).append((claim, claim.qty))
        return pools

    def moves(self) -> list[Move]:
        """Return one ledger row per line."""
        return [
            Move(
                row.sku_id,
                row.qty,
                Place(row.from_bin_id, row.warehouse_id),
                Place(row.to_bin_id, None),
                row.lot_id,
                owner_key=row.owner_key,
            )
            for row in self.lines
        ]


def _key(line: DispatchLine) -> BinKey:
    return (line.from_bin_id, line.sku_id, line.lot_id, GOOD)
