"""Units come back from customers, wait in quarantine, and become what an inspection finds.

They come back under the lot and at the cost at which they left, read from the ledger. A unit that
left with a shipment line comes back once: both ends of its way are locked. Whose units nobody
knows enter at the SKU's usual cost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.moves import GOOD, LevelKey, Move, Place
from inventory.domain.places import ASSEMBLY, CUSTOMER, SCRAP, SUPPLIER
from inventory.domain.transit import (
    Chunk,
    merge_chunks,
    skip_chunks,
    split_cost,
    take_chunks,
    worth,
)
from inventory.models import Condition, Lot, StockMove
from inventory.queries.came_back import OutKey, left_from, still_out, units_back
from inventory.queries.layers import chunks_of
from inventory.services.carrying import LotFrozen
from inventory.services.event_log import Call, open_event
from inventory.services.ledger import lock_moves
from inventory.services.lot_expiry import check_not_expired, local_day
from inventory.services.lots import lock_lots, take_lots
from inventory.services.move_facts import (
    BadQuantity,
    Facts,
    OtherWarehouse,
    PlaceRefused,
    UnknownSku,
    check_condition,
    check_reason,
    read_facts,
)
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import stock_write

__all__ = [
    "GradedLine",
    "NotSentOut",
    "ReturnedLine",
    "TakenBack",
    "UnitsBack",
    "regrade",
    "take_back",
]

QUARANTINE = Condition.QUARANTINE.value
#: Where units may go for good.
ENDS = frozenset({SCRAP, SUPPLIER})


class NotSentOut(StateConflict):
    """More units come back than customers still have of what was sent."""

    code = "NOT_SENT_OUT"
    text = gettext_noop(
        "Only %(open_qty)s units of %(sku)s sent with this order are still out. Book the others as "
        "extra units."
    )


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units that came back and the bin they wait in.

    `owner_key` is what they left with (`shipment_line:ID`); their lots follow from it, `lot_id`
    narrows them down. Without it nobody knows whose they are: `lot_code` then names the lot of a
    SKU that is tracked by lot, made when it is new.
    """

    bin_id: int
    sku_id: int
    qty: int
    owner_key: str = ""
    lot_id: int | None = None
    lot_code: str = ""


@dataclass(frozen=True, slots=True)
class UnitsBack:
    """Units of one lot that one call took back."""

    owner_key: str
    sku_id: int
    lot_id: int | None
    bin_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a call took back; `event_key` names the cost layers it opened."""

    event_key: str
    units: tuple[UnitsBack, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class GradedLine:
    """Inspected units of a bin and what becomes of them.

    `to_bin_id` is a bin of the same warehouse, SCRAP or SUPPLIER; `to_sku_id` names the SKU they
    are sold as from now on, at the same cost.
    """

    bin_id: int
    sku_id: int
    qty: int
    to_bin_id: int
    condition: str = GOOD
    lot_id: int | None = None
    to_sku_id: int | None = None
    condition_from: str = QUARANTINE


@stock_write()
def take_back(
    lines: Sequence[ReturnedLine], *, event_key: str, actor: Actor, at: dt.datetime
) -> TakenBack:
    """Take units in from customers, in quarantine; each lot and cost of theirs is kept.

    Locks lots, then the levels they left and those they enter. Idempotent by `event_key`.

    Raises:
        NotSentOut: more units than are still out; OtherWarehouse, PlaceRefused, LotRequired, and
            what `stock.receive` raises: a line is refused; nothing is written.
    """
    call = Call(event_key, "take_back", actor, at)
    event_id = open_event(call)
    if event_id is None:
        return _taken(event_key, is_repeat=True)
    facts = read_facts(bins=[row.bin_id for row in lines], skus=[row.sku_id for row in lines])
    owners, skus = {row.owner_key for row in lines}, {row.sku_id for row in lines}
    named = take_lots(
        [(row.sku_id, row.lot_code, None) for row in lines if row.lot_code and not row.owner_key],
        at=at,
    )
    sent = {key[2] for key in still_out(owners, skus)}
    facts.lots = lock_lots([*sent, *(lot.pk for lot in named.values())])
    entered = {(facts.entrance(row.bin_id).warehouse_id or 0, row.sku_id) for row in lines}
    lock_moves((), entered | left_from(owners, skus))
    out = still_out(owners, skus)
    moves = []
    for row in lines:
        lot = named.get((row.sku_id, row.lot_code))
        moves += _coming_back(row, lot.pk if lot else None, out, facts)
    post_call(call, event_id, moves)
    return _taken(event_key)


@stock_write()
def regrade(
    lines: Sequence[GradedLine],
    *,
    event_key: str,
    reason: str,
    undoes: str = "",
    actor: Actor,
    at: dt.datetime,
) -> StockResult:
    """Make of waiting units what an inspection found: good, damaged, another SKU, scrap, sent back.

    `undoes` is the event key that took the units back: what leaves takes its cost layers first.
    Another SKU gets the cost of what it was made of and a lot of the same code and expiry.
    Locks lots, then levels. Idempotent by `event_key`.

    Raises:
        BinShort: fewer units wait there; LotExpired, LotFrozen: such units can't become good;
        OtherWarehouse, PlaceRefused, ReasonMissing, and what `stock.move` raises: nothing is
            written.
    """
    call = Call(event_key, "regrade", actor, at, check_reason(reason))
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    facts = read_facts(
        bins=[place for row in lines for place in (row.bin_id, row.to_bin_id)],
        skus=[sku for row in lines for sku in (row.sku_id, row.to_sku_id) if sku is not None],
    )
    twins = _twins(lines, facts, at=at)
    facts.lots = lock_lots([*(row.lot_id for row in lines), *(lot.pk for lot in twins.values())])
    _check_good(lines, facts, at)
    moves = [_graded(row, facts) for row in lines]
    lock_moves(moves, _new_levels(lines, facts))
    result = post_call(call, event_id, moves, undoes=undoes)
    made = [row for row in lines if row.to_sku_id is not None]
    if made:
        _make(made, twins, facts, call, event_id)
    return result


def _taken(event_key: str, *, is_repeat: bool = False) -> TakenBack:
    units = tuple(UnitsBack(*row) for row in units_back(event_key))
    return TakenBack(event_key, units, is_repeat)


def _coming_back(
    row: ReturnedLine, named_lot: int | None, out: dict[OutKey, list[Chunk]], facts: Facts
) -> list[Move]:
    """Return the moves of one line; `out` loses what they take."""
    if not row.owner_key:
        facts.check(row.sku_id, named_lot, row.qty)
        usual = Chunk(row.qty, facts.cost_of(row.sku_id), facts.currency_of(row.sku_id))
        return [_back(row, named_lot, usual, facts)]
    if type(row.qty) is not int or row.qty < 1:
        raise BadQuantity(qty=row.qty)
    if row.sku_id not in facts.skus:
        raise UnknownSku(sku_id=row.sku_id)
    keys = [
        key
        for key in out
        if key[:2] == (row.owner_key, row.sku_id) and row.lot_id in {None, key[2]}
    ]
    rest, moves = row.qty, []
    for key in keys:
        units = min(rest, sum(chunk.qty for chunk in out[key]))
        if not units:
            continue
        moves += [
            _back(row, key[2], chunk, facts) for chunk in merge_chunks(take_chunks(out[key], units))
        ]
        out[key] = skip_chunks(out[key], units)
        rest -= units
    if rest:
        raise NotSentOut(open_qty=row.qty - rest, sku=facts.skus[row.sku_id].code)
    return moves


def _back(row: ReturnedLine, lot_id: int | None, chunk: Chunk, facts: Facts) -> Move:
    return Move(
        row.sku_id,
        chunk.qty,
        Place(CUSTOMER, None),
        facts.entrance(row.bin_id),
        lot_id,
        GOOD,
        QUARANTINE,
        sellable_after=False,
        unit_cost=chunk.unit_cost,
        currency=chunk.currency or facts.currency_of(row.sku_id),
        owner_key=row.owner_key,
    )


def _graded(row: GradedLine, facts: Facts) -> Move:
    facts.check(row.sku_id, row.lot_id, row.qty)
    origin = facts.exit(row.bin_id)
    if row.to_bin_id in ENDS:
        target, condition = facts.place(row.to_bin_id), row.condition_from
    else:
        target, condition = facts.entrance(row.to_bin_id), check_condition(row.condition)
        if target.warehouse_id != origin.warehouse_id:
            raise OtherWarehouse
    if row.to_sku_id is not None:
        if row.to_bin_id in ENDS or row.to_sku_id == row.sku_id:
            raise PlaceRefused(bin=row.to_bin_id)
        target, condition = Place(ASSEMBLY, None), row.condition_from
    return Move(
        row.sku_id,
        row.qty,
        origin,
        target,
        row.lot_id,
        check_condition(row.condition_from),
        condition,
        sellable_before=facts.is_sellable(row.lot_id, row.condition_from),
        sellable_after=facts.is_sellable(row.lot_id, condition),
    )


def _check_good(lines: Sequence[GradedLine], facts: Facts, at: dt.datetime) -> None:
    """Refuse to call units good whose lot may not be sold."""
    good = [row for row in lines if row.condition == GOOD and row.to_bin_id not in ENDS]
    known = {lot.pk: lot for lot in Lot.objects.filter(pk__in=[row.lot_id for row in good])}
    for row in good:
        lot = known.get(row.lot_id or 0)
        if lot is None:
            continue
        if not facts.is_sellable(lot.pk, GOOD):
            raise LotFrozen(lot_id=lot.pk)
        place = facts.bins.get(row.to_bin_id)
        check_not_expired([lot], local_day(place.warehouse if place else None, at))


def _twins(
    lines: Sequence[GradedLine], facts: Facts, *, at: dt.datetime
) -> dict[tuple[int, str], Lot]:
    """Return the lots of SKUs that are made of others: of the same code and expiry."""
    known = {lot.pk: lot for lot in Lot.objects.filter(pk__in=[row.lot_id for row in lines])}
    wanted = []
    for row in lines:
        lot = known.get(row.lot_id or 0)
        made = facts.skus.get(row.to_sku_id or 0)
        if lot is not None and made is not None and made.lot_tracked:
            wanted.append((made.pk, lot.code, lot.expires_on))
    return take_lots(wanted, at=at)


def _new_levels(lines: Sequence[GradedLine], facts: Facts) -> set[LevelKey]:
    return {
        (facts.entrance(row.to_bin_id).warehouse_id or 0, row.to_sku_id)
        for row in lines
        if row.to_sku_id is not None and row.to_bin_id not in ENDS
    }


def _make(
    made: Sequence[GradedLine],
    twins: Mapping[tuple[int, str], Lot],
    facts: Facts,
    call: Call,
    event_id: int,
) -> None:
    """Book the other SKUs in, each at what the units it was made of cost."""
    spent = StockMove.objects.filter(event_id=event_id, to_bin_id=ASSEMBLY).select_related("lot")
    moves = []
    for row, gone in zip(made, spent.order_by("pk"), strict=True):
        new_id = row.to_sku_id or 0
        lot = twins.get((new_id, gone.lot.code)) if gone.lot else None
        lot_id = lot.pk if lot else None
        facts.check(new_id, lot_id, row.qty)
        total, currency = worth(chunks_of([gone.pk]))
        moves += [
            Move(
                new_id,
                chunk.qty,
                Place(ASSEMBLY, None),
                facts.entrance(row.to_bin_id),
                lot_id,
                GOOD,
                row.condition,
                sellable_after=facts.is_sellable(lot_id, row.condition),
                unit_cost=chunk.unit_cost,
                currency=chunk.currency or facts.currency_of(new_id),
            )
            for chunk in split_cost(total, row.qty, currency)
        ]
    post_call(call, event_id, moves)
