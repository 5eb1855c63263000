"""Boxes, tissue and inserts leave stock with the parcel they go into.

What lies nearest to the station is taken first. What is promised to customers is never taken, and
too little on the books never stops the caller: the rest is reported, and a count is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Case, F, IntegerField, Q, Subquery, Value, When
from django.db.models.functions import Abs

from core.actors import Actor
from inventory.domain.moves import GOOD, Move, Place
from inventory.domain.places import ASSEMBLY
from inventory.domain.transit import merge_chunks
from inventory.models import Bin, BinStock, StockMove
from inventory.queries.layers import chunks_of
from inventory.services import count_tasks, level_sql
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.lots import lock_lots
from inventory.services.move_facts import BadQuantity, read_facts
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import stock_write

__all__ = ["ConsumeLine", "Consumed", "consume", "give_back"]

PLACES = ("pick", "bulk", "pack", "station")
REASON = "PACKED_OUT"
BACK_REASON = "PARCEL_VOIDED"
COUNT_REASON = "PACKING_MATERIAL_SHORT"
SHIFT = dt.timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class ConsumeLine:
    """Units of one SKU used up at a bench. `near_bin_id` is the bench's bin; `owner_key`
    names the line in the ledger, so it is used once in a call.
    """

    sku_id: int
    qty: int
    near_bin_id: int
    owner_key: str = ""


@dataclass(frozen=True, slots=True)
class Consumed:
    """What one line took: units, their cost (None if not costed yet), units the books lacked."""

    line: ConsumeLine
    qty: int
    cost_amount: Decimal | None
    missing_qty: int


@stock_write()
def consume(
    lines: Sequence[ConsumeLine],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
    reason: str = REASON,
) -> list[Consumed]:
    """Use up packaging and inserts: out of the nearest bins, first the one that expires first.

    Takes only units that no promise and no pick holds. What is missing is no error: a count task
    of the place nearest to the bench is asked for. Locks the levels in pk order. Repeating an
    `event_key` takes nothing and returns what the first call took.

    Raises:
        BadQuantity: a quantity is not 1 or more; nothing is written.
    """
    wanted = [line for line in lines if _checked(line)]
    houses = dict(
        Bin.objects.filter(pk__in={line.near_bin_id for line in wanted}).values_list(
            "pk", "warehouse_id"
        )
    )
    keys = {(int(houses[line.near_bin_id] or 0), line.sku_id) for line in wanted}
    levels = level_sql.lock_levels(keys)
    call = Call(event_key, "consume", actor, at, reason)
    event_id = open_event(call)
    if event_id is None:
        return _first(call, wanted)
    left = {key: max(0, row.on_hand - row.unsellable - row.reserved) for key, row in levels.items()}
    shelf = _Shelf()
    moves: list[Move] = []
    for line in wanted:
        key = (int(houses[line.near_bin_id] or 0), line.sku_id)
        taken = shelf.take(line, key[0], min(line.qty, left.get(key, 0)))
        left[key] = left.get(key, 0) - sum(move.qty for move in taken)
        moves += taken
    if moves:
        post_call(call, event_id, moves)
    done = _first(call, wanted)
    for item in done:
        if item.missing_qty:
            _ask_count(item.line, int(houses[item.line.near_bin_id] or 0), shelf, call)
    return done


@stock_write()
def give_back(
    consumed_key: str,
    *,
    event_key: str,
    else_bin_id: int,
    actor: Actor,
    at: dt.datetime,
    reason: str = BACK_REASON,
) -> StockResult | None:
    """Put what a `consume` call took back into the bins it came from, at what it cost.

    A bin that was closed meanwhile is passed over for `else_bin_id`; units of a lot that is held
    or recalled come back unsellable. Locks lots, then levels in pk order. Idempotent by
    `event_key`; None when `consumed_key` took nothing.
    """
    taken = list(
        StockMove.objects.filter(event__event_key=consumed_key, event__kind="consume").order_by(
            "pk"
        )
    )
    if not taken:
        return None
    call = Call(event_key, "give_back", actor, at, reason, cause_key=consumed_key[:64])
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    bins = {row.from_bin_id for row in taken} | {else_bin_id}
    facts = read_facts(bins=bins, skus=[row.sku_id for row in taken])
    facts.lots = lock_lots(row.lot_id for row in taken)
    moves = []
    for row in taken:
        home = facts.bins[row.from_bin_id]
        target = facts.place(home.pk if home.is_active else else_bin_id)
        back = Move(
            row.sku_id,
            row.qty,
            Place(ASSEMBLY, None),
            target,
            row.lot_id,
            sellable_after=facts.is_sellable(row.lot_id, GOOD),
            owner_key=row.owner_key,
        )
        moves += [
            replace(back, qty=part.qty, unit_cost=part.unit_cost, currency=part.currency)
            for part in merge_chunks(chunks_of([row.pk]))
        ]
    return post_call(call, event_id, moves)


def _checked(line: ConsumeLine) -> bool:
    if type(line.qty) is not int or line.qty < 1:
        raise BadQuantity(qty=line.qty)
    return True


class _Shelf:
    """The free units of each SKU by distance from a bench, as read under the lock."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], list[BinStock]] = {}
        self.used: dict[int, int] = {}

    def near(self, line: ConsumeLine, warehouse_id: int) -> list[BinStock]:
        """Return the places of the line's SKU, the bench's own bin first, then by distance."""
        key = (line.near_bin_id, line.sku_id)
        if key not in self.rows:
            here = Bin.objects.filter(pk=line.near_bin_id).values("pick_sequence")[:1]
            self.rows[key] = list(
                BinStock.objects.filter(
                    sku_id=line.sku_id,
                    condition=GOOD,
                    bin__warehouse_id=warehouse_id,
                    bin__is_active=True,
                    bin__kind__in=PLACES,
                )
                .filter(Q(lot__isnull=True) | Q(lot__status=GOOD))
                .annotate(
                    elsewhere=Case(
                        When(bin_id=line.near_bin_id, then=Value(0)),
                        default=Value(1),
                        output_field=IntegerField(),
                    ),
                    far=Abs(F("bin__pick_sequence") - Subquery(here)),
                )
                .order_by("elsewhere", "far", F("lot__expires_on").asc(nulls_last=True), "pk")
            )
        return self.rows[key]

    def take(self, line: ConsumeLine, warehouse_id: int, most: int) -> list[Move]:
        """Return the moves that take up to `most` free units for a line."""
        moves: list[Move] = []
        for row in self.near(line, warehouse_id):
            free = row.qty - row.reserved - self.used.get(row.pk, 0)
            units = min(free, most)
            if units <= 0:
                continue
            self.used[row.pk] = self.used.get(row.pk, 0) + units
            most -= units
            moves.append(
                Move(
                    line.sku_id,
                    units,
                    Place(row.bin_id, warehouse_id),
                    Place(ASSEMBLY, None),
                    row.lot_id,
                    owner_key=line.owner_key,
                )
            )
        return moves


def _ask_count(line: ConsumeLine, warehouse_id: int, shelf: _Shelf, call: Call) -> None:
    near = shelf.near(line, warehouse_id)
    count_tasks.ask(
        near[0].bin_id if near else line.near_bin_id,
        line.sku_id,
        reason=COUNT_REASON,
        due_at=call.at + SHIFT,
        cause_key=line.owner_key,
        at=call.at,
    )


def _first(call: Call, lines: Sequence[ConsumeLine]) -> list[Consumed]:
    """Return what the call's event took for each line, from the ledger."""
    units: dict[tuple[int, str], int] = {}
    costs: dict[tuple[int, str], Decimal | None] = {}
    for sku_id, owner, qty, unit_cost in StockMove.objects.filter(
        event_id=first_event_id(call.event_key)
    ).values_list("sku_id", "owner_key", "qty", "unit_cost"):
        key = (sku_id, owner)
        units[key] = units.get(key, 0) + qty
        before = costs.get(key, Decimal(0))
        costs[key] = None if unit_cost is None or before is None else before + qty * unit_cost
    done = []
    for line in lines:
        key = (line.sku_id, line.owner_key)
        got = min(line.qty, units.get(key, 0))
        done.append(Consumed(line, got, costs.get(key) if got else None, line.qty - got))
    return done
