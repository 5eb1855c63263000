"""What was counted in a parcel becomes lines, units and stock: one pass, one stock event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Max

from core.actors import Actor
from inventory.queries.came_back import still_out
from inventory.services import returning
from inventory.services.returning import ReturnedLine, UnitsBack
from returns.domain import contents
from returns.domain.contents import Announced, Contents, Counted, Sorted
from returns.models import ArrivalCount, ReturnArrival, ReturnLine, ReturnRequest, ReturnUnits
from returns.queries import returnable
from returns.queries.returnable import LineUnits
from returns.services import progress
from returns.services.progress import Why

WAIT_DAYS = {
    contents.UNEXPECTED_OURS: contents.OURS_WAIT_DAYS,
    contents.FOREIGN: contents.FOREIGN_WAIT_DAYS,
}


@dataclass(slots=True)
class _Case:
    """An arrival with all that is known about its return, read under the return's lock."""

    arrival: ReturnArrival
    request: ReturnRequest
    counts: dict[int, ArrivalCount]
    lines: dict[int, ReturnLine]
    sent: tuple[LineUnits, ...]
    out: dict[tuple[str, int, int | None], int] = field(default_factory=dict)

    def sent_of(self, sku_id: int | None) -> list[LineUnits]:
        """Return the order lines that sent a SKU."""
        return [row for row in self.sent if row.line.sku_id == sku_id]

    def lots_sent(self) -> dict[int, frozenset[int]]:
        """Return by SKU the lots that customers still have of this order."""
        found: dict[int, set[int]] = {}
        for (_owner, sku_id, lot_id), qty in self.out.items():
            if lot_id is not None and qty:
                found.setdefault(sku_id, set()).add(lot_id)
        return {sku_id: frozenset(lots) for sku_id, lots in found.items()}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Units of one line with the way they left: `owner_key` empty when nobody knows it."""

    line: ReturnLine
    count: ArrivalCount
    qty: int
    owner_key: str = ""


def take_in(arrival: ReturnArrival, *, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    """Turn the counts of a parcel into units in quarantine; return what to tell about it.

    The caller holds the return and has closed the parcel. Locks lots, then levels.
    """
    case = _read(arrival)
    found = contents.sort_contents(
        _announced(case),
        frozenset(int(row.line.sku_id or 0) for row in case.sent),
        [Counted(row.pk, row.sku_id, row.qty, row.lot_id) for row in case.counts.values()],
        case.lots_sent(),
    )
    pieces = _pieces(case, found)
    _book(case, pieces, actor=actor, at=at)
    _tell(case, found, actor=actor, at=at)
    kinds: dict[str, int] = {}
    for row in found.found:
        kinds[row.kind] = kinds.get(row.kind, 0) + row.qty
    missing = sum(found.missing.values())
    return {"units": kinds, "missing": missing, "is_empty": arrival.is_empty}


def _read(arrival: ReturnArrival) -> _Case:
    request = ReturnRequest.objects.select_related("order").get(pk=arrival.request_id or 0)
    counts = ArrivalCount.objects.filter(arrival=arrival).select_related("sku", "lot")
    lines = ReturnLine.objects.lock().filter(request=request)
    sent = returnable.units_of(request.order).lines if request.order else ()
    case = _Case(
        arrival,
        request,
        {row.pk: row for row in counts.order_by("pk")},
        {row.pk: row for row in lines},
        sent,
    )
    owners = [f"shipment_line:{pk}" for row in sent for pk in row.shipment_line_ids]
    skus = [row.line.sku_id for row in sent if row.line.sku_id is not None]
    case.out = {
        key: sum(chunk.qty for chunk in chunks) for key, chunks in still_out(owners, skus).items()
    }
    return case


def _announced(case: _Case) -> list[Announced]:
    """Return the lines that goods are still expected for; what customers keep is not."""
    return [
        Announced(row.pk, row.sku_id, row.qty - row.received_qty)
        for row in case.lines.values()
        if row.kind == ReturnLine.Kind.EXPECTED
        and row.sku_id is not None
        and not row.is_kept
        and row.state != ReturnLine.State.CANCELLED
        and row.qty > row.received_qty
    ]


def _pieces(case: _Case, found: Contents) -> list[_Piece]:
    """Return every unit with its line and the shipment line it left with."""
    pieces: list[_Piece] = []
    for row in found.found:
        line = case.lines[row.line_id] if row.line_id is not None else _new_line(case, row)
        count = case.counts[row.count_id]
        known = row.kind in {contents.EXPECTED, contents.UNEXPECTED, contents.EXTRA}
        pieces += _owned(case, line, count, row.qty) if known else [_Piece(line, count, row.qty)]
    return pieces


def _owned(case: _Case, line: ReturnLine, count: ArrivalCount, qty: int) -> list[_Piece]:
    """Share units over the shipment lines they can have left with; the rest has no known way."""
    rows = [row for row in case.sent_of(count.sku_id) if row.line.pk == line.order_line_id]
    owners = [f"shipment_line:{pk}" for row in rows for pk in row.shipment_line_ids]
    pieces, rest = [], qty
    for owner in owners:
        for key in [key for key in case.out if key[0] == owner and key[1] == count.sku_id]:
            if count.lot_id not in {None, key[2]}:
                continue
            units = min(rest, case.out[key])
            if units:
                case.out[key] -= units
                rest -= units
                pieces.append(_Piece(line, count, units, owner))
    return [*pieces, _Piece(line, count, rest)] if rest else pieces


def _new_line(case: _Case, row: Sorted) -> ReturnLine:
    """Write the line for goods nobody announced; no money moves before somebody decides."""
    count = case.counts[row.count_id]
    owner = next((one for one in case.sent_of(count.sku_id) if one.left_qty), None)
    if row.kind in {contents.UNEXPECTED_OURS, contents.FOREIGN}:
        owner = None
    value = Decimal(0)
    if owner is not None:
        units = min(row.qty, owner.left_qty)
        value = owner.value_of(units, case.request.currency)
    last = ReturnLine.objects.filter(request=case.request).aggregate(top=Max("position"))["top"]
    order_line = owner.line if owner else _line_of(case, row, count)
    line = ReturnLine.objects.create(
        request=case.request,
        position=(last or 0) + 1,
        kind=row.kind,
        order_line=order_line,
        sku_id=count.sku_id,
        lot=count.lot,
        description=count.description,
        qty=row.qty,
        resolution=ReturnLine.Resolution.NONE,
        value_amount=value,
        unit_value_amount=(value / row.qty).quantize(Decimal("0.0001")),
    )
    case.lines[line.pk] = line
    return line


def _line_of(case: _Case, row: Sorted, count: ArrivalCount) -> Any:
    if row.kind in {contents.UNEXPECTED_OURS, contents.FOREIGN}:
        return None
    return next((one.line for one in case.sent_of(count.sku_id)), None)


def _book(case: _Case, pieces: Sequence[_Piece], *, actor: Actor, at: dt.datetime) -> None:
    """Take stock in, write the units, and count them as received."""
    ours = [piece for piece in pieces if piece.count.sku is not None]
    back: list[UnitsBack] = []
    key = f"return_arrival:{case.arrival.pk}"
    if ours:
        lines = [_stock_line(case, piece) for piece in ours]
        back = list(returning.take_back(lines, event_key=key, actor=actor, at=at).units)
    rows: list[ReturnUnits] = []
    pool = {row: row.qty for row in back}
    for piece in pieces:
        parts = _lots_of(piece, pool) if piece.count.sku is not None else [(None, piece.qty)]
        rows += [_units(case, piece, part, key, at) for part in parts]
    ReturnUnits.objects.bulk_create(rows)
    received: dict[int, int] = {}
    for piece in pieces:
        received[piece.line.pk] = received.get(piece.line.pk, 0) + piece.qty
    for line_id, units in received.items():
        ReturnLine.objects.filter(pk=line_id).update(received_qty=F("received_qty") + units)


def _stock_line(case: _Case, piece: _Piece) -> ReturnedLine:
    sku, lot = piece.count.sku, piece.count.lot
    lot_code = ""
    if sku is not None and sku.lot_tracked and not piece.owner_key:
        # Nobody knows their lot: they stand under the return's number until somebody does.
        lot_code = lot.code if lot else case.request.number
    return ReturnedLine(
        case.arrival.bin_id,
        piece.count.sku_id or 0,
        piece.qty,
        piece.owner_key,
        piece.count.lot_id if piece.owner_key else None,
        lot_code,
    )


def _lots_of(piece: _Piece, pool: dict[UnitsBack, int]) -> list[tuple[int | None, int]]:
    """Return the lots under which the units of a piece came in, out of what the door took."""
    parts, rest = [], piece.qty
    for row, free in pool.items():
        if (row.owner_key, row.sku_id) != (piece.owner_key, piece.count.sku_id):
            continue
        if piece.count.lot_id is not None and row.lot_id != piece.count.lot_id:
            continue
        units = min(rest, free)
        if units:
            pool[row] = free - units
            rest -= units
            parts.append((row.lot_id, units))
    return parts


def _units(
    case: _Case, piece: _Piece, part: tuple[int | None, int], key: str, at: dt.datetime
) -> ReturnUnits:
    lot_id, qty = part
    wait = WAIT_DAYS.get(piece.line.kind)
    return ReturnUnits(
        arrival=case.arrival,
        line=piece.line,
        sku=piece.count.sku,
        lot_id=lot_id,
        bin=case.arrival.bin,
        qty=qty,
        take_back_key=key if piece.count.sku is not None else "",
        hold_until_on=at.date() + dt.timedelta(days=wait) if wait else None,
        received_at=at,
    )


def _tell(case: _Case, found: Contents, *, actor: Actor, at: dt.datetime) -> None:
    """Write what does not fit into the timeline: the desk decides, the customer is told."""
    for line_id, units in found.missing.items():
        facts = {"line": line_id, "units": units}
        progress.note(case.request, "UNITS_MISSING", actor=actor, at=at, why=Why(data=facts))
    for row in found.found:
        if row.kind != contents.EXPECTED:
            sku = case.counts[row.count_id].sku
            facts_ = {"units": row.qty, "sku": sku.code if sku else ""}
            code = f"CAME_{row.kind.upper()}"
            progress.note(case.request, code, actor=actor, at=at, why=Why(data=facts_))
    if case.arrival.is_empty:
        facts_ = {"weight_g": case.arrival.weight_g or 0}
        progress.note(case.request, "CAME_EMPTY", actor=actor, at=at, why=Why(data=facts_))
