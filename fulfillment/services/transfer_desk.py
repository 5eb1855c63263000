"""The transfer screen's scans: the source picks and ships, the destination counts and books.

One screen for the whole transfer; its state says which half is asked for. The picks go through the
same steps as picks of orders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain import pick_steps, transfer_steps
from fulfillment.domain.pick_steps import PickCard, Scanned
from fulfillment.domain.transfer_steps import Awaited, Tally, TallyStep
from fulfillment.services import desk_states, resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin, Lot, Sku, Transfer, TransferLine, TransferPick
from inventory.queries.transfers import on_the_way
from inventory.services import transfer_picking, transit
from inventory.services.transit import Arrival

ARRIVING = frozenset({"in_transit", "partially_received"})
DOCKS = ("receive", "dock")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who scans when."""

    actor: Actor
    at: dt.datetime


def scan(transfer: Transfer, raw: str, *, principal: Principal, at: dt.datetime) -> ScanAnswer:
    """Answer one scan for a transfer and book what it completes.

    Raises:
        What the transfer services raise: nothing is booked.
    """
    visit = Visit(principal.actor, at)
    arriving = transfer.state in ARRIVING
    place = transfer.destination if arriving else transfer.source
    if not principal.sees_warehouse(place.code):
        return ScanAnswer("reject", "TRANSFER_ELSEWHERE", {"place": place.code})
    if arriving:
        return _receive(transfer, raw, visit)
    if transfer.state not in {"approved", "picking"}:
        return ScanAnswer("reject", "TRANSFER_CLOSED", {"scanned": transfer.number})
    pick = next_pick(transfer)
    if pick is not None:
        return _pick(pick, raw, visit)
    return _ship_or_start(transfer, raw, visit)


def open_by_code(code: str, principal: Principal) -> ScanAnswer | None:
    """Open the transfer of this number on the task home."""
    rows = Transfer.objects.visible_to(principal).filter(number=code)
    transfer = rows.exclude(state__in=("draft", "cancelled")).first()
    if transfer is None or not principal.may("fulfillment.move"):
        return None
    return ScanAnswer("accept", "OPENED", {"scanned": code}, f"transfer:{transfer.pk}")


def to_do(principal: Principal) -> QuerySet[Transfer]:
    """Return the transfers whose next step is in a warehouse of the principal."""
    leaving = Q(state__in=("approved", "picking")) & principal.warehouse_q("source__code")
    arriving = Q(state__in=tuple(ARRIVING), difference_at=None)
    rows = Transfer.objects.visible_to(principal).filter(
        leaving | (arriving & principal.warehouse_q("destination__code"))
    )
    return rows.select_related("source", "destination").order_by("state", "pk")


def next_pick(transfer: Transfer) -> TransferPick | None:
    """Return the visit the picker should make now."""
    rows = TransferPick.objects.filter(transfer=transfer).open()
    return rows.select_related("line__sku", "bin", "lot", "transfer__source").first()


def card_of(pick: TransferPick) -> PickCard:
    """Return the visit as the rules of pick scans see it."""
    return PickCard(
        bin_code=pick.bin.code,
        sku_code=pick.line.sku.code,
        lot_code=pick.lot.code if pick.lot else "",
        tote_code="",
        qty=pick.qty,
        counted_qty=pick.counted_qty,
        step=pick.step,  # type: ignore[arg-type]  # only the steps of the rules are stored
        reason=pick.reason,
    )


def awaited_of(transfer: Transfer) -> list[Awaited]:
    """Return what is on the way, by SKU and lot code."""
    under_way = on_the_way(transfer.pk)
    lines = dict(TransferLine.objects.filter(transfer=transfer).values_list("pk", "sku__code"))
    lots = _codes_of_lots(lot_id for _line_id, lot_id in under_way)
    rows = [
        Awaited(lines[line_id], lots.get(lot_id, ""), sum(chunk.qty for chunk in chunks))
        for (line_id, lot_id), chunks in under_way.items()
    ]
    return sorted(rows, key=lambda row: (row.sku, row.lot))


def tally_of(transfer: Transfer) -> Tally:
    """Return what the destination has counted and not booked."""
    return Tally.from_json(desk_states.read(_key(transfer)))


def _codes_of_lots(lot_ids: Any) -> dict[int | None, str]:
    wanted = {lot_id for lot_id in lot_ids if lot_id is not None}
    return dict(Lot.objects.filter(pk__in=wanted).values_list("pk", "code"))


def _key(transfer: Transfer) -> str:
    return f"transfer:{transfer.pk}"


def _ship_or_start(transfer: Transfer, raw: str, visit: Visit) -> ScanAnswer:
    command = resolving.resolve(raw, warehouse_id=transfer.source_id).value
    data = {"scanned": command, "number": transfer.number, "place": transfer.destination.code}
    if transfer.state == "approved" and command in {"CMD-NEXT", "CMD-OK"}:
        transfer_picking.start(transfer.pk, actor=visit.actor, at=visit.at)
        transfer.refresh_from_db()
        pick = next_pick(transfer)
        if pick is None:
            return ScanAnswer("warn", "TRANSFER_NOTHING_FOUND", data)
        return ScanAnswer("accept", "TRANSFER_STARTED", {**data, "bin": pick.bin.code})
    if transfer.state == "picking" and command == "CMD-OK":
        transfer_picking.ship(transfer.pk, actor=visit.actor, at=visit.at)
        return ScanAnswer("complete", "TRANSFER_SHIPPED", data, next_key="next")
    if transfer.state == "picking" and command == "CMD-UNDO":
        return _undo_last(transfer, visit)
    why = "TRANSFER_SCAN_NEXT" if transfer.state == "approved" else "TRANSFER_SCAN_OK"
    return ScanAnswer("reject", why, data)


def _pick(pick: TransferPick, raw: str, visit: Visit) -> ScanAnswer:
    card = card_of(pick)
    source = pick.transfer.source_id
    scanned = resolving.resolve(raw, warehouse_id=source, sku_id=pick.line.sku_id)
    step = pick_steps.advance(card, scanned)
    data = _pick_data(step.card, scanned.value or raw[:64])
    if step.verdict == "reject":
        return ScanAnswer("reject", step.why, data)
    if step.done in {"pick", "short"}:
        return _finish_pick(pick, step, source, data, visit)
    if step.done == "skip":
        last = TransferPick.objects.filter(transfer=pick.transfer).order_by("-sequence")[0]
        TransferPick.objects.filter(pk=pick.pk).update(
            sequence=last.sequence + 1, step="bin", counted_qty=0, reason=""
        )
        return ScanAnswer("warn", step.why, data)
    if step.done == "undo" and card.step == "bin":
        return _undo_last(pick.transfer, visit)
    transfer_picking.store_step(
        pick.pk, step=step.card.step, counted_qty=step.card.counted_qty, reason=step.card.reason
    )
    return ScanAnswer(step.verdict, step.why, data)


def _finish_pick(
    pick: TransferPick, step: pick_steps.Step, source: int, data: dict[str, Any], visit: Visit
) -> ScanAnswer:
    tote = Bin.objects.get(warehouse_id=source, code=step.tote).pk if step.tote else None
    if step.done == "pick" and tote is not None:
        transfer_picking.confirm(pick.pk, tote_id=tote, actor=visit.actor, at=visit.at)
        return ScanAnswer("complete", step.why, data)
    more = transfer_picking.report_short(
        pick.pk, found_qty=step.card.counted_qty, tote_id=tote, actor=visit.actor, at=visit.at
    )
    found = sum(row.qty for row in more)
    return ScanAnswer("warn", "TRANSFER_PICK_SHORT", {**data, "found": found})


def _undo_last(transfer: Transfer, visit: Visit) -> ScanAnswer:
    picked = TransferPick.objects.filter(transfer=transfer, state="picked")
    last = picked.order_by("-sequence", "-pk").first()
    if last is None:
        return ScanAnswer("reject", "NOTHING_TO_UNDO")
    transfer_picking.undo(last.pk, actor=visit.actor, at=visit.at)
    return ScanAnswer("accept", "STEP_UNDONE")


def _pick_data(card: PickCard, scanned: str) -> dict[str, Any]:
    wanted = {"bin": card.bin_code, "item": card.sku_code, "lot": card.lot_code, "tote": "T-…"}
    return {
        "scanned": scanned,
        "wanted": wanted[card.step],
        "bin": card.bin_code,
        "sku": card.sku_code,
        "lot": card.lot_code,
        "tote": "T-…",
        "counted": card.counted_qty,
        "qty": card.qty,
    }


def _receive(transfer: Transfer, raw: str, visit: Visit) -> ScanAnswer:
    tally = Tally.from_json(desk_states.lock(_key(transfer), at=visit.at))
    awaited = awaited_of(transfer)
    scanned = _resolve(transfer, tally, raw)
    step = transfer_steps.advance(tally, awaited, scanned)
    data = _tally_data(step, awaited, scanned.value or raw[:64])
    if step.done:
        return _book(transfer, step, data, visit)
    if step.verdict != "reject" or step.tally != tally:
        desk_states.keep(_key(transfer), step.tally.as_json(), at=visit.at)
    return ScanAnswer(step.verdict, step.why, data)


def _resolve(transfer: Transfer, tally: Tally, raw: str) -> Scanned:
    sku_id = None
    if tally.waiting:
        sku_id = Sku.objects.values_list("pk", flat=True).get(code=tally.waiting.sku)
    return resolving.resolve(raw, warehouse_id=transfer.destination_id, sku_id=sku_id)


def _book(transfer: Transfer, step: TallyStep, data: dict[str, Any], visit: Visit) -> ScanAnswer:
    if step.tally.counted:
        target = _target(transfer, step.bin_code)
        if target is None:
            return ScanAnswer("reject", "SCAN_TARGET_BIN", data)
        transit.receive(
            transfer.pk,
            _arrivals(transfer, step.tally.counted, target),
            event_key=_booking_key(transfer),
            actor=visit.actor,
            at=visit.at,
        )
        data["bin"] = target.code
    desk_states.forget(_key(transfer))
    if step.done == "short":
        data["missing"] = transit.report_difference(transfer.pk, actor=visit.actor, at=visit.at)
    transfer.refresh_from_db()
    is_over = step.done == "short" or transfer.state == "received"
    return ScanAnswer(step.verdict, step.why, data, next_key="next" if is_over else "")


def _booking_key(transfer: Transfer) -> str:
    """Return a key that grows with each booking: the transfer is locked by the desk's own row."""
    lines = TransferLine.objects.filter(transfer=transfer)
    units = sum(lines.values_list(F("received_qty"), flat=True))
    return f"transfer:{transfer.pk}:in:{units}"


def _target(transfer: Transfer, bin_code: str) -> Bin | None:
    bins = Bin.objects.filter(warehouse_id=transfer.destination_id, is_active=True)
    if bin_code:
        return bins.filter(code=bin_code).first()
    docks = bins.filter(kind__in=DOCKS).order_by("pk")
    return min(docks, key=lambda row: DOCKS.index(row.kind), default=None)


def _arrivals(
    transfer: Transfer, counted: Sequence[transfer_steps.Counted], target: Bin
) -> list[Arrival]:
    lines = {
        line.sku.code: line
        for line in TransferLine.objects.filter(transfer=transfer).select_related("sku")
    }
    lots = {
        (sku_id, code): pk
        for pk, sku_id, code in Lot.objects.filter(
            sku__in=[line.sku_id for line in lines.values()],
            code__in=[row.lot for row in counted if row.lot],
        ).values_list("pk", "sku_id", "code")
    }
    units: dict[tuple[int, int | None, str], int] = {}
    for row in counted:
        line = lines[row.sku]
        key = (line.pk, lots[line.sku_id, row.lot] if row.lot else None, row.condition)
        units[key] = units.get(key, 0) + row.qty
    return [
        Arrival(line_id, lot_id, qty, target.pk, condition)
        for (line_id, lot_id, condition), qty in units.items()
    ]


def _tally_data(step: TallyStep, awaited: Sequence[Awaited], scanned: str) -> dict[str, Any]:
    tally = step.tally
    last = tally.waiting or (tally.counted[-1] if tally.counted else None)
    lots = sorted({row.lot for row in awaited if last and row.sku == last.sku and row.lot})
    return {
        "scanned": scanned,
        "wanted": " / ".join(lots) if tally.waiting else "",
        "sku": last.sku if last else "",
        "lot": ", ".join(lots),
        "counted": tally.qty,
        "qty": sum(row.qty for row in awaited),
        "missing": transfer_steps.missing_qty(tally, awaited),
    }
