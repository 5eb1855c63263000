"""The other half of a transfer: units on the way arrive in parts, or are lost, or come back.

What is on the way is read from the ledger: what a line moved into TRANSIT less what it moved out.
Every function locks the transfer, then lots, then levels, and counts the line under a guard, so
that the last units are received once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from inventory.domain.lines import AdjustLine
from inventory.domain.moves import GOOD, Move, Place
from inventory.domain.places import SCRAP, TRANSIT
from inventory.domain.transit import Chunk, merge_chunks, skip_chunks, take_chunks
from inventory.models import Transfer, TransferLine
from inventory.queries.transfers import on_the_way
from inventory.services import stock, transfers
from inventory.services.event_log import Call, open_event
from inventory.services.lots import lock_lots
from inventory.services.move_facts import (
    BadQuantity,
    Facts,
    OtherWarehouse,
    check_condition,
    check_reason,
    read_facts,
)
from inventory.services.posting import StockResult, post_call, repeated
from inventory.services.retrying import StockMoved, stock_write
from inventory.services.transfers import State, TransferStateConflict

ON_THE_WAY = frozenset({State.IN_TRANSIT, State.PARTIALLY_RECEIVED})


class NotOnTheWay(StateConflict):
    """More units are to arrive than are on the way."""

    code = "NOT_ON_THE_WAY"
    text = gettext_noop(
        "Only %(open_qty)s units of %(sku)s are on the way. Put the others aside and tell the "
        "warehouse manager."
    )


class NothingOnTheWay(StateConflict):
    """Every unit of the transfer has arrived or is accounted for."""

    code = "NOTHING_ON_THE_WAY"
    text = gettext_noop("No unit of this transfer is on the way any more. Nothing is left to book.")


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of a line and lot that came, and the bin of the destination they stand in now."""

    line_id: int
    lot_id: int | None
    qty: int
    to_bin_id: int
    condition: str = GOOD


@stock_write()
def receive(
    transfer_id: int,
    arrivals: Sequence[Arrival],
    *,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> StockResult:
    """Book units of a transfer into bins of the destination, at the cost at which they left.

    In as many parts as they come; the last one closes the transfer. Idempotent by `event_key`.

    Raises:
        NotOnTheWay, TransferStateConflict, OtherWarehouse, PlaceRefused: nothing is written.
    """
    transfer = transfers.lock(transfer_id)
    call = Call(event_key, "transfer_in", actor, at, cause_key=f"transfer:{transfer.pk}")
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    _check_moving(transfer)
    lines = _lines(transfer)
    facts = read_facts(
        bins=[row.to_bin_id for row in arrivals], skus=[line.sku_id for line in lines.values()]
    )
    facts.lots = lock_lots(row.lot_id for row in arrivals)
    stocked = on_the_way(transfer.pk)
    moves: list[Move] = []
    for row in arrivals:
        target = facts.entrance(row.to_bin_id)
        if target.warehouse_id != transfer.destination_id:
            raise OtherWarehouse
        line = lines[row.line_id]
        taken = _take(stocked, line, row.lot_id, row.qty)
        moves += _moves(line, row.lot_id, taken, target, facts, check_condition(row.condition))
        _count(line, "received_qty", row.qty)
    result = post_call(call, event_id, moves)
    units = sum(row.qty for row in arrivals)
    _close_if_settled(transfer, at=at)
    transfers.note(transfer, "arrived", actor=actor, at=at, after={"units": units})
    return result


@transaction.atomic
def report_difference(transfer_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """Say that everything that came is booked, and return how many units are missing.

    An approver decides what became of them. Harmless when it was said before.

    Raises:
        TransferStateConflict: the transfer is not on the way.
    """
    transfer = transfers.lock(transfer_id)
    _check_moving(transfer)
    units = sum(line.open_qty for line in _lines(transfer).values())
    if units and transfer.difference_at is None:
        Transfer.objects.filter(pk=transfer.pk).update(difference_at=at)
        transfers.note(transfer, "short", actor=actor, at=at, after={"units": units})
    return units


@stock_write()
def write_off(
    transfer_id: int, *, reason: str, event_key: str, actor: Actor, at: dt.datetime
) -> StockResult:
    """Book all units still on the way as lost; their cost leaves the company.

    Closes the transfer: received when a part came, cancelled when nothing did. Idempotent.

    Raises:
        NothingOnTheWay, TransferStateConflict, ReasonMissing: nothing is written.
    """
    call = Call(event_key, "transfer_loss", actor, at, check_reason(reason))
    return _settle(transfer_id, call, "lost_qty", None)


@stock_write()
def bring_back(
    transfer_id: int,
    *,
    to_bin_id: int,
    reason: str,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> StockResult:
    """Book all units still on the way back into a bin of the source, at the cost they had there.

    Closes the transfer: received when a part came, cancelled when nothing did. Idempotent.

    Raises:
        NothingOnTheWay, TransferStateConflict, ReasonMissing, OtherWarehouse, PlaceRefused:
            nothing is written.
    """
    call = Call(event_key, "transfer_back", actor, at, check_reason(reason))
    return _settle(transfer_id, call, "returned_qty", to_bin_id)


@stock_write()
def book_found(
    transfer_id: int,
    arrival: Arrival,
    *,
    reason: str,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> StockResult:
    """Book units that came although they were not on the way: more than shipped, or lost before.

    Idempotent by `event_key`.

    Raises:
        OtherWarehouse, ReasonMissing, BadQuantity, TransferStateConflict: nothing is written.
    """
    transfer = transfers.lock(transfer_id)
    if transfer.state not in ON_THE_WAY | {State.RECEIVED}:
        raise TransferStateConflict(state=transfer.get_state_display())
    facts = read_facts(bins=[arrival.to_bin_id], skus=())
    if facts.entrance(arrival.to_bin_id).warehouse_id != transfer.destination_id:
        raise OtherWarehouse
    line = _lines(transfer)[arrival.line_id]
    row = AdjustLine(arrival.to_bin_id, line.sku_id, arrival.qty, lot_id=arrival.lot_id)
    result = stock.adjust([row], event_key=event_key, actor=actor, at=at, reason=reason)
    if not result.repeated:
        TransferLine.objects.filter(pk=line.pk).update(found_qty=F("found_qty") + arrival.qty)
        after = {"sku": line.sku_id, "units": arrival.qty}
        transfers.note(transfer, "found", actor=actor, at=at, after=after, reason=reason)
    return result


def _settle(transfer_id: int, call: Call, column: str, to_bin_id: int | None) -> StockResult:
    transfer = transfers.lock(transfer_id)
    event_id = open_event(call)
    if event_id is None:
        return repeated(call)
    _check_moving(transfer)
    lines = _lines(transfer)
    stocked = on_the_way(transfer.pk)
    if not stocked:
        raise NothingOnTheWay
    facts = read_facts(
        bins=[to_bin_id] if to_bin_id is not None else [],
        skus=[line.sku_id for line in lines.values()],
    )
    facts.lots = lock_lots(lot_id for _line_id, lot_id in stocked)
    target = Place(SCRAP, None)
    if to_bin_id is not None:
        target = facts.entrance(to_bin_id)
        if target.warehouse_id != transfer.source_id:
            raise OtherWarehouse
    moves: list[Move] = []
    for (line_id, lot_id), chunks in sorted(stocked.items(), key=str):
        moves += _moves(lines[line_id], lot_id, chunks, target, facts, GOOD)
        _count(lines[line_id], column, sum(chunk.qty for chunk in chunks))
    result = post_call(call, event_id, moves)
    arrived = any(line.received_qty for line in lines.values())
    transfers.go(
        transfer, State.RECEIVED if arrived else _nothing_came(transfer), closed_at=call.at
    )
    what = "lost" if to_bin_id is None else "returned"
    units = sum(move.qty for move in moves)
    transfers.note(
        transfer, what, actor=call.actor, at=call.at, after={"units": units}, reason=call.reason
    )
    return result


def _nothing_came(transfer: Transfer) -> str:
    return State.CANCELLED if transfer.state == State.IN_TRANSIT else State.RECEIVED


def _check_moving(transfer: Transfer) -> None:
    if transfer.state not in ON_THE_WAY:
        raise TransferStateConflict(state=transfer.get_state_display())


def _lines(transfer: Transfer) -> dict[int, TransferLine]:
    rows = TransferLine.objects.filter(transfer=transfer).select_related("sku").order_by("pk")
    return {line.pk: line for line in rows}


def _take(
    stocked: dict[tuple[int, int | None], list[Chunk]],
    line: TransferLine,
    lot_id: int | None,
    qty: int,
) -> list[Chunk]:
    chunks = stocked.get((line.pk, lot_id), [])
    held = sum(chunk.qty for chunk in chunks)
    if type(qty) is not int or qty < 1:
        raise BadQuantity(qty=qty)
    if qty > held:
        raise NotOnTheWay(open_qty=held, sku=line.sku.code)
    taken = take_chunks(chunks, qty)
    stocked[line.pk, lot_id] = skip_chunks(chunks, qty)
    return taken


def _moves(
    line: TransferLine,
    lot_id: int | None,
    chunks: Sequence[Chunk],
    target: Place,
    facts: Facts,
    condition: str,
) -> list[Move]:
    return [
        Move(
            line.sku_id,
            chunk.qty,
            Place(TRANSIT, None),
            target,
            lot_id,
            GOOD,
            condition,
            sellable_after=facts.is_sellable(lot_id, condition),
            unit_cost=chunk.unit_cost,
            currency=chunk.currency,
            owner_key=line.owner_key,
        )
        for chunk in merge_chunks(chunks)
    ]


def _count(line: TransferLine, column: str, qty: int) -> None:
    """Count units of a line as arrived or gone; never more than were shipped."""
    open_lines = TransferLine.objects.filter(
        pk=line.pk,
        shipped_qty__gte=F("received_qty") + F("lost_qty") + F("returned_qty") + qty,
    )
    if not open_lines.update(**{column: F(column) + qty}):
        raise StockMoved


def _close_if_settled(transfer: Transfer, *, at: dt.datetime) -> None:
    waiting = any(line.open_qty for line in _lines(transfer).values())
    if not waiting:
        transfers.go(transfer, State.RECEIVED, closed_at=at)
    elif transfer.state == State.IN_TRANSIT:
        transfers.go(transfer, State.PARTIALLY_RECEIVED)
