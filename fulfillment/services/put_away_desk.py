"""The put-away screen's scans: goods from the dock to the shelf, booked by `suppliers`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain.put_away_steps import CarryCard, DockRow, Heard, Step, advance
from fulfillment.models import PutAwayRun
from fulfillment.services import resolving
from fulfillment.services.receive_desk import DockScan
from fulfillment.services.scan_desk import ScanAnswer
from inventory.domain.put_away import Suggestion
from inventory.models import Bin, Warehouse
from suppliers.models import PutAway
from suppliers.queries.dock import DockGoods, dock_goods, waiting_count
from suppliers.services import put_aways
from suppliers.services.drafts import PutAwayDraft
from suppliers.services.errors import BinRefused, NothingToUndoHere

__all__ = ["card_of", "run_for", "scan", "suggestions_of", "waiting_count", "warehouse_with_work"]

REFUSED = {
    "MIXED_LOTS": "SHELF_HAS_OTHER_LOT",
    "WRONG_KIND": "NOT_A_SHELF",
    "CLOSED": "SHELF_CLOSED",
    "WRONG_CLIMATE": "SHELF_OF_OTHER_CLIMATE",
    "WRONG_HAZARD": "SHELF_OF_OTHER_HAZARD",
}


def run_for(warehouse: Warehouse, *, actor: Actor, at: dt.datetime) -> PutAwayRun:
    """Return the person's run in the warehouse, made when there is none. Safe to repeat."""
    return PutAwayRun.objects.get_or_create(
        warehouse=warehouse, actor_key=actor.key, defaults={"updated_at": at}
    )[0]


def warehouse_with_work(principal: Principal) -> Warehouse | None:
    """Return the first warehouse in scope with goods to put away, else the first one at all."""
    places = list(Warehouse.objects.visible_to(principal).active().order_by("code", "pk"))
    for place in places:
        if dock_goods(place.pk):
            return place
    return places[0] if places else None


def card_of(run: PutAwayRun, goods: list[DockGoods]) -> CarryCard:
    """Return the run as the rules see it; goods that are gone meanwhile leave the hands empty."""
    if run.step == "lot" and run.sku is not None:
        return CarryCard("lot", run.sku.code)
    if run.step != "bin" or run.sku is None:
        return CarryCard()
    wanted = (run.from_bin_id, run.sku_id, run.lot_id)
    row = next((row for row in rows_of(goods) if row.key == wanted), None)
    if row is None:
        return CarryCard()
    return CarryCard("bin", run.sku.code, row, min(run.qty, row.qty))


def rows_of(goods: list[DockGoods]) -> list[DockRow]:
    """Return the dock's goods as the rules see them."""
    return [
        DockRow(
            (row.dock.pk, row.sku.pk, row.lot.pk if row.lot else None),
            row.sku.code,
            row.lot.code if row.lot else "",
            row.qty,
        )
        for row in goods
    ]


def suggestions_of(run: PutAwayRun, card: CarryCard) -> list[Suggestion]:
    """Return the bins to offer for what is carried; none before goods are scanned."""
    if card.row is None:
        return []
    _dock, sku_id, lot_id = card.row.key
    return put_aways.suggestions(run.warehouse_id, sku_id, lot_id)


def scan(run: PutAwayRun, call: DockScan) -> ScanAnswer:
    """Answer one scan of a run and book the shelf's scan.

    Raises:
        NotFreeToPutAway, PromisedMeanwhile, BinShort: as the put-away services.
    """
    goods = dock_goods(run.warehouse_id)
    card = card_of(run, goods)
    heard = _hear(run, card, call.raw)
    step = advance(card, heard, rows_of(goods))
    told = _data(run, step, heard)
    if step.verdict == "reject":
        return ScanAnswer("reject", step.why, told)
    if step.done == "put":
        return _put(run, step, told, heard.value, call)
    if step.done == "undo":
        return _undo(run, told, call)
    _store(run, step.card, call.at)
    return ScanAnswer(step.verdict, step.why, told)


def _put(
    run: PutAwayRun, step: Step, told: dict[str, Any], bin_code: str, call: DockScan
) -> ScanAnswer:
    row = step.card.row
    target = Bin.objects.get(warehouse_id=run.warehouse_id, code=bin_code)
    if row is None:
        return ScanAnswer("reject", "SCAN_DOCK_GOODS", told)
    from_bin_id, sku_id, lot_id = row.key
    draft = PutAwayDraft(
        from_bin_id=from_bin_id,
        to_bin_id=target.pk,
        sku_id=sku_id,
        qty=step.card.qty,
        lot_id=lot_id,
    )
    try:
        put_aways.put_away(draft, event_key=call.scan_id, actor=call.actor, at=call.at)
    except BinRefused as error:
        return ScanAnswer("reject", REFUSED[str(error.data["why"])], told)
    _store(run, CarryCard(), call.at)
    PutAwayRun.objects.filter(pk=run.pk).update(done_count=run.done_count + 1)
    return ScanAnswer("complete", step.why, told | {"bin": target.code})


def _undo(run: PutAwayRun, told: dict[str, Any], call: DockScan) -> ScanAnswer:
    last = (
        PutAway.objects.filter(
            actor_key=call.actor.key, is_undone=False, to_bin__warehouse_id=run.warehouse_id
        )
        .order_by("-pk")
        .first()
    )
    if last is None:
        raise NothingToUndoHere
    put_aways.undo(last.pk, actor=call.actor, at=call.at)
    return ScanAnswer("accept", "PUT_AWAY_UNDONE", told)


def _hear(run: PutAwayRun, card: CarryCard, raw: str) -> Heard:
    sku_id = run.sku_id if card.step == "lot" else None
    found = resolving.resolve(raw, warehouse_id=run.warehouse_id, sku_id=sku_id)
    kind = "bin" if found.kind == "tote" else found.kind
    return Heard(kind, found.value, found.lot)


def _store(run: PutAwayRun, card: CarryCard, at: dt.datetime) -> None:
    dock_id, sku_id, lot_id = card.row.key if card.row else (None, None, None)
    if card.step == "lot":
        goods = (row for row in dock_goods(run.warehouse_id) if row.sku.code == card.sku_code)
        sku_id = next(goods).sku.pk
    PutAwayRun.objects.filter(pk=run.pk).update(
        step=card.step,
        from_bin_id=dock_id,
        sku_id=sku_id,
        lot_id=lot_id,
        qty=card.qty,
        updated_at=at,
    )


def _data(run: PutAwayRun, step: Step, heard: Heard) -> dict[str, Any]:
    card = step.card
    offered = suggestions_of(run, card)
    return {
        "scanned": heard.value[:64],
        "sku": card.sku_code,
        "lot": card.row.lot_code if card.row else "",
        "qty": card.qty,
        "most": card.row.qty if card.row else 0,
        "bin": offered[0].code if offered else "",
        "bins": ", ".join(row.code for row in offered),
        "wanted": offered[0].code if offered and step.verdict == "reject" else "",
    }
