"""Write ledger rows and, with them, everything that is derived from them.

`post` is the only writer of `StockMove`, of units in `BinStock` and of `on_hand`/`unsellable`;
cost layers follow the moves that enter or leave the company. It works for one move and for a
thousand with the same number of statements. The caller holds the locks of all levels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import StateConflict, gettext_noop
from inventory.domain.costing import Consumption, Layer, Out, consume_fifo, unit_costs
from inventory.domain.moves import BinKey, LevelKey, Move, bin_deltas, level_deltas, level_keys
from inventory.models import CostLayer
from inventory.services import level_sql
from inventory.services.announcing import announce_stock
from inventory.services.level_sql import BinRow, LevelRow
from inventory.services.retrying import StockMoved


class BinShort(StateConflict):
    """A bin holds fewer units than are to leave it, or picks have claimed them."""

    code = "BIN_SHORT"
    text = gettext_noop(
        "The bin has only %(free_qty)s free units of this SKU. Count the bin or choose another one."
    )


@dataclass(slots=True)
class Posting:
    """What one service call writes beside its moves.

    `claims`: units of bin stock claimed (+) or given free (-) by picks, by key. `reserved`: units
    added to (+) or taken from (-) the promises of a level. `undoes`: the event key whose cost
    layers leaving units use before older ones.
    """

    event_id: int
    at: dt.datetime
    source_key: str
    levels: Mapping[LevelKey, LevelRow]
    bins: dict[BinKey, BinRow]
    claims: dict[BinKey, int] = field(default_factory=dict)
    reserved: dict[LevelKey, int] = field(default_factory=dict)
    undoes: str = ""

    def claim(self, key: BinKey, qty: int) -> None:
        """Add claimed units to (or, below zero, free them from) a bin, SKU, lot and condition."""
        self.claims[key] = self.claims.get(key, 0) + qty

    def free_qty(self, key: BinKey) -> int:
        """Return the units no pick has claimed, as read under the lock."""
        row = self.bins.get(key)
        return row.qty - row.reserved if row else 0


def lock_moves(moves: Sequence[Move], extra: Iterable[LevelKey] = ()) -> dict[LevelKey, LevelRow]:
    """Lock every level the moves touch, in pk order, creating those that are entered first."""
    keys = level_keys(moves) | set(extra)
    levels = level_sql.lock_levels(keys)
    if len(levels) < len(keys):
        level_sql.add_levels(keys - levels.keys())
        levels = level_sql.lock_levels(keys)
    return levels


def read_bins_of(moves: Sequence[Move]) -> dict[BinKey, BinRow]:
    """Return the bin stock at both ends of the moves; the levels must be locked."""
    bins = {
        place.bin_id
        for move in moves
        for place in (move.origin, move.target)
        if place.warehouse_id is not None
    }
    return level_sql.read_bins(bins, {move.sku_id for move in moves}) if bins else {}


def post(moves: Sequence[Move], posting: Posting) -> list[int]:
    """Write moves, bin stock, levels and cost layers; return the move ids in order.

    Publishes `inventory.stock_available` for levels whose ATP grew. Without moves only claims
    and promises change.

    Raises:
        BinShort: a bin has not enough units free of claims.
        StockMoved: what was read under the lock is no longer true; the whole call must run again.
    """
    _write_bins(bin_deltas(moves), posting)
    _write_levels(level_deltas(moves), posting)
    consumed = _plan_costs(moves, posting.undoes)
    costs = unit_costs(consumed)
    ids = _write_moves(moves, costs, posting) if moves else []
    _drain(consumed, ids)
    _open_layers(moves, posting)
    return ids


def _write_bins(deltas: Mapping[BinKey, int], posting: Posting) -> None:
    changes: dict[int, tuple[int, int]] = {}
    added = []
    for key in sorted(deltas.keys() | posting.claims.keys(), key=str):
        qty, claimed = deltas.get(key, 0), posting.claims.get(key, 0)
        row = posting.bins.get(key)
        if posting.free_qty(key) + qty - claimed < 0:
            raise BinShort(free_qty=max(0, posting.free_qty(key) - min(0, claimed)))
        if row is None:
            added.append((*key, qty, claimed))
        elif qty or claimed:
            changes[row.bin_stock_id] = (qty, claimed)
    if changes and not level_sql.change_bins(changes):
        raise StockMoved
    if added:
        ids = level_sql.insert_bins(added)
        for pk, fields in zip(ids, added, strict=True):
            row = BinRow(pk, *fields)
            posting.bins[row.key] = row


def _write_levels(deltas: Mapping[LevelKey, tuple[int, int]], posting: Posting) -> None:
    changes = {}
    grown = []
    for key in deltas.keys() | posting.reserved.keys():
        on_hand, unsellable = deltas.get(key, (0, 0))
        reserved = posting.reserved.get(key, 0)
        changes[posting.levels[key].level_id] = (on_hand, unsellable, reserved)
        if on_hand - unsellable - reserved > 0:
            grown.append(key)
    if changes and not level_sql.change_levels(changes):
        raise StockMoved
    announce_stock(grown, at=posting.at)


def _write_moves(
    moves: Sequence[Move], costs: Mapping[int, Decimal | None], posting: Posting
) -> list[int]:
    decimal = level_sql.money
    return level_sql.insert_moves(
        [
            (
                posting.event_id,
                move.sku_id,
                move.lot_id,
                move.condition_from,
                move.condition_to,
                move.origin.bin_id,
                move.target.bin_id,
                move.qty,
                move.origin.warehouse_id,
                move.target.warehouse_id,
                decimal(costs.get(place, move.unit_cost)),
                move.owner_key,
            )
            for place, move in enumerate(moves)
        ]
    )


def _plan_costs(moves: Sequence[Move], undoes: str) -> list[Consumption]:
    outs = [
        Out(place, (move.origin.warehouse_id, move.sku_id), move.qty)
        for place, move in enumerate(moves)
        if move.origin.warehouse_id is not None and move.target.warehouse_id is None
    ]
    return consume_fifo(outs, _read_layers({out.key for out in outs}, undoes)) if outs else []


def _read_layers(keys: set[LevelKey], undoes: str) -> dict[LevelKey, list[Layer]]:
    rows = (
        CostLayer.objects.open()
        .filter(warehouse_id__in={key[0] for key in keys}, sku_id__in={key[1] for key in keys})
        .values_list(
            "warehouse_id",
            "sku_id",
            "source_key",
            "pk",
            "remaining_qty",
            "unit_cost",
            "landed_amount",
        )
    )
    layers: dict[LevelKey, list[Layer]] = {}
    # The sort is stable: apart from the layers of `undoes`, oldest stays first.
    for warehouse_id, sku_id, _source, pk, left, unit_cost, landed in sorted(
        rows, key=lambda row: bool(undoes) and row[2] != undoes
    ):
        layer = Layer(pk, left, unit_cost, landed)
        layers.setdefault((warehouse_id, sku_id), []).append(layer)
    return layers


def _drain(consumed: Sequence[Consumption], move_ids: Sequence[int]) -> None:
    if not consumed:
        return
    used: dict[int, tuple[int, Decimal]] = {}
    for taken in consumed:
        qty, landed = used.get(taken.layer_id, (0, Decimal(0)))
        used[taken.layer_id] = (qty + taken.qty, landed + taken.landed)
    if not level_sql.drain_layers([(pk, *parts) for pk, parts in sorted(used.items())]):
        raise StockMoved
    level_sql.insert_consumptions(
        [
            (
                move_ids[taken.out],
                taken.layer_id,
                taken.qty,
                level_sql.money(taken.unit_cost),
                level_sql.money(taken.landed),
            )
            for taken in consumed
        ]
    )


def _open_layers(moves: Sequence[Move], posting: Posting) -> None:
    layers = [
        CostLayer(
            sku_id=move.sku_id,
            warehouse_id=move.target.warehouse_id,
            qty=move.qty,
            remaining_qty=move.qty,
            unit_cost=move.unit_cost,
            currency=move.currency,
            received_at=posting.at,
            source_key=posting.source_key,
            is_provisional=move.is_provisional,
        )
        for move in moves
        if move.origin.warehouse_id is None and move.target.warehouse_id is not None
    ]
    if layers:
        CostLayer.objects.bulk_create(layers, batch_size=500)
